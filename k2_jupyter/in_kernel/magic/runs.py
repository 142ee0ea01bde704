"""Runs of the agent's, whoever asks for them: each stopped alone, each reported.

Standard library and IPython.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from ..values import variables
from . import reports

Outcome = dict[str, Any]
NOT_RUN: Outcome = {"status": "interrupted", "count": None, "seconds": 0.0, "report": {}}


class Runs:
    """Carries out one run after another on the main thread."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._running = ""
        self._stopped = ""

    def stop(self, run: str) -> None:
        """Interrupt this run alone, or keep it from beginning; on any thread."""
        self._stopped = run
        if self._running == run:
            interrupt()

    def stopped(self, run: str) -> bool:
        """Whether `stop` ended it, and no interrupt of the user's."""
        return self._stopped == run

    def carry_out(
        self,
        run: str,
        source: str,
        surrounded: AbstractContextManager[None],
        tell: Callable[[Outcome], None],
    ) -> Outcome:
        """Run a source inside of `surrounded`, and `tell` what came of it.

        Somebody waits for that: it is told also where a second interrupt, which is raised
        then, came before the run was looked at.
        """
        outcome, owner = dict(NOT_RUN), os.getpid()
        try:
            variables.begin()
            self._running = run
            if not self.stopped(run):
                with surrounded:
                    outcome |= run_source(self._shell, source)
            self._running = ""
            outcome["report"] = reports.after(outcome["status"])
        except KeyboardInterrupt:
            if not self.stopped(run):
                raise
        finally:
            if os.getpid() != owner:
                os._exit(0)  # a fork of the agent's code that came to the end of its cell
            self._running = ""
            tell(outcome)
        return outcome


def interrupt() -> None:
    """What the interrupt button does, from another thread.

    The signal goes to the main thread itself: a `sleep` there would not notice one that
    another thread of the process got.
    """
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def next_count(shell: Any) -> int:
    """The execution count of the next run.

    IPython 9 counts a cell when it begins, IPython 8 when it has ended: there the magic's
    own cell, which still runs, holds the number that this run would take.
    """
    count: int = shell.execution_count
    return count + (count < len(shell.history_manager.input_hist_parsed))


def run_source(shell: Any, source: str) -> Outcome:
    """Run a source as a cell of its own, with an entry in `In`.

    The status is ``ok``, ``error`` or ``interrupted``.
    """
    started = time.monotonic()
    counts_late = next_count(shell) != shell.execution_count
    shell.execution_count = next_count(shell)
    interrupts = _Interrupts()
    with interrupts, _loop_for_await(shell, interrupts), _no_exit(shell):
        result = shell.run_cell(source, store_history=True)
    count = result.execution_count
    if counts_late and count is not None:  # None where an interrupt came before IPython counted
        shell.execution_count = count
    problem = result.error_before_exec or result.error_in_exec
    if interrupts.seen or isinstance(problem, KeyboardInterrupt):
        status = "interrupted"
    else:
        status = "ok" if problem is None else "error"
    return {"status": status, "count": count, "seconds": time.monotonic() - started}


class _Interrupts:
    """Sees an interrupt also where the code keeps it to itself, as IPython does in ``!sleep 9``."""

    def __init__(self) -> None:
        self.seen = False
        self._before = signal.getsignal(signal.SIGINT)

    def __enter__(self) -> None:
        if callable(self._before):
            signal.signal(signal.SIGINT, self._noted)

    def __exit__(self, *_: object) -> None:
        if signal.getsignal(signal.SIGINT) == self._noted:  # else the code has one of its own
            signal.signal(signal.SIGINT, self._before)

    def _noted(self, number: int, frame: Any) -> None:
        self.seen = True
        if callable(self._before):
            self._before(number, frame)

    def run(self, coroutine: Any) -> Any:
        """Run what is awaited at the top level of a cell, on a loop of its own."""
        held = asyncio._get_running_loop()
        asyncio._set_running_loop(None)
        self.__exit__()  # asyncio has a handler for itself, in the place of Python's alone
        try:
            return asyncio.run(self._watched(coroutine))
        finally:
            self.__enter__()
            asyncio._set_running_loop(held)

    async def _watched(self, coroutine: Any) -> Any:
        # asyncio cancels the task on an interrupt; IPython takes that for an error of the cell.
        try:
            return await coroutine
        finally:
            task = asyncio.current_task()
            self.seen = self.seen or (task is not None and task.cancelling() > 0)


@contextlib.contextmanager
def _loop_for_await(shell: Any, interrupts: _Interrupts) -> Iterator[None]:
    """The kernel's loop is held by the waiting magic."""
    before, shell.loop_runner = shell.loop_runner, interrupts.run
    try:
        yield
    finally:
        shell.loop_runner = before


@contextlib.contextmanager
def _no_exit(shell: Any) -> Iterator[None]:
    """`exit()` would end the user's kernel, or terminal, once the magic is over."""

    def refuse() -> None:
        raise RuntimeError("exit() would end the user's session; nothing was ended.")

    shell.ask_exit = refuse
    try:
        yield
    finally:
        del shell.ask_exit
