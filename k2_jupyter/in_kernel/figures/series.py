"""What one series of a figure draws, as a record. Runs in the user's kernel and in the host.

Each function makes one entry of an axes' ``series``: ``kind``, ``name``, ``color``, ``count``
(marks drawn), ``facts`` ([name, number or text, at]), and up to 60 ``rows`` of ``columns``;
``left_out`` counts the rows that are not there. Plain JSON, numbers with six significant
digits. xs and ys may be numbers or texts (categories, ISO dates).

Standard library only, Python 3.8 and later. Arrays of any library are taken by `tolist`.
Over 250 lines: one function for each kind of mark, and nothing else.
"""
# ruff: noqa: B905 - zip(strict=) came with Python 3.10

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Any

from . import arithmetic

MAX_ROWS = 60
MAX_TEXT = 120
_SHOWN = 5
_MAX_GROUPS = 20
_SKEWED = 0.5
"""Moment skewness that counts as skewed: Bulmer, Principles of Statistics (1979), p. 63."""


def line(
    xs: Any,
    ys: Any,
    *,
    name: str = "",
    color: str = "",
    labels: Sequence[str] | None = None,
    per: str = "x",
) -> dict[str, Any]:
    """A line through points; a y that is no finite number is a gap.

    `labels` are shown instead of numeric xs (dates: xs in days, `per` ``"day"``); the trend
    is the least squares slope per unit of xs.
    """
    places, values = arithmetic.listed(xs), arithmetic.numbers(ys)
    shown = _padded(places if labels is None else labels, len(values))
    drawn = [place for place, value in enumerate(values) if value is not None]
    facts = []
    wanted: list[int] = []
    if drawn:
        low = min(drawn, key=lambda place: values[place] or 0.0)
        high = max(drawn, key=lambda place: values[place] or 0.0)
        wanted = [drawn[0], drawn[-1], low, high]
        facts = [
            _fact(what, values[place], shown[place])
            for what, place in zip(("first", "last", "min", "max"), wanted)
        ]
    x_numbers, y_numbers = _pairs(arithmetic.numbers(places), values)
    slope, _ = arithmetic.fit(x_numbers, y_numbers)
    facts += _known("trend", slope, f"per {per}")
    if len(drawn) < len(values):
        facts.append(_fact("gaps", len(values) - len(drawn)))
    rows = [
        [shown[place], values[place]] for place in arithmetic.kept(len(values), MAX_ROWS, wanted)
    ]
    return _series("line", name, color, len(drawn), facts, _table(["x", "y"], rows, len(values)))


def scatter(
    xs: Any,
    ys: Any,
    *,
    name: str = "",
    color: str = "",
    sizes: Any = None,
    labels: Sequence[str] | None = None,
    per: str = "x",
) -> dict[str, Any]:
    """Points: ranges, means, correlation, trend and outliers; means by category where one
    axis has categories. `labels` and `per` as in `line`."""
    places, values = arithmetic.listed(xs), arithmetic.listed(ys)
    count = min(len(places), len(values))
    places, values = places[:count], values[:count]
    shown = _padded(places if labels is None else labels, count)
    xs_known, ys_known = arithmetic.numbers(places), arithmetic.numbers(values)
    x_numbers, y_numbers = _pairs(xs_known, ys_known)
    facts = _range("x", places, xs_known, shown) + _range("y", values, ys_known, shown)
    slope, correlation = arithmetic.fit(x_numbers, y_numbers)
    facts += _known("correlation", correlation) + _known("trend", slope, f"per {per}")
    if not x_numbers:
        facts += _group_means(places, values) or _group_means(values, places)
    facts += _size_fact(sizes)
    far, numeric = _far(xs_known, ys_known)
    if numeric:
        where = "; ".join(f"{written(shown[i])}, {written(values[i])}" for i in far[:_SHOWN])
        facts.append(_fact("outliers", len(far), where))
    rows = [[shown[i], values[i]] for i in arithmetic.kept(count, MAX_ROWS, far)]
    drawn = sum(x is not None and y is not None for x, y in zip(places, values))
    return _series("scatter", name, color, drawn, facts, _table(["x", "y"], rows, count))


def bars(
    categories: Any,
    values: Any,
    *,
    name: str = "",
    color: str = "",
    lows: Any = None,
    highs: Any = None,
    bases: Any = None,
) -> dict[str, Any]:
    """Bars; `values` are their lengths whichever way they lie, `lows` and `highs` the ends
    of their error bars, `bases` where stacked bars begin."""
    heights = arithmetic.numbers(values)
    shown = _padded(arithmetic.listed(categories), len(heights))
    drawn = [place for place, height in enumerate(heights) if height is not None]
    high = max(drawn, key=lambda place: heights[place] or 0.0, default=None)
    low = min(drawn, key=lambda place: heights[place] or 0.0, default=None)
    facts = [] if high is None else [_fact("highest", heights[high], shown[high])]
    facts += [] if low is None else [_fact("lowest", heights[low], shown[low])]
    more = {"low": lows, "high": highs, "base": bases}
    extra = {key: arithmetic.numbers(given) for key, given in more.items() if given is not None}
    wanted = [place for place in (high, low) if place is not None]
    rows = [
        [shown[i], heights[i], *(given[i] if i < len(given) else None for given in extra.values())]
        for i in arithmetic.kept(len(heights), MAX_ROWS, wanted)
    ]
    columns = ["category", "value", *extra]
    return _series("bar", name, color, len(drawn), facts, _table(columns, rows, len(heights)))


def histogram(
    edges: Any,
    counts: Any,
    *,
    name: str = "",
    color: str = "",
    labels: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Bins between neighbouring `edges` (one more than `counts`); `labels` name the edges."""
    given = arithmetic.numbers(counts)
    heights = [height or 0.0 for height in given]
    limits = arithmetic.numbers(edges)
    shown = _padded(limits if labels is None else labels, len(heights) + 1)
    facts = [_fact("bins", len(heights))]
    peak = max(range(len(heights)), key=heights.__getitem__, default=None)
    if peak is not None:
        facts += [
            _fact("total", sum(heights)),
            _fact("peak", heights[peak], f"{written(shown[peak])} to {written(shown[peak + 1])}"),
        ]
        facts += _of_bins(limits, heights, shown if labels is not None else None)
    rows = [
        [shown[i], shown[i + 1], given[i]]
        for i in arithmetic.kept(len(heights), MAX_ROWS, [] if peak is None else [peak])
    ]
    columns = ["from", "to", "count"]
    return _series(
        "histogram", name, color, len(heights), facts, _table(columns, rows, len(heights))
    )


def boxes(rows: Iterable[Sequence[Any]], *, name: str = "", color: str = "") -> dict[str, Any]:
    """Box plots; a row is (at, whisker low, q1, median, q3, whisker high, outliers)."""
    given = [list(row) for row in rows]
    outside = [sorted(_finite(row[6])) for row in given]
    facts = _extremes("median", [(row[0], row[3]) for row in given])
    facts.append(_fact("outliers", sum(map(len, outside))))
    for row, far in zip(given[:_MAX_GROUPS], outside):
        if far:
            ends = far if len(far) <= _SHOWN else [*far[:2], *far[-3:]]
            facts.append(_fact("outlier values", ", ".join(map(written, ends)), row[0]))
    table = [[written(row[0]), *row[1:6], len(far)] for row, far in zip(given, outside)]
    columns = ["at", "low", "q1", "median", "q3", "high", "outliers"]
    return _series("box", name, color, len(given), facts, _table(columns, table, len(given)))


def violins(rows: Iterable[Sequence[Any]], *, name: str = "", color: str = "") -> dict[str, Any]:
    """Violins; a row is (at, low, high, q1, median, q3, mode), None where not drawn. The
    mode is where the violin is widest."""
    given = [list(row) for row in rows]
    facts = _extremes("median", [(row[0], row[4]) for row in given])
    facts += _extremes("mode", [(row[0], row[6]) for row in given])
    table = [
        [written(at), low, q1, mid, q3, high, mode] for at, low, high, q1, mid, q3, mode in given
    ]
    columns = ["at", "low", "q1", "median", "q3", "high", "mode"]
    return _series("violin", name, color, len(given), facts, _table(columns, table, len(given)))


def heat_map(
    columns: Any, rows: Any, values: Any, *, name: str = "", annotated: bool = False
) -> dict[str, Any]:
    """Cells of a matrix; above 60 of them the means of rows and columns instead."""
    matrix = [arithmetic.numbers(row) for row in values]
    tops = [written(one) for one in arithmetic.listed(columns)]
    sides = [written(one) for one in arithmetic.listed(rows)]
    cells = [
        (value, f"{side}, {top}")
        for side, row in zip(sides, matrix)
        for top, value in zip(tops, row)
        if value is not None
    ]
    facts = [_fact("shape", f"{len(sides)} × {len(tops)}", "rows × columns")]
    if cells:
        low, high = min(cells, key=lambda cell: cell[0]), max(cells, key=lambda cell: cell[0])
        facts += [_fact("min", *low), _fact("max", *high)]
    if annotated:
        facts.append(_fact("annotated", "yes"))
    if len(sides) * len(tops) <= MAX_ROWS:
        table = [[side, *row] for side, row in zip(sides, matrix)]
        heads = ["row", *tops]
        return _series("heat map", name, "", len(cells), facts, _table(heads, table, len(table)))
    table = [[side, arithmetic.mean(_finite(row)), "row"] for side, row in zip(sides, matrix)]
    for place, top in enumerate(tops):
        found = _finite(row[place] for row in matrix if place < len(row))
        table.append([top, arithmetic.mean(found), "column"])
    heads, size = ["label", "mean", "of"], len(table)
    table = [table[i] for i in arithmetic.kept(size, MAX_ROWS)]
    return _series("heat map", name, "", len(cells), facts, _table(heads, table, size))


def error_bars(
    xs: Any, ys: Any, lows: Any, highs: Any, *, name: str = "", color: str = ""
) -> dict[str, Any]:
    """Error bars around (x, y); lows and highs are their ends, not their lengths."""
    values, below, above = map(arithmetic.numbers, (ys, lows, highs))
    shown = _padded(arithmetic.listed(xs), len(values))
    facts = _extremes("y", list(zip(shown, values)))
    widths = [None if a is None or b is None else b - a for a, b in zip(below, above)]
    facts += _extremes("length", list(zip(shown, widths)))[:1]
    rows = [
        [shown[i], values[i], below[i], above[i]]
        for i in arithmetic.kept(min(map(len, (values, below, above))), MAX_ROWS)
    ]
    columns = ["x", "y", "low", "high"]
    return _series(
        "error bars", name, color, len(values), facts, _table(columns, rows, len(values))
    )


def fill(xs: Any, lows: Any, highs: Any, *, name: str = "", color: str = "") -> dict[str, Any]:
    """The area between two curves over xs."""
    below, above = arithmetic.numbers(lows), arithmetic.numbers(highs)
    count = min(len(below), len(above))
    shown = _padded(arithmetic.listed(xs), count)
    facts = []
    if count:
        facts += [_fact("x from", shown[0]), _fact("x to", shown[-1])]
    facts += _extremes("lower edge", list(zip(shown, below)))[-1:]
    facts += _extremes("upper edge", list(zip(shown, above)))[:1]
    widths = [None if a is None or b is None else b - a for a, b in zip(below, above)]
    facts += _extremes("width", list(zip(shown, widths)))
    rows = [[shown[i], below[i], above[i]] for i in arithmetic.kept(count, MAX_ROWS)]
    return _series("fill", name, color, count, facts, _table(["x", "low", "high"], rows, count))


def pie(labels: Any, values: Any) -> dict[str, Any]:
    """Slices and their shares in per cent."""
    sizes = arithmetic.numbers(values)
    shown = _padded(arithmetic.listed(labels), len(sizes))
    total = sum(size for size in sizes if size is not None)
    shares = [None if size is None or not total else 100 * size / total for size in sizes]
    facts = [
        *_extremes("share %", list(zip(shown, shares))),
        _fact("total", total),
    ]
    rows = [[shown[i], sizes[i], shares[i]] for i in arithmetic.kept(len(sizes), MAX_ROWS)]
    return _series(
        "pie", "", "", len(sizes), facts, _table(["label", "value", "share %"], rows, len(sizes))
    )


def image(width: int, height: int, low: Any = None, high: Any = None) -> dict[str, Any]:
    """Pixels; low and high are the range of their values."""
    facts = [_fact("shape", f"{width} × {height}", "px wide × high")]
    facts += _known("lowest value", low) + _known("highest value", high)
    return _series("image", "", "", 1, facts)


def contour(levels: Any) -> dict[str, Any]:
    """Contour lines or filled contours at these levels."""
    heights = arithmetic.numbers(levels)
    found = _finite(heights)
    facts = [_fact("levels", len(heights))]
    if found:
        facts += [_fact("lowest level", min(found)), _fact("highest level", max(found))]
    rows = [[heights[i]] for i in arithmetic.kept(len(heights), MAX_ROWS)]
    return _series("contour", "", "", len(heights), facts, _table(["level"], rows, len(heights)))


def reference_line(axis: str, at: Any, *, name: str = "", color: str = "") -> dict[str, Any]:
    """A line across the axes at a value of `axis`: ``"x"`` upright, ``"y"`` level."""
    return _series("reference line", name, color, 1, [_fact("at", at, axis)])


def other(what: str, count: int, *, name: str = "", color: str = "") -> dict[str, Any]:
    """Marks of a kind that has no description."""
    return _series("other", name, color, count, [_fact("drawn as", what)])


# Parts


def _series(
    kind: str,
    name: str,
    color: str,
    count: int,
    facts: list[list[Any]],
    table: dict[str, Any] | None = None,
) -> dict[str, Any]:
    head = {"kind": kind, "name": written(name), "color": written(color), "count": count}
    return {**head, "facts": facts, **(table or _table([], [], 0))}


def _table(columns: list[str], rows: list[list[Any]], size: int) -> dict[str, Any]:
    """The rows that are kept of `size`."""
    kept = [[_cell(cell) for cell in row] for row in rows[:MAX_ROWS]]
    return {"columns": columns, "rows": kept, "left_out": size - len(kept)}


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return value[:MAX_TEXT]
    found = arithmetic.rounded(value)
    plain = found is not None or value is None or isinstance(value, float)
    return found if plain else written(value)


def written(value: Any) -> str:
    """A value as a text: a number with six significant digits, None as nothing."""
    if value is None:
        return ""
    found = None if isinstance(value, str) else arithmetic.rounded(value)
    return str(value if found is None else found)[:MAX_TEXT]


def _fact(what: str, value: Any, at: Any = "") -> list[Any]:
    return [what, _cell(value), written(at)]


def _known(what: str, value: Any, at: str = "") -> list[list[Any]]:
    found = arithmetic.number(value)
    return [] if found is None else [_fact(what, found, at)]


def _padded(values: Sequence[Any], count: int) -> Sequence[Any]:
    """The first `count` of the values, None where there are fewer."""
    if len(values) == count:
        return values
    return [*values[:count], *[None] * (count - len(values))]


def _finite(values: Any) -> list[float]:
    return [found for found in map(arithmetic.number, values) if found is not None]


def _pairs(
    xs: Sequence[float | None], ys: Sequence[float | None]
) -> tuple[list[float], list[float]]:
    """Where both are numbers."""
    found = [(x, y) for x, y in zip(xs, ys) if x is not None and y is not None]
    return [x for x, _ in found], [y for _, y in found]


def _extremes(what: str, pairs: Sequence[tuple[Any, Any]]) -> list[list[Any]]:
    """Highest and lowest of (at, value)."""
    known = [(value, at) for at, value in pairs if arithmetic.number(value) is not None]
    if not known:
        return []
    high, low = max(known, key=lambda pair: pair[0]), min(known, key=lambda pair: pair[0])
    return [_fact(f"highest {what}", *high), _fact(f"lowest {what}", *low)]


def _range(
    axis: str, values: Sequence[Any], numbers: Sequence[float | None], shown: Sequence[Any]
) -> list[list[Any]]:
    """Lowest, highest and mean of an axis; the number of categories where it has them."""
    known = [(value, place) for place, value in enumerate(numbers) if value is not None]
    if not known:
        texts = {value for value in values if isinstance(value, str)}
        return [_fact(f"{axis} categories", len(texts))] if texts else []
    low, high = min(known), max(known)
    middle = arithmetic.mean([value for value, _ in known])
    ends = (("min", low), ("max", high))
    if axis == "x":  # a label says more than the number it stands for
        facts = [_fact(f"x {name}", shown[place]) for name, (_, place) in ends]
    else:
        facts = [_fact(f"y {name}", value, shown[place]) for name, (value, place) in ends]
    return facts + _known(f"{axis} mean", middle)


def _group_means(categories: Sequence[Any], values: Sequence[Any]) -> list[list[Any]]:
    groups: dict[str, list[float]] = {}
    for category, value in zip(categories, values):
        found = arithmetic.number(value)
        if isinstance(category, str) and found is not None:
            groups.setdefault(category, []).append(found)
    if len(groups) > _MAX_GROUPS:
        return []
    return [_fact("mean", arithmetic.mean(found), name) for name, found in groups.items()]


def _far(xs: Sequence[float | None], ys: Sequence[float | None]) -> tuple[list[int], bool]:
    """Positions of outliers, and whether there are numbers to judge by."""
    places = [i for i, (x, y) in enumerate(zip(xs, ys)) if x is not None and y is not None]
    if places:
        x_numbers, y_numbers = _pairs(xs, ys)
        return [places[i] for i in arithmetic.outliers(y_numbers, x_numbers)], True
    for column in (ys, xs):
        places = [i for i, value in enumerate(column) if value is not None]
        if places:
            return [places[i] for i in arithmetic.outliers(_finite(column))], True
    return [], False


def _size_fact(sizes: Any) -> list[list[Any]]:
    found = [] if sizes is None else _finite(arithmetic.listed(sizes))
    if not found or min(found) == max(found):
        return []
    return [_fact("size", f"{written(min(found))} to {written(max(found))}")]


def _of_bins(
    limits: Sequence[float | None], heights: Sequence[float], shown: Sequence[Any] | None
) -> list[list[Any]]:
    """Median and skew as the bins tell them, each value at the centre of its bin."""
    total = sum(heights)
    edges = [edge for edge in limits if edge is not None]
    if len(edges) != len(heights) + 1 or not total > 0:
        return []
    centres = [(low + edges[i + 1]) / 2 for i, low in enumerate(edges[:-1])]
    reached = itertools.accumulate(heights)
    middle = next(i for i, sofar in enumerate(reached) if 2 * sofar >= total)
    at = "by the bins"
    facts = [_fact("median", centres[middle] if shown is None else shown[middle], at)]
    mean = sum(c * h for c, h in zip(centres, heights)) / total
    second = sum((c - mean) * (c - mean) * h for c, h in zip(centres, heights)) / total
    third = sum((c - mean) * (c - mean) * (c - mean) * h for c, h in zip(centres, heights)) / total
    if not second > 0:
        return facts
    skew = third / second / math.sqrt(second)  # never `**`: it raises where it overflows
    word = "right" if skew > _SKEWED else "left" if skew < -_SKEWED else "about symmetric"
    return [*facts, _fact("skew", word, at)]
