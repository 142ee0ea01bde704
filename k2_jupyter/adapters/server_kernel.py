"""`SharedKernel`: a kernel that a Jupyter server owns and the user uses, over all its lives."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeAlias

from k2_jupyter.adapters.execution import Announce, Underway
from k2_jupyter.adapters.kernel_channels import POLL_MS
from k2_jupyter.adapters.kernel_messages import Redactor
from k2_jupyter.adapters.kernel_owner import KernelOwner, Sight
from k2_jupyter.adapters.kernel_report import texts_in
from k2_jupyter.adapters.kernel_setup import (
    HELD,
    UndoDeed,
    describe_expression,
    undo_expression,
)
from k2_jupyter.adapters.page_cells import outputs_to_page
from k2_jupyter.adapters.shared_look import Late, look
from k2_jupyter.adapters.shared_port import SharedPort
from k2_jupyter.adapters.shared_process import SharedProcess
from k2_jupyter.errors import KernelError, StopRequested
from k2_jupyter.notebook.base import Kernel

_START_SECONDS = 60.0
_VARIABLES_SECONDS = 0.8
_JOIN_SECONDS = 2.0
_LEFT = "is no longer followed"

Status: TypeAlias = Literal["restarted", "died", "started"]
Watch: TypeAlias = Callable[[Status, int], None]
"""Is told what happened to the kernel, and the epoch that it has from then on."""


@dataclass(frozen=True, slots=True)
class LiveRun:
    """A run of ours that goes on, for a page that comes in the middle of it."""

    msg_id: str
    """Of the request, the parent of all that comes of it."""
    cell: str
    outputs: tuple[dict[str, Any], ...]
    """So far, in the notebook format, redacted."""
    count: int | None
    seen: tuple[str, ...]
    """Ids of the iopub messages that `outputs` contains: the last 2,000."""


class SharedKernel:
    """Runs our cells in a kernel of the user's, and says what becomes of that kernel.

    A thread of its own follows the kernel from one start to the next; nothing here waits
    for the server's loop on the loop's own thread.
    """

    def __init__(self, manager: Any, kernel_id: str, loop: asyncio.AbstractEventLoop) -> None:
        """Follow a kernel of jupyter_server's `MappingKernelManager` or its async sister.

        `loop` is the server's running loop. Returns at once.
        """
        self.execution: Underway | None = None
        """What runs now, over whichever way."""
        self._owner = KernelOwner(manager, kernel_id, loop)
        self._epoch = 0
        self._language = ""
        self._ending = "ended"
        self._life: SharedProcess | None = None
        self._process: SharedProcess | None = None
        """The same once it can be used."""
        self._gone = ""
        """Why there is no kernel and none will come."""
        self._changed = threading.Condition()
        self._watches: list[Watch] = []
        self._restarting = False
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="k2-kernel-relay", daemon=True)
        self._thread.start()

    @property
    def epoch(self) -> int:
        """Rises by one each time the namespace was lost."""
        return self._epoch

    @property
    def language(self) -> str:
        """In lower case, as the kernel itself says; "" before it has answered."""
        return self._language

    @property
    def busy(self) -> bool:
        """Whether the kernel works on anything, of whomever, as far as is known."""
        process = self._process
        return process is not None and process.busy

    def ending(self) -> str:
        """How the last life ended, in words that follow "The kernel"."""
        return self._ending

    def watch(self, changed: Watch) -> None:
        """Call this, on any thread, when the kernel was restarted, died or has started again.

        A restart by `Kernel.restart` is told as "started" only.
        """
        self._watches.append(changed)

    def close(self) -> None:
        """Let go of the kernel, which lives on. Any thread."""
        self._closing.set()
        if self._life is not None:
            self._life.end("died", _LEFT)
        self._thread.join(_JOIN_SECONDS)

    def port(
        self,
        *,
        redactor: Redactor | None = None,
        spool_dir: Path | None = None,
        announce: Announce | None = None,
        interrupt_waits: Sequence[float] = (10.0, 10.0),
    ) -> Kernel:
        """The kernel for one turn, to be used by one thread, and not the loop's.

        `announce` is told the cell and the message id of each run before it is asked for.
        `interrupt_waits` are the seconds after each interrupt at a run's soft limit, before
        the next one; at last the run is given up, and the kernel left as it is.
        """
        return SharedPort(
            self,
            redactor=redactor,
            spool_dir=spool_dir,
            announce=announce,
            interrupt_waits=interrupt_waits,
        )

    @property
    def life(self) -> str:
        """Which of the kernel's starts answers now, also after the server's own; "" for none."""
        process = self._process
        return str(process.pid or f"epoch {process.epoch}") if process is not None else ""

    def live(self) -> LiveRun | None:
        """The run of ours that goes on. Any thread."""
        execution = self.execution
        if execution is None:
            return None
        now = execution.so_far()
        outputs = tuple(outputs_to_page(now.outputs))
        return LiveRun(now.msg_id, now.cell, outputs, now.count, now.seen)

    def variables(
        self,
        redactor: Redactor | None = None,
        *,
        seconds: float = _VARIABLES_SECONDS,
        stop: threading.Event | None = None,
    ) -> Mapping[str, str]:
        """Name → a line; empty where the kernel is busy, not Python, or later than `seconds`.

        Not on the loop's thread.
        """
        told = self._told(describe_expression(()), Late(seconds, stop))
        return texts_in(told, redactor)

    def held(
        self, redactor: Redactor | None, *, seconds: float, stop: threading.Event
    ) -> tuple[Mapping[str, str], Sequence[Any]]:
        """`variables`, and what the kernel says of those that hold a table, unchecked."""
        told = self._told(HELD, Late(seconds, stop))
        tables = told.get("tables")
        return texts_in(told.get("variables"), redactor), tables if isinstance(tables, list) else []

    def undo_names(self, deed: UndoDeed, turn: str, *, seconds: float) -> Mapping[str, Any]:
        """Note or take back what a turn does to the names; what the kernel says, unchecked.

        Empty where the kernel is busy, not Python, or does not know the turn.
        """
        return self._told(undo_expression(deed, turn), Late(seconds))

    def _told(self, expression: str, late: Late) -> Mapping[str, Any]:
        try:
            process = self.process(late)
            return look(process, expression, late) if process is not None else {}
        except KernelError:
            return {}

    # For ports

    def process(
        self, stop: threading.Event, *, after: SharedProcess | None = None
    ) -> SharedProcess | None:
        """The kernel once it answers, in another life than `after`; None if `stop` came first.

        Raises `KernelError` where the server has it no longer, or it does not start.
        """
        deadline = time.monotonic() + _START_SECONDS
        while not stop.is_set():
            with self._changed:
                process = self._process
                if process is not None and process is not after and not process.over:
                    return process
                if self._gone:
                    raise KernelError(self._gone)
                self._changed.wait(POLL_MS / 1000)
            if time.monotonic() > deadline:
                raise KernelError(
                    f"The kernel did not answer within {_START_SECONDS:g} s. Restart it and ask"
                    " again."
                )
        return None

    def restart(self, *, stop: threading.Event) -> None:
        """As `Kernel.restart`: through the server, until the new one answers."""
        if stop.is_set():
            raise StopRequested
        before = self._process
        self._restarting = True
        try:
            restart = self._owner.restart()
            while not restart.done():
                if stop.wait(POLL_MS / 1000):
                    raise StopRequested
            restart.result()
        except KernelError:
            self._restarting = False
            raise
        if before is not None and before.pid is None:  # a gateway tells nobody that it is done
            before.end("restarted", "was restarted")
        if self.process(stop, after=before) is None:
            raise StopRequested

    # On the thread that follows the kernel

    def _follow(self) -> None:
        last: Sight | None = None
        while (sight := self._next(last)) is not None:
            self._life = process = SharedProcess(self._owner, sight, self._epoch)
            if self._closing.is_set():
                process.end("died", _LEFT)
            process.relay(partial(self._begin, process))
            last = sight
            if self._process is process:
                self._end(process)

    def _next(self, last: Sight | None) -> Sight | None:
        """The next life of the kernel, when it has begun; None when there will be none."""
        while not self._closing.wait(POLL_MS / 1000 if last else 0):
            try:
                sight = self._owner.look().result(POLL_MS / 1000)
            except TimeoutError:
                continue
            except KernelError as problem:
                self._gone = str(problem)
                return None
            if sight is None:
                self._gone = "The kernel was shut down. Start one for the notebook and ask again."
                return None
            begun = last is None or sight.pid is None or sight.pid != last.pid
            if sight.alive and not sight.leaving and begun:
                return sight
        self._gone = f"The kernel {_LEFT}."
        return None

    def _begin(self, process: SharedProcess) -> None:
        self._language = process.language
        if self._epoch:
            self._tell("started")
        with self._changed:
            self._process = process
            self._changed.notify_all()

    def _end(self, process: SharedProcess) -> None:
        with self._changed:
            self._process = None
            self._ending = process.ending()
            self._epoch += 1
        asked_for, self._restarting = self._restarting, False
        if not asked_for and not self._closing.is_set():
            self._tell(process.how)

    def _tell(self, status: Status) -> None:
        for changed in self._watches:
            changed(status, self._epoch)
