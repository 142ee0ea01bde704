"""The conversation about one notebook: its pages, its kernel, its turns.

It outlives its pages: a turn goes on when all of them are closed, and a page that comes
gets the events that it lacks. What comes in here has passed the server's authentication;
nothing that a kernel sends does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from k2_jupyter.adapters.server_kernel import SharedKernel
from k2_jupyter.hosts.lab.away import Away
from k2_jupyter.hosts.lab.event_log import Page, now
from k2_jupyter.hosts.lab.prompts import load
from k2_jupyter.hosts.lab.scene import KernelSpec, Scene
from k2_jupyter.hosts.lab.turns import Turns
from k2_jupyter.hosts.lab.wire import Ask, Message, refusal
from k2_jupyter.messages import Json

_OTHER_KERNEL = "The notebook has another kernel now, so the turn was stopped."


class Conversation:
    """Its methods are called by the server's loop, but for `finish` and what others report."""

    def __init__(self, scene: Scene, kernel_status: Callable[[], str], away: Away) -> None:
        self._scene = scene
        self._away = away
        self._status = kernel_status
        self._turns = Turns(scene, self._save_alone)
        scene.kernel.watch(partial(self._kernel_changed, scene.kernel))

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
                "running": self._turns.running,
                "lead": scene.log.is_unread,
                "time": now(),
            }
        )
        live = scene.kernel.live()
        shares = message.get("collaborative", False)
        scene.document.attach(page, message["cells"], live=live, shares=shares)
        scene.log.attach(page, message["log"], message["since"])
        if self._turns.joined is not None:
            page.send(self._turns.joined.mirrored())

    def leave(self, page: Page) -> None:
        """A page is gone. Twice is fine."""
        self._scene.log.detach(page)
        self._scene.document.detach(page)
        self._away.left(page)
        if self._turns.running is None and self._scene.document.is_unsaved:
            self._save_alone()

    def take(self, page: Page, message: Message) -> None:
        """Any message but `hello`."""
        match message["op"]:
            case "changed" | "done":
                self._scene.document.taken(page, message)
            case "saved":
                self._away.saw(page, message["version"])
            case "answer":
                self._answer(page, message)
            case "variables":
                self._turns.errand(self._variables(page, message["id"]))
            case _:
                self._of_turns(page, message)

    def stop(self) -> None:
        """End the turn; what is queued behind it stays."""
        self._turns.stop()

    def end(self) -> None:
        """For good: the notebook's kernel is shut down, or the server stops. Then `finish`."""
        self._turns.end()

    def finish(self, seconds: float) -> None:
        """Wait so long for the turn, then let go of kernel and pages. Not on the loop's thread."""
        self._turns.join(seconds)
        self._scene.kernel.close()
        self._scene.log.dismiss()

    def moved(self, kernel_id: str, kernel: SharedKernel, spec: KernelSpec) -> None:
        """The notebook was given another kernel; who calls this closes the one before."""
        if self._turns.running is not None:
            self._scene.notice(_OTHER_KERNEL)
            self.stop()
        self._scene.requests.restarted()
        self._scene.kernel_id, self._scene.spec = kernel_id, spec
        self._scene.kernel = kernel
        kernel.watch(partial(self._kernel_changed, kernel))
        self._kernel_changed(kernel, "started", kernel.epoch)
        self._tell("moved")

    # What pages say

    def _of_turns(self, page: Page, message: Message) -> None:
        turns = self._turns
        match message["op"]:
            case "ask":
                turns.ask(page, Ask.of(message))
            case "claim":
                turns.errand(turns.claim(page, message))
            case "unqueue":
                turns.unqueue(page, message["id"])
            case "undo" | "redo" as deed:
                turns.take_back(page, deed, message["turn"])
            case "resume":
                turns.errand(turns.resume(page, message["turn"]))
            case "stop":
                turns.stop()
            case "pause" | "continue" | "plan":
                turns.of_turn(page, message)

    def _answer(self, page: Page, message: Message) -> None:
        epoch = self._scene.kernel.epoch
        why = self._scene.requests.answer(message["request"], message["answer"], epoch)
        if why:
            page.send(refusal("answer", why, message["request"]))

    async def _variables(self, page: Page, asked: str) -> None:
        redactor = self._scene.redactor(None)
        found = await asyncio.to_thread(self._scene.kernel.variables, redactor)
        items: list[Json] = [{"name": name, "text": text} for name, text in found.items()]
        page.send({"op": "variables", "id": asked, "items": items})

    # Without a page

    def _save_alone(self) -> None:
        """Where a page is, it saves."""
        if self._scene.log.is_unread and not self._turns.ended:
            self._turns.errand(self._write())

    async def _write(self) -> None:
        scene, document = self._scene, self._scene.document
        said = await self._away.write(scene.path, document.cells(), document.ran)
        document.written(self._away.version)
        scene.notice(said)

    # The kernel

    def _kernel_changed(self, kernel: SharedKernel, status: str, epoch: int) -> None:
        """Called by any thread; of a kernel that the notebook has no more, nothing counts."""
        if kernel is not self._scene.kernel:
            return
        self._scene.log.add({"type": "KernelChanged", "status": status, "epoch": epoch})
        if status != "started":
            self._scene.requests.restarted()
            self._tell(status)

    def _tell(self, news: str) -> None:
        """The model, if it knows anything yet that the kernel may have lost; once is enough."""
        kept, text = self._scene.kept, load(news)
        if kept.history.asked and text not in kept.news:
            kept.news.append(text)
