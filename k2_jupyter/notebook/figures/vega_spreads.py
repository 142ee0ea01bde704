"""Boxes, error bars and bands of a Vega-Lite chart, which Vega computes from the values."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any, Final

from k2_jupyter.in_kernel.figures import arithmetic, series
from k2_jupyter.notebook.figures.reading import number, text
from k2_jupyter.notebook.figures.vega_aggregates import NotComputed, aggregated
from k2_jupyter.notebook.figures.vega_fields import field_value
from k2_jupyter.notebook.figures.vega_scales import heights
from k2_jupyter.notebook.figures.vega_unit import Point, Unit, ordered


def in_order(unit: Unit, points: Sequence[Point], along: str) -> list[Point]:
    """By the scale of their place."""
    one = unit.channels.get(along)
    if one is None:
        return list(points)
    if one.continuous and one.definition.get("sort", "ascending") == "ascending":
        return sorted(points, key=lambda point: point.number(along) or 0.0)
    ranks = {key: i for i, key in enumerate(ordered(one, unit.rows, heights(unit, along)))}
    return sorted(points, key=lambda point: ranks.get(point.keys.get(along) or 0.0, len(ranks)))


def _samples(unit: Unit) -> list[tuple[str, str, list[tuple[str, list[float]]]]]:
    """The values of the measure by series and place."""
    along, up = unit.letters
    measure = unit.channels.get(up)
    if measure is None or len(unit.points) != len(unit.rows):
        raise NotComputed(f"{unit.kind} without values to spread: not computed")
    field = measure.field
    by_point = {}
    for row, point in zip(unit.rows, unit.points, strict=True):
        value = number(field_value(row, field))
        if value is not None:
            by_point[id(point)] = value
    found = []
    for name, shade, points in unit.split():
        groups: dict[str, list[float]] = {}
        for point in in_order(unit, points, along):
            if id(point) in by_point:
                place = text(point.shown(along)) if along in unit.channels else name
                groups.setdefault(place, []).append(by_point[id(point)])
        found.append((name, shade, list(groups.items())))
    return found


def boxplots(unit: Unit) -> list[dict[str, Any]]:
    """Whiskers end at the last value within 1.5 (`extent`) quartile distances of the box."""
    given = unit.mark.get("extent", 1.5)
    found = []
    for name, shade, groups in _samples(unit):
        rows = []
        for place, values in groups:
            data = sorted(values)
            q1, median, q3 = (
                arithmetic.quantile(data, share) or 0.0 for share in (0.25, 0.5, 0.75)
            )
            low, high = data[0], data[-1]
            if given != "min-max":
                reach = (number(given) or 1.5) * (q3 - q1)
                low = data[min(bisect_left(data, q1 - reach), len(data) - 1)]
                high = data[max(bisect_right(data, q3 + reach) - 1, 0)]
            outside = [value for value in data if value < low or value > high]
            rows.append((place, low, q1, median, q3, high, outside))
        found.append(series.boxes(rows, name=name, color=shade))
    return found


_SPREADS: Final = {
    "stderr": ("mean", "stderr"),
    "stdev": ("mean", "stdev"),
    "iqr": ("median", ""),
    "ci": ("mean", "ci0"),
}


def spreads(unit: Unit) -> list[dict[str, Any]]:
    """``errorbar`` and ``errorband``: computed from the values, or given with their ends."""
    up = unit.letters[1]
    if any(name in unit.encoding for name in (f"{up}2", f"{up}Error", f"{up}Error2")):
        return _given_spreads(unit)
    center = text(unit.mark.get("center"))
    extent = text(unit.mark.get("extent")) or ("iqr" if center == "median" else "stderr")
    middle, spread = _SPREADS.get(extent, ("mean", extent))
    found = []
    for name, shade, groups in _samples(unit):
        rows = []
        for place, values in groups:
            data = [{"value": value} for value in values]
            centre = aggregated(center or middle, data, "value")
            if extent == "iqr":
                low, high = aggregated("q1", data, "value"), aggregated("q3", data, "value")
            else:
                half = aggregated(spread, data, "value") or 0.0
                low, high = (None, None) if centre is None else (centre - half, centre + half)
            rows.append((place, centre, low, high))
        found.append(_spread(unit, rows, name, shade))
    return found


def _given_spreads(unit: Unit) -> list[dict[str, Any]]:
    along, up = unit.letters
    found = []
    for name, shade, points in unit.split():
        rows = []
        for point in in_order(unit, points, along):
            value, second = point.number(up), point.number(f"{up}2")
            above, below = point.number(f"{up}Error"), point.number(f"{up}Error2")
            low, high = value, second
            if above is not None and value is not None:
                low, high = value - abs(above if below is None else below), value + above
            middle = value if above is not None else None
            rows.append((text(point.shown(along)), middle, low, high))
        found.append(_spread(unit, rows, name, shade))
    return found


def _spread(unit: Unit, rows: Sequence[Any], name: str, shade: str) -> dict[str, Any]:
    places, middles, lows, highs = ([row[column] for row in rows] for column in range(4))
    if unit.kind == "errorband":
        return series.fill(places, lows, highs, name=name, color=shade)
    return series.error_bars(places, middles, lows, highs, name=name, color=shade)
