"""One source on its way through a kernel process, to whichever end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from k2_jupyter.adapters.kernel_messages import Bursts, Redaction, change_of
from k2_jupyter.adapters.kernel_process import CHECK_SECONDS, POLL_MS, KernelProcess
from k2_jupyter.adapters.kernel_setup import CHANGES, Message
from k2_jupyter.events import RunStatus
from k2_jupyter.notebook.base import CellRun, Changes
from k2_jupyter.notebook.outputs import OutputCollector
from k2_jupyter.outputs import OutputChange

ALL_GONE = "All variables are gone; a new kernel starts for the next run."
_POLL_MS_IN_BURST = 20
_SILENCE_SECONDS = 2.0
"""After the reply, how long to wait for an "idle" that the kernel may have dropped."""


@dataclass(slots=True)
class Patience:
    """When to interrupt a run (asked to, or late), to interrupt again, to give up."""

    timeout: float | None
    waits: tuple[float, ...]
    cause: Literal["interrupted", "timeout"] | None = None
    _started: float = field(default_factory=time.monotonic)
    _interrupts: int = 0
    _due: float = 0.0

    def next(self, now: float, *, stopped: bool) -> Literal["wait", "interrupt", "kill"]:
        if self.cause is None:
            if stopped:
                self.cause = "interrupted"
            elif self.timeout is not None and now - self._started >= self.timeout:
                self.cause = "timeout"
            else:
                return "wait"
        if now < self._due:
            return "wait"
        if self._interrupts == len(self.waits):
            return "kill"
        self._due = now + self.waits[self._interrupts]
        self._interrupts += 1
        return "interrupt"


class Execution:
    """One source on its way through the kernel."""

    def __init__(
        self,
        process: KernelProcess,
        cell_id: str,
        source: str,
        *,
        collector: OutputCollector,
        redaction: Redaction | None,
        patience: Patience,
    ) -> None:
        self._process = process
        self._cell_id = cell_id
        self._source = source
        self._collector = collector
        self._redaction = redaction
        self._patience = patience
        self._bursts = Bursts()
        self._started = time.monotonic()
        self._ended = 0.0
        self._idle = False
        self._requeued = False
        self._heard = self._started
        self._count: int | None = None
        self.reply: Message | None = None
        self.status: RunStatus | None = None
        self._detail = ""
        self._asked = self._ask()

    def _ask(self) -> str:
        expression = CHANGES if self._process.language == "python" else ""
        return self._process.execute(self._source, expression=expression, cell_id=self._cell_id)

    def changes(self, stop: threading.Event) -> Iterator[OutputChange]:
        """Everything that comes out until the run has ended, whichever way."""
        check_at = self._started + CHECK_SECONDS
        while self.status is None:
            wait = _POLL_MS_IN_BURST if self._bursts.waiting else POLL_MS
            yield from self._received(wait)
            now = time.monotonic()
            yield from self._bursts.due(now)
            self._judge(now)
            if now >= check_at:
                check_at = now + CHECK_SECONDS
                self._watch(now, stopped=stop.is_set())
        if self.status == "dead":
            yield from self._last_words()
        if self._redaction:
            yield from self._kept(self._redaction.flush())
        yield from self._bursts.flush(now)

    def _last_words(self) -> Iterator[OutputChange]:
        """What a dead kernel has said may still be in the socket."""
        seen = 0.0
        while seen < self._heard:
            seen = self._heard
            yield from self._received(POLL_MS)

    def _received(self, wait_ms: int) -> Iterator[OutputChange]:
        for channel, message in self._process.receive(wait_ms):
            if message["parent_header"].get("msg_id") == self._asked:
                self._heard = time.monotonic()
                yield from self._take(channel, message)

    def _take(self, channel: str, message: Message) -> Iterator[OutputChange]:
        kind, content = message["msg_type"], message["content"]
        if channel == "shell":
            if kind == "execute_reply":
                self.reply = message
                self._ended = time.monotonic()
        elif kind == "status":
            self._idle = content["execution_state"] == "idle"
        elif kind == "execute_input":
            self._count = content.get("execution_count")
        elif (change := change_of(message)) is not None:
            redacted = self._redaction.feed(change) if self._redaction else iter((change,))
            yield from self._kept(redacted)

    def _kept(self, changes: Iterator[OutputChange]) -> Iterator[OutputChange]:
        for change in changes:
            self._collector.apply(change)
            yield from self._bursts.add(change, time.monotonic())

    def _judge(self, now: float) -> None:
        """See whether the run has ended by itself."""
        if self.reply is None:
            return
        if not self._idle and now - self._heard < _SILENCE_SECONDS:
            return  # a flood of outputs may be seconds behind the reply
        outcome = self.reply["content"].get("status")
        if outcome in ("aborted", "abort"):
            self._aborted()
        elif self._patience.cause is not None:
            self.status = self._patience.cause
            self._detail = self._interrupted_detail()
        else:
            self.status = "ok" if outcome == "ok" else "error"

    def _aborted(self) -> None:
        """Someone's failing cell emptied the queue; ours never ran."""
        if self._requeued:
            self.status = "aborted"
            self._detail = "It never ran: a failing cell before it emptied the kernel's queue."
            return
        self._requeued = True
        self.reply, self._idle = None, False
        self._asked = self._ask()

    def _watch(self, now: float, *, stopped: bool) -> None:
        """See whether the run must be ended."""
        if self.status is not None:
            return
        if not self._process.alive():
            self._die(f"The kernel {self._process.ending()} while the cell ran.")
            return
        step = self._patience.next(now, stopped=stopped)
        if step == "interrupt":
            self._process.interrupt()
        elif step == "kill":
            self._die("The cell did not react to interrupts, so its kernel was killed.")

    def _die(self, cause: str) -> None:
        self.status = "dead"
        self._ended = time.monotonic()
        self._detail = f"{cause} {ALL_GONE}"

    def _interrupted_detail(self) -> str:
        if self._patience.cause == "timeout":
            limit = self._patience.timeout
            return f"Interrupted at its limit of {limit:g} s. The variables are kept."
        return "Interrupted by the user. The variables are kept."

    def leave(self) -> None:
        """Let nothing go on when nobody waits for it any more."""
        if self.status is None:
            self._process.interrupt()
            self._collector.close()

    def result(self, changes: Changes) -> CellRun:
        """The run, after `changes` came to its end."""
        spool = self._collector.close()
        return CellRun(
            self._cell_id,
            self.status or "interrupted",
            self._collector.outputs,
            self._ended - self._started,
            self._count,
            changes,
            spool,
            self._collector.updates,
            self._detail,
        )
