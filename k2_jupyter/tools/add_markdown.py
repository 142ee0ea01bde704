"""Add a Markdown cell."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from k2_jupyter.events import EventStream
from k2_jupyter.messages import Json, ToolResult
from k2_jupyter.notebook.base import Notebook
from k2_jupyter.tools.base import Arguments
from k2_jupyter.tools.set_plan import Plan


class AddMarkdown:
    """Headings and explanations between the code cells."""

    name = "add_markdown"
    parameters: Mapping[str, Json] = {
        "source": {"type": "string", "description": "Markdown."},
        "after": {"type": "string", "description": "Id of the cell before it; default: the end."},
    }
    required = ("source",)

    def __init__(self, notebook: Notebook, plan: Plan) -> None:
        self._notebook = notebook
        self._plan = plan

    def run(self, arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        """The id and hash of the new cell."""
        cell = self._notebook.add(
            arguments["source"], kind="markdown", after=arguments.get("after")
        )
        yield from self._plan.link(cell.id)
        self._notebook.document.save()
        return ToolResult(f"cell {cell.id} added (hash {cell.hash})")
