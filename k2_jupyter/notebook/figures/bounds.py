"""A figure record within its bounds: axes, series, and size in all."""

from __future__ import annotations

import json
from typing import Any

MAX_AXES, MAX_SERIES, MAX_BYTES = 20, 30, 32_000


def bounded(record: dict[str, Any]) -> dict[str, Any]:
    """The record without what is too much; rows go first and are counted in ``left_out``."""
    axes = record["axes"]
    if len(axes) > MAX_AXES:
        record = _noted(record, f"{len(axes) - MAX_AXES} of {len(axes)} axes are not described")
    axes = axes[:MAX_AXES]
    for place, one in enumerate(axes):
        more = len(one["series"]) - MAX_SERIES
        if more > 0:
            note = f"{more} of {more + MAX_SERIES} series are not described"
            axes[place] = _noted({**one, "series": one["series"][:MAX_SERIES]}, note)
    record = {**record, "axes": axes}
    for most in (60, 20, 8, 3, 0):
        if _bytes(record) <= MAX_BYTES:
            return record
        for one in axes:
            for told in one["series"]:
                told["left_out"] += max(0, len(told["rows"]) - most)
                told["rows"] = told["rows"][:most]
    return _without_facts(record)


def _without_facts(record: dict[str, Any]) -> dict[str, Any]:
    """The last resort: series as kind, name and count, then axes without series."""
    for keep in (4, 1, 0):
        for one in record["axes"]:
            for told in one["series"]:
                told["facts"] = told["facts"][:keep]
        if _bytes(record) <= MAX_BYTES:
            return record
    for one in record["axes"]:
        one["series"] = one["series"][:3]
    if _bytes(record) <= MAX_BYTES:
        return _noted(record, "too large: only three series of each axes are described")
    return _noted({**record, "axes": record["axes"][:3]}, "too large: three axes are described")


def _noted(told: dict[str, Any], note: str) -> dict[str, Any]:
    known = told.get("cut") or ""
    return {**told, "cut": f"{known}; {note}"[:120] if known else note}


def _bytes(record: dict[str, Any]) -> int:
    return len(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace"))
