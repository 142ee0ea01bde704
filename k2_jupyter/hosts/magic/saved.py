"""What the notebook that a request stands in says of it, as it was saved.

The file may be anybody's. It is never believed more than this: what stands in it can keep a
request from being asked, or have the user asked first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from k2_jupyter.adapters.ipython_source import transform
from k2_jupyter.hosts.magic.asked import Asked, Place
from k2_jupyter.notebook.base import Cell
from k2_jupyter.notebook.text import visible
from k2_jupyter.outputs import ErrorOutput

CARD = "K2 ·"
"""How a card's text form begins."""
_REQUEST = re.compile(r"\s*%%k2\b[^\n]*\n(.*)", re.DOTALL)
_MOST_BYTES = 200_000_000
"""That are read for one request."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What is found about one request."""

    below: bool = False
    """Its finished code stands in a cell below it, and runs there as any cell does."""
    answered: bool = False
    """Its cell shows a card: somebody's, maybe another user's."""


def look(asked: Asked) -> Saved:
    """Look into the notebook of the request.

    Where the front end does not name it (nbconvert and papermill do not), it may be any in
    the working folder that holds the request; then all of these must hold the code as well.
    """
    looked = (_in(_cells(data), asked) for data in _contents(_files(asked.place)))
    found = [one for one in looked if one is not None]
    below = bool(found) and all(one.below for one in found)
    return Saved(below, any(one.answered for one in found))


def stands_below(asked: Asked, sources: Collection[str]) -> bool:
    """Whether any of these stands in a cell below the request, where the sidebar put them."""
    for data in _contents(_files(asked.place)):
        cells = _cells(data)
        places = _places(cells, asked)
        if places and any(source in sources for source, _ in cells[places[0] + 1 :]):
            return True
    return False


def mark(asked: Asked) -> str:
    """The comment by which the finished code of this very request is known."""
    return f"# K2 · {asked.key[:12]}"


def finished(asked: Asked, request: str, cells: Sequence[Cell]) -> str:
    """The code of a turn's cells that did not fail, as one; "" where there is none.

    `request` is what may be shown of the request.
    """
    code = [_commented(cell) for cell in cells if cell.kind == "code" and not _failed(cell)]
    if not code:
        return ""
    return "\n\n".join([f"{mark(asked)} · {_line(request)}", *code])


def _commented(cell: Cell) -> str:
    k2 = cell.metadata.get("k2")
    purpose = _line(str(k2.get("purpose") or "")) if isinstance(k2, Mapping) else ""
    # The magic of a whole cell is none in the middle of another.
    whole = cell.source.lstrip().startswith("%%")
    source = transform(cell.source).rstrip() if whole else cell.source
    return f"# {purpose}\n{source}" if purpose else source


def _failed(cell: Cell) -> bool:
    return any(isinstance(output, ErrorOutput) for output in cell.outputs)


def _line(text: str) -> str:
    """What can stand in a comment: nothing of it is code."""
    return visible(" ".join(text.split()))[:80]


def _files(place: Place) -> Sequence[Path]:
    if not place.notebook:
        return ()
    if place.file is not None and place.file.is_file():
        return (place.file,)
    try:
        return sorted(place.folder.glob("*.ipynb"))
    except OSError:
        return ()


def _in(cells: Sequence[tuple[str, Any]], asked: Asked) -> Saved | None:
    """None where the request does not stand among these cells."""
    places = _places(cells, asked)
    if not places:
        return None
    below = any(source.startswith(mark(asked)) for source, _ in cells[places[0] :])
    return Saved(below, any(_shows_card(cells[number][1]) for number in places))


def _places(cells: Sequence[tuple[str, Any]], asked: Asked) -> Sequence[int]:
    """Where the request stands."""
    return [
        number
        for number, (source, _) in enumerate(cells)
        if (found := _REQUEST.match(source)) and found[1].strip() == asked.request
    ]


def _contents(paths: Iterable[Path]) -> Iterator[bytes]:
    """Of the files in which a request could stand."""
    left = _MOST_BYTES
    for path in paths:
        try:
            if path.is_file() and (left := left - path.stat().st_size) >= 0:
                data = path.read_bytes()
                if b"%%k2" in data:
                    yield data
        except OSError:
            continue


def _cells(data: bytes) -> Sequence[tuple[str, Any]]:
    """Source and outputs of each code cell; nothing where it is no notebook."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return ()
    return list(_code(found["cells"] if isinstance(found, dict) and "cells" in found else ()))


def _code(cells: Any) -> Iterator[tuple[str, Any]]:
    for cell in cells if isinstance(cells, list) else ():
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            yield _text(cell.get("source")), cell.get("outputs")


def _shows_card(outputs: Any) -> bool:
    listed = outputs if isinstance(outputs, list) else ()
    datas = [one.get("data") for one in listed if isinstance(one, dict)]
    return any(
        _text(data.get("text/plain")).startswith(CARD) for data in datas if isinstance(data, dict)
    )


def _text(value: Any) -> str:
    """A notebook keeps a text whole or as a list of lines."""
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""
