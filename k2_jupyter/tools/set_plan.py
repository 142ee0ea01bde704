"""The plan: what the user sees of the work ahead, and which cells each item produced."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace

from k2_jupyter.events import EventStream, PlanChanged, PlanItem
from k2_jupyter.messages import Json, ToolResult
from k2_jupyter.tools.base import Arguments


class Plan:
    """The items of one turn; the other tools link their cells to the active one."""

    def __init__(self) -> None:
        self.items: tuple[PlanItem, ...] = ()

    def link(self, cell_id: str) -> EventStream[None]:
        """Note that the cell was made for the active item."""
        active = next((item for item in self.items if item.state == "active"), None)
        if active is None or cell_id in active.cells:
            return
        linked = replace(active, cells=(*active.cells, cell_id))
        self.items = tuple(linked if item is active else item for item in self.items)
        yield PlanChanged(self.items)


class SetPlan:
    """Replaces the plan as a whole; an item keeps its cells when its title stays."""

    name = "set_plan"
    parameters: Mapping[str, Json] = {
        "items": {
            "type": "array",
            "minItems": 1,
            "maxItems": 20,
            "items": {
                "type": "object",
                "properties": {
                    "title": {"type": "string", "description": "The result, in a few words."},
                    "state": {
                        "type": "string",
                        "enum": ["open", "active", "done", "failed", "dropped"],
                    },
                },
                "required": ["title"],
            },
        }
    }
    required = ("items",)

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def run(self, arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        """Never fails: the schema has said what an item is."""
        cells = {item.title: item.cells for item in self._plan.items}
        self._plan.items = tuple(
            PlanItem(
                f"p{n}", item["title"], item.get("state", "open"), cells.get(item["title"], ())
            )
            for n, item in enumerate(arguments["items"], start=1)
        )
        yield PlanChanged(self._plan.items)
        done = sum(item.state in ("done", "dropped") for item in self._plan.items)
        return ToolResult(f"Plan kept: {done} of {len(self._plan.items)} items done.")
