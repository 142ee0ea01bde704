"""What each kind of mark of a Vega-Lite chart draws, as series.

Over 250 lines: one function for each kind of mark, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from k2_jupyter.in_kernel.figures import series
from k2_jupyter.in_kernel.figures.facts import written
from k2_jupyter.notebook.figures.reading import DateTexts, number, obj, text
from k2_jupyter.notebook.figures.vega_aggregates import NotComputed
from k2_jupyter.notebook.figures.vega_fields import Channel
from k2_jupyter.notebook.figures.vega_scales import heights
from k2_jupyter.notebook.figures.vega_spreads import boxplots, in_order, spreads
from k2_jupyter.notebook.figures.vega_stack import stack, stacking
from k2_jupyter.notebook.figures.vega_unit import Point, Unit, ordered


def series_of(unit: Unit) -> list[dict[str, Any]]:
    """The series of a unit. Raises `NotComputed`."""
    if unit.cut:
        raise NotComputed(unit.cut)
    return _READERS.get(unit.kind, _other)(unit)


# Bars


def _bars(unit: Unit) -> list[dict[str, Any]]:
    along, up = unit.letters
    measure = unit.channels.get(up)
    if measure is None or not measure.measure:
        return [series.other("bars", len(unit.points))]
    if f"{up}2" in unit.encoding:
        return [_ranges(unit, name, shade, points) for name, shade, points in unit.split()]
    dimension = unit.channels.get(along)
    stacked = stack(unit)
    found = []
    for name, shade, points in unit.split():
        if dimension is not None and dimension.bins is not None:
            told = _histogram(dimension, points, along, up, name, shade)
        else:
            told = _plain_bars(unit, in_order(unit, points, along), name, shade, stacked)
        if unit.level:
            told["facts"].append(["direction", "horizontal", ""])
        found.append(told)
    if stacked is not None and len(found) > 1:
        found[-1]["facts"] += _tops(unit, along, stacked)
    return found


def _plain_bars(
    unit: Unit, points: Sequence[Point], name: str, shade: str, stacked: dict[int, Any] | None
) -> dict[str, Any]:
    along, up = unit.letters
    values = [point.number(up) for point in points]
    bases = None
    if stacked is not None:
        ends = [stacked[id(point)] for point in points]
        values, bases = [top - base for base, top in ends], [base for base, _ in ends]
    places = [point.shown(along) if along in unit.channels else name for point in points]
    told = series.bars(places, values, name=name, color=shade, bases=bases)
    if len(set(places)) < len(places):
        told["facts"].append(["pieces", len(places), "several at one place"])
    if stacking(unit) == "normalize":
        told["facts"].append(["values are", "shares of 1", ""])
    return told


def _histogram(
    dimension: Channel, points: Sequence[Point], along: str, up: str, name: str, shade: str
) -> dict[str, Any]:
    bins = dimension.bins
    known = {
        place: point.number(up) for point in points if (place := point.number(along)) is not None
    }
    if bins is None or not known:
        return series.histogram([], [], name=name, color=shade)
    first, last = min(known), max(known)
    count = round((last - first) / bins.step) + 1
    edges = [first + place * bins.step for place in range(count + 1)]
    counts: list[float | None] = [0.0] * count
    for place, height in known.items():
        counts[round((place - first) / bins.step)] = height
    return series.histogram(edges, counts, name=name, color=shade)


def _ranges(unit: Unit, name: str, shade: str, points: Sequence[Point]) -> dict[str, Any]:
    """Bars with ends of their own: from a value to another."""
    along, up = unit.letters
    other = unit.channels.get(f"{up}2")
    pairs = []
    for point in points:
        low, high = point.number(up), point.number(f"{up}2")
        if other is None:
            high = number(obj(unit.encoding.get(f"{up}2")).get("datum"))
        pairs.append((low, high))
    lengths = [None if a is None or b is None else b - a for a, b in pairs]
    places = [point.shown(along) if along in unit.channels else "" for point in points]
    return series.bars(places, lengths, name=name, color=shade, bases=[low for low, _ in pairs])


def _tops(unit: Unit, along: str, stacked: dict[int, tuple[float, float]]) -> list[list[Any]]:
    """The highest and the lowest stack."""
    totals: dict[Any, float] = {}
    for point in unit.points:
        base, top = stacked[id(point)]
        place = point.shown(along)
        totals[place] = totals.get(place, 0.0) + top - base
    told = series.bars(list(totals), list(totals.values()))["facts"]
    return [[f"{name} stack", value, at] for name, value, at in told]


# Lines and areas


def _lines(unit: Unit) -> list[dict[str, Any]]:
    along, up = unit.letters
    return [
        _line(unit, _along_line(unit, points, along), along, up, name, shade)
        for name, shade, points in unit.split()
    ]


def _along_line(unit: Unit, points: Sequence[Point], along: str) -> list[Point]:
    if "order" in unit.channels:
        return sorted(points, key=lambda point: point.number("order") or 0.0)
    return in_order(unit, points, along)


def _line(
    unit: Unit, points: Sequence[Point], along: str, up: str, name: str, shade: str
) -> dict[str, Any]:
    one = unit.channels.get(along)
    values = [point.number(up) for point in points]
    if one is None or not one.continuous:
        return series.line([point.shown(along) for point in points], values, name=name, color=shade)
    labels = _dates(points, along, one) if one.type == "temporal" else None
    return series.line(
        [point.number(along) for point in points],
        values,
        name=name,
        color=shade,
        labels=labels,
        per="day" if one.type == "temporal" else "x",
    )


def _dates(points: Sequence[Point], letter: str, one: Channel) -> Sequence[str]:
    if one.parts:
        return [text(point.shown(letter)) for point in points]
    return DateTexts([point.number(letter) for point in points])


def _areas(unit: Unit) -> list[dict[str, Any]]:
    along, up = unit.letters
    second = f"{up}2"
    if second in unit.channels:
        return [
            series.fill(
                [point.shown(along) for point in ordered_points],
                [point.number(up) for point in ordered_points],
                [point.number(second) for point in ordered_points],
                name=name,
                color=shade,
            )
            for name, shade, points in unit.split()
            for ordered_points in [_along_line(unit, points, along)]
        ]
    found = [{**told, "kind": "area"} for told in _lines(unit)]
    how = stacking(unit)
    for told in found:
        if how:
            told["facts"].append(["stacked", how, "values are its own, not sums"])
    return found


# Points


def _points(unit: Unit) -> list[dict[str, Any]]:
    x = unit.channels.get("x")
    dated = x is not None and x.type == "temporal"
    found = []
    for name, shade, points in unit.split():
        told = series.scatter(
            [p.keys.get("x") if dated else _shown(unit, p, "x") for p in points],
            [_shown(unit, p, "y") for p in points],
            name=name,
            color=shade,
            sizes=[p.number("size") for p in points] if "size" in unit.channels else None,
            labels=_dates(points, "x", x) if x is not None and dated else None,
            per="day" if dated else "x",
        )
        told["facts"] += _color_fact(unit, points)
        found.append(told)
    return found


def _shown(unit: Unit, point: Point, letter: str) -> Any:
    """Where a point stands; all at one place where nothing says it."""
    return point.shown(letter) if letter in unit.channels else ""


def _color_fact(unit: Unit, points: Sequence[Point]) -> list[list[Any]]:
    """What a colour scale of numbers reaches from and to."""
    one = unit.channels.get("color") or unit.channels.get("fill")
    if one is None or one in unit.splitting:
        return []
    found = [x for point in points if (x := point.number(one.name)) is not None]
    if not found:
        return []
    return [["colour", f"{written(min(found))} to {written(max(found))}", one.title]]


# Matrices and shares


def _rects(unit: Unit) -> list[dict[str, Any]]:
    x, y = unit.channels.get("x"), unit.channels.get("y")
    shade = unit.channels.get("color") or unit.channels.get("fill")
    if x is None or y is None or shade is None or shade in unit.splitting:
        return _bands(unit)
    columns, rows = (ordered(one, unit.rows, heights(unit, one.name)) for one in (x, y))
    cells = {(p.keys.get("y"), p.keys.get("x")): p.number(shade.name) for p in unit.points}
    names = {
        one.name: {p.keys.get(one.name): _called(one, p) for p in unit.points} for one in (x, y)
    }
    matrix = [[cells.get((row, column)) for column in columns] for row in rows]
    return [
        series.heat_map(
            [names["x"].get(key, key) for key in columns],
            [names["y"].get(key, key) for key in rows],
            matrix,
            name=shade.title,
        )
    ]


def _bands(unit: Unit) -> list[dict[str, Any]]:
    told = series.other("rectangles", len(unit.points))
    for letter in ("x", "y"):
        ends = [
            value
            for point in unit.points
            for name in (letter, f"{letter}2")
            if (value := point.shown(name)) is not None
        ]
        if ends and f"{letter}2" in unit.channels:
            told["facts"].append([letter, f"{text(ends[0])} to {text(ends[-1])}", ""])
    return [told]


def _called(one: Channel, point: Point) -> str:
    low = point.number(one.name)
    if one.bins is not None and low is not None:
        return f"{written(low)} to {written(low + one.bins.step)}"
    return text(point.shown(one.name))


def _arcs(unit: Unit) -> list[dict[str, Any]]:
    if "theta" not in unit.channels:
        return [series.other("arcs", len(unit.points))]
    slices = [(name, points) for name, _, points in unit.split()]
    names = [name for name, points in slices for _ in points]
    sizes = [point.number("theta") for _, points in slices for point in points]
    return [series.pie(names, sizes)]


# Others


def _rules(unit: Unit) -> list[dict[str, Any]]:
    """Lines across the view, or from one end to the other."""
    alone = [letter for letter in ("x", "y") if letter in unit.channels]
    if len(alone) == 1 and f"{alone[0]}2" not in unit.channels:
        return [
            series.reference_line(alone[0], place, name=name, color=shade)
            for name, shade, points in unit.split()
            for place in list(dict.fromkeys(point.shown(alone[0]) for point in points))[:10]
        ]
    for letter, along in (("y", "x"), ("x", "y")):
        if f"{letter}2" in unit.channels and letter in unit.channels:
            places = [point.shown(along) for point in unit.points]
            lows = [point.number(letter) for point in unit.points]
            highs = [point.number(f"{letter}2") for point in unit.points]
            return [series.error_bars(places, [None] * len(lows), lows, highs)]
    return [series.other("rules", len(unit.points))]


def _texts(unit: Unit) -> list[dict[str, Any]]:
    told = series.other("text", len(unit.points))
    rows = [[written(point.shown(name)) for name in ("x", "y", "text")] for point in unit.points]
    told["columns"], told["rows"] = ["x", "y", "text"], rows[: series.MAX_ROWS]
    return [{**told, "left_out": len(rows) - len(told["rows"])}]


def _other(unit: Unit) -> list[dict[str, Any]]:
    return [series.other(unit.kind or "mark", len(unit.points))]


_READERS: Final[dict[str, Callable[[Unit], list[dict[str, Any]]]]] = {
    "bar": _bars,
    "line": _lines,
    "trail": _lines,
    "area": _areas,
    "point": _points,
    "circle": _points,
    "square": _points,
    "tick": _points,
    "rect": _rects,
    "arc": _arcs,
    "boxplot": boxplots,
    "errorbar": spreads,
    "errorband": spreads,
    "rule": _rules,
    "text": _texts,
}
