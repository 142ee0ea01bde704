"""Read the notebook as it stands."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from k2_jupyter.events import EventStream
from k2_jupyter.messages import Json, ToolResult
from k2_jupyter.notebook.base import Notebook
from k2_jupyter.notebook.observation import BUDGET, describe_cells
from k2_jupyter.tools.base import Arguments


class ReadNotebook:
    """All cells with ids and hashes, within a budget."""

    name = "read_notebook"
    parameters: Mapping[str, Json] = {}
    required = ()

    def __init__(self, notebook: Notebook, *, room: int = 4 * BUDGET) -> None:
        """`room`: characters for all cells, about; each gets a few, however many there are."""
        self._notebook = notebook
        self._room = room

    def run(self, arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        """Never fails; an empty notebook says so."""
        yield from ()
        cells = self._notebook.document.cells()
        text = describe_cells(cells, own=self._notebook.own, budget=self._room)
        return ToolResult(text or "The notebook is empty.")
