"""Read a figure in full."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from k2_jupyter.events import EventStream
from k2_jupyter.messages import Json, ToolResult
from k2_jupyter.notebook.base import Notebook
from k2_jupyter.notebook.figures import Choice, figure_of, figure_text, full_text, unknown_part
from k2_jupyter.notebook.figures.full_text import ROOM
from k2_jupyter.notebook.sight import Sight
from k2_jupyter.outputs import Display
from k2_jupyter.tools.base import Arguments, error


class ViewFigure:
    """From the outputs that the notebook keeps; runs nothing."""

    name = "view_figure"
    parameters: Mapping[str, Json] = {
        "cell": {"type": "string", "description": "Id of the cell that shows it."},
        "figure": {
            "type": "integer",
            "minimum": 1,
            "description": "Which of the cell's figures; default 1.",
        },
        "axes": {"type": "integer", "minimum": 1, "description": "Only this axes."},
        "series": {"type": "integer", "minimum": 1, "description": "Only this series of the axes."},
        "from_row": {
            "type": "integer",
            "minimum": 1,
            "description": "Row of numbers to begin with; default 1.",
        },
    }
    required = ("cell",)

    def __init__(self, notebook: Notebook, sight: Sight | None, *, room: int = ROOM) -> None:
        """`room`: characters of a page."""
        self._notebook = notebook
        self._sight = sight
        self._room = room

    def run(self, arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        """A page of text and the picture; an error where there is no such figure."""
        yield from ()
        cell = self._notebook.document.cell(arguments["cell"])
        shown = [one for one in cell.outputs if isinstance(one, Display) and figure_text(one)]
        number = arguments.get("figure", 1)
        if number > len(shown):
            count = f"{len(shown) or 'no'} figure{'' if len(shown) == 1 else 's'}"
            return error(f"Cell {cell.id} shows {count}; there is no figure {number}.")
        choice = Choice(
            arguments.get("axes"), arguments.get("series"), arguments.get("from_row", 1)
        )
        return self._view(shown[number - 1], choice)

    def _view(self, display: Display, choice: Choice) -> ToolResult:
        record = figure_of(display)
        if record is None:
            text = figure_text(display) or ""
        elif problem := unknown_part(record, choice):
            return error(problem)
        else:
            text = full_text(record, choice, self._room)
        image = self._sight.look_again(display) if self._sight else None
        return ToolResult(f"<figure>\n{text}\n</figure>", (image,) if image else ())
