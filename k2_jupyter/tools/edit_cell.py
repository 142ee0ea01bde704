"""Change a cell, and run it again where asked."""

from __future__ import annotations

import difflib
import threading
from collections.abc import Mapping

from k2_jupyter.events import EventStream
from k2_jupyter.messages import Json, ToolResult
from k2_jupyter.notebook.base import Cell, Notebook
from k2_jupyter.tools.base import Arguments, error
from k2_jupyter.tools.gate import Gate
from k2_jupyter.tools.run_cell import SOFT_LIMIT, TIMEOUT, Reader
from k2_jupyter.tools.set_plan import Plan


class EditCell:
    """Own cells freely; a cell of the user's only when the user has seen the diff.

    With its source unchanged a cell is only run, whosever it is.
    """

    name = "edit_cell"
    parameters: Mapping[str, Json] = {
        "cell": {"type": "string", "description": "Id of the cell."},
        "hash": {"type": "string", "description": "Its source hash, as you last read it."},
        "source": {"type": "string", "description": "The whole new source."},
        "run": {"type": "boolean", "description": "Run it afterwards; default true for code."},
        "timeout": TIMEOUT,
    }
    required = ("cell", "hash", "source")

    def __init__(self, notebook: Notebook, plan: Plan, gate: Gate, read: Reader) -> None:
        self._notebook = notebook
        self._plan = plan
        self._gate = gate
        self._read = read

    def run(self, arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        """The new hash, or the observation of the run."""
        cell = self._notebook.document.cell(arguments["cell"])
        source = arguments["source"]
        runs = cell.kind == "code" and arguments.get("run", True)
        refusal = yield from self._admit(cell, source, runs=runs)
        if refusal:
            return error(refusal)
        cell = self._notebook.document.replace(cell.id, source, seen=arguments["hash"])
        if not runs:
            self._notebook.document.save()
            return ToolResult(f"cell {cell.id} changed (hash {cell.hash})")
        yield from self._plan.link(cell.id)
        run = yield from self._notebook.run_cell(
            cell.id,
            source,
            purpose=self._notebook.purpose(cell.id),
            timeout=arguments.get("timeout", SOFT_LIMIT),
            stop=stop,
        )
        return self._read(run, source)

    def _admit(self, cell: Cell, source: str, *, runs: bool) -> EventStream[str]:
        if cell.id not in self._notebook.own and source != cell.source:
            reason = f"cell {cell.id} is the user's"
            refusal = yield from self._gate.confirm("edit", reason, code=diff(cell.source, source))
            if refusal:
                return refusal
        return (yield from self._gate.admit(source)) if runs else ""


def diff(before: str, after: str) -> str:
    """A unified diff without file names."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3)
    return "\n".join(list(lines)[2:])
