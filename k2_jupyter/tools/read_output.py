"""Page or search the output of a cell that was too long to read at once."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Mapping

from k2_jupyter.events import EventStream
from k2_jupyter.messages import Json, ToolResult
from k2_jupyter.notebook.base import Notebook
from k2_jupyter.notebook.text import neutral
from k2_jupyter.tools.base import Arguments, error
from k2_jupyter.tools.claims import printed_text

LINES = 100
LINE_LENGTH = 500


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
            "description": f"How many; default {LINES}.",
        },
        "search": {"type": "string", "description": "Only lines that contain this text."},
    }
    required = ("cell",)

    def __init__(self, notebook: Notebook) -> None:
        self._notebook = notebook

    def run(self, arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        """Numbered lines; an error where the cell printed nothing."""
        yield from ()
        cell = self._notebook.document.cell(arguments["cell"])
        first, count = arguments.get("from_line", 1), arguments.get("lines", LINES)
        wanted = arguments.get("search", "")
        numbered = (
            (number, line)
            for number, line in enumerate(self._lines(cell.id), start=1)
            if number >= first and wanted in line
        )
        page = list(itertools.islice(numbered, count + 1))
        if not page:
            what = f"no line from {first} on contains {wanted!r}" if wanted else "no such lines"
            return error(f"Cell {cell.id}: {what}.")
        text = "\n".join(f"{number}: {neutral(_bounded(line))}" for number, line in page[:count])
        more = f"\n… more from line {page[count][0]}" if len(page) > count else ""
        return ToolResult(f"<output>\n{text}{more}\n</output>")

    def _lines(self, cell_id: str) -> Iterator[str]:
        run = self._notebook.runs.get(cell_id)
        if run is not None and run.spool is not None:
            with run.spool.open(encoding="utf-8", errors="replace") as spool:
                yield from (line.rstrip("\n") for line in spool)
        else:
            yield from printed_text(self._notebook.document.cell(cell_id).outputs).splitlines()


def _bounded(line: str) -> str:
    return line if len(line) <= LINE_LENGTH else f"{line[:LINE_LENGTH]}… ({len(line)} characters)"
