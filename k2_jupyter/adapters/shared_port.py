"""The `Kernel` of one turn, over a kernel that is the user's."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from k2_jupyter.adapters.execution import ALL_GONE, Announce, Execution, Underway
from k2_jupyter.adapters.kernel_channels import POLL_MS
from k2_jupyter.adapters.kernel_messages import Redaction, Redactor
from k2_jupyter.adapters.kernel_runs import carried_out, described
from k2_jupyter.adapters.kernel_setup import setup_code
from k2_jupyter.adapters.patience import Patience
from k2_jupyter.adapters.shared_process import SharedProcess
from k2_jupyter.errors import KernelSilentError, StopRequested
from k2_jupyter.events import EventStream, Notice
from k2_jupyter.notebook.base import CellRun
from k2_jupyter.notebook.outputs import OutputCollector

_WORTH_A_WORD = 1.0
"""Seconds that a run waits for the kernel before the user and the model are told."""
_STUCK_SECONDS = 10.0
_STUCK = (
    "It did not run: the kernel is still busy with a cell that did not react to interrupts."
    " That may end by itself; a restart of the kernel would lose all variables."
)


class Shared(Protocol):
    """The kernel over more than one life, as far as a port needs it."""

    execution: Underway | None
    """What runs now, for whoever asks meanwhile."""

    @property
    def epoch(self) -> int: ...

    def process(self, stop: threading.Event) -> SharedProcess | None:
        """The kernel once it answers; None when `stop` came first. Raises `KernelError`."""
        ...

    def ending(self) -> str:
        """How the last life ended, in words that follow "The kernel"."""
        ...

    def restart(self, *, stop: threading.Event) -> None: ...


class SharedPort:
    """Runs cells between those of the user, each in its turn."""

    def __init__(
        self,
        shared: Shared,
        *,
        redactor: Redactor | None,
        spool_dir: Path | None,
        announce: Announce | None,
        interrupt_waits: Sequence[float],
    ) -> None:
        self._shared = shared
        self._redactor = redactor
        self._spool_dir = spool_dir
        self._announce = announce
        self._interrupt_waits = tuple(interrupt_waits)
        self._known = shared.epoch
        """The epoch that the turn has been told of; it may know sooner than `shared`."""
        self._runs = 0

    @property
    def epoch(self) -> int:
        return max(self._known, self._shared.epoch)

    def catch_up(self) -> None:
        """The turn was told what became of the kernel: no run needs to say so."""
        self._known = self._shared.epoch

    def restart(self, *, stop: threading.Event) -> None:
        self._shared.restart(stop=stop)
        self._known = self._shared.epoch

    def run(
        self, cell_id: str, source: str, *, timeout: float | None, stop: threading.Event
    ) -> EventStream[CellRun]:
        if self._known < self._shared.epoch:
            return self._dead(cell_id)
        process = None if stop.is_set() else self._shared.process(stop)
        if process is None:
            return CellRun(cell_id, "interrupted", detail="Stopped before it ran.")
        with process.used():
            if process.over:  # its sockets may be closed
                return self._dead(cell_id, process)
            begun = time.monotonic()
            not_run = yield from self._waited(process, cell_id, stop)
            waited = time.monotonic() - begun
            not_run = not_run or self._not_run(process, cell_id, stop)
            if not_run is not None:
                return not_run
            execution = self._execution(process, cell_id, source, timeout)
            self._shared.execution = execution
            try:
                run = yield from carried_out(execution, self._redactor, stop)
            finally:
                self._shared.execution = None
        if execution.lost:
            self._known = process.epoch + 1
        waited += execution.waited
        if waited < _WORTH_A_WORD:
            return run
        words = f"It waited {waited:.0f} s until the kernel was free."
        return replace(run, detail=f"{run.detail} {words}".lstrip())

    def describe(self, names: Sequence[str] = (), *, stop: threading.Event) -> Mapping[str, str]:
        if stop.is_set():
            raise StopRequested
        if self._known < self._shared.epoch:
            raise KernelSilentError(self._news())
        process = self._shared.process(stop)
        if process is None:
            raise StopRequested
        texts = None
        with process.used():
            if not process.over:
                install(process, stop)
                texts = described(process, names, self._redactor, stop)
        if texts is None:
            raise KernelSilentError(self._news(process))
        return texts

    def _waited(
        self, process: SharedProcess, cell_id: str, stop: threading.Event
    ) -> EventStream[CellRun | None]:
        """Wait until the kernel is free; what came of that, if it does not come to it."""
        answered = process.ping() if process.busy else None
        since, told = time.monotonic(), False
        while answered and not (stop.is_set() or process.over or answered(POLL_MS)):
            waited = time.monotonic() - since
            if process.stuck and waited > _STUCK_SECONDS:
                return CellRun(cell_id, "aborted", detail=_STUCK)
            if waited > _WORTH_A_WORD and not told:
                told = True
                yield Notice("The kernel is busy; the agent's cell waits until it is free.")
        return None

    def _not_run(
        self, process: SharedProcess, cell_id: str, stop: threading.Event
    ) -> CellRun | None:
        """Bring our part into the kernel; why the cell can't run, if it can't."""
        install(process, stop)
        if stop.is_set():
            detail = "Stopped before it ran, while the kernel was busy."
            return CellRun(cell_id, "interrupted", detail=detail)
        return None if process.alive() else self._dead(cell_id, process)

    def _execution(
        self, process: SharedProcess, cell_id: str, source: str, timeout: float | None
    ) -> Execution:
        self._runs += 1
        spool = f"output-{process.epoch}-{self._runs}.txt"
        return Execution(
            process,
            cell_id,
            source,
            collector=OutputCollector(spool=self._spool_dir and self._spool_dir / spool),
            redaction=Redaction(self._redactor) if self._redactor else None,
            patience=Patience(timeout, self._interrupt_waits),
            announce=self._announce,
        )

    def _dead(self, cell_id: str, process: SharedProcess | None = None) -> CellRun:
        return CellRun(cell_id, "dead", detail=f"It did not run. {self._news(process)}")

    def _news(self, process: SharedProcess | None = None) -> str:
        """What became of the kernel between two runs; said once."""
        if process is None:
            self._known, ending = self._shared.epoch, self._shared.ending()
        else:
            self._known, ending = process.epoch + 1, process.ending()
        return f"The kernel {ending} after the run before. {ALL_GONE}"


def install(process: SharedProcess, stop: threading.Event) -> bool:
    """Whether our part is in the kernel, where it can be; not when `stop` came first."""
    if process.installed or process.language != "python":
        return True
    asked = process.channels.execute(setup_code(own=False), silent=True)
    while not (stop.is_set() or process.over or process.installed):
        process.installed = process.channels.reply(asked, POLL_MS) is not None
    return process.installed
