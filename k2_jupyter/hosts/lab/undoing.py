"""Undo and redo of a whole turn, and what a turn does so that it can be undone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from k2_jupyter.adapters.kernel_report import lines_in
from k2_jupyter.adapters.kernel_setup import UndoDeed
from k2_jupyter.adapters.page_undo import TakenBack, take_back
from k2_jupyter.errors import StopRequested
from k2_jupyter.events import EndReason, TurnFinished, TurnStarted
from k2_jupyter.hosts.lab.briefing import title
from k2_jupyter.hosts.lab.depending import reason_against, users
from k2_jupyter.hosts.lab.event_log import Page
from k2_jupyter.hosts.lab.prompts import load
from k2_jupyter.hosts.lab.scene import Scene
from k2_jupyter.hosts.lab.undos import HOST, Deed, Known, Undoable, noted
from k2_jupyter.hosts.lab.wire import Ask, refusal
from k2_jupyter.hosts.lab.worker import Worker
from k2_jupyter.journal.journal import Journal
from k2_jupyter.journal.records import encode_fields
from k2_jupyter.journal.redaction import Redactor
from k2_jupyter.notebook.changes import Changes
from k2_jupyter.settings import state_folder

_KERNEL_SECONDS = 5.0
_UNKNOWN = "That turn changed no cells here, or its record is gone: there is nothing to undo."
_ALREADY = {"undo": "That turn is undone already.", "redo": "That turn is not undone."}
_HIDDEN = "Not as before, as its text has a secret, which is kept nowhere: cell {}."
_CUT = "Without its outputs or pictures, which were too long to keep: cell {}."
_NO_NAMES = (
    "The variables are as they are: the kernel is busy, or was started after the turn began."
)
_OF_MAGIC = {
    "undo": "The variables are as they are: `%k2 undo` takes back those of the last `%%k2`.",
    "redo": "The variables are as they are.",
}
_BEYOND = "Files and whatever else is no variable are as the turn left them."
_NEEDED = "{} is used by cell {}, and only this turn made it."
_STOPPED = "Stopped. What was not done yet can be done by the same button."


@contextmanager
def undoable(
    scene: Scene, turn: str, asked: Ask, journal: Journal, redactor: Redactor, *, joined: bool
) -> Iterator[None]:
    """What is done to cells and names meanwhile can be undone.

    `joined`: a `%%k2` waits in the kernel for this turn, and notes its names there.
    """
    changes = noted(journal, redactor)
    scene.document.noted = changes
    if not joined:
        _names(scene, "begin", turn)
    try:
        yield
    finally:
        scene.document.noted = Changes()
        if not joined:
            _names(scene, "end", turn)
        if changes.made:
            known = Undoable(turn, title(asked), [turn], changes.made, joined=joined)
            scene.kept.undos.add(known)


class Undoing(Worker[threading.Event]):
    """Of one turn, which may be redone as well; none begins meanwhile."""

    def __init__(
        self, deed: Deed, turn: str, scene: Scene, page: Page, ended: Callable[[EndReason], None]
    ) -> None:
        super().__init__(deed, threading.Event(), ended)
        self._deed: Deed = deed
        self._turn = turn
        self._scene = scene
        self._page = page
        self._refused = ""

    def _main(self) -> None:
        super()._main()
        if self._refused:  # said when the next one may begin
            text = self._scene.redactor(None).text(self._refused)
            self._page.send(refusal(self._deed, text, self._turn))

    def _work(self) -> EndReason:
        known = self._scene.kept.undos.of(self._turn)
        self._refused = self._why_not(known) if known else _UNKNOWN
        if known and not self._refused:
            try:
                self._take_back(known)
            except StopRequested:
                self._refused = _STOPPED
        return "done"

    def _failed(self, why: str) -> None:
        self._refused = why

    def _why_not(self, known: Undoable) -> str:
        scene = self._scene
        if known.undone != (self._deed == "redo"):
            return _ALREADY[self._deed]
        if self._deed == "redo":
            return ""
        return reason_against(known, scene.kept.undos.since(self._turn), scene.document.cells())

    def _take_back(self, undoable: Undoable) -> None:
        scene = self._scene
        redactor = scene.redactor(None)
        facts = {"host": HOST, "of": self._turn, "what": self._deed}
        with Journal.create(
            state_folder(), self.id, redactor, notebook=scene.notebook, facts=facts
        ) as journal:
            title = f"{self._deed}: {undoable.request}"
            journal.write(TurnStarted.__name__, encode_fields(TurnStarted(self.id, title, "")))
            changes = scene.document.noted = noted(journal, redactor)
            scene.document.stop = self.stop
            whole = False
            try:
                lines = self._lines(undoable)
                whole = True
            finally:
                scene.document.noted = Changes()
                undoable.did(self._deed, self.id, changes.made, whole=whole)
            journal.write(TurnFinished.__name__, encode_fields(TurnFinished("done")))
        scene.document.save()
        event = "Undone" if self._deed == "undo" else "Redone"
        listed = "\n".join(f"- {line}" for line in lines)
        scene.kept.news.append(load(event.lower(), request=undoable.request, lines=listed))
        scene.say({"type": event, "turn": self._turn, "lines": list(lines)})

    def _lines(self, undoable: Undoable) -> list[str]:
        """Do it; what was done, and what was not."""
        known, document = undoable.known(), self._scene.document
        touched = {change.cell for change in known.changes}
        needed = [*users(touched, document.cells())] if self._deed == "undo" else []
        taken = take_back(document, known.changes)
        return [
            *_of_cells(taken, known),
            *(_NEEDED.format(name, user) for user, name, _ in needed),
            *([_OF_MAGIC[self._deed]] if undoable.joined else self._of_names()),
        ]

    def _of_names(self) -> Iterator[str]:
        told = _names(self._scene, self._deed, self._turn).get("lines")
        if not isinstance(told, list):
            yield _NO_NAMES
            return
        for line in lines_in(told, self._scene.redactor(None)):
            yield f"Variables: {line}"
        yield _BEYOND


def _names(scene: Scene, deed: UndoDeed, turn: str) -> Mapping[str, Any]:
    return scene.kernel.undo_names(deed, turn, seconds=_KERNEL_SECONDS)


def _of_cells(taken: TakenBack, known: Known) -> Iterator[str]:
    numbers = {
        "removed": len(taken.removed),
        "as before": len(taken.restored),
        "put back": len(taken.put_back),
    }
    did = ", ".join(f"{number} {what}" for what, number in numbers.items() if number)
    yield f"Cells: {did}." if did else "No cell was changed."
    for cell in taken.edited:
        yield f"Left as you changed it: cell {cell}."
    for cell in taken.deleted:
        yield f"Not brought back, as you deleted it: cell {cell}."
    for cell in known.secret:
        yield _HIDDEN.format(cell)
    for cell in known.cut:
        yield _CUT.format(cell)
