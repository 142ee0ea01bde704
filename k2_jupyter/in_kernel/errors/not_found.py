"""What may stand for a module or a file that is not there: hints about errors.

Runs inside the user's kernel. Rules as in `missing`. Nothing is imported: what is installed
is seen from the names in the folders that Python searches.
"""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..values import looking, words
from .failing_line import Line
from .near import near, near_or_all, quoted
from .raised import is_a, message, own
from .substitutes import IMPORTED_AS, MOVED, PURPOSES

_MODULE = re.compile(r"(?:No module named|dependency|using:|requires|Import) ['\"`]?([\w.]+)")
_NAME_OF = re.compile(
    r"cannot import name '(\w+)' from (?:partially initialized module )?'([\w.]+)'"
)
_ENTRIES = 5_000


def module(error: BaseException, line: Line | None) -> Iterator[str]:
    """What is installed instead of a module that is not."""
    if not is_a(error, ImportError):
        return
    text = message(error)
    taken = _NAME_OF.search(text)
    if taken:
        yield from _not_in_module(taken[2], taken[1])
        return
    found = _MODULE.search(text)
    wanted = own(error, ImportError, "name") or (found[1] if found else "")
    if type(wanted) is not str or not wanted:
        return
    if wanted in MOVED:
        yield f"{wanted} is gone; instead: {MOVED[wanted]}"
        return
    parent, _, last = wanted.rpartition(".")
    if parent in sys.modules:
        yield from _not_in_module(parent, last)
        return
    yield from _not_installed(wanted.partition(".")[0])


def _not_in_module(module: str, wanted: str) -> Iterator[str]:
    if f"{module}.{wanted}" in MOVED:
        yield f"{module}.{wanted} is gone; instead: {MOVED[f'{module}.{wanted}']}"
        return
    held = looking.module_dict(sys.modules.get(module))
    names = [one for one in held if not one.startswith("_")]
    likely = near(wanted, {*names, *_modules_in(held.get("__path__", ()))})
    if likely:
        yield f"{module} has no {wanted}; near it: {words.listed(likely)}"


def _not_installed(wanted: str) -> Iterator[str]:
    installed = {*sys.builtin_module_names, *_modules_in(sys.path)}
    known = IMPORTED_AS.get(wanted.casefold().replace("-", "_"), "")
    if known in installed:
        yield f"{wanted} is imported as {known}, and that is installed"
        return
    likely = [one for one in near(wanted, installed) if not one.startswith("_")]
    for purpose, packages in PURPOSES.items():
        if wanted in packages.split():
            there = [one for one in packages.split() if one in installed]
            if there:
                yield f"{wanted} is not installed; for {purpose} there is: {words.listed(there)}"
            likely = []
    if likely:
        yield f"{wanted} is not installed; near it: {words.listed(likely)}"


def _modules_in(folders: Iterable[Any]) -> list[str]:
    """Names of the modules that stand in folders; no folder is searched deeper."""
    found: list[str] = []
    for folder in list(folders):
        place = Path(folder) if type(folder) is str else None
        for entry in _entries(place) if place is not None and place.is_dir() else ():
            stem, _, ending = entry.partition(".")
            if stem.isidentifier() and (not ending or ending.rpartition(".")[2] in ("py", "so")):
                found.append(stem)
    return found


def _entries(folder: Path) -> list[str]:
    return [path.name for path in itertools.islice(folder.iterdir(), _ENTRIES)]


def file(error: BaseException, line: Line | None) -> Iterator[str]:
    """Files near the name of one that is not there."""
    path = own(error, OSError, "filename") if is_a(error, FileNotFoundError) else None
    if type(path) is not str or not path:
        return
    wanted = Path(path)
    while wanted.parent != wanted and not wanted.parent.is_dir():
        wanted = wanted.parent
    folder = wanted.parent
    place = "the working folder" if folder == Path() else str(folder)
    entries = sorted(one for one in _entries(folder) if one[:1] != ".")
    yield f"{place} has no {wanted.name!r}; {near_or_all(wanted.name, entries, 'entries')}"
    inside = (folder / entry / Path(path).name for entry in entries[:200])
    found = [str(place) for place in inside if place.is_file()][:3]
    if found:
        yield f"a file of that name: {quoted(found)}"


RULES = (module, file)
