"""Data files that a request names, and names as a briefing may hold them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from k2_jupyter.errors import SettingsError
from k2_jupyter.hosts.data.files import SUFFIXES, DataFile, inspect

_ENDINGS = "|".join(re.escape(suffix) for suffix in sorted(SUFFIXES, key=len, reverse=True))
# Quoted, a name may hold spaces.
_NAMES = re.compile(
    rf"""["'`“„«]([^"'`”“»\n]+(?:{_ENDINGS}))["'`”“»] | ((?:[\w.-]+/)*[\w.-]+(?:{_ENDINGS}))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_MOST_FILES = 10


def named_files(request: str, folder: Path) -> Iterator[DataFile]:
    """The data files in the folder, or below it, that the request names and that can be read."""
    names = dict.fromkeys(quoted or plain for quoted, plain in _NAMES.findall(request))
    for name in list(names)[:_MOST_FILES]:
        path = folder / name.strip()
        try:
            if path.resolve().is_relative_to(folder.resolve()) and path.is_file():
                yield inspect(path, folder)
        except (SettingsError, OSError, ValueError):
            continue  # the model will see for itself what is wrong with it


def literal(text: str) -> str:
    """On one line, and no name in it can close the briefing."""
    return " ".join(text.split()).replace("<", "\\u003c")
