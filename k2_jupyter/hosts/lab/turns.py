"""The turns of one notebook, one after another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any

from k2_jupyter.errors import JournalError, SettingsError
from k2_jupyter.events import EndReason, TurnFinished
from k2_jupyter.hosts.lab.briefing import title
from k2_jupyter.hosts.lab.choice import label
from k2_jupyter.hosts.lab.event_log import Page
from k2_jupyter.hosts.lab.joining import Joined, join
from k2_jupyter.hosts.lab.resuming import Resumption, resumption
from k2_jupyter.hosts.lab.scene import Scene
from k2_jupyter.hosts.lab.turn import Turn
from k2_jupyter.hosts.lab.undoing import Undoing
from k2_jupyter.hosts.lab.undos import Deed
from k2_jupyter.hosts.lab.waiting import Waiting
from k2_jupyter.hosts.lab.wire import Ask, Message, refusal
from k2_jupyter.messages import Json

logger = logging.getLogger(__name__)

_EMPTY = "There is nothing in the request."
_NOT_QUEUED = "That request is not waiting any more."
_NO_TURN = "Nothing is running here."
_RUNNING = "Something runs here. Go on with this turn when that has ended."
_NOT_RESUMABLE = "Only the newest turn can go on, and only where it came to no conclusion."
_UNDONE = "That turn is undone. Redo it first, or ask again."
_ENDED = "The notebook's kernel was shut down. Start one and ask again."
_WAITING = (
    "You stopped the turn, so what was queued behind it waits ({}). It goes on behind your "
    "next request; or send one of them now, or take it out."
)
_BUSY = "A turn runs here already, so this %%k2 can't join in; the kernel serves it by itself."
_RUNS = "Something runs here. Undo and redo wait until it has ended."
_MEANWHILE = "Something else began in this notebook at the same moment. Run the cell again."
_END_SECONDS = 5.0
"""What is left to do for a turn that has said its end takes less."""


class Turns:
    """Its methods are called by the server's loop, but for `join` and what turns report."""

    def __init__(self, scene: Scene, over: Callable[[], None]) -> None:
        """`over` is called when a turn is, before the next one begins."""
        self._scene = scene
        self._over = over
        self._now: Turn | Undoing | None = None
        self._waiting = Waiting()
        self._ended = False
        self._taken: set[str] = set()
        """Ids of all requests: a page that lost its connection may send one twice."""
        self._claiming = False
        """Whether a `%%k2` is being asked whether it still waits."""
        self._errands: set[asyncio.Task[None]] = set()

    @property
    def running(self) -> str | None:
        """The id of what has the notebook now."""
        return self._now.id if self._now is not None else None

    @property
    def ended(self) -> bool:
        """Whether no turn will begin any more."""
        return self._ended

    @property
    def turn(self) -> Turn | None:
        """The one that runs."""
        return self._now if isinstance(self._now, Turn) else None

    @property
    def joined(self) -> Joined | None:
        """The `%%k2` that waits for the turn."""
        return self.turn.joined if self.turn is not None else None

    def _is_free(self) -> bool:
        """Can a turn begin now?"""
        return self._now is None and not (self._claiming or self._ended)

    def stop(self) -> None:
        """End the turn; what is queued behind it stays."""
        if self._now is not None:
            self._now.stop.set()
            self._scene.requests.stop()

    def end(self) -> None:
        """For good."""
        self._ended = True
        self._waiting.clear()
        self.stop()

    def join(self, seconds: float) -> None:
        """Wait so long for the turn. Not on the loop's thread."""
        turn = self._now
        if turn is not None and not turn.join(seconds):
            logger.warning("turn %s did not end within %g s", turn.id, seconds)

    def errand(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it beside the loop's other work."""
        task = asyncio.get_running_loop().create_task(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    # What pages want

    def ask(self, page: Page, asked: Ask) -> None:
        """A request; one that is sent again while it waits goes first."""
        empty = not asked.request and asked.mode in ("ask", "plan")
        if empty or self._ended:
            page.send(refusal("ask", _EMPTY if empty else _ENDED, asked.id))
            return
        self._scene.document.lead(page)
        waits = asked.id in self._waiting
        if not waits and asked.id in self._taken:
            return
        self._taken.add(asked.id)
        if self._is_free() and (self._waiting.held or not self._waiting):
            self._begin(self._waiting.take(asked.id) or asked)
        elif not waits:
            stopping = self._now is not None and self._now.stop.is_set()
            self._waiting.add(asked, stopping=stopping)
            self._scene.say({"type": "Queued", "id": asked.id, "request": title(asked)})

    def unqueue(self, page: Page, asked: str) -> None:
        """Take a request back that waits."""
        if self._waiting.take(asked) is None:
            page.send(refusal("unqueue", _NOT_QUEUED, asked))
        else:
            self._scene.say({"type": "Unqueued", "id": asked})

    async def claim(self, page: Page, message: Message) -> None:
        """A `%%k2` waits in the kernel; one that can't join in is served there."""
        if not self._is_free():
            page.send(refusal("claim", _BUSY))
            return
        self._scene.document.lead(page)
        self._claiming = True
        try:
            joined = await asyncio.to_thread(join, self._scene, page, message)
        finally:
            self._claiming = False
        if joined is None:
            self._go_on()
        elif not self._is_free():
            await joined.end(TurnFinished("failed", detail=_MEANWHILE))
        elif joined.record is not None:
            await joined.replay()
            self._go_on()
        else:
            self._begin(joined.asked, joined)

    def take_back(self, page: Page, deed: Deed, turn: str) -> None:
        """Undo or redo a turn."""
        if not self._is_free():
            page.send(refusal(deed, _RUNS, turn))
            return
        self._scene.document.lead(page)
        self._now = Undoing(deed, turn, self._scene, page, self._report)
        self._now.start()

    async def resume(self, page: Page, turn: str) -> None:
        """Go on with a turn that was cut off, by a stop or with a server's life."""
        before = self.turn
        if before is not None and before.finished is not None:
            await asyncio.to_thread(before.join, _END_SECONDS)
        found, why = None, _NOT_RESUMABLE
        try:
            if self._is_free():
                notebook = str(self._scene.notebook)
                found = await asyncio.to_thread(resumption, turn, notebook)
        except (JournalError, OSError) as problem:
            why = str(problem)
        if not self._is_free():
            why = _ENDED if self._ended else _RUNNING
        elif found is not None and self._scene.kept.undos.undone(found.turns):
            why = _UNDONE
        elif found is not None:
            self._scene.document.lead(page)
            self._begin(found.asked(), resumption=found)
            return
        page.send(refusal("resume", why, turn))

    def of_turn(self, page: Page, message: Message) -> None:
        """Pause the turn, go on with it, or change its plan."""
        turn, op = self.turn, message["op"]
        if turn is None:
            page.send(refusal(op, _NO_TURN))
        elif op == "pause":
            turn.pause.ask()
        elif op == "continue":
            turn.pause.end()
        else:
            turn.planned.edit([(item["title"], item["state"]) for item in message["items"]])

    # One after another

    def _begin(
        self, asked: Ask, joined: Joined | None = None, resumption: Resumption | None = None
    ) -> None:
        try:
            model = label(self._scene.choice.settings(asked.model))
        except SettingsError:  # the turn will say so
            model = asked.model
        self._waiting.held = False
        told: dict[str, Json] = {"id": asked.id, "request": title(asked), "mode": asked.mode}
        self._scene.say({"type": "Asked", **told, "attached": [*asked.attached], "model": model})
        self._now = turn = Turn(asked, self._scene, self._report, joined, resumption)
        if joined is not None:
            joined.begin(model, partial(self._interrupted, turn))
        turn.start()

    def _interrupted(self, turn: Turn) -> None:
        """The `%%k2` that waits for this turn was interrupted. Called by any thread."""
        if self._now is turn:
            self.stop()

    def _report(self, reason: EndReason) -> None:
        """Called by the turn's thread."""
        with suppress(RuntimeError):  # the server has stopped meanwhile
            self._scene.loop.call_soon_threadsafe(self._next, reason)

    def _next(self, reason: EndReason) -> None:
        turn, self._now = self.turn, None
        if turn is not None and turn.joined is not None and turn.finished is not None:
            self.errand(turn.joined.end(turn.finished))
        self._over()
        self._scene.kept.undos.announce(self._scene.say)
        asked = self._waiting.after_stop()
        if asked is not None:
            self._begin(asked)
        elif reason == "interrupted" and self._waiting:
            self._waiting.held = True
            self._scene.notice(_WAITING.format(len(self._waiting)))
        else:
            self._go_on()

    def _go_on(self) -> None:
        """With what is queued, unless the user has stopped it."""
        if self._is_free() and (asked := self._waiting.first()) is not None:
            self._begin(asked)
