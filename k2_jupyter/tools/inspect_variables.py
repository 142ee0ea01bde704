"""Look at the live variables without running a cell."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from k2_jupyter.errors import KernelSilentError
from k2_jupyter.events import EventStream
from k2_jupyter.messages import Json, ToolResult
from k2_jupyter.notebook.base import Notebook
from k2_jupyter.notebook.text import neutral
from k2_jupyter.tools.base import Arguments, error


class InspectVariables:
    """Leaves nothing in the notebook and nothing in the namespace."""

    name = "inspect_variables"
    parameters: Mapping[str, Json] = {
        "names": {
            "type": "array",
            "items": {"type": "string"},
            "maxItems": 20,
            "description": "Which ones; default: all, in short.",
        }
    }
    required = ()

    def __init__(self, notebook: Notebook) -> None:
        self._notebook = notebook

    def run(self, arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        """A description each; names that do not exist are named."""
        yield from ()
        names = tuple(arguments.get("names", ()))
        try:
            described = self._notebook.kernel.describe(names, stop=stop)
        except KernelSilentError as problem:
            return error(str(problem))
        lines = [f"{name}: {neutral(text)}" for name, text in described.items()]
        lines += [f"{name}: not defined" for name in names if name not in described]
        text = "\n".join(lines) or "No variables yet."
        return ToolResult(f"<variables>\n{text}\n</variables>")
