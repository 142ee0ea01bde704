"""Boxes and violins of plotly, with the statistics that plotly.js computes in the browser."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any

from k2_jupyter.in_kernel.figures import arithmetic, series
from k2_jupyter.in_kernel.figures.facts import written
from k2_jupyter.notebook.figures.plotly_panel import Panel, Trace
from k2_jupyter.notebook.figures.plotly_values import coordinates, values
from k2_jupyter.notebook.figures.reading import at, number, text

_GRID, _CELLS = 200, 400


def box_series(panel: Panel, trace: Trace) -> dict[str, Any]:
    """A box trace; as points where it is drawn as a strip (no box, no line, all points)."""
    if _is_strip(trace):
        pairs = [(place, value) for place, found in _groups(panel, trace) for value in found]
        places, found = [place for place, _ in pairs], [value for _, value in pairs]
        along = (found, places) if trace.level else (places, found)
        return series.scatter(*along, name=trace.name, color=trace.color)
    if values(trace.content.get("q1")):
        rows = _given_boxes(trace)
    else:
        rows = [_box(trace, place, found) for place, found in _groups(panel, trace)]
    told = series.boxes(rows, name=trace.name, color=trace.color)
    if trace.content.get("boxpoints") == "all":
        told["facts"].append(["points drawn", "all", ""])
    return told


def violin_series(panel: Panel, trace: Trace) -> dict[str, Any]:
    """A violin trace; quartiles where it draws a box inside."""
    with_box = at(trace.content, "box", "visible") is True
    rows = []
    for place, found in _groups(panel, trace):
        q1, median, q3 = quartiles(found, text(trace.content.get("quartilemethod")))
        low, high, mode = _density(found, q3 - q1, trace)
        rows.append((place, low, high, *((q1, median, q3) if with_box else (None,) * 3), mode))
    return series.violins(rows, name=trace.name, color=trace.color)


def quartiles(ordered: Sequence[float], method: str = "linear") -> tuple[float, float, float]:
    """As plotly.js: interpolated at n·p − ½ (type 5 of Hyndman & Fan 1996); by ``exclusive``
    and ``inclusive`` the medians of the halves without and with the middle value."""
    if method in ("exclusive", "inclusive") and len(ordered) % 2 and len(ordered) > 1:
        half = len(ordered) // 2
        extra = method == "inclusive"
        lower, upper = ordered[: half + extra], ordered[half + (not extra) :]
        return _interpolated(lower, 0.5), _interpolated(ordered, 0.5), _interpolated(upper, 0.5)
    return _interpolated(ordered, 0.25), _interpolated(ordered, 0.5), _interpolated(ordered, 0.75)


def _interpolated(ordered: Sequence[float], share: float) -> float:
    place = min(max(share * len(ordered) - 0.5, 0.0), len(ordered) - 1.0)
    rest = place % 1
    return rest * ordered[math.ceil(place)] + (1 - rest) * ordered[math.floor(place)]


def _is_strip(trace: Trace) -> bool:
    def clear(value: Any) -> bool:
        return text(value).replace(" ", "").endswith(",0)")

    content = trace.content
    return (
        content.get("boxpoints") == "all"
        and clear(content.get("fillcolor"))
        and clear(at(content, "line", "color"))
    )


def _groups(panel: Panel, trace: Trace) -> list[tuple[str, list[float]]]:
    """The values at each place, in order; one group where the trace names no places."""
    along, up = trace.letters
    lengths = coordinates(values(trace.content.get(up)), panel.types[up]).places
    given = values(trace.content.get(along))
    places: Sequence[Any] = coordinates(given, panel.types[along]).shown
    if not given:
        lone = text(trace.content.get(f"{along}0")) or trace.name
        places = [lone] * len(lengths)
    groups: dict[Any, list[float]] = {}
    for place, value in zip(places, lengths, strict=False):
        if place is not None and isinstance(value, float):
            groups.setdefault(place, []).append(value)
    names = list(groups)
    if all(isinstance(name, str) for name in names):
        names = panel.ordered(along, names)
    else:
        names.sort()
    return [(written(name), sorted(groups[name])) for name in names]


def _box(trace: Trace, place: str, ordered: list[float]) -> tuple[Any, ...]:
    """Whiskers end at the last value within 1.5 quartile distances of the box, or at the
    extremes where no points are drawn (``boxpoints`` false)."""
    q1, median, q3 = quartiles(ordered, text(trace.content.get("quartilemethod")))
    if trace.content.get("boxpoints") is False:
        return place, ordered[0], q1, median, q3, ordered[-1], []
    reach = 1.5 * (q3 - q1)
    low = min(q1, ordered[min(bisect_left(ordered, q1 - reach), len(ordered) - 1)])
    high = max(q3, ordered[max(bisect_right(ordered, q3 + reach) - 1, 0)])
    outside = [value for value in ordered if value < low or value > high]
    return place, low, q1, median, q3, high, outside


def _given_boxes(trace: Trace) -> list[tuple[Any, ...]]:
    """Boxes whose statistics the trace gives itself."""
    along, up = trace.letters
    columns = ("lowerfence", "q1", "median", "q3", "upperfence")
    given = [[number(one) for one in values(trace.content.get(name))] for name in columns]
    places, points = values(trace.content.get(along)), values(trace.content.get(up))
    rows = []
    for row in range(len(given[1])):
        low, q1, median, q3, high = (one[row] if row < len(one) else None for one in given)
        far = values(points[row]) if row < len(points) else []
        outside = [
            value
            for value in map(number, far)
            if value is not None
            and low is not None
            and high is not None
            and not low <= value <= high
        ]
        place = text(places[row]) if row < len(places) else trace.name
        rows.append(
            (
                place,
                q1 if low is None else low,
                q1,
                median,
                q3,
                q3 if high is None else high,
                outside,
            )
        )
    return rows


def _density(
    ordered: Sequence[float], middle: float, trace: Trace
) -> tuple[float, float, float | None]:
    """Both ends of a violin, and where it is widest: a normal kernel, and as in plotly.js a
    bandwidth by Silverman's rule and ends two bandwidths beyond the data (`spanmode` soft)."""
    low, high = ordered[0], ordered[-1]
    count, span = len(ordered), high - low
    if not span > 0:
        return low, high, low
    mean = arithmetic.mean(ordered) or 0.0
    deviation = math.sqrt(sum((v - mean) * (v - mean) for v in ordered) / max(1, count - 1))
    spread = min(deviation, middle / 1.349)
    width = number(trace.content.get("bandwidth"))
    width = width or max(1.059 * spread * count**-0.2, span / 100)
    mode = _widest(ordered, width)
    mode_of_span = text(trace.content.get("spanmode"))
    if mode_of_span == "hard":
        return low, high, mode
    ends = [number(one) for one in values(trace.content.get("span"))]
    if mode_of_span == "manual" and len(ends) == 2:
        low = low - 2 * width if ends[0] is None else ends[0]
        high = high + 2 * width if ends[1] is None else ends[1]
        return low, high, mode
    return low - 2 * width, high + 2 * width, mode


def _widest(ordered: Sequence[float], width: float) -> float:
    """The mode of the density. The values are counted in cells first: what this moves it by
    is below a cell, and the time does not grow with the values."""
    low, span = ordered[0], ordered[-1] - ordered[0]
    counts = [0] * _CELLS
    sums = [0.0] * _CELLS
    for value in ordered:
        cell = min(_CELLS - 1, int((value - low) / span * _CELLS))
        counts[cell] += 1
        sums[cell] += value
    cells = [(total / count, count) for total, count in zip(sums, counts, strict=True) if count]

    def density(place: float) -> float:
        return sum(n * math.exp(-0.5 * ((place - centre) / width) ** 2) for centre, n in cells)

    return max((low + span * step / _GRID for step in range(_GRID + 1)), key=density)
