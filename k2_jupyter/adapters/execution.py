"""One source on its way through a kernel process, to whichever end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from k2_jupyter.adapters.kernel_channels import POLL_MS
from k2_jupyter.adapters.kernel_messages import Bursts, Redaction, change_of
from k2_jupyter.adapters.kernel_process import CHECK_SECONDS, KernelProcess
from k2_jupyter.adapters.kernel_setup import CHANGES, Message
from k2_jupyter.events import RunStatus
from k2_jupyter.notebook.base import CellRun, Changes
from k2_jupyter.notebook.outputs import OutputCollector
from k2_jupyter.outputs import OutputChange

ALL_GONE = "All variables are gone; a new kernel starts for the next run."
_POLL_MS_IN_BURST = 20
_SILENCE_SECONDS = 2.0
"""After the reply, how long to wait for an "idle" that the kernel may have dropped."""
_STOP_WAITS = (0.5,)
"""With what comes before and after it, the run is given back within 1 s of the stop."""
_DEADLINE_WAITS = (0.5, 1.0)

Cause: TypeAlias = Literal["timeout", "deadline", "stop"]
"""Why a run is interrupted: its own limit, the time of the turn is over, or the user."""
Step: TypeAlias = Literal["wait", "interrupt", "kill"]


@dataclass(slots=True)
class Patience:
    """When to interrupt a run, to interrupt again, to give up: sooner if a person waits."""

    timeout: float | None
    """Soft limit of the run, seconds."""
    waits: tuple[float, ...]
    """Seconds after each interrupt at the soft limit."""
    cause: Cause | None = None
    _started: float = field(default_factory=time.monotonic)
    _left: list[float] = field(default_factory=list)
    _due: float = 0.0

    def next(self, now: float, stop: threading.Event) -> Step:
        """What is to be done now. A more urgent cause begins with an interrupt of its own."""
        cause = self._cause(now, stop)
        if cause is None:
            return "wait"
        if cause != self.cause:
            waits = {"timeout": self.waits, "deadline": _DEADLINE_WAITS, "stop": _STOP_WAITS}
            self.cause, self._left, self._due = cause, list(waits[cause]), now
        if now < self._due:
            return "wait"
        if not self._left:
            return "kill"
        self._due = now + self._left.pop(0)
        return "interrupt"

    def _cause(self, now: float, stop: threading.Event) -> Cause | None:
        if stop.is_set():
            # a turn's deadline is a stop too, and knows the user's own
            return "stop" if getattr(stop, "user_stop", stop).is_set() else "deadline"
        if self.timeout is not None and now - self._started >= self.timeout:
            return "timeout"
        return None


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
        self.lost = False
        """Whether the kernel is gone, or has to go."""
        self._detail = ""
        self._asked = self._ask()

    def _ask(self) -> str:
        expression = CHANGES if self._process.language == "python" else ""
        return self._process.channels.execute(
            self._source, expression=expression, cell_id=self._cell_id
        )

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
                self._look()
            self._hurry(self._patience.next(now, stop))
        if self.lost and not self._process.alive():
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
        for channel, message in self._process.channels.receive(wait_ms):
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
        self._settle(self.reply)

    def _settle(self, reply: Message) -> None:
        outcome = reply["content"].get("status")
        if outcome in ("aborted", "abort"):
            self._aborted()
        elif self._patience.cause is not None:
            self.status = "timeout" if self._patience.cause == "timeout" else "interrupted"
            self._detail = f"{self._interrupted()} The variables are kept."
        else:
            self.status = "ok" if outcome == "ok" else "error"

    def _aborted(self) -> None:
        """Someone's failing cell emptied the queue; ours never ran."""
        if self._requeued or self._patience.cause is not None:
            self.status = "aborted"
            self._detail = "It never ran: a failing cell before it emptied the kernel's queue."
            return
        self._requeued = True
        self.reply, self._idle = None, False
        self._asked = self._ask()

    def _look(self) -> None:
        """See whether the kernel still lives."""
        if self.status is None and not self._process.alive():
            self._lose("dead", f"The kernel {self._process.ending()} while the cell ran.")

    def _hurry(self, step: Step) -> None:
        """Make the run end."""
        if self.status is not None or step == "wait":
            return
        if self.reply is not None:
            if step == "kill":  # the cell has ended, only its "idle" is missing
                self._settle(self.reply)
        elif step == "interrupt":
            self._process.interrupt()
        else:
            unmoved = "It did not react to interrupts, so its kernel was killed."
            status: RunStatus = "dead" if self._patience.cause == "timeout" else "interrupted"
            self._lose(status, f"{self._interrupted()} {unmoved}")

    def _lose(self, status: RunStatus, cause: str) -> None:
        self.lost = True
        self.status = status
        self._ended = time.monotonic()
        self._detail = f"{cause} {ALL_GONE}"

    def _interrupted(self) -> str:
        match self._patience.cause:
            case "timeout":
                return f"Interrupted at its limit of {self._patience.timeout:g} s."
            case "deadline":
                return "Interrupted when the time of the turn was over."
        return "Interrupted by the user."

    def leave(self) -> None:
        """Let nothing go on when nobody waits for it any more."""
        if self.status is None:
            self._process.interrupt()
            self._collector.close()

    def result(self, changes: Changes, hints: tuple[str, ...]) -> CellRun:
        """The run with what the kernel said of it, after `changes()` came to its end."""
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
            hints,
        )
