"""Runs cells on the main thread of a kernel while a `%%k2` waits there.

Whoever drives the turn (a child process over a pipe, a Jupyter server over the control
channel) hands runs over from another thread; the waiting magic carries them out one after
another (`runs.py`), so that Run All keeps its order, an interrupt reaches the cell that runs,
and top-level `await` works. Standard library only.
"""

from __future__ import annotations

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
_LOST = (
    "Whoever drives this turn has not been heard of for {:.0f} s, so it ended here. The variables "
    "are kept: ask again."
)


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
        self._unclaimed: list[bool] = []
        """Its one item goes to whoever takes it first: a claim, or the end of the wait for one."""
        self.turn: str | None = None

    @contextlib.contextmanager
    def open(self, *, claimed: bool) -> Iterator[str]:
        """A turn; gives the id that every request must name.

        One that is not `claimed` yet takes nothing but a ``claim``. However the block is
        left, the turn is over: what is offered from then on is refused.
        """
        self._inbox, self._heard = queue.SimpleQueue(), time.monotonic()
        self._unclaimed = [] if claimed else [True]
        try:
            self.turn = uuid.uuid4().hex
            yield self.turn
        finally:
            self.turn = None

    def offer(self, request: Request) -> Reply:
        """Take a request, on any thread; what it asks for happens on the main thread."""
        if self.turn is None or request.get("turn") != self.turn:
            return {"ok": False, "why": "no such turn"}
        op = request.get("op")
        if op == "claim" and not self._take_claim():
            return {"ok": False, "why": "claimed already"}
        if op != "claim" and self._unclaimed:
            return {"ok": False, "why": "not claimed"}
        self._heard = time.monotonic()
        if op != "ping":
            self._inbox.put(request)
        return {"ok": True}

    def claimed(self, seconds: float | None = None) -> bool:
        """Wait for a claim. Without one in time the turn can't be claimed any more."""
        try:
            self._inbox.get(timeout=CLAIM_SECONDS if seconds is None else seconds)
        except queue.Empty:
            if self._take_claim():  # else one has come in this very moment
                self.turn = None
                return False
        return True

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
        while True:
            request = self._next(_TICK)
            if request is None:
                if lease is not None and time.monotonic() - self._heard > lease:
                    raise DriverLost(_LOST.format(lease))
                nudge()
            elif request.get("op") == "end":
                return request
            elif request.get("op") != "claim":
                (self._run if request.get("op") == "step" else other)(request)
                self._heard = time.monotonic()

    def _take_claim(self) -> bool:
        try:
            return self._unclaimed.pop()
        except IndexError:
            return False

    def _next(self, seconds: float) -> Request | None:
        try:
            return self._inbox.get(timeout=seconds)
        except queue.Empty:
            return None
