"""Remove a cell of the agent's own."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from k2_jupyter.events import EventStream
from k2_jupyter.messages import Json, ToolResult
from k2_jupyter.notebook.base import Notebook
from k2_jupyter.tools.base import Arguments, error


class DeleteCell:
    """The user's cells stay, whatever the model thinks of them."""

    name = "delete_cell"
    parameters: Mapping[str, Json] = {
        "cell": {"type": "string", "description": "Id of a cell that you made."},
        "hash": {"type": "string", "description": "Its source hash, as you last read it."},
    }
    required = ("cell", "hash")

    def __init__(self, notebook: Notebook) -> None:
        self._notebook = notebook

    def run(self, arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        """Says what is gone and what is not: the kernel keeps the variables."""
        yield from ()
        cell = self._notebook.document.cell(arguments["cell"])
        if cell.id not in self._notebook.own:
            return error(f"Cell {cell.id} is the user's and stays. You can delete only your own.")
        self._notebook.document.delete(cell.id, seen=arguments["hash"])
        self._notebook.runs.pop(cell.id, None)
        self._notebook.own.discard(cell.id)
        self._notebook.document.save()
        return ToolResult(f"cell {cell.id} deleted; variables that it made still exist")
