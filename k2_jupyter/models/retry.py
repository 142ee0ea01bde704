"""How long to go on asking an endpoint that fails, and when to ask again. Pure."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from k2_jupyter.errors import ModelError


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Bounds of one answer. Times in seconds.

    Waits grow ``first_wait * 2**n`` up to `longest_wait`, with jitter so that many clients
    do not come back at once; what the endpoint asks for (``Retry-After``) wins over that,
    unless it is longer than `longest_request`.
    """

    attempts: int = 10
    first_attempts: int = 3
    """Instead of `attempts` while there was never any contact: then the address is wrong, or
    the server not started, and nothing is lost yet."""
    empties: int = 3
    """Of the attempts, those that may bring an answer without text and calls: the same
    request then needs other words."""
    total_seconds: float = 600.0
    """No attempt is begun later than this after the first."""
    first_wait: float = 0.5
    longest_wait: float = 32.0
    longest_request: float = 120.0
    first_seconds: float = 600.0
    """Silence before the first piece of an answer: a long prompt is read first."""
    idle_seconds: float = 120.0
    """Silence between two pieces; comments that keep the line open do not count."""
    answer_seconds: float = 900.0
    """The whole of one attempt."""

    def reading(self, seconds: float | None) -> RetryPolicy:
        """The same with so long a silence before the first piece, and as much more in all."""
        if seconds is None:
            return self
        more = max(0.0, seconds - self.first_seconds)
        return replace(
            self,
            first_seconds=seconds,
            answer_seconds=self.answer_seconds + more,
            total_seconds=self.total_seconds + more,
        )

    def wait(
        self,
        attempt: int,
        elapsed: float,
        requested: float | None,
        *,
        reached: bool = True,
        empties: int = 0,
    ) -> float | None:
        """Seconds to wait after failed attempt number `attempt` (from 1); ``None``: give up.

        `elapsed` are the seconds since the first began, `requested` those that the endpoint
        asked for, `reached` says whether it was ever heard of, `empties` counts the answers
        that held nothing.
        """
        if requested is not None:
            seconds = requested
            if requested > self.longest_request:
                return None
        else:
            full = min(self.first_wait * 2 ** (attempt - 1), self.longest_wait)
            seconds = full * random.uniform(0.75, 1.25)  # noqa: S311  no secret in it
        attempts = self.attempts if reached else min(self.attempts, self.first_attempts)
        if attempt >= attempts or empties >= self.empties or elapsed + seconds > self.total_seconds:
            return None
        return seconds


class Transient(Exception):  # noqa: N818  a verdict, not an error: `error` is that
    """An attempt failed in a way that may pass.

    `error` is what to raise when the attempts are used up; `seconds` the wait that the
    endpoint asked for; `lost_calls` that it announced tool calls and sent none.
    """

    def __init__(
        self, error: ModelError, seconds: float | None = None, *, lost_calls: bool = False
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.seconds = seconds
        self.lost_calls = lost_calls
