"""What happens beside a turn's agent: told to the model and the pages, kept for a resumed turn."""

from __future__ import annotations

from collections.abc import Sequence

from k2_jupyter.hosts.lab.planned import Planned
from k2_jupyter.hosts.lab.prompts import load
from k2_jupyter.hosts.lab.scene import Scene
from k2_jupyter.journal.journal import Journal
from k2_jupyter.journal.recall import KERNEL
from k2_jupyter.journal.redaction import Redactor


class Meanwhile:
    """Of one turn; on its thread."""

    def __init__(
        self, scene: Scene, journal: Journal, redactor: Redactor, planned: Planned
    ) -> None:
        self._scene = scene
        self._journal = journal
        self._redactor = redactor
        self._planned = planned
        self._life = ""

    def step(self, number: int) -> None:
        """A model call is about to be made; what the first one is told stands in the briefing."""
        document = self._scene.document
        document.facts = {**document.facts, "step": number}
        self.write_plan()
        self._note_life()
        if number == 1:
            return
        lines = self.news()
        if lines:
            listed = "\n".join(f"- {self._redactor.text(line)}" for line in lines)
            self._scene.kept.history.remind(load("meanwhile", lines=listed))

    def news(self) -> Sequence[str]:
        """Lines for the model that it has not been told; the pages see those about the user."""
        changes = self._scene.document.take_user_changes()
        if changes:
            self._scene.say({"type": "UserChanged", "lines": [*changes]})
        return [*self._scene.news(), *changes]

    def write_plan(self) -> None:
        """Keep what the user has made of the plan."""
        self._planned.write(self._journal)

    def kernel_is_new(self) -> bool:
        """Is it another one than at the last model call?"""
        before = self._life
        if before:
            self._note_life()
        return self._life != before

    def _note_life(self) -> None:
        """Which kernel has what the cells make, for whoever resumes the turn."""
        life = self._scene.life
        if life and life != self._life:
            self._life = life
            self._journal.write(KERNEL, {"life": life})
