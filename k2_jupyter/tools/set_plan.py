"""The plan: what the user sees of the work ahead, and which cells each item produced."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace

from k2_jupyter.events import EventStream, ItemState, PlanChanged, PlanItem
from k2_jupyter.messages import Json, ToolResult
from k2_jupyter.tools.base import Arguments


class Plan:
    """The items of one turn; the other tools link their cells to the active one."""

    def __init__(self) -> None:
        self.items: tuple[PlanItem, ...] = ()
        self._dropped: frozenset[str] = frozenset()
        """Titles of what the user has taken out: no later plan brings them back."""

    def link(self, cell_id: str) -> EventStream[None]:
        """Note that the cell was made for the active item."""
        active = next((item for item in self.items if item.state == "active"), None)
        if active is None or cell_id in active.cells:
            return
        linked = replace(active, cells=(*active.cells, cell_id))
        self.items = tuple(linked if item is active else item for item in self.items)
        yield PlanChanged(self.items)

    def set(self, wanted: Sequence[tuple[str, ItemState]]) -> tuple[str, ...]:
        """The model's plan, as titles and states; returns the titles that stay dropped."""
        kept = [title for title, state in wanted if state != "dropped" and self._is_out(title)]
        self._replace([(title, "dropped" if title in kept else state) for title, state in wanted])
        return tuple(kept)

    def edit(self, wanted: Sequence[tuple[str, ItemState]]) -> None:
        """The user's plan: what it leaves out, or drops, stays so."""
        before = {_same(item.title) for item in self.items} | self._dropped
        stays = {_same(title) for title, state in wanted if state != "dropped"}
        self._dropped = frozenset(before - stays)
        self._replace(wanted)

    def _is_out(self, title: str) -> bool:
        return _same(title) in self._dropped

    def _replace(self, wanted: Sequence[tuple[str, ItemState]]) -> None:
        cells = {item.title: item.cells for item in self.items}
        self.items = tuple(
            PlanItem(f"p{n}", title, state, cells.get(title, ()))
            for n, (title, state) in enumerate(wanted, start=1)
        )


def _same(title: str) -> str:
    return " ".join(title.lower().split())


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
        wanted = [(item["title"], item.get("state", "open")) for item in arguments["items"]]
        kept = self._plan.set(wanted)
        yield PlanChanged(self._plan.items)
        done = sum(item.state in ("done", "dropped") for item in self._plan.items)
        told = f"Plan kept: {done} of {len(self._plan.items)} items done."
        if kept:
            told += f" The user has dropped {', '.join(map(repr, kept))}: leave it out."
        return ToolResult(told)
