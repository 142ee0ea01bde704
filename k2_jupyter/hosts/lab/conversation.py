"""The conversation about one notebook: its pages, its turns one after another.

It outlives its pages: a turn goes on when all of them are closed, and a page that comes
gets the events that it lacks. What comes in here has passed the server's authentication;
nothing that a kernel sends does.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any

from k2_jupyter.adapters.server_kernel import SharedKernel
from k2_jupyter.errors import JournalError, SettingsError
from k2_jupyter.events import EndReason, TurnFinished
from k2_jupyter.hosts.lab.away import Away
from k2_jupyter.hosts.lab.briefing import title
from k2_jupyter.hosts.lab.choice import label
from k2_jupyter.hosts.lab.event_log import Page, now
from k2_jupyter.hosts.lab.joining import Joined, join
from k2_jupyter.hosts.lab.prompts import load
from k2_jupyter.hosts.lab.resuming import Resumption, resumption
from k2_jupyter.hosts.lab.scene import KernelSpec, Scene
from k2_jupyter.hosts.lab.turn import Turn
from k2_jupyter.hosts.lab.undoing import Undoing
from k2_jupyter.hosts.lab.wire import Ask, Message, refusal
from k2_jupyter.messages import Json

logger = logging.getLogger(__name__)

_EMPTY = "There is nothing in the request."
_NOT_QUEUED = "That request is not waiting any more."
_END_SECONDS = 5.0
"""What is left to do for a turn that has said its end takes less."""
_NO_TURN = "Nothing is running here."
_RUNNING = "Something runs here: it goes on when that has ended."
_NOT_RESUMABLE = "Only the newest turn can go on, and only where it came to no conclusion."
_ENDED = "The notebook's kernel was shut down. Start one and ask again."
_WAITING = (
    "You stopped the turn, so what was queued behind it waits ({}). It goes on behind your "
    "next request; or send one of them now, or take it out."
)
_BUSY = "A turn runs here already, so this %%k2 can't join in; the kernel serves it by itself."
_RUNS = "Something runs here. Undo and redo wait until it has ended."
_MEANWHILE = "Something else began in this notebook at the same moment. Run the cell again."
_OTHER_KERNEL = "The notebook has another kernel now, so the turn was stopped."


class Conversation:
    """Its methods are called by the server's loop, but for `finish` and what others report."""

    def __init__(self, scene: Scene, kernel_status: Callable[[], str], away: Away) -> None:
        self._scene = scene
        self._away = away
        self._status = kernel_status
        self._turn: Turn | Undoing | None = None
        self._queue: dict[str, Ask] = {}
        self._held = False
        """Whether the queue waits for the user, who has stopped a turn."""
        self._next_up = ""
        """The request that the user made after the stop, before the turn had ended."""
        self._ended = False
        self._taken: set[str] = set()
        """Ids of all requests: a page that lost its connection may send one twice."""
        self._claiming = False
        """Whether a `%%k2` is being asked whether it still waits."""
        self._errands: set[asyncio.Task[None]] = set()
        scene.kernel.watch(self._kernel_changed)

    @property
    def scene(self) -> Scene:
        return self._scene

    def hello(self, page: Page, message: Message) -> None:
        """A page comes, or comes back."""
        scene = self._scene
        page.send(
            {
                "op": "welcome",
                "log": scene.log.id,
                "seq": scene.log.last,
                "kernel": {
                    "id": scene.kernel_id,
                    "language": scene.language,
                    "status": self._status(),
                },
                "running": self._turn.id if self._turn else None,
                "lead": scene.log.is_unread,
                "time": now(),
            }
        )
        live = scene.kernel.live()
        shares = message.get("collaborative", False)
        scene.document.attach(page, message["cells"], live=live, shares=shares)
        scene.log.attach(page, message["log"], message["since"])
        if self._joined is not None:
            page.send(self._joined.mirrored())

    def leave(self, page: Page) -> None:
        """A page is gone. Twice is fine."""
        self._scene.log.detach(page)
        self._scene.document.detach(page)
        self._away.left(page)
        if self._joined is not None:
            self._joined.left(page)
        if self._turn is None and self._scene.document.is_unsaved:
            self._save_alone()

    def take(self, page: Page, message: Message) -> None:
        """Any message but `hello`."""
        match message["op"]:
            case "changed" | "done" | "saved":
                self._of_notebook(page, message)
            case "ask":
                self._ask(page, Ask.of(message))
            case "claim":
                self._start(self._claim(page, message))
            case "unqueue":
                self._unqueue(page, message["id"])
            case "answer":
                self._answer(page, message)
            case "plan":
                self._edit_plan(page, message)
            case "stop" | "pause" | "continue" | "resume":
                self._hold(page, message)
            case "undo" | "redo":
                self._take_back(page, message)
            case "variables":
                self._start(self._variables(page, message["id"]))

    def _of_notebook(self, page: Page, message: Message) -> None:
        if message["op"] == "saved":
            self._away.saw(page, message["version"])
        else:
            self._scene.document.taken(page, message)

    def stop(self) -> None:
        """End the turn; what is queued behind it stays."""
        if self._turn is not None:
            self._turn.stop.set()
            self._scene.requests.stop()

    def end(self) -> None:
        """For good: the notebook's kernel is shut down, or the server stops. Then `finish`."""
        self._ended = True
        self._queue.clear()
        self.stop()

    def finish(self, seconds: float) -> None:
        """Wait so long for the turn, then let go of kernel and pages. Not on the loop's thread."""
        turn = self._turn
        if turn is not None and not turn.join(seconds):
            logger.warning("turn %s did not end within %g s", turn.id, seconds)
        self._scene.kernel.close()
        self._scene.log.dismiss()

    def moved(self, kernel_id: str, kernel: SharedKernel, spec: KernelSpec) -> None:
        """The notebook was given another kernel; who calls this closes the one before."""
        if self._turn is not None:
            self._notice(_OTHER_KERNEL)
            self.stop()
        self._scene.requests.restarted()
        self._scene.kernel_id, self._scene.spec = kernel_id, spec
        self._scene.kernel = kernel
        kernel.watch(self._kernel_changed)
        self._kernel_changed("started", kernel.epoch)
        self._tell("moved")

    # What pages say

    def _ask(self, page: Page, asked: Ask) -> None:
        if not asked.request and asked.mode in ("ask", "plan"):
            page.send(refusal("ask", _EMPTY, asked.id))
            return
        if self._ended:
            page.send(refusal("ask", _ENDED, asked.id))
            return
        self._scene.document.lead(page)
        waits = asked.id in self._queue
        if not waits and asked.id in self._taken:
            return
        self._taken.add(asked.id)
        is_free = self._turn is None and not self._claiming
        if is_free and (self._held or not self._queue):
            self._begin(self._queue.pop(asked.id, asked))
        elif not waits:
            if self._turn is not None and self._turn.stop.is_set():
                self._next_up = self._next_up or asked.id
            self._queue[asked.id] = asked
            self._say("Queued", id=asked.id, request=title(asked))

    def _is_taken(self) -> bool:
        """Can no turn begin now, because one runs or all is over?"""
        return self._turn is not None or self._ended

    async def _claim(self, page: Page, message: Message) -> None:
        """A `%%k2` waits in the kernel; one that can't join in is served there."""
        if self._is_taken() or self._claiming:
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
        elif self._is_taken():
            await joined.end(TurnFinished("failed", detail=_MEANWHILE))
        elif joined.record is not None:
            await joined.replay()
            self._go_on()
        else:
            self._begin(joined.asked, joined)

    def _unqueue(self, page: Page, asked: str) -> None:
        if self._queue.pop(asked, None) is None:
            page.send(refusal("unqueue", _NOT_QUEUED, asked))
        else:
            self._say("Unqueued", id=asked)

    def _answer(self, page: Page, message: Message) -> None:
        epoch = self._scene.kernel.epoch
        why = self._scene.requests.answer(message["request"], message["answer"], epoch)
        if why:
            page.send(refusal("answer", why, message["request"]))

    def _take_back(self, page: Page, message: Message) -> None:
        deed, turn = message["op"], message["turn"]
        if self._turn is not None or self._claiming or self._ended:
            page.send(refusal(deed, _RUNS, turn))
            return
        self._scene.document.lead(page)
        self._turn = Undoing(deed, turn, self._scene, page, self._over)
        self._turn.start()

    def _edit_plan(self, page: Page, message: Message) -> None:
        if self._turn is None:
            page.send(refusal("plan", _NO_TURN))
        else:
            items = [(item["title"], item["state"]) for item in message["items"]]
            self._turn.edit_plan(items)

    async def _variables(self, page: Page, asked: str) -> None:
        redactor = self._scene.redactor(None)
        found = await asyncio.to_thread(self._scene.kernel.variables, redactor)
        items: list[Json] = [{"name": name, "text": text} for name, text in found.items()]
        page.send({"op": "variables", "id": asked, "items": items})

    def _start(self, errand: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    # Turns that stand still

    def _hold(self, page: Page, message: Message) -> None:
        turn, op = self._turn, message["op"]
        if op == "stop":
            self.stop()
        elif op == "resume":
            self._start(self._resume(page, message["turn"]))
        elif not isinstance(turn, Turn):
            page.send(refusal(op, _NO_TURN))
        elif op == "pause":
            turn.pause.ask()
        else:
            turn.pause.end()

    async def _resume(self, page: Page, turn: str) -> None:
        """Go on with a turn that was cut off, by a stop or with a server's life."""
        before = self._turn
        if isinstance(before, Turn) and before.finished is not None:
            await asyncio.to_thread(before.join, _END_SECONDS)
        why = _RUNNING if self._turn is not None else _ENDED if self._ended else ""
        found = None
        try:
            if not why:
                notebook = str(self._scene.notebook)
                found = await asyncio.to_thread(resumption, turn, notebook)
        except JournalError as problem:
            why = str(problem)
        if self._turn is not None or found is None:
            page.send(refusal("resume", why or _NOT_RESUMABLE, turn))
            return
        self._scene.document.lead(page)
        self._begin(found.asked(), resumption=found)

    # Without a page

    def _save_alone(self) -> None:
        """Where a page is, it saves."""
        if self._scene.log.is_unread and not self._ended:
            self._start(self._write())

    async def _write(self) -> None:
        scene, document = self._scene, self._scene.document
        said = await self._away.write(scene.path, document.cells(), document.ran)
        document.written(self._away.version)
        self._notice(said)

    # Turns

    def _begin(
        self,
        asked: Ask,
        joined: Joined | None = None,
        resumption: Resumption | None = None,
    ) -> None:
        try:
            model = label(self._scene.choice.settings(asked.model))
        except SettingsError:  # the turn will say so
            model = asked.model
        self._held = False
        self._say(
            "Asked",
            id=asked.id,
            request=title(asked),
            attached=list(asked.attached),
            mode=asked.mode,
            model=model,
        )
        self._turn = turn = Turn(asked, self._scene, self._over, joined, resumption)
        if joined is not None:
            joined.begin(model, partial(self._interrupted, turn))
        turn.start()

    def _interrupted(self, turn: Turn) -> None:
        """The `%%k2` that waits for this turn was interrupted. Called by any thread."""
        turn.stop.set()
        with suppress(RuntimeError):  # the server has stopped meanwhile
            self._scene.loop.call_soon_threadsafe(self._scene.requests.stop)

    def _over(self, reason: EndReason) -> None:
        """Called by the turn's thread."""
        with suppress(RuntimeError):  # the server has stopped meanwhile
            self._scene.loop.call_soon_threadsafe(self._next, reason)

    def _next(self, reason: EndReason) -> None:
        turn, self._turn = self._turn, None
        if turn is not None and turn.joined is not None and turn.finished is not None:
            self._start(turn.joined.end(turn.finished))
        self._save_alone()
        self._scene.kept.undos.announce(self._scene.say)
        next_up, self._next_up = self._next_up, ""
        if not self._queue:
            return
        if next_up in self._queue:
            self._begin(self._queue.pop(next_up))
            return
        if reason == "interrupted":
            self._held = True
            self._notice(_WAITING.format(len(self._queue)))
            return
        self._go_on()

    def _go_on(self) -> None:
        """With what is queued, unless the user has stopped it."""
        if self._turn is None and self._queue and not (self._held or self._claiming):
            self._begin(self._queue.pop(next(iter(self._queue))))

    @property
    def _joined(self) -> Joined | None:
        return self._turn.joined if self._turn is not None else None

    def _kernel_changed(self, status: str, epoch: int) -> None:
        """Called by any thread."""
        self._scene.log.add({"type": "KernelChanged", "status": status, "epoch": epoch})
        if status == "started":
            return
        self._scene.requests.restarted()
        self._tell(status)

    def _tell(self, news: str) -> None:
        """The model, if it knows anything yet that the kernel may have lost; once is enough."""
        kept, text = self._scene.kept, load(news)
        if kept.history.asked and text not in kept.news:
            kept.news.append(text)

    def _notice(self, text: str) -> None:
        self._say("Notice", text=text, detail="")

    def _say(self, kind: str, **fields: Any) -> None:
        self._scene.say({"type": kind, **fields})
