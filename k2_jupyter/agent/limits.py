"""How much a turn and a day may use, and how a turn asks for more."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from k2_jupyter.errors import JournalError, StopRequested
from k2_jupyter.events import CapName, CapRequest, EventStream, Extension
from k2_jupyter.journal.ledger import Ledger, Spent
from k2_jupyter.messages import Usage
from k2_jupyter.models.profiles import Prices

Period: TypeAlias = Literal["turn", "day"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a turn may use before it asks."""

    steps: int = 300
    """Model calls."""
    calls: int = 300
    """Tool calls."""
    seconds: float = 3600.0
    """Wall time, cells and waiting included."""
    tokens: int | None = None
    """New ones: context that is sent again does not count."""
    dollars: float | None = None
    """What the model's answers may cost, by the profile's prices."""


@dataclass(frozen=True, slots=True)
class DayLimits:
    """What all turns of a day may use together; ``None``: as much as they like."""

    steps: int | None = None
    seconds: float | None = None
    tokens: int | None = None
    dollars: float | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """Where a day's use is written down, and what it may come to."""

    ledger: Ledger
    limits: DayLimits = field(default_factory=DayLimits)


class Stop(threading.Event):
    """Set when the user stopped the turn."""

    held = 0.0
    """Seconds for which the user had the turn wait: they count for no limit."""


class Deadline(threading.Event):
    """Set when the user stopped the turn, or when its time is over.

    Everything that waits already watches one event; so the time limit reaches into a
    running cell and a silent stream without a second mechanism.
    """

    def __init__(self, stop: threading.Event, seconds: float) -> None:
        super().__init__()
        self.user_stop = stop
        self.at = self.now + seconds

    @property
    def now(self) -> float:
        """Seconds of a clock that stands still while the user has the turn wait."""
        held = self.user_stop.held if isinstance(self.user_stop, Stop) else 0.0
        return time.monotonic() - held

    def is_set(self) -> bool:
        return self.user_stop.is_set() or self.now >= self.at

    def wait(self, timeout: float | None = None) -> bool:
        left = max(0.0, self.at - self.now)
        self.user_stop.wait(left if timeout is None else min(timeout, left))
        return self.is_set()


def new_tokens(usage: Usage, known: int) -> int:
    """What an answer has used besides the `known` tokens that were in earlier requests."""
    return max(0, usage.input_tokens - known) + usage.output_tokens


class Budget:
    """What one turn has used of its limits and of the day's."""

    def __init__(
        self,
        limits: Limits,
        stop: threading.Event,
        *,
        prices: Prices | None = None,
        day: Day | None = None,
    ) -> None:
        self.stop = Deadline(stop, limits.seconds)
        self.started = self.stop.now
        self.steps = 0
        self.calls = 0
        self.tokens = 0
        self.usage = Usage()
        self._prices = prices
        self._day = day
        self._settled = self.started
        """Until when the ledger knows of this turn's time."""
        self._limits: Mapping[Period, Mapping[CapName, float]] = {
            "turn": _set(limits, "steps", "calls", "seconds", "tokens", "dollars"),
            "day": _set(day.limits, "steps", "seconds", "tokens", "dollars") if day else {},
        }
        self._allowed = {period: dict(caps) for period, caps in self._limits.items()}

    @property
    def seconds(self) -> float:
        """Wall time since the turn began, but for what the user had it wait."""
        return self.stop.now - self.started

    @property
    def dollars(self) -> float:
        """What the answers have cost; 0 where no prices are known."""
        return self._prices.of(self.usage) if self._prices else 0.0

    @property
    def has_calls(self) -> bool:
        """May another tool be called without asking for more?"""
        return self.calls < self._allowed["turn"]["calls"]

    def admit(self) -> EventStream[str]:
        """Take a step; ask for more of whatever ran out.

        Returns what stays exhausted, in words, or "". Raises `JournalError`, and
        `StopRequested` where the user stopped the turn at the question.
        """
        while True:
            request = self._exhausted()
            if request is None and self._take_step():
                return ""
            if request is None:
                continue  # another process took the day's last step
            answer = yield request
            if self.stop.user_stop.is_set():
                raise StopRequested
            if not isinstance(answer, Extension) or answer.extra <= 0:
                allowed = f"{request.allowed:,.2f}".removesuffix(".00")
                of_day = "of the day" if request.period == "day" else ""
                words = f"The limit {of_day} of {allowed} {_WORDS[request.limit]} is reached"
                return " ".join(words.split())
            self._extend(request, answer.extra)

    def spend(self, usage: Usage, *, known: int = 0) -> None:
        """An answer has used this; `known` tokens of its input were in earlier requests."""
        new = new_tokens(usage, known)
        dollars = self._prices.of(usage) if self._prices else 0.0
        self.tokens += new
        self.usage += usage
        self._write(Spent(tokens=new, usage=usage, dollars=dollars))

    def settle(self) -> None:
        """Write down what is left. The turn is over: a disk that is full stops nothing more."""
        with suppress(JournalError):
            self._write(Spent())

    def _take_step(self) -> bool:
        most = self._allowed["day"].get("steps", math.inf)
        if self._day is None or self._write(Spent(steps=1), most):
            self.steps += 1
            return True
        return False

    def _write(self, spent: Spent, most_steps: float = math.inf) -> bool:
        if self._day is None:
            return True
        now = self.stop.now
        timed = spent + Spent(seconds=now - self._settled)
        written = self._day.ledger.add(timed, most_steps=most_steps)
        if written:
            self._settled = now
        return written

    def _exhausted(self) -> CapRequest | None:
        turn: dict[CapName, float] = {
            "steps": self.steps,
            "calls": self.calls,
            "seconds": self.seconds,
            "tokens": self.tokens,
            "dollars": self.dollars,
        }
        found = self._first("turn", turn)
        if found is None and self._day is not None and self._allowed["day"]:
            total = self._day.ledger.total()
            day: dict[CapName, float] = {
                "steps": total.steps,
                "seconds": total.seconds,
                "tokens": total.tokens,
                "dollars": total.dollars,
            }
            found = self._first("day", day)
        return found

    def _first(self, period: Period, used: Mapping[CapName, float]) -> CapRequest | None:
        for limit, allowed in self._allowed[period].items():
            if used[limit] >= allowed:
                offered = self._limits[period][limit]
                return CapRequest(limit, used[limit], allowed, period, offered)
        return None

    def _extend(self, request: CapRequest, extra: float) -> None:
        caps = self._allowed[request.period]
        if request.limit == "seconds":  # from now on: the person's thinking is not counted
            caps["seconds"] = request.used + extra
            if request.period == "turn":
                self.stop.at = self.stop.now + extra
                caps["seconds"] = self.stop.at - self.started
        elif request.limit in ("steps", "calls"):
            caps[request.limit] += round(extra)
        else:
            caps[request.limit] += extra


def _set(limits: Limits | DayLimits, *names: CapName) -> dict[CapName, float]:
    return {name: value for name in names if (value := getattr(limits, name)) is not None}


_WORDS: Mapping[CapName, str] = {
    "steps": "steps",
    "calls": "tool calls",
    "tokens": "new tokens",
    "seconds": "seconds",
    "dollars": "US dollars",
}
