"""Append a code cell and run it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Protocol

from k2_jupyter.events import EventStream
from k2_jupyter.messages import Json, ToolResult
from k2_jupyter.notebook.base import CellRun, Notebook, source_hash
from k2_jupyter.notebook.gist import gist
from k2_jupyter.notebook.observation import BUDGET, observe
from k2_jupyter.notebook.sight import Sight
from k2_jupyter.tools.base import Arguments, error
from k2_jupyter.tools.gate import Gate
from k2_jupyter.tools.set_plan import Plan

SOFT_LIMIT = 600
"""Seconds a cell may take where the model names no other limit."""
HARDEST_LIMIT = 3600

TIMEOUT: Json = {
    "type": "integer",
    "minimum": 1,
    "maximum": HARDEST_LIMIT,
    "description": f"Soft limit in seconds, default {SOFT_LIMIT}: then the cell is interrupted.",
}


class Reader(Protocol):
    """Turns a run into what the model reads."""

    def __call__(self, run: CellRun, source: str) -> ToolResult: ...


def reader(*, sight: Sight | None = None, budget: int = BUDGET) -> Reader:
    """The reader for a model that can see pictures, or (without `sight`) one that can't.

    `budget` is the length of an observation in characters, about.
    """

    def read(run: CellRun, source: str) -> ToolResult:
        code = source_hash(source)
        seen = observe(run, source_hash=code, budget=budget, sight=sight)
        return ToolResult(
            seen.text,
            seen.images,
            is_error=run.status != "ok",
            gist=gist(run, source_hash=code),
        )

    return read


class RunCell:
    """Inserts the cell only when it may run, so that a refusal leaves nothing behind."""

    name = "run_cell"
    parameters: Mapping[str, Json] = {
        "source": {"type": "string", "description": "The code, as in a notebook cell."},
        "purpose": {"type": "string", "description": "One line for the user: what it is for."},
        "after": {"type": "string", "description": "Id of the cell before it; default: the end."},
        "timeout": TIMEOUT,
    }
    required = ("source", "purpose")

    def __init__(self, notebook: Notebook, plan: Plan, gate: Gate, read: Reader) -> None:
        self._notebook = notebook
        self._plan = plan
        self._gate = gate
        self._read = read

    def run(self, arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        """The observation; an error where the cell failed or was not approved."""
        source, purpose = arguments["source"], arguments["purpose"]
        refusal = yield from self._gate.admit(source)
        if refusal:
            return error(refusal)
        cell = self._notebook.add(source, purpose=purpose, after=arguments.get("after"))
        yield from self._plan.link(cell.id)
        run = yield from self._notebook.run_cell(
            cell.id,
            source,
            purpose=purpose,
            timeout=arguments.get("timeout", SOFT_LIMIT),
            stop=stop,
        )
        return self._read(run, source)
