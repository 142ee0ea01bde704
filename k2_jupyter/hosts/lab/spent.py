"""What a turn has used, for the page's meter."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict

from k2_jupyter.agent.history import History
from k2_jupyter.agent.limits import Limits, new_tokens
from k2_jupyter.events import CapRequest, Extension
from k2_jupyter.messages import Json, Usage
from k2_jupyter.models.profiles import ModelProfile


class Spent:
    """Counts along with the turn; what its budget decides, it decides itself."""

    def __init__(self, profile: ModelProfile, limits: Limits, history: History) -> None:
        self._profile = profile
        self._history = history
        self._limits: dict[str, float | None] = asdict(limits)
        self._started = time.monotonic()
        self._steps = self._calls = self._tokens = self._known = 0
        self._usage = Usage()

    def step(self) -> None:
        """A model call begins."""
        self._steps += 1
        self._known = self._history.sent

    def call(self) -> None:
        """A tool is called."""
        self._calls += 1

    def answer(self, usage: Usage) -> None:
        """An answer has used this; what was sent before is not new."""
        self._usage += usage
        self._tokens += new_tokens(usage, self._known)

    def extended(self, request: CapRequest, extension: Extension) -> None:
        """The user granted more."""
        if request.period == "turn":
            from_now = request.used if request.limit == "seconds" else request.allowed
            self._limits[request.limit] = from_now + extension.extra

    def event(self) -> Mapping[str, Json]:
        """As the page gets it."""
        prices = self._profile.prices
        return {
            "type": "Spent",
            "steps": self._steps,
            "calls": self._calls,
            "tokens": self._tokens,
            "cached": self._usage.cached_tokens,
            "dollars": prices.of(self._usage) if prices else None,
            "seconds": round(time.monotonic() - self._started, 1),
            "context": self._history.sent,
            "window": self._profile.context_tokens if self._usage.input_tokens else None,
            "limits": self._limits,
        }
