"""The plan of one turn, which the model makes and the user may change."""

from __future__ import annotations

from collections.abc import Sequence

from k2_jupyter.events import ItemState, PlanChanged
from k2_jupyter.hosts.lab.prompts import load
from k2_jupyter.hosts.lab.scene import Scene
from k2_jupyter.journal.journal import Journal
from k2_jupyter.journal.records import encode, encode_fields
from k2_jupyter.tools.set_plan import Plan


class Planned:
    """`edit` is called by the server's loop, `write` by the turn's thread."""

    def __init__(self, scene: Scene) -> None:
        self.plan = Plan()
        self._scene = scene
        self._edited = False
        """Whether the user has changed the plan since the journal had it."""

    def edit(self, wanted: Sequence[tuple[str, ItemState]]) -> None:
        """The user's own plan; the model is told before its next answer."""
        self.plan.edit(wanted)
        self._edited = True
        items = self.plan.items
        self._scene.say(encode(PlanChanged(items)))
        told = "; ".join(f"“{item.title}” ({item.state})" for item in items) or "empty"
        self._scene.kept.news.append(load("plan", items=told))

    def write(self, journal: Journal) -> None:
        """Keep what the user has made of it."""
        if self._edited:
            self._edited = False
            journal.write(PlanChanged.__name__, encode_fields(PlanChanged(self.plan.items)))
