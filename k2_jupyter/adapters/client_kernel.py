"""`ClientKernel`: a kernel of our own, over jupyter_client."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

from k2_jupyter.adapters.execution import ALL_GONE, Execution
from k2_jupyter.adapters.kernel_messages import Redaction, Redactor
from k2_jupyter.adapters.kernel_process import KernelProcess
from k2_jupyter.adapters.kernel_report import texts_in
from k2_jupyter.adapters.kernel_runs import ask, carried_out, described
from k2_jupyter.adapters.kernel_setup import VERSIONS, value_of
from k2_jupyter.adapters.patience import Patience
from k2_jupyter.errors import KernelError, KernelSilentError, StopRequested
from k2_jupyter.events import EventStream
from k2_jupyter.journal.redaction import SECRET_NAME
from k2_jupyter.notebook.base import CellRun
from k2_jupyter.notebook.outputs import OutputCollector


def kernel_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without the variables whose names say that they are secrets."""
    return {name: value for name, value in environ.items() if not SECRET_NAME.search(name)}


class ClientKernel(AbstractContextManager["ClientKernel"]):
    """A `Kernel` that this process starts, watches and ends.

    `start` returns at once; the first run waits. One thread at a time may use it, and
    none whose event loop is running.
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
        self._started()

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

    def restart(self, *, stop: threading.Event) -> None:
        if stop.is_set():
            raise StopRequested
        self._lose()
        if self._ready(stop) is None:
            raise StopRequested

    def run(
        self, cell_id: str, source: str, *, timeout: float | None, stop: threading.Event
    ) -> EventStream[CellRun]:
        process = self._ready(stop)
        if process is None or stop.is_set():
            return CellRun(cell_id, "interrupted", detail="Stopped before it ran.")
        if not process.alive():
            detail = f"The kernel {process.ending()} after the run before. This cell did not run."
            self._lose()
            self.start()
            return CellRun(cell_id, "dead", detail=f"{detail} {ALL_GONE}")
        execution = Execution(
            process,
            cell_id,
            source,
            collector=OutputCollector(spool=self._spool()),
            redaction=Redaction(self._redactor) if self._redactor else None,
            patience=Patience(timeout, self._interrupt_waits),
        )
        run = yield from carried_out(execution, self._redactor, stop)
        if execution.lost:
            self._lose()
            if not stop.is_set():  # the model's next answer takes longer than a start
                self.start()
        return run

    def describe(self, names: Sequence[str] = (), *, stop: threading.Event) -> Mapping[str, str]:
        process = self._ready(stop)
        if process is None or stop.is_set():
            raise StopRequested
        texts = described(process, names, self._redactor, stop)
        if texts is None:
            raise self._died(process)
        return texts

    def versions(self, stop: threading.Event) -> Mapping[str, str]:
        """Package → version, of what the user's code has imported and of Python.

        Empty for other languages, and where the kernel does not answer.
        """
        process = self._process
        try:
            answers = process is not None and process.wait(stop) and process.alive()
        except KernelError:  # it never came up: whoever needed it has said so
            return {}
        if process is None or not answers or process.language != "python":
            return {}
        return texts_in(value_of(ask(process, VERSIONS, stop)) or {}, self._redactor)

    def _died(self, process: KernelProcess) -> KernelSilentError:
        problem = KernelSilentError(f"The kernel {process.ending()}. {ALL_GONE}")
        self._lose()
        self.start()
        return problem

    def _ready(self, stop: threading.Event) -> KernelProcess | None:
        """The kernel once it has started; None when `stop` came first."""
        process = self._started()
        try:
            return process if process.wait(stop) else None
        except KernelError:
            self.shutdown()
            raise

    def _started(self) -> KernelProcess:
        if self._process is None:
            self._process = KernelProcess(
                self._kernel_name,
                self._cwd,
                self._environment,
                self._start_timeout,
            )
        return self._process

    def _lose(self) -> None:
        """Give up the kernel and its namespace; whoever needs one starts the next."""
        self.shutdown()
        self._epoch += 1

    def _spool(self) -> Path | None:
        self._runs += 1
        return self._spool_dir and self._spool_dir / f"output-{self._epoch}-{self._runs}.txt"
