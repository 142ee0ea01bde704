"""Read the notebook as it stands."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from k2_jupyter.events import EventStream
from k2_jupyter.messages import Json, ToolResult
from k2_jupyter.notebook.base import Notebook
from k2_jupyter.notebook.observation import describe_cells
from k2_jupyter.tools.base import Arguments


class ReadNotebook:
    """All cells with ids and hashes, within a budget."""

    name = "read_notebook"
    parameters: Mapping[str, Json] = {}
    required = ()

    def __init__(self, notebook: Notebook) -> None:
        self._notebook = notebook

    def run(self, arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        """Never fails; an empty notebook says so."""
        yield from ()
        cells = self._notebook.document.cells()
        return ToolResult(describe_cells(cells, own=self._notebook.own) or "The notebook is empty.")
