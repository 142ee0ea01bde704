"""How a host asks whether a turn may go on past a limit, and reads the answer."""

from __future__ import annotations

from collections.abc import Mapping

from k2_jupyter.events import CapName, CapRequest, Extension

_UNITS: Mapping[CapName, str] = {
    "steps": "steps",
    "calls": "tool calls",
    "tokens": "new tokens",
    "seconds": "seconds",
    "dollars": "US dollars",
}


def reached(request: CapRequest) -> str:
    """For example ``300 of 300 steps`` or ``10.02 of 10 US dollars today``."""
    today = " today" if request.period == "day" else ""
    used, allowed = _number(request.used), _number(request.allowed)
    return f"{used} of {allowed} {_UNITS[request.limit]}{today}"


def prompt(request: CapRequest) -> str:
    """What to type, a line."""
    offered = f"y = {_number(request.offered)}, " if request.offered > 0 else ""
    return f"How many more {_UNITS[request.limit]}? ({offered}Enter = stop here)"


def extension(request: CapRequest, typed: str | None) -> Extension | None:
    """What was typed as an answer; ``None`` ends the turn."""
    text = (typed or "").strip().lower()
    if text in ("y", "yes"):
        return Extension(request.offered) if request.offered > 0 else None
    try:
        extra = float(text.replace(",", "") or 0)
    except ValueError:
        return None
    return Extension(extra) if 0 < extra < float("inf") else None


def _number(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")
