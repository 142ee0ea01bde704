"""`ClientKernel`: a kernel of our own, over jupyter_client."""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from k2_jupyter.adapters.kernel_messages import Bursts, Redaction, Redactor, change_of
from k2_jupyter.adapters.kernel_process import CHECK_SECONDS, KernelProcess, Message
from k2_jupyter.errors import KernelError
from k2_jupyter.events import CellOutput, EventStream, RunStatus
from k2_jupyter.notebook.base import CellRun, Changes
from k2_jupyter.notebook.outputs import OutputCollector
from k2_jupyter.outputs import OutputChange

logger = logging.getLogger(__name__)

_CHANGES = "__import__('sys').modules['_k2_jupyter_variables'].changes()"
_DESCRIBE = "__import__('sys').modules['_k2_jupyter_variables'].describe({names!r})"
_SECRET_NAME = re.compile("KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL", re.IGNORECASE)
_ASK_SECONDS = 5.0
_IDLE_GRACE_SECONDS = 2.0
_POLL_SECONDS = 0.1


def kernel_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without the variables whose names say that they are secrets."""
    return {name: value for name, value in environ.items() if not _SECRET_NAME.search(name)}


class ClientKernel(AbstractContextManager["ClientKernel"]):
    """A `Kernel` that this process starts, watches and ends.

    `start` returns at once; the first run waits. One thread at a time may use it.
    A kernel that died is started again for the next run, with a new epoch.
    """

    def __init__(
        self,
        kernel_name: str,
        cwd: Path,
        environment: Mapping[str, str],
        *,
        redactor: Redactor | None = None,
        spool_dir: Path | None = None,
        start_timeout: float = 60.0,
        interrupt_waits: Sequence[float] = (10.0, 10.0),
    ) -> None:
        """Prepare a kernel; nothing starts yet.

        `environment` is passed as it is: see `kernel_environment`. `interrupt_waits` are
        the seconds to wait after each interrupt before the next one, and at last the kill.
        """
        self._kernel_name = kernel_name
        self._cwd = cwd
        self._environment = environment
        self._redactor = redactor
        self._spool_dir = spool_dir
        self._start_timeout = start_timeout
        self._interrupt_waits = tuple(interrupt_waits)
        self._process: KernelProcess | None = None
        self._epoch = 0
        self._runs = 0

    @property
    def epoch(self) -> int:
        return self._epoch

    def start(self) -> None:
        """Begin to start the kernel, unless it is there; returns at once."""
        if self._process is None:
            self._process = KernelProcess(
                self._kernel_name,
                self._cwd,
                self._environment,
                start_timeout=self._start_timeout,
            )

    def shutdown(self) -> None:
        """End the kernel and its process group."""
        if self._process is not None:
            self._process.close()
            self._process = None

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.shutdown()

    def restart(self) -> None:
        self._replace()
        self._ready(threading.Event())

    def run(
        self, cell_id: str, source: str, *, timeout: float | None, stop: threading.Event
    ) -> EventStream[CellRun]:
        process = self._ready(stop)
        if process is None:
            return CellRun(cell_id, "interrupted", detail="Stopped before it ran.")
        if not process.alive():
            detail = f"The kernel {process.ending()} after the run before. This cell did not run."
            return self._lost(CellRun(cell_id, "dead", detail=f"{detail} {_ALL_GONE}"))
        execution = _Execution(
            process,
            cell_id,
            source,
            collector=OutputCollector(spool=self._spool()),
            redaction=self._redactor and Redaction(self._redactor),
            patience=_Patience(timeout, self._interrupt_waits),
        )
        try:
            for change in execution.changes(stop):
                yield CellOutput(cell_id, change)
        finally:
            execution.leave()
        run = execution.result(self._changes(process, execution))
        return self._lost(run) if run.status == "dead" else run

    def describe(self, names: Sequence[str] = ()) -> Mapping[str, str]:
        process = self._ready(threading.Event())
        if process is None or process.language != "python":
            return {}
        asked = process.execute("", expression=_DESCRIBE.format(names=list(names)), silent=True)
        content = _expression(_await_reply(process, asked))
        if content is None:
            raise KernelError("The kernel did not say what its variables are.")
        return self._texts(content)

    def _ready(self, stop: threading.Event) -> KernelProcess | None:
        """The kernel once it has started; None when `stop` came first."""
        self.start()
        assert self._process is not None
        try:
            return self._process if self._process.wait(stop) else None
        except KernelError:
            self.shutdown()
            raise

    def _replace(self) -> None:
        self.shutdown()
        self._epoch += 1
        self.start()

    def _lost(self, run: CellRun) -> CellRun:
        self._replace()
        return run

    def _spool(self) -> Path | None:
        self._runs += 1
        return self._spool_dir and self._spool_dir / f"output-{self._epoch}-{self._runs}.txt"

    def _changes(self, process: KernelProcess, execution: _Execution) -> Changes:
        """What the run did to the variables: said in its reply, or asked for after an error."""
        if process.language != "python" or execution.status == "dead" or not execution.reply:
            return Changes()
        content = _expression(execution.reply)
        if content is None:
            asked = process.execute("", expression=_CHANGES, silent=True)
            content = _expression(_await_reply(process, asked)) or {}
        appeared = self._texts(content.get("appeared"))
        more = content.get("more")
        if isinstance(more, int) and more > 0:
            appeared["…"] = f"{more} more names"
        gone = content.get("gone")
        return Changes(
            appeared,
            self._texts(content.get("changed")),
            tuple(map(str, gone)) if isinstance(gone, list) else (),
        )

    def _texts(self, content: Any) -> dict[str, str]:
        """Name → text, as far as what the kernel said is that."""
        if not isinstance(content, dict):
            return {}
        redact = self._redactor.text if self._redactor else str
        return {str(name)[:100]: redact(str(text)[:2_000]) for name, text in content.items()}


_ALL_GONE = "All variables are gone; a new kernel starts for the next run."


@dataclass(slots=True)
class _Patience:
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


class _Execution:
    """One source on its way through the kernel."""

    def __init__(
        self,
        process: KernelProcess,
        cell_id: str,
        source: str,
        *,
        collector: OutputCollector,
        redaction: Redaction | None,
        patience: _Patience,
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
        self._count: int | None = None
        self.reply: Message | None = None
        self.status: RunStatus | None = None
        self._detail = ""
        self._asked = self._ask()

    def _ask(self) -> str:
        expression = _CHANGES if self._process.language == "python" else ""
        return self._process.execute(self._source, expression=expression, cell_id=self._cell_id)

    def changes(self, stop: threading.Event) -> Iterator[OutputChange]:
        """Everything that comes out until the run has ended, whichever way."""
        check_at = self._started + CHECK_SECONDS
        while self.status is None:
            wait = 0.02 if self._bursts.waiting else _POLL_SECONDS
            for channel, message in self._process.receive(wait * 1000):
                if message["parent_header"].get("msg_id") == self._asked:
                    yield from self._take(channel, message)
            now = time.monotonic()
            yield from self._bursts.due(now)
            self._judge(now)
            if self.status is None and now >= check_at:
                check_at = now + CHECK_SECONDS
                self._watch(now, stopped=stop.is_set())
        if self.status == "dead":  # what it said last may still be in the socket
            for channel, message in self._process.receive(100):
                if message["parent_header"].get("msg_id") == self._asked:
                    yield from self._take(channel, message)
        if self._redaction:
            yield from self._kept(self._redaction.flush())
        yield from self._bursts.flush(now)

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
        if not self._idle and now - self._ended < _IDLE_GRACE_SECONDS:
            return  # outputs may still come; without end only if the kernel dropped "idle"
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
        self._detail = f"{cause} {_ALL_GONE}"

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
        assert self.status is not None
        spool = self._collector.close()
        return CellRun(
            self._cell_id,
            self.status,
            self._collector.outputs,
            self._ended - self._started,
            self._count,
            changes,
            spool,
            self._collector.updates,
            self._detail,
        )


def _await_reply(process: KernelProcess, asked: str) -> Message | None:
    """The reply to a silent request; None when it did not come within 5 s."""
    deadline = time.monotonic() + _ASK_SECONDS
    while time.monotonic() < deadline and process.alive():
        reply = process.reply(asked, _POLL_SECONDS * 1000)
        if reply is not None:
            return reply
    return None


def _expression(reply: Message | None) -> dict[str, Any] | None:
    """What our expression gave; None where it was not evaluated or gives no object."""
    if reply is None:
        return None
    try:
        content = json.loads(reply["content"]["user_expressions"]["k2"]["data"]["text/plain"])
    except (KeyError, TypeError, ValueError):
        return None
    return content if isinstance(content, dict) else None
