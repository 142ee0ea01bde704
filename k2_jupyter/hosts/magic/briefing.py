"""What the model is told of the place, behind the request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from k2_jupyter.errors import SettingsError
from k2_jupyter.hosts.data.files import SUFFIXES, DataFile, inspect
from k2_jupyter.hosts.magic.asked import Asked
from k2_jupyter.messages import Json

_ENDINGS = "|".join(re.escape(suffix) for suffix in sorted(SUFFIXES, key=len, reverse=True))
# Quoted, a name may hold spaces.
_NAMES = re.compile(
    rf"""["'`“„«]([^"'`”“»\n]+(?:{_ENDINGS}))["'`”“»] | ((?:[\w.-]+/)*[\w.-]+(?:{_ENDINGS}))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_MOST_FILES = 10


def briefing(asked: Asked, cells: int, undone: Sequence[str] = ()) -> str:
    """Files that the request names, tables in variables, the other variables.

    `undone` is what the user took back of the last turn.
    """
    lines = ["Working folder: the kernel's current directory. Write files there."]
    files = list(named_files(asked.request, asked.place.folder))
    if files:
        lines.append("Data files, one JSON object a line, paths relative to the working folder:")
        lines += [file.briefing_line() for file in files]
    if asked.tables:
        lines.append("Tables in variables of the user, one JSON object a line:")
        lines += map(_line, asked.tables)
    others = {
        name: text
        for name, text in asked.variables.items()
        if name not in {table["variable"] for table in asked.tables}
    }
    lines.append("The kernel is the user's, who waits; it cannot be restarted.")
    if others:
        lines.append("Other variables of the user:")
        lines += [_literal(f"{name}: {text}") for name, text in others.items()]
    if undone:
        lines.append("The user has undone your last turn (%k2 undo); its cells no longer hold:")
        lines += map(_literal, undone)
    lines.append(f"Notebook: {cells} cells of yours.")
    return "<briefing>\n" + "\n".join(lines) + "\n</briefing>"


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


def _line(table: Mapping[str, Json]) -> str:
    return _literal(json.dumps(table, ensure_ascii=False))


def _literal(text: str) -> str:
    """On one line, and no name in it can close the briefing."""
    return " ".join(text.split()).replace("<", "\\u003c")
