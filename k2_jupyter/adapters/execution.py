"""One source on its way through a kernel process, to whichever end.

Over 250 lines: each way to an end looks at the same few facts of the run.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from k2_jupyter.adapters.kernel_channels import POLL_MS, Channel
from k2_jupyter.adapters.kernel_messages import Bursts, Redaction, change_of, with_held
from k2_jupyter.adapters.kernel_setup import CHANGES, Message
from k2_jupyter.adapters.patience import Patience, Step
from k2_jupyter.adapters.process import CHECK_SECONDS, Process
from k2_jupyter.events import RunStatus
from k2_jupyter.notebook.base import CellRun, Changes
from k2_jupyter.notebook.outputs import OutputCollector
from k2_jupyter.outputs import Output, OutputChange

ALL_GONE = "All variables are gone; a new kernel starts for the next run."
_POLL_MS_IN_BURST = 20
_SILENCE_SECONDS = 2.0
_SILENCE_OF_OTHERS = 10.0
"""After the reply, how long to wait for an "idle" that the kernel may have dropped. A kernel
that is not ours sends what is printed in messages of any size (`in_kernel/streams.py`)."""
_REMEMBERED = 2_000
"""Messages whose ids are kept for a page that comes in the middle of a run."""

Announce = Callable[[str, str], None]
"""Is told the cell and the message id of a request before the kernel gets it."""


@dataclass(frozen=True, slots=True)
class SoFar:
    """What has come of a run that may still go on."""

    msg_id: str
    """Of the request, the parent of all that comes of it."""
    cell: str
    outputs: tuple[Output, ...]
    count: int | None
    seen: tuple[str, ...]
    """Ids of the messages that `outputs` contains: the last 2,000."""


class Underway(Protocol):
    """A run that goes on."""

    def so_far(self) -> SoFar:
        """What has come of it. Any thread."""
        ...


class Execution:
    """One source on its way through the kernel.

    One thread drives it; `so_far` may be called from any.
    """

    def __init__(
        self,
        process: Process,
        cell_id: str,
        source: str,
        *,
        collector: OutputCollector,
        redaction: Redaction | None,
        patience: Patience,
        announce: Announce | None = None,
    ) -> None:
        self.process = process
        self.cell_id = cell_id
        self._source = source
        self._collector = collector
        self._redaction = redaction
        self._patience = patience
        self._announce = announce
        self._bursts = Bursts()
        self._taking = threading.Lock()
        self._seen: deque[str] = deque(maxlen=_REMEMBERED)
        self._started = time.monotonic()
        self._ended = 0.0
        self._begun = False
        self._idle = False
        self._requeued = False
        self._heard = self._started
        self._count: int | None = None
        self.reply: Message | None = None
        self.status: RunStatus | None = None
        self.lost = False
        """Whether the kernel is gone, or has to go."""
        self.waited = 0.0
        """Seconds behind the cells of others."""
        self._detail = ""
        self._asked = ""
        self._ask()

    def _ask(self) -> None:
        expression = CHANGES if self.process.language == "python" else ""
        self.process.channels.execute(
            self._source, expression=expression, cell_id=self.cell_id, announce=self._announced
        )

    def _announced(self, asked: str) -> None:
        self._asked = asked
        if self._announce:
            self._announce(self.cell_id, asked)

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
            self._queue(now, stop)
            self._hurry(self._patience.next(now, stop))
        if self.lost and not self.process.alive():
            yield from self._last_words()
        if self._redaction:
            with self._taking:
                changes = self._kept(self._redaction.flush())
            yield from self._gathered(changes)
        yield from self._bursts.flush(now)

    def _last_words(self) -> Iterator[OutputChange]:
        """What a dead kernel has said may still be in the socket."""
        seen = 0.0
        while seen < self._heard:
            seen = self._heard
            yield from self._received(POLL_MS)

    def _received(self, wait_ms: int) -> Iterator[OutputChange]:
        for channel, message in self.process.channels.receive(wait_ms):
            if message["parent_header"].get("msg_id") == self._asked:
                self._heard = time.monotonic()
                with self._taking:
                    changes = self._taken(channel, message)
                yield from self._gathered(changes)

    def _gathered(self, changes: list[OutputChange]) -> Iterator[OutputChange]:
        for change in changes:
            yield from self._bursts.add(change, time.monotonic())

    def _taken(self, channel: Channel, message: Message) -> list[OutputChange]:
        kind, content = message["msg_type"], message["content"]
        if channel == "shell":
            if kind == "execute_reply":
                self.reply = message
                self._ended = time.monotonic()
            return []
        self._seen.append(message["header"]["msg_id"])
        if kind == "status":
            self._idle = content["execution_state"] == "idle"
            self._begun = True
        elif kind == "execute_input":
            self._count = content.get("execution_count")
        elif (change := change_of(message)) is not None:
            return self._kept(self._redaction.feed(change) if self._redaction else iter((change,)))
        return []

    def _kept(self, changes: Iterator[OutputChange]) -> list[OutputChange]:
        kept = list(changes)
        for change in kept:
            self._collector.apply(change)
        return kept

    def so_far(self) -> SoFar:
        """What has come by now; printed text that is held back for redaction with it."""
        with self._taking:
            outputs = self._collector.outputs
            if self._redaction:
                outputs = with_held(outputs, self._redaction.held())
            return SoFar(self._asked, self.cell_id, outputs, self._count, tuple(self._seen))

    def _judge(self, now: float) -> None:
        """See whether the run has ended by itself."""
        if self.reply is None:
            return
        silence = _SILENCE_SECONDS if self.process.ours else _SILENCE_OF_OTHERS
        if not self._idle and now - self._heard < silence:
            return  # a flood of outputs may be seconds behind the reply
        self._settle(self.reply)

    def _settle(self, reply: Message) -> None:
        outcome = reply["content"].get("status")
        if outcome in ("aborted", "abort"):
            self._aborted()
        elif self._patience.cause is not None:
            self._end_early()
            self._detail = f"{self._patience.words()} The variables are kept."
        else:
            if reply["content"].get("ename") == "KeyboardInterrupt":
                self._look()  # a server begins a restart with an interrupt
            self.status = self.status or ("ok" if outcome == "ok" else "error")

    def _aborted(self) -> None:
        """Someone's failing cell emptied the queue; ours never ran."""
        if self._requeued or self._patience.cause is not None:
            self.status = "aborted"
            self._detail = "It never ran: a failing cell before it emptied the kernel's queue."
            return
        self._requeued = True
        self.reply, self._begun, self._idle = None, False, False
        self._ask()

    def _look(self) -> None:
        """See whether the kernel still lives."""
        if self.status is None and not self.process.alive():
            self._lose("dead", f"The kernel {self.process.ending()} while the cell ran.")

    def _queue(self, now: float, stop: threading.Event) -> None:
        """What is due while cells of others go first: no limit counts, a stop withdraws it."""
        if self.status is not None or self._begun or not self.process.behind_others(self._asked):
            return
        self.waited += now - self._started
        self._started = now
        self._patience.postpone(now)
        if stop.is_set():
            self.process.withdraw(self._asked)
            self.status, self._ended = "interrupted", now
            self._detail = "Stopped before it ran: the kernel was busy with the user's own cells."

    def _hurry(self, step: Step) -> None:
        """Make the run end."""
        if self.status is not None or step == "wait":
            return
        if self.reply is not None:
            if step == "give up":  # the cell has ended, only its "idle" is missing
                self._settle(self.reply)
        elif step == "interrupt":
            self.process.interrupt(self._asked)
        else:
            self._give_up()

    def _give_up(self) -> None:
        """It does not react to interrupts."""
        words = self._patience.words()
        if self.process.ours:
            status: RunStatus = "dead" if self._patience.cause == "timeout" else "interrupted"
            self._lose(status, f"{words} It did not react to interrupts, so its kernel was killed.")
            return
        self.process.withdraw(self._asked)
        self._end_early()
        self._ended = time.monotonic()
        self._detail = f"{words} " + (
            "The variables are kept."
            if self._idle
            else "It has not reacted yet and still runs in the user's kernel, where nothing else"
            " can run until it ends; a restart of the kernel would lose all variables."
        )

    def _end_early(self) -> None:
        self.status = "timeout" if self._patience.cause == "timeout" else "interrupted"

    def _lose(self, status: RunStatus, cause: str) -> None:
        self.lost = True
        self.status = status
        self._ended = time.monotonic()
        self._detail = f"{cause} {ALL_GONE}"

    def leave(self) -> None:
        """Let nothing go on when nobody waits for it any more."""
        if self.status is None:
            self.process.withdraw(self._asked)
            self._collector.close()

    def result(self, changes: Changes, hints: tuple[str, ...]) -> CellRun:
        """The run with what the kernel said of it, after `changes()` came to its end."""
        spool = self._collector.close()
        return CellRun(
            self.cell_id,
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
