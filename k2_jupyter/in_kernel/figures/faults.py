"""Faults of a figure that follow from its record alone, whichever library drew it.

Pure; runs in the user's kernel (matplotlib) and in the host (plotly, Vega-Lite). Standard
library only, Python 3.8 and later. Thresholds are those of a demanding reader who is fair:
what a figure shows well in another way is no fault. Over 250 lines: one rule beside the other.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from . import colors

if TYPE_CHECKING:  # Python 3.8 can't subscript them when it runs
    Record = Mapping[str, Any]
    Fault = dict[str, Any]

_MAX_SLICES = 8
"""Shares of more slices can't be compared by eye."""
_MAX_ENTRIES = 12
"""A year of months; no palette has more colours that can be named."""
_MAX_CATEGORIES = {"x": 30, "y": 50}
"""Names side by side need more room than names under each other."""
_MAX_POINTS = 5_000
"""Points of the usual size that fill a panel of the usual size."""
_MAX_NAMES = 6
_MARKED = ("line", "scatter", "bar", "histogram", "area", "violin", "box")
"""Kinds whose colour tells groups apart. A band or error bar has the colour of its line."""
_GROUPED = ("bar", "box", "violin")
_PICTURES = ("image", "heat map")


def data_faults(figure: Record) -> list[Fault]:
    """All faults that the record tells; `axes` of a fault counts from 1, 0 is the figure."""
    found = [] if _is_titled(figure) else [_fault("missing_title", 0)]
    for number, axes in enumerate(figure["axes"], 1):
        if _is_empty(axes):
            found.append(_fault("empty_axes", number))
            continue
        for rule in _RULES:
            found += rule(axes, number, figure)
    return found


def _fault(code: str, axes: int, **more: Any) -> Fault:
    return {"code": code, "axes": axes, **more}


# Nothing there, nothing said


def _is_empty(axes: Record) -> bool:
    """Axes without marks. With its axes hidden it is a gap in the grid, and meant."""
    drawn = any(series["count"] for series in axes["series"])
    return not drawn and not axes["texts"] and bool(axes["x"] or axes["y"])


def _is_titled(figure: Record) -> bool:
    """Facets and panels may speak for the figure."""
    titles = (axes["title"] or axes.get("facet", "") for axes in figure["axes"])
    return bool(figure["title"] or any(titles) or not figure["axes"])


def _labels(axes: Record, number: int, figure: Record) -> Iterator[Fault]:
    for which in ("x", "y"):
        axis = axes[which]
        if not axis or axis["label"] or not _needs_label(axes, axis):
            continue
        if not any(_labels_too(other, which, axis) for other in figure["axes"]):
            yield _fault("missing_label", number, what=which)


def _needs_label(axes: Record, axis: Record) -> bool:
    """Not without ticks (sparklines, margins, inner panels), nor where they explain
    themselves: dates, names in words ("Germany", other than "A" or "1"), pictures."""
    if not axis["ticks"] or axis["scale"] == "date":
        return False
    kinds = {series["kind"] for series in axes["series"]}
    if kinds == {"image"}:
        return False
    if axis["scale"] != "category":
        return True
    return not kinds <= set(_PICTURES) and not _are_words(axis["ticks"])


def _are_words(ticks: Sequence[str]) -> bool:
    letters = [sum(map(str.isalpha, tick)) for tick in ticks]
    return statistics.median(letters) >= 3


def _labels_too(other: Record, which: str, axis: Record) -> bool:
    """Does another panel with the same axis name it?"""
    theirs = other[which]
    same = ("scale", "limits") if axis["limits"] else ("scale", "ticks")
    return bool(theirs and theirs["label"] and all(theirs[key] == axis[key] for key in same))


# Colours


def _legends(axes: Record, number: int, figure: Record) -> Iterator[Fault]:
    """Colours that differ and are named nowhere."""
    if axes["legend"] or any(text.startswith("colour bar") for text in axes["texts"]):
        return
    for kind in _MARKED:
        alike = [one for one in axes["series"] if one["kind"] == kind and one["color"]]
        shown = {one["color"] for one in alike}
        if len(shown) < 2 or len(axes["texts"]) >= len(shown) or _stand_apart(alike):
            continue
        if not any(_names_all(other, shown) for other in figure["axes"]):
            yield _fault("missing_legend", number)
            return


def _names_all(other: Record, shown: AbstractSet[str]) -> bool:
    """Has it a legend of these colours: its own, or in a panel that is there for it alone?"""
    if not other["legend"]:
        return False
    if not other["series"]:
        return len(other["legend"]["entries"]) >= len(shown)
    return shown <= {series["color"] for series in other["series"]}


def _stand_apart(alike: Sequence[Record]) -> bool:
    """Has each series categories of its own, so that the axis names it?"""
    for column in (0, 1):
        places = [{str(row[column]) for row in one["rows"]} for one in alike]
        texts = all(isinstance(row[column], str) for one in alike for row in one["rows"])
        if texts and all(places) and len(set().union(*places)) == sum(map(len, places)):
            return True
    return False


def _palette(axes: Record, number: int, figure: Record) -> Iterator[Fault]:
    """Colours that repeat, and colours that can be confused."""
    del figure
    named = _named(axes)
    repeated: dict[str, None] = {}
    confused: dict[str, None] = {}
    ordered = _is_ordered(named)
    for place, one in enumerate(named):
        for other in named[:place]:
            if not _must_differ(one, other):
                continue
            if one["color"] == other["color"]:
                repeated.update({other["name"]: None, one["name"]: None})
            elif not ordered and colors.confusable(one["color"], other["color"]):
                confused[f"{other['name']} / {one['name']}"] = None
    for code, names in (("repeated_colors", repeated), ("confusable_colors", confused)):
        if names:
            yield _fault(code, number, count=len(names), names=list(names)[:_MAX_NAMES])


def _named(axes: Record) -> list[Record]:
    return [
        series
        for series in axes["series"]
        if series["name"] and series["kind"] in _MARKED and colors.is_color(series["color"])
    ]


def _must_differ(one: Record, other: Record) -> bool:
    """`style` (dashes, marker, hatch) may be in a record; it tells apart as colours do."""
    alike = all(one.get(key, "") == other.get(key, "") for key in ("kind", "style"))
    return alike and one["name"] != other["name"]


def _is_ordered(named: Sequence[Record]) -> bool:
    """From light to dark: the colours of a scale show an order, and neighbours are alike."""
    shades = [colors.lightness(series["color"]) for series in named]
    steps = [after - before for before, after in zip(shades, shades[1:])]  # noqa: B905, RUF007
    falls = all(step < 0 for step in steps)
    numbers = all(series["name"][:1].isdigit() for series in named)
    return len(steps) >= (2 if numbers else 3) and (falls or all(step > 0 for step in steps))


# Too much


def _too_many(axes: Record, number: int, figure: Record) -> Iterator[Fault]:
    del figure
    slices = max((one["count"] for one in axes["series"] if one["kind"] == "pie"), default=0)
    if slices > _MAX_SLICES:
        yield _fault("too_many_categories", number, what="pie", count=slices)
    entries = len(axes["legend"]["entries"]) if axes["legend"] else 0
    if entries > _MAX_ENTRIES:
        yield _fault("too_many_categories", number, what="legend", count=entries)
    grouped = [one["count"] for one in axes["series"] if one["kind"] in _GROUPED]
    for which, most in _MAX_CATEGORIES.items():
        axis = axes[which]
        if axis and axis["scale"] == "category" and max(grouped, default=0) > most:
            yield _fault("too_many_categories", number, what=which, count=max(grouped))


def _overplotting(axes: Record, number: int, figure: Record) -> Iterator[Fault]:
    del figure
    points = sum(one["count"] for one in axes["series"] if one["kind"] == "scatter")
    if points > _MAX_POINTS:
        yield _fault("overplotting", number, count=points)


# Scales


def _scales(axes: Record, number: int, figure: Record) -> Iterator[Fault]:
    del figure
    for which in ("x", "y"):
        axis = axes[which]
        if not axis or axis["scale"] != "linear":
            continue
        if any(_is_squeezed(axes, series, which) for series in axes["series"]):
            yield _fault("log_scale_wanted", number, what=which)


def _is_squeezed(axes: Record, series: Record, which: str) -> bool:
    """Do positive values of several orders of magnitude lie at the foot of the axis?

    Not because of a few far points: the middle half of the values must spread over a
    factor of three, and three quarters of them lie in the lowest 5 %.
    """
    if series["kind"] == "histogram":
        return _value_axis(axes, series) != which and _has_long_tail(series["rows"])
    values = sorted(_values(axes, series, which))
    if len(values) < 8 or values[0] <= 0:
        return False
    first, _, third = statistics.quantiles(values, n=4)
    return third < 0.05 * values[-1] and third >= 3 * first


def _values(axes: Record, series: Record, which: str) -> Iterable[float]:
    """What a series shows along an axis. The x of a line is where it was measured."""
    if series["kind"] == "bar":
        column = 1 if _value_axis(axes, series) == which and not _has_bases(series) else -1
    elif series["kind"] in ("line", "scatter"):
        column = {"x": 0 if series["kind"] == "scatter" else -1, "y": 1}[which]
    else:
        column = -1
    cells = [row[column] for row in series["rows"] if column >= 0]
    return [cell for cell in cells if isinstance(cell, (int, float))]


def _has_long_tail(rows: Sequence[Sequence[Any]]) -> bool:
    """Is nearly everything in the first of many bins of positive numbers?"""
    heights = [row[2] or 0 for row in rows]
    positive = bool(rows) and isinstance(rows[0][0], (int, float)) and rows[0][0] >= 0
    filled = sum(height > 0 for height in heights)
    return positive and len(rows) >= 8 and filled >= 4 and heights[0] > 0.9 * sum(heights)


def _bars(axes: Record, number: int, figure: Record) -> Iterator[Fault]:
    """Bars whose length is cut: a reader compares lengths."""
    del figure
    for which in ("x", "y"):
        bars = [
            one
            for one in axes["series"]
            if one["kind"] in ("bar", "histogram") and _value_axis(axes, one) == which
        ]
        axis = axes[which]
        if not bars or any(map(_has_bases, bars)) or not axis or axis["scale"] != "linear":
            continue
        low, high = sorted(axis["limits"] or (0, 0))
        if low > 0 or high < 0:
            end = low if low > 0 else high
            yield _fault("bars_not_from_zero", number, what=which, names=[f"{end:.6g}"])


def _has_bases(series: Record) -> bool:
    """Do bars float (spans, waterfalls) or stand on others?"""
    if "base" not in series["columns"]:
        return False
    column = series["columns"].index("base")
    return any(row[column] for row in series["rows"])


def _value_axis(axes: Record, series: Record) -> str:
    """The axis along which bars are long: not the one that has their categories."""
    x, y = axes["x"], axes["y"]
    if not x or not y:
        return ""
    if "category" in (x["scale"], y["scale"]):
        return "x" if y["scale"] == "category" else "y"
    places = [row[0] for row in series["rows"]]
    if any(isinstance(place, str) for place in places):
        return "x" if y["scale"] == "date" or set(places) & set(y["ticks"]) else "y"
    value = 2 if series["kind"] == "histogram" else 1
    upright = _fits(places, x) and _fits([row[value] for row in series["rows"]], y)
    lying = _fits(places, y) and _fits([row[value] for row in series["rows"]], x)
    return "x" if lying and not upright else "y"


def _fits(values: Iterable[Any], axis: Record) -> bool:
    """Do the values end within the axis?"""
    known = [value for value in values if isinstance(value, (int, float))]
    ends = [end for end in axis["limits"] or () if isinstance(end, (int, float))]
    if not known or not ends:
        return False
    return max(known) <= max(ends) and max(known) >= min(ends)


_RULES = (_labels, _legends, _palette, _too_many, _overplotting, _scales, _bars)
