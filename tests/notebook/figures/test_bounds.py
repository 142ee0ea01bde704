"""Figure records within their bounds."""

from __future__ import annotations

import json
from typing import Any

from k2_jupyter.in_kernel.figures import series
from k2_jupyter.notebook.figures.bounds import MAX_BYTES, bounded


def record(axes: int, lines: int, points: int) -> dict[str, Any]:
    def line() -> dict[str, Any]:
        return series.line(range(points), range(points), name="n" * 100)

    panels = [{"title": "t" * 100, "series": [line() for _ in range(lines)]} for _ in range(axes)]
    return {"version": 1, "axes": panels, "cut": ""}


def size(told: dict[str, Any]) -> int:
    return len(json.dumps(told, ensure_ascii=False).encode())


def test_a_small_record_stays_as_it_is() -> None:
    assert bounded(record(1, 2, 10)) == record(1, 2, 10)


def test_rows_go_first_and_are_counted() -> None:
    told = bounded(record(2, 30, 40))
    assert size(told) <= MAX_BYTES
    for one in (one for panel in told["axes"] for one in panel["series"]):
        assert len(one["rows"]) + one["left_out"] == 40
        assert one["facts"]


def test_axes_and_series_beyond_the_limit_are_told() -> None:
    told = bounded(record(25, 31, 2))
    assert size(told) <= MAX_BYTES
    assert "5 of 25 axes" in told["cut"]
    assert all("1 of 31 series" in panel["cut"] for panel in told["axes"])
