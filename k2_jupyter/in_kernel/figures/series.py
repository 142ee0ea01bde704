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

from collections.abc import Iterable, Sequence
from typing import Any

from . import arithmetic
from .facts import (
    MAX_GROUPS,
    SHOWN,
    axis_range,
    bin_shape,
    extremes,
    fact,
    finite,
    group_means,
    if_known,
    outlying,
    pairs_of_numbers,
    plain,
    size_range,
    written,
)

MAX_ROWS = 60


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
            fact(what, values[place], shown[place])
            for what, place in zip(("first", "last", "min", "max"), wanted)
        ]
    x_numbers, y_numbers = pairs_of_numbers(arithmetic.numbers(places), values)
    slope, _ = arithmetic.fit(x_numbers, y_numbers)
    facts += if_known("trend", slope, f"per {per}")
    if len(drawn) < len(values):
        facts.append(fact("gaps", len(values) - len(drawn)))
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
    x_numbers, y_numbers = pairs_of_numbers(xs_known, ys_known)
    facts = axis_range("x", places, xs_known, shown) + axis_range("y", values, ys_known, shown)
    slope, correlation = arithmetic.fit(x_numbers, y_numbers)
    facts += if_known("correlation", correlation) + if_known("trend", slope, f"per {per}")
    if not x_numbers:
        facts += group_means(places, values) or group_means(values, places)
    facts += size_range(sizes)
    far, numeric = outlying(xs_known, ys_known)
    if numeric:
        where = "; ".join(f"{written(shown[i])}, {written(values[i])}" for i in far[:SHOWN])
        facts.append(fact("outliers", len(far), where))
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
    facts = [] if high is None else [fact("highest", heights[high], shown[high])]
    facts += [] if low is None else [fact("lowest", heights[low], shown[low])]
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
    facts = [fact("bins", len(heights))]
    peak = max(range(len(heights)), key=heights.__getitem__, default=None)
    if peak is not None:
        facts += [
            fact("total", sum(heights)),
            fact("peak", heights[peak], f"{written(shown[peak])} to {written(shown[peak + 1])}"),
        ]
        facts += bin_shape(limits, heights, shown if labels is not None else None)
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
    outside = [sorted(finite(row[6])) for row in given]
    facts = extremes("median", [(row[0], row[3]) for row in given])
    facts.append(fact("outliers", sum(map(len, outside))))
    for row, far in zip(given[:MAX_GROUPS], outside):
        if far:
            ends = far if len(far) <= SHOWN else [*far[:2], *far[-3:]]
            facts.append(fact("outlier values", ", ".join(map(written, ends)), row[0]))
    table = [[written(row[0]), *row[1:6], len(far)] for row, far in zip(given, outside)]
    columns = ["at", "low", "q1", "median", "q3", "high", "outliers"]
    return _series("box", name, color, len(given), facts, _table(columns, table, len(given)))


def violins(rows: Iterable[Sequence[Any]], *, name: str = "", color: str = "") -> dict[str, Any]:
    """Violins; a row is (at, low, high, q1, median, q3, mode), None where not drawn. The
    mode is where the violin is widest."""
    given = [list(row) for row in rows]
    facts = extremes("median", [(row[0], row[4]) for row in given])
    facts += extremes("mode", [(row[0], row[6]) for row in given])
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
    facts = [fact("shape", f"{len(sides)} × {len(tops)}", "rows × columns")]
    if cells:
        low, high = min(cells, key=lambda cell: cell[0]), max(cells, key=lambda cell: cell[0])
        facts += [fact("min", *low), fact("max", *high)]
    if annotated:
        facts.append(fact("annotated", "yes"))
    if len(sides) * len(tops) <= MAX_ROWS:
        table = [[side, *row] for side, row in zip(sides, matrix)]
        heads = ["row", *tops]
        return _series("heat map", name, "", len(cells), facts, _table(heads, table, len(table)))
    table = [[side, arithmetic.mean(finite(row)), "row"] for side, row in zip(sides, matrix)]
    for place, top in enumerate(tops):
        found = finite(row[place] for row in matrix if place < len(row))
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
    facts = extremes("y", list(zip(shown, values)))
    widths = [None if a is None or b is None else b - a for a, b in zip(below, above)]
    facts += extremes("length", list(zip(shown, widths)))[:1]
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
        facts += [fact("x from", shown[0]), fact("x to", shown[-1])]
    facts += extremes("lower edge", list(zip(shown, below)))[-1:]
    facts += extremes("upper edge", list(zip(shown, above)))[:1]
    widths = [None if a is None or b is None else b - a for a, b in zip(below, above)]
    facts += extremes("width", list(zip(shown, widths)))
    rows = [[shown[i], below[i], above[i]] for i in arithmetic.kept(count, MAX_ROWS)]
    return _series("fill", name, color, count, facts, _table(["x", "low", "high"], rows, count))


def pie(labels: Any, values: Any) -> dict[str, Any]:
    """Slices and their shares in per cent."""
    sizes = arithmetic.numbers(values)
    shown = _padded(arithmetic.listed(labels), len(sizes))
    total = sum(size for size in sizes if size is not None)
    shares = [None if size is None or not total else 100 * size / total for size in sizes]
    facts = [
        *extremes("share %", list(zip(shown, shares))),
        fact("total", total),
    ]
    rows = [[shown[i], sizes[i], shares[i]] for i in arithmetic.kept(len(sizes), MAX_ROWS)]
    return _series(
        "pie", "", "", len(sizes), facts, _table(["label", "value", "share %"], rows, len(sizes))
    )


def image(width: int, height: int, low: Any = None, high: Any = None) -> dict[str, Any]:
    """Pixels; low and high are the range of their values."""
    facts = [fact("shape", f"{width} × {height}", "px wide × high")]
    facts += if_known("lowest value", low) + if_known("highest value", high)
    return _series("image", "", "", 1, facts)


def contour(levels: Any) -> dict[str, Any]:
    """Contour lines or filled contours at these levels."""
    heights = arithmetic.numbers(levels)
    found = finite(heights)
    facts = [fact("levels", len(heights))]
    if found:
        facts += [fact("lowest level", min(found)), fact("highest level", max(found))]
    rows = [[heights[i]] for i in arithmetic.kept(len(heights), MAX_ROWS)]
    return _series("contour", "", "", len(heights), facts, _table(["level"], rows, len(heights)))


def reference_line(axis: str, at: Any, *, name: str = "", color: str = "") -> dict[str, Any]:
    """A line across the axes at a value of `axis`: ``"x"`` upright, ``"y"`` level."""
    return _series("reference line", name, color, 1, [fact("at", at, axis)])


def other(what: str, count: int, *, name: str = "", color: str = "") -> dict[str, Any]:
    """Marks of a kind that has no description."""
    return _series("other", name, color, count, [fact("drawn as", what)])


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
    kept = [[plain(cell) for cell in row] for row in rows[:MAX_ROWS]]
    return {"columns": columns, "rows": kept, "left_out": size - len(kept)}


def _padded(values: Sequence[Any], count: int) -> Sequence[Any]:
    """The first `count` of the values, None where there are fewer."""
    if len(values) == count:
        return values
    return [*values[:count], *[None] * (count - len(values))]
