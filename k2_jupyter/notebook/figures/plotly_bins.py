"""Bins as plotly.js 4 makes them in the browser (its `Axes.autoBin` and `findBin`).

Dates are milliseconds since 1970. Sizes are a number, or months on a date axis.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from k2_jupyter.in_kernel.figures import arithmetic
from k2_jupyter.notebook.figures.plotly_values import day
from k2_jupyter.notebook.figures.reading import date_text, number

_SECOND: Final = 1_000.0
_MINUTE, _HOUR, _DAY = 60 * _SECOND, 3_600 * _SECOND, 86_400 * _SECOND
_YEAR = 365.2425 * _DAY
_MONTH = _YEAR / 12
_TENS, _SIXTIES, _HALF_DAYS, _DAYS = (
    (2, 5, 10),
    (1, 2, 5, 10, 15, 30),
    (1, 2, 3, 6, 12),
    (1, 2, 3, 7, 14),
)
_TICK_0 = 946_684_800_000.0
"""2000-01-01, a Saturday; ticks of whole days count from the Sunday after it."""
_ROUNDING = 1e-9
_MAX_BINS = 5_000
_THREE_DAYS = timedelta(days=3)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - dates on an axis have no zone


@dataclass(frozen=True, slots=True)
class Bins:
    """Edges of neighbouring bins; each holds its lower edge."""

    edges: list[float]
    dates: bool = False

    def label(self, place: int) -> str:
        """A bin by its edges."""
        low, high = self.edges[place : place + 2]
        ends = (_date(low), _date(high)) if self.dates else (f"{low:.6g}", f"{high:.6g}")
        return " to ".join(ends)

    def labels(self, first: int, last: int) -> list[str] | None:
        """Dates of the edges from `first` up to `last`; None where they are numbers."""
        return list(map(_date, self.edges[first:last])) if self.dates else None

    def place(self, value: float) -> int | None:
        """The bin of a value; None outside."""
        slack = _ROUNDING * (self.edges[-1] - self.edges[0]) / (len(self.edges) - 1)
        found = bisect_right(self.edges, value + slack) - 1
        return found if 0 <= found < len(self.edges) - 1 else None


@dataclass(frozen=True, slots=True)
class Wish:
    """What traces say of their bins; None where plotly decides."""

    start: float | None = None
    end: float | None = None
    size: float | str | None = None
    most: float | None = None


def wish(bins: Mapping[str, Any], most: Any, *, dates: bool) -> Wish:
    """From ``xbins`` and ``nbinsx`` of a trace."""
    size = bins.get("size")
    months = isinstance(size, str) and size[:1] == "M" and size[1:].isdecimal()
    read = _milliseconds if dates else number
    limit = number(most)
    return Wish(
        read(bins.get("start")),
        read(bins.get("end")),
        size if months else number(size),
        limit if limit and limit > 0 else None,
    )


def _date(milliseconds: float) -> str:
    return date_text(milliseconds / _DAY)


def _milliseconds(value: Any) -> float | None:
    found = day(value)
    return None if found is None else found * _DAY


def bins_of(data: Sequence[float], wanted: Wish, *, dates: bool, two: bool = False) -> Bins | None:
    """Bins over all data that share them; `two` for two-dimensional histograms."""
    if not data:
        return None
    low, high = min(data), max(data)
    size = wanted.size or _size(data, high - low, wanted.most, dates=dates, two=two)
    if isinstance(size, float) and not size > 0:
        return None
    start = wanted.start
    if start is None:
        start = _start(size, data, low, high, dates=dates)
    end = wanted.end
    edges = [start]
    while (edges[-1] < end if end is not None else edges[-1] <= high) and len(edges) <= _MAX_BINS:
        edges.append(_next(edges[-1], size) if isinstance(size, str) else start + len(edges) * size)
    return Bins(edges, dates) if 1 < len(edges) <= _MAX_BINS else None


def _size(
    data: Sequence[float], span: float, most: float | None, *, dates: bool, two: bool
) -> float | str:
    """Twice the deviation by the root of n, not below the resolution; then a round number."""
    if most:
        rough = span / most
    else:
        rough = max(_resolution(data), 2 * _deviation(data) / len(data) ** (0.25 if two else 0.4))
    if not (rough > 0 and math.isfinite(rough)):
        rough = 1.0
    return _round_date(rough) if dates else rough_to_round(rough)


def rough_to_round(rough: float) -> float:
    """The next of 2, 5, 10 … 10ⁿ above."""
    base = 10.0 ** math.floor(math.log10(rough))
    return base * _above(rough / base, _TENS)


def _round_date(rough: float) -> float | str:
    twice = 2 * rough
    if twice > _YEAR:
        return f"M{12 * int(max(1, rough_to_round(rough / _YEAR)))}"
    if twice > _MONTH:
        return f"M{int(_above(rough / _MONTH, _HALF_DAYS))}"
    for unit, steps in (
        (_DAY, _DAYS),
        (_HOUR, _HALF_DAYS),
        (_MINUTE, _SIXTIES),
        (_SECOND, _SIXTIES),
    ):
        if twice > unit:
            return unit * _above(rough / unit, steps)
    return rough_to_round(rough)


def _above(value: float, steps: Sequence[float]) -> float:
    return next((step for step in steps if step > value), steps[-1])


def _resolution(data: Sequence[float]) -> float:
    """0.9, 1.9, 4.9 or 9.9 × 10ⁿ below the least difference between distinct values."""
    ordered = sorted(data)
    least = (ordered[-1] - ordered[0]) or 1.0
    error = least / (len(ordered) - 1 or 1) / 10_000
    before = ordered[0]
    for value in ordered:
        if value - before > error:
            least = min(least, value - before)
            before = value
    base = 10.0 ** math.floor(math.log10(least))
    return base * max((step for step in (0.9, 1.9, 4.9, 9.9) if step <= least / base), default=0.9)


def _deviation(data: Sequence[float]) -> float:
    middle = sum(data) / len(data)
    return math.sqrt(sum((value - middle) * (value - middle) for value in data) / len(data))


def _start(
    size: float | str, data: Sequence[float], low: float, high: float, *, dates: bool
) -> float:
    edge = low - (high - low) / 10_000
    if isinstance(size, str):
        return _month_start(int(size[1:]), data, low, edge)
    first = (_TICK_0 + _DAY if size >= _DAY else _TICK_0) if dates else 0.0
    start = math.ceil((edge - first) / size) * size + first - size
    return _shifted(start, size, data, low, high, dates=dates)


def _shifted(
    start: float, size: float, data: Sequence[float], low: float, high: float, *, dates: bool
) -> float:
    """Away from edges that many values lie on: they would look as if they were elsewhere."""

    def near(value: float) -> bool:
        return math.fmod(1 + (value - start) * 100 / size, 100) < 2

    if not dates and all(value == math.floor(value) for value in data):
        if size < 1:
            return low - size / 2
        return start - 0.5 + (size if start - 0.5 + size < low else 0)
    on_edge = sum(map(near, data))
    in_middle = sum(near(value + size / 2) for value in data)
    if in_middle < 0.1 * len(data) and (on_edge > 0.3 * len(data) or near(low) or near(high)):
        return start + size / 2 if start + size / 2 < low else start - size / 2
    return start


def _month_start(months: int, data: Sequence[float], low: float, edge: float) -> float:
    then = _EPOCH + timedelta(milliseconds=edge)
    since = (then.year - 2000) * 12 + then.month - 1
    since += _plus_months(_TICK_0, since) < edge
    start = _plus_months(_TICK_0, (math.ceil(since / months) - 1) * months)
    exact = [_EPOCH + timedelta(milliseconds=value) for value in data if value % _DAY == 0]
    firsts = sum(moment.day == 1 for moment in exact)
    years = sum(moment.day == 1 and moment.month == 1 for moment in exact)
    if len(exact) <= 0.8 * len(data):
        return start
    if years > 0.8 * len(data) and months % 12 == 0:
        start = _plus_months(start, -6) + 1.5 * _DAY
    elif firsts > 0.8 * len(data):
        start = _plus_months(start, -1) + 15.5 * _DAY
    else:
        start -= _DAY / 2
    following = _plus_months(start, months)
    return following if following <= low else start


def _next(edge: float, size: str) -> float:
    return _plus_months(edge, int(size[1:]))


def _plus_months(moment: float, months: int) -> float:
    """Three days later while it counts, so that the end of a month leads to an end too."""
    then = _EPOCH + timedelta(milliseconds=moment) + _THREE_DAYS
    years, month = divmod(then.month - 1 + months, 12)
    first = then.replace(year=then.year + years, month=month + 1, day=1)
    return (first + timedelta(days=then.day - 1) - _THREE_DAYS - _EPOCH) / timedelta(milliseconds=1)


def folded(found: Sequence[float], how: str, count: int) -> float | None:
    """One number for the values in a bin by ``histfunc``; without values to fold, their count."""
    if how in ("sum", "avg", "min", "max") and not found:
        return 0.0 if how == "sum" else None
    if how == "sum":
        return sum(found)
    if how == "avg":
        return arithmetic.mean(found)
    if how in ("min", "max"):
        return min(found) if how == "min" else max(found)
    return float(count)
