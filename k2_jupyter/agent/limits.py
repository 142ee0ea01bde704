"""How much a turn may use, and how it asks for more."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from k2_jupyter.events import CapName, CapRequest, EventStream, Extension


@dataclass(frozen=True, slots=True)
class Limits:
    """What a turn may use before it asks."""

    steps: int = 300
    """Model calls."""
    calls: int = 300
    """Tool calls."""
    seconds: float = 3600.0
    """Wall time, cells and waiting included."""
    dollars: float | None = None
    """What the model's answers may cost, by the profile's prices."""


class Deadline(threading.Event):
    """Set when the user stopped the turn, or when its time is over.

    Everything that waits already watches one event; so the time limit reaches into a
    running cell and a silent stream without a second mechanism.
    """

    def __init__(self, stop: threading.Event, seconds: float) -> None:
        super().__init__()
        self.user_stop = stop
        self.at = time.monotonic() + seconds

    def is_set(self) -> bool:
        return self.user_stop.is_set() or time.monotonic() >= self.at

    def wait(self, timeout: float | None = None) -> bool:
        left = max(0.0, self.at - time.monotonic())
        self.user_stop.wait(left if timeout is None else min(timeout, left))
        return self.is_set()


class Budget:
    """What one turn has used of its limits."""

    def __init__(self, limits: Limits, stop: threading.Event) -> None:
        self.started = time.monotonic()
        self.steps = 0
        self.calls = 0
        self.dollars = 0.0
        self.stop = Deadline(stop, limits.seconds)
        self._steps = limits.steps
        self._calls = limits.calls
        self._dollars = limits.dollars

    @property
    def seconds(self) -> float:
        """Wall time since the turn began."""
        return time.monotonic() - self.started

    @property
    def has_calls(self) -> bool:
        """May another tool be called without asking for more?"""
        return self.calls < self._calls

    def admit(self) -> EventStream[str]:
        """Ask for more of whatever ran out; returns what stays exhausted, or ""."""
        while (request := self._exhausted()) is not None:
            answer = yield request
            if not isinstance(answer, Extension) or answer.extra <= 0:
                allowed = f"{request.allowed:.2f}".removesuffix(".00")
                return f"The limit of {allowed} {_WORDS[request.limit]} is reached"
            self._extend(request.limit, answer.extra)
        return ""

    def _exhausted(self) -> CapRequest | None:
        if self.steps >= self._steps:
            return CapRequest("steps", self.steps, self._steps)
        if self.calls >= self._calls:
            return CapRequest("calls", self.calls, self._calls)
        if time.monotonic() >= self.stop.at:
            return CapRequest("seconds", self.seconds, self.stop.at - self.started)
        if self._dollars is not None and self.dollars >= self._dollars:
            return CapRequest("dollars", self.dollars, self._dollars)
        return None

    def _extend(self, limit: CapName, extra: float) -> None:
        match limit:
            case "steps":
                self._steps += round(extra)
            case "calls":
                self._calls += round(extra)
            case "seconds":
                self.stop.at = time.monotonic() + extra
            case "dollars":
                self._dollars = (self._dollars or 0.0) + extra


_WORDS = {"steps": "steps", "calls": "tool calls", "seconds": "seconds", "dollars": "US dollars"}
