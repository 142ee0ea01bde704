"""Runs cells on the main thread of a kernel while a `%%k2` waits there.

Whoever drives the turn (a child process over a pipe, a Jupyter server over the control
channel) hands runs over from another thread; the waiting magic carries them out one after
another, so that Run All keeps its order, an interrupt reaches the cell that runs, and
top-level `await` works. Standard library and IPython only.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

Request = dict[str, Any]
Reply = dict[str, Any]

CLAIM_SECONDS = 2.0
"""How long a page may take to claim a turn; in JupyterLab 37 to 91 ms were seen."""
LEASE_SECONDS = 30.0
"""Silence after which whoever drives the turn counts as lost; a run's own time is no silence."""
_TICK = 0.2


class DriverLost(RuntimeError):  # noqa: N818 - read by users as it stands
    """Nobody drives the turn any more."""


class Runner:
    """One inbox for both feeds; serves one turn at a time.

    `run` carries out one ``step`` request on the calling thread and returns its outcome.
    """

    def __init__(self, run: Callable[[Request], Reply]) -> None:
        self._run = run
        self._inbox: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._heard = 0.0
        self.turn: str | None = None

    def open(self) -> str:
        """Begin a turn; returns the id that every request must name."""
        self._inbox, self._heard = queue.SimpleQueue(), time.monotonic()
        self.turn = uuid.uuid4().hex
        return self.turn

    def close(self) -> None:
        """End the turn: what is offered from now on is refused."""
        self.turn = None

    def offer(self, request: Request) -> Reply:
        """Take a request, on any thread; what it asks for happens on the main thread."""
        if self.turn is None or request.get("turn") != self.turn:
            return {"ok": False, "why": "no such turn"}
        self._heard = time.monotonic()
        if request.get("op") != "ping":
            self._inbox.put(request)
        return {"ok": True}

    def claimed(self, seconds: float | None = None) -> bool:
        """Wait for a claim. A turn that nobody claimed is closed: a late claim is refused."""
        until = time.monotonic() + (CLAIM_SECONDS if seconds is None else seconds)
        claimed = False
        try:
            while not claimed and (left := until - time.monotonic()) > 0:
                request = self._next(min(_TICK, left))
                claimed = request is not None and request.get("op") == "claim"
        finally:
            if not claimed:
                self.close()
        return claimed

    def drive(
        self,
        other: Callable[[Request], None],
        *,
        lease: float | None = None,
        nudge: Callable[[], None] = lambda: None,
    ) -> Request:
        """Carry out what is offered until the turn's ``end``, which is returned.

        What is no ``step`` goes to `other`; `nudge` is called now and then while nothing
        comes. Raises `DriverLost` after `lease` seconds of silence, and what an interrupt
        raises between two runs.
        """
        self._heard = time.monotonic()
        try:
            while True:
                request = self._next(_TICK)
                if request is None:
                    if lease is not None and time.monotonic() - self._heard > lease:
                        raise DriverLost("Nobody answers for this turn any more; it ended here.")
                    nudge()
                elif request.get("op") == "end":
                    return request
                else:
                    (self._run if request.get("op") == "step" else other)(request)
                    self._heard = time.monotonic()
        finally:
            self.close()

    def _next(self, seconds: float) -> Request | None:
        try:
            return self._inbox.get(timeout=seconds)
        except queue.Empty:
            return None


def next_count(shell: Any) -> int:
    """The execution count of the next run.

    IPython 9 counts a cell when it begins, IPython 8 when it has ended: there the magic's
    own cell, which still runs, holds the number that this run would take.
    """
    count: int = shell.execution_count
    return count + (count < len(shell.history_manager.input_hist_parsed))


def run_source(shell: Any, source: str) -> Reply:
    """Run a source as a cell of its own, with an entry in `In`.

    The status is ``ok``, ``error`` or ``interrupted``.
    """
    started = time.monotonic()
    counts_late = next_count(shell) != shell.execution_count
    shell.execution_count = next_count(shell)
    with _loop_for_await(shell), _no_exit(shell):
        result = shell.run_cell(source, store_history=True)
    count = result.execution_count
    if counts_late:
        shell.execution_count = count
    problem = result.error_before_exec or result.error_in_exec
    if problem is None:
        status = "ok"
    elif isinstance(problem, (KeyboardInterrupt, asyncio.CancelledError)):
        status = "interrupted"  # an interrupt cancels what is awaited
    else:
        status = "error"
    return {"status": status, "count": count, "seconds": time.monotonic() - started}


@contextlib.contextmanager
def _loop_for_await(shell: Any) -> Iterator[None]:
    """Top-level `await` gets a loop of its own: the kernel's is held by the waiting magic."""
    before, shell.loop_runner = shell.loop_runner, _run_coroutine
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


def _run_coroutine(coroutine: Any) -> Any:
    held = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        return asyncio.run(coroutine)
    finally:
        asyncio._set_running_loop(held)
