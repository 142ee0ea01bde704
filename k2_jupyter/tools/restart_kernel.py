"""Start the kernel anew."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from k2_jupyter.events import EventStream
from k2_jupyter.messages import Json, ToolResult
from k2_jupyter.notebook.base import Notebook
from k2_jupyter.tools.base import Arguments, error
from k2_jupyter.tools.gate import Gate


class RestartKernel:
    """The namespace may hold hours of work, so the user is asked."""

    name = "restart_kernel"
    parameters: Mapping[str, Json] = {
        "reason": {"type": "string", "description": "One line for the user."}
    }
    required = ("reason",)

    def __init__(self, notebook: Notebook, gate: Gate) -> None:
        self._notebook = notebook
        self._gate = gate

    def run(self, arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        """Says that the variables are gone."""
        refusal = yield from self._gate.confirm("restart", arguments["reason"])
        if refusal:
            return error(refusal)
        self._notebook.kernel.restart(stop=stop)
        return ToolResult("The kernel was restarted. All variables are gone; the cells are not.")
