"""Undo and redo of a whole turn, and what a turn does so that it can be undone."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from k2_jupyter.adapters.kernel_setup import UndoDeed
from k2_jupyter.adapters.page_undo import TakenBack, take_back
from k2_jupyter.errors import K2Error, StopRequested
from k2_jupyter.events import EndReason, ItemState, TurnFinished, TurnStarted
from k2_jupyter.hosts.lab.depending import reason_against, users
from k2_jupyter.hosts.lab.event_log import Page
from k2_jupyter.hosts.lab.prompts import load
from k2_jupyter.hosts.lab.scene import Scene
from k2_jupyter.hosts.lab.undos import HOST, Deed, Known, Undoable, noted
from k2_jupyter.hosts.lab.wire import refusal
from k2_jupyter.journal.journal import Journal
from k2_jupyter.journal.records import encode_fields
from k2_jupyter.journal.redaction import Redactor
from k2_jupyter.notebook.changes import Changes
from k2_jupyter.settings import state_folder

logger = logging.getLogger(__name__)

_KERNEL_SECONDS = 5.0
_MOST_LINES = 10
_LONGEST_LINE = 500
_UNKNOWN = "That turn changed no cells here, or its record is gone: there is nothing to undo."
_ALREADY = {"undo": "That turn is undone already.", "redo": "That turn is not undone."}
_HIDDEN = "Not as before, as its text has a secret, which is kept nowhere: cell {}."
_CUT = "Without its outputs, which were too long to keep: cell {}."
_NO_NAMES = (
    "The variables are as they are: the kernel is busy, or was started after the turn began."
)
_BEYOND = "Files and whatever else is no variable are as the turn left them."
_NEEDED = "{} is used by cell {}, and only this turn made it."
_BUG = "It was not done to its end. This is a bug of k2_jupyter: {!r}. The server's log has more."


@contextmanager
def undoable(
    scene: Scene, turn: str, request: str, journal: Journal, redactor: Redactor
) -> Iterator[None]:
    """What is done to cells and names meanwhile can be undone."""
    changes = noted(journal, redactor)
    scene.document.noted = changes
    _names(scene, "begin", turn)
    try:
        yield
    finally:
        scene.document.noted = Changes()
        _names(scene, "end", turn)
        if changes.made:
            scene.kept.undos.add(Undoable(turn, request, [turn], changes.made))


class Undoing:
    """Takes the place of a turn while it works, so that none begins meanwhile.

    Started once; `ended` is called by its thread when it is over, whatever happened.
    """

    joined = finished = None

    def __init__(
        self, deed: Deed, turn: str, scene: Scene, page: Page, ended: Callable[[EndReason], None]
    ) -> None:
        self.id = uuid.uuid4().hex[:16]
        self.stop = threading.Event()
        self._deed: Deed = deed
        self._turn = turn
        self._scene = scene
        self._page = page
        self._ended = ended
        self._thread = threading.Thread(target=self._main, name=f"k2-{deed}-{turn}", daemon=True)

    def start(self) -> None:
        """In its own thread."""
        self._thread.start()

    def join(self, seconds: float) -> bool:
        """Wait so long for its end; whether it came."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def edit_plan(self, wanted: Sequence[tuple[str, ItemState]]) -> None:
        """There is none."""

    def _main(self) -> None:
        try:
            known = self._scene.kept.undos.of(self._turn)
            why = self._why_not(known) if known else _UNKNOWN
            if known and not why:
                self._work(known)
        except StopRequested:
            why = "Stopped. What was not done yet can be done by the same button."
        except K2Error as problem:
            why = str(problem)
        except Exception as problem:
            logger.exception("a turn was not undone")
            why = _BUG.format(problem)
        finally:
            self._ended("done")
        if why:
            self._page.send(refusal(self._deed, why, self._turn))

    def _why_not(self, known: Undoable) -> str:
        scene = self._scene
        if known.undone != (self._deed == "redo"):
            return _ALREADY[self._deed]
        if self._deed == "redo":
            return ""
        return reason_against(known, scene.kept.undos.since(self._turn), scene.document.cells())

    def _work(self, undoable: Undoable) -> None:
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
        names = _names(self._scene, self._deed, self._turn)
        return [
            *_of_cells(taken, known),
            *(_NEEDED.format(name, user) for user, name, _ in needed),
            *_of_names(names, self._scene.redactor(None)),
        ]


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


def _of_names(told: Mapping[str, Any], redactor: Redactor) -> Iterator[str]:
    lines = told.get("lines")
    if not isinstance(lines, list):
        yield _NO_NAMES
        return
    for line in lines[:_MOST_LINES]:
        yield f"Variables: {redactor.text(str(line)[:_LONGEST_LINE])}"
    yield _BEYOND
