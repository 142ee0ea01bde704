"""How a turn ends."""

from __future__ import annotations

from dataclasses import dataclass

from k2_jupyter.errors import K2Error, ModelError, StopRequested
from k2_jupyter.events import Conclusion, EndReason


@dataclass(frozen=True, slots=True)
class Ending:
    """Why the loop ended."""

    reason: EndReason
    detail: str = ""
    """For people: the cause and the next step; "" for ``done``."""
    conclusion: Conclusion | None = None


def finished(conclusion: Conclusion) -> Ending:
    """By the model itself."""
    return Ending(conclusion.outcome, conclusion=conclusion)


def cut_short(problem: K2Error) -> Ending:
    """By what was raised."""
    if isinstance(problem, StopRequested):
        return Ending("interrupted", "Stopped by the user.")
    return Ending("model" if isinstance(problem, ModelError) else "failed", str(problem))
