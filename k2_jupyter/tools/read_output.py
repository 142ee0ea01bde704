"""Page or search the output of a cell that was too long to read at once."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from k2_jupyter.errors import StopRequested
from k2_jupyter.events import EventStream
from k2_jupyter.messages import Json, ToolResult
from k2_jupyter.notebook.base import CellRun, Notebook
from k2_jupyter.notebook.text import neutral
from k2_jupyter.outputs import ErrorOutput, Output, Stream
from k2_jupyter.tools.base import Arguments, error
from k2_jupyter.tools.claims import printed_text

LINES = 100
BUDGET = 8_000
"""Characters of a page, unless the model's window asks for another."""
LINE_LENGTH = 500
"""Characters of a line, unless it is read on from one of its characters."""
_BEFORE_MATCH = 100
_STOP_EVERY = 10_000


class ReadOutput:
    """From the spool where there is one, else from what the notebook keeps."""

    name = "read_output"
    parameters: Mapping[str, Json] = {
        "cell": {"type": "string", "description": "Id of a cell that ran."},
        "from_line": {
            "type": "integer",
            "minimum": 1,
            "description": "First line to read; default 1.",
        },
        "lines": {
            "type": "integer",
            "minimum": 1,
            "maximum": 400,
            "description": f"How many lines or matches; default {LINES}, within a page's room.",
        },
        "search": {"type": "string", "description": "Only lines that contain this text."},
        "context": {
            "type": "integer",
            "minimum": 0,
            "maximum": 10,
            "description": "Lines to show before and after each match; default 0.",
        },
        "from_character": {
            "type": "integer",
            "minimum": 1,
            "description": "Where in the line `from_line` to begin.",
        },
    }
    required = ("cell",)

    def __init__(self, notebook: Notebook, *, room: int = BUDGET) -> None:
        """`room`: characters of a page."""
        self._notebook = notebook
        self._room = room

    def run(self, arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        """Numbered lines within the room; an error where there are none."""
        yield from ()
        cell = self._notebook.document.cell(arguments["cell"])
        lines = _watched(_lines(self._notebook.runs.get(cell.id), cell.outputs), stop)
        first, wanted = arguments.get("from_line", 1), arguments.get("search", "")
        page = _Page(arguments.get("lines", LINES), self._room)
        if "from_character" in arguments:
            text = _within_line(lines, first, arguments["from_character"], self._room)
        elif wanted:
            text = _matches(lines, first, wanted, arguments.get("context", 0), page)
        else:
            text = _paged(lines, first, page)
        if not text:
            what = f"no line from {first} on contains {wanted!r}" if wanted else "no such lines"
            return error(f"Cell {cell.id}: {what}.")
        return ToolResult(f"<output>\n{text}\n</output>")


@dataclass(slots=True)
class _Page:
    """Takes lines while there is room."""

    count: int
    room: int
    taken: list[str] = field(default_factory=list)
    last: int = 0
    """Number of the newest line."""

    def take(self, number: int, line: str, *, mark: str = ":", at: int = 0) -> None:
        """Add a line, or what stands around position `at` of a long one."""
        text = f"{number}{mark} {neutral(_bounded(line, at))}"
        self.room -= len(text) + 1
        self.taken.append(text)
        self.last = number

    @property
    def full(self) -> bool:
        return self.count <= 0 or self.room < LINE_LENGTH


def _paged(lines: Iterable[str], first: int, page: _Page) -> str:
    total = 0
    for total, line in enumerate(lines, start=1):
        if total >= first and not page.full:
            page.take(total, line)
            page.count -= 1
    if page.taken and page.last < total:
        page.taken.append(f"… more from line {page.last + 1}, {total} lines in all")
    return "\n".join(page.taken)


def _matches(lines: Iterable[str], first: int, wanted: str, context: int, page: _Page) -> str:
    """The matching lines with those around them, and how many match in all."""
    folded = wanted.casefold()
    found = following = more_from = 0
    before: deque[tuple[int, str]] = deque(maxlen=context)
    for number, line in enumerate(lines, start=1):
        if number < first:
            continue
        at = line.casefold().find(folded)
        if at >= 0:
            found += 1
            if page.full:
                more_from = more_from or number
                following = 0
                continue
            for earlier, text in before:
                if not page.full:
                    page.take(earlier, text, mark="-")
            before.clear()
            page.take(number, line, at=at)
            page.count -= 1
            following = context
        elif following and not page.full:
            page.take(number, line, mark="-")
            following -= 1
        else:
            before.append((number, line))
    if not found:
        return ""
    head = f"{found} {'line matches' if found == 1 else 'lines match'}"
    tail = [f"… more matches from line {more_from}"] if more_from else []
    return "\n".join([head, *page.taken, *tail])


def _within_line(lines: Iterable[str], wanted: int, start: int, room: int) -> str:
    line = next((line for number, line in enumerate(lines, start=1) if number == wanted), "")
    piece = line[start - 1 : start - 1 + room]
    if not piece:
        return ""
    while len(neutral(piece)) > room:  # written as escapes some characters are longer
        piece = piece[: len(piece) // 2]
    end = start + len(piece)
    more = f"\n… more from character {end}, {len(line)} in all" if end <= len(line) else ""
    return f"{wanted}, from character {start}: {neutral(piece)}{more}"


def _lines(run: CellRun | None, outputs: tuple[Output, ...]) -> Iterator[str]:
    """The printed text in full, where it was spooled; then displays and errors."""
    if run is not None and run.spool is not None:
        with run.spool.open(encoding="utf-8", errors="replace", newline="\n") as spool:
            yield from (line.rstrip("\n") for line in spool)
        outputs = tuple(output for output in outputs if not isinstance(output, Stream))
    yield from _split(printed_text(outputs))
    errors = (
        part for output in outputs if isinstance(output, ErrorOutput) for part in output.traceback
    )
    yield from chain.from_iterable(map(_split, errors))


def _split(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _watched(lines: Iterable[str], stop: threading.Event) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number % _STOP_EVERY == 0 and stop.is_set():
            raise StopRequested
        yield line


def _bounded(line: str, at: int) -> str:
    if len(line) <= LINE_LENGTH:
        return line
    start = max(0, min(at - _BEFORE_MATCH, len(line) - LINE_LENGTH))
    piece = line[start : start + LINE_LENGTH]
    place = f" from character {start + 1}" if start else ""
    return f"{'…' if start else ''}{piece}… ({len(line)} characters{place and ', here' + place})"
