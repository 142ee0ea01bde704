"""When a run that must end is interrupted, and when it is given up."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

_STOP_WAITS = (0.5,)
"""With what comes before and after it, the run is given back within 1 s of the stop."""
_DEADLINE_WAITS = (0.5, 1.0)

Cause: TypeAlias = Literal["timeout", "deadline", "stop"]
"""Why a run is interrupted: its own limit, the time of the turn is over, or the user."""
Step: TypeAlias = Literal["wait", "interrupt", "give up"]


@dataclass(slots=True)
class Patience:
    """When to interrupt a run, to interrupt again, to give up: sooner if a person waits."""

    timeout: float | None
    """Soft limit of the run, seconds."""
    waits: tuple[float, ...]
    """Seconds after each interrupt at the soft limit."""
    cause: Cause | None = None
    _started: float = field(default_factory=time.monotonic)
    _left: list[float] = field(default_factory=list)
    _due: float = 0.0

    def postpone(self, now: float) -> None:
        """The run has not begun: its soft limit counts from now."""
        self._started = now

    def next(self, now: float, stop: threading.Event) -> Step:
        """What is to be done now. A more urgent cause begins with an interrupt of its own."""
        cause = self._cause(now, stop)
        if cause is None:
            return "wait"
        if cause != self.cause:
            waits = {"timeout": self.waits, "deadline": _DEADLINE_WAITS, "stop": _STOP_WAITS}
            self.cause, self._left, self._due = cause, list(waits[cause]), now
        if now < self._due:
            return "wait"
        if not self._left:
            return "give up"
        self._due = now + self._left.pop(0)
        return "interrupt"

    def words(self) -> str:
        """Who ended the run, a sentence."""
        match self.cause:
            case "timeout":
                return f"Interrupted at its limit of {self.timeout:g} s."
            case "deadline":
                return "Interrupted when the time of the turn was over."
        return "Interrupted by the user."

    def _cause(self, now: float, stop: threading.Event) -> Cause | None:
        if stop.is_set():
            # a turn's deadline is a stop too, and knows the user's own
            return "stop" if getattr(stop, "user_stop", stop).is_set() else "deadline"
        if self.timeout is not None and now - self._started >= self.timeout:
            return "timeout"
        return None
