"""`RunnerKernel`: the user's own kernel, through the runner that a waiting `%%k2` holds there.

The other end of the pipe is the user's kernel: what it says is data. Each run has an id of
ours, and what names another is not taken.
"""

from __future__ import annotations

import queue
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from k2_jupyter.adapters.execution import SoFar, Underway
from k2_jupyter.adapters.kernel_messages import Bursts, Redaction, Redactor, change_of, with_held
from k2_jupyter.adapters.kernel_report import changes_in, hints_in, texts_in
from k2_jupyter.errors import KernelError, KernelSilentError, StopRequested
from k2_jupyter.events import CellOutput, EventStream, RunStatus
from k2_jupyter.in_kernel.magic.pipe import Message, PipeClosed
from k2_jupyter.notebook.base import CellRun
from k2_jupyter.notebook.outputs import OutputCollector
from k2_jupyter.outputs import OutputChange

_TICK = 0.1
_ASK_SECONDS = 5.0
_GRACE_SECONDS = 10.0
"""How long a run may take to end after an interrupt, before the turn gives it up."""
_GONE = "The kernel is gone, and its variables with it."
_REMEMBERED = 2_000
"""Messages whose names are kept, where they have some."""


class Line(Protocol):
    """What leads to the kernel's end: a pipe, or the kernel's control channel."""

    def send(self, op: str, **fields: Any) -> None:
        """Raises `PipeClosed`."""
        ...


class RunnerKernel:
    """A `Kernel` at the far end of a `pipe`; one thread drives it.

    `inbox` gets what the kernel's end says of runs (``output``, ``ran``, ``described``)
    and ``None`` when it is gone; whoever reads the pipe fills it. `title` names a run for
    its heading. `under_way` is told the run that begins, and None when it has ended.
    """

    def __init__(
        self,
        pipe: Line,
        inbox: queue.SimpleQueue[Message | None],
        *,
        redactor: Redactor | None = None,
        spool_dir: Path | None = None,
        title: Callable[[str], str] = str,
        under_way: Callable[[Underway | None], None] = lambda run: None,
    ) -> None:
        self._pipe = pipe
        self._inbox = inbox
        self._redactor = redactor
        self._spool_dir = spool_dir
        self._title = title
        self._under_way = under_way
        self._runs = 0
        self.gone = False

    @property
    def epoch(self) -> int:
        """Always 0: this end lives and dies with one namespace."""
        return 0

    def run(
        self, cell_id: str, source: str, *, timeout: float | None, stop: threading.Event
    ) -> EventStream[CellRun]:
        if stop.is_set():
            return CellRun(cell_id, "interrupted", detail="Stopped before it ran.")
        self._runs += 1
        spool = self._spool_dir and self._spool_dir / f"output-{self._runs}.txt"
        run = _Run(uuid.uuid4().hex, cell_id, OutputCollector(spool=spool), self._redactor)
        self._under_way(run)
        try:
            self._send("step", run=run.id, cell=cell_id, source=source, title=self._title(cell_id))
            return (yield from self._driven(run, timeout, stop))
        finally:
            self._under_way(None)

    def _driven(
        self, run: _Run, timeout: float | None, stop: threading.Event
    ) -> EventStream[CellRun]:
        started = time.monotonic()
        while run.ran is None and not self.gone:
            for change in run.take(self._next(_TICK)):
                yield CellOutput(run.cell, change)
            waited = time.monotonic() - started
            if run.interrupted_at is None and _over(waited, timeout, stop):
                run.interrupted_at = waited
                run.timed_out = not stop.is_set()
                self._send("stop_run", run=run.id)
            elif run.interrupted_at is not None and waited > run.interrupted_at + _GRACE_SECONDS:
                raise KernelError(
                    "The cell does not react to interrupts; the turn ended without it."
                )
        for change in run.rest():
            yield CellOutput(run.cell, change)
        return run.result(time.monotonic() - started)

    def describe(self, names: Sequence[str] = (), *, stop: threading.Event) -> Mapping[str, str]:
        if stop.is_set():
            raise StopRequested
        asked = uuid.uuid4().hex
        self._send("describe", id=asked, names=list(names))
        until = time.monotonic() + _ASK_SECONDS
        while time.monotonic() < until and not self.gone:
            if stop.is_set():
                raise StopRequested
            message = self._next(_TICK)
            if message is not None and message["op"] == "described" and message["id"] == asked:
                return texts_in(message["texts"], self._redactor)
        raise KernelSilentError(_GONE if self.gone else "The kernel gave no answer.")

    def restart(self, *, stop: threading.Event) -> None:
        if stop.is_set():
            raise StopRequested
        raise KernelError(
            "This kernel is the user's and runs the cell that asked: only the user can restart it."
        )

    def _send(self, op: str, **fields: Any) -> None:
        try:
            self._pipe.send(op, **fields)
        except PipeClosed:
            self.gone = True

    def _next(self, seconds: float) -> Message | None:
        try:
            message = self._inbox.get(timeout=seconds)
        except queue.Empty:
            return None
        self.gone = self.gone or message is None
        return message


class _Run:
    """What has come of one run."""

    def __init__(
        self, run_id: str, cell: str, collector: OutputCollector, redactor: Redactor | None
    ) -> None:
        self.id, self.cell = run_id, cell
        self._collector = collector
        self._redactor = redactor
        self._redaction = Redaction(redactor) if redactor else None
        self._bursts = Bursts()
        self._taking = threading.Lock()
        self._seen: deque[str] = deque(maxlen=_REMEMBERED)
        self._count: int | None = None
        self.ran: Message | None = None
        self.interrupted_at: float | None = None
        self.timed_out = False

    def take(self, message: Message | None) -> Iterator[OutputChange]:
        """The changes that a message brings, and those that have waited long enough."""
        now = time.monotonic()
        if message is not None and message.get("run") == self.id:
            if message["op"] == "ran":
                self.ran = message
            else:
                with self._taking:
                    changes = self._put_out(message)
                for change in changes:
                    yield from self._bursts.add(change, now)
        yield from self._bursts.due(now)

    def _put_out(self, message: Message) -> list[OutputChange]:
        content = message["content"]
        self._seen.append(message.get("name", ""))
        if message["type"] == "execute_input":
            self._count = content.get("execution_count")
        change = change_of({"msg_type": message["type"], "content": content})
        if change is None:
            return []
        return self._kept(self._redaction.feed(change) if self._redaction else iter((change,)))

    def so_far(self) -> SoFar:
        """What has come by now; printed text that is held back for redaction with it."""
        with self._taking:
            outputs = self._collector.outputs
            if self._redaction:
                outputs = with_held(outputs, self._redaction.held())
            return SoFar(self.id, self.cell, outputs, self._count, tuple(self._seen))

    def rest(self) -> Iterator[OutputChange]:
        """What was held back."""
        now = time.monotonic()
        if self._redaction:
            with self._taking:
                changes = self._kept(self._redaction.flush())
            for change in changes:
                yield from self._bursts.add(change, now)
        yield from self._bursts.flush(now)

    def _kept(self, changes: Iterator[OutputChange]) -> list[OutputChange]:
        kept = list(changes)
        for change in kept:
            self._collector.apply(change)
        return kept

    def result(self, seconds: float) -> CellRun:
        """The run as the agent sees it."""
        spool = self._collector.close()
        ran = self.ran or {"status": "dead", "count": None, "seconds": seconds, "report": {}}
        status, detail = self._status(str(ran["status"]))
        return CellRun(
            self.cell,
            status,
            self._collector.outputs,
            ran["seconds"],
            ran["count"],
            changes_in(ran["report"], self._redactor),
            spool,
            self._collector.updates,
            detail,
            hints_in(ran["report"], self._redactor),
        )

    def _status(self, said: str) -> tuple[RunStatus, str]:
        if self.ran is None:
            return "dead", _GONE
        if said == "interrupted" and self.timed_out:
            return "timeout", "Interrupted at its limit. The variables are kept."
        if said == "interrupted":
            return "interrupted", "Interrupted by the user. The variables are kept."
        return ("ok", "") if said == "ok" else ("error", "")


def _over(waited: float, timeout: float | None, stop: threading.Event) -> bool:
    return stop.is_set() or (timeout is not None and waited >= timeout)
