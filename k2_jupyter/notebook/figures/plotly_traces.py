"""Traces of plotly that are no points, bars or boxes: matrices, shares, trees, maps and others."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Sequence
from typing import Any, Final

from k2_jupyter.in_kernel import arithmetic, series
from k2_jupyter.notebook.figures.plotly_bins import Bins, bins_of, folded, rough_to_round, wish
from k2_jupyter.notebook.figures.plotly_panel import Panel, Trace
from k2_jupyter.notebook.figures.plotly_values import coordinates, titled, values
from k2_jupyter.notebook.figures.reading import at, number, obj, text
from k2_jupyter.notebook.pictures import pixel_size

_TOP = 10
_DAY = 86_400_000
_MAX_CELLS = 2_000_000


def other_series(panel: Panel, trace: Trace) -> dict[str, Any]:
    """The series of a trace; of a kind that has no description, at least its name and size."""
    return _READERS.get(trace.type, _unknown)(panel, trace)


# Matrices


def _heat_map(panel: Panel, trace: Trace) -> dict[str, Any]:
    matrix = [values(row) for row in values(trace.content.get("z"))]
    width = max(map(len, matrix), default=0)
    columns, rows = (
        _heads(panel, trace, "x", width),
        _heads(panel, trace, "y", len(matrix)),
    )
    annotated = bool(trace.content.get("texttemplate"))
    return series.heat_map(
        columns, rows, matrix, name=_scale_title(panel, trace), annotated=annotated
    )


def _heads(panel: Panel, trace: Trace, letter: Any, count: int) -> Sequence[Any]:
    """Where the columns or rows stand; the middle where the trace gives their edges."""
    found = panel.along(trace, letter, [0] * count).shown
    if len(found) == count + 1 and all(isinstance(one, float) for one in found):
        return [(one + found[i + 1]) / 2 for i, one in enumerate(found[:-1])]
    return found


def _binned(panel: Panel, trace: Trace) -> dict[str, Any]:
    """``histogram2d``: the counts or what is folded, in bins of both axes."""
    spots, heads = zip(*(_spots(panel, trace, letter) for letter in ("x", "y")), strict=True)
    folds = coordinates(values(trace.content.get("z")), "linear").places
    cells: dict[tuple[Any, Any], list[Any]] = {}
    for row, cell in enumerate(zip(*spots, strict=False)):
        if None not in cell:
            cells.setdefault(cell, []).append(folds[row] if row < len(folds) else None)
    how = text(trace.content.get("histfunc")) or "count"
    columns, rows = heads
    if len(columns) * len(rows) > _MAX_CELLS:
        return series.other("two-dimensional histogram", len(cells), name=trace.name)

    def height(row: Any, column: Any) -> float | None:
        found = cells.get((column, row), [])
        return folded([one for one in found if one is not None], how, len(found))

    matrix = [[height(row, column) for column in columns] for row in rows]
    title = _scale_title(panel, trace)
    told = series.heat_map(list(columns.values()), list(rows.values()), matrix, name=title)
    if trace.type == "histogram2dcontour":
        told = {**told, "kind": "contour"}
    told["facts"].append(["values are", how, "by cell"])
    return told


def _spots(panel: Panel, trace: Trace, letter: Any) -> tuple[list[Any], dict[Any, str]]:
    """The bin or category of each value, and the text of each bin, empty ones included."""
    found = panel.along(trace, letter)
    if found.type not in ("linear", "date"):
        names = panel.ordered(letter, list(dict.fromkeys(x for x in found.places if x is not None)))
        return found.places, {name: name for name in names}
    dates = found.type == "date"
    unit = _DAY if dates else 1
    scaled = [place * unit if isinstance(place, float) else None for place in found.places]
    wanted = wish(
        obj(trace.content.get(f"{letter}bins")), trace.content.get(f"nbins{letter}"), dates=dates
    )
    bins = bins_of([one for one in scaled if one is not None], wanted, dates=dates, two=True)
    if bins is None:
        return [None] * len(scaled), {}
    return _placed(scaled, bins)


def _placed(scaled: Sequence[float | None], bins: Bins) -> tuple[list[Any], dict[Any, str]]:
    places = [None if value is None else bins.place(value) for value in scaled]
    count = len(bins.edges) - 1
    return places, {place: bins.label(place) for place in range(count)}


def _contour(panel: Panel, trace: Trace) -> dict[str, Any]:
    matrix = [values(row) for row in values(trace.content.get("z"))]
    told = _heat_map(panel, trace)
    found = [height for row in matrix for one in row if (height := number(one)) is not None]
    levels = _levels(obj(trace.content.get("contours")), trace, found)
    extremes = [fact for fact in told["facts"] if fact[0] in ("min", "max")]
    lines = series.contour(levels)
    lines["facts"] += [[f"surface {name}", value, at] for name, value, at in extremes]
    return {**lines, "name": trace.name}


def _levels(given: Any, trace: Trace, found: Sequence[float]) -> list[float]:
    """The levels that the trace sets, or at most ``ncontours`` (15) round ones (plotly.js
    `setContours`)."""
    low, high, step = (number(given.get(key)) for key in ("start", "end", "size"))
    if (low is None or high is None or not step) and found:
        most = number(trace.content.get("ncontours")) or 15.0
        span = max(found) - min(found)
        if not span > 0:
            return [min(found)]
        step = rough_to_round(span / most)
        low, high = math.ceil(min(found) / step) * step, math.floor(max(found) / step) * step
        low += step if low == min(found) else 0.0
        high -= step if high == max(found) else 0.0
    if low is None or high is None or not step or not 0 <= (high - low) / step < 1_000:
        return []
    return [low + step * place for place in range(int((high - low) / step + 1.5))]


def _image(_panel: Panel, trace: Trace) -> dict[str, Any]:
    pixels = values(trace.content.get("z"))
    if pixels:
        return series.image(len(values(pixels[0])), len(pixels))
    head, _, data = str(trace.content.get("source") or "").partition("base64,")
    try:
        size = pixel_size(base64.b64decode(data)) if head else None
    except (binascii.Error, ValueError):
        size = None
    return series.image(*size) if size else series.other("image", 1)


def _scale_title(panel: Panel, trace: Trace) -> str:
    """What the colours stand for, as the colour bar says."""
    shared = obj(panel.coloraxes.get(text(trace.content.get("coloraxis"))))
    return titled(at(trace.content, "colorbar", "title")) or titled(at(shared, "colorbar", "title"))


# Shares and trees


def _pie(_panel: Panel, trace: Trace) -> dict[str, Any]:
    """Equal labels are one slice; the largest comes first unless ``sort`` is false."""
    labels = [series.written(one) for one in values(trace.content.get("labels"))]
    sizes = [number(one) for one in values(trace.content.get("values"))] or [1.0] * len(labels)
    labels = labels or [str(place) for place in range(len(sizes))]
    slices: dict[str, float] = {}
    for label, size in zip(labels, sizes, strict=False):
        if size is not None and size >= 0:
            slices[label] = slices.get(label, 0.0) + size
    order = list(slices)
    if trace.content.get("sort") is not False:
        order.sort(key=lambda label: -slices[label])
    told = series.pie(order, [slices[label] for label in order])
    if trace.type == "funnelarea":
        told["facts"].append(["drawn as", "funnel area", ""])
    return {**told, "name": trace.name}


def _tree(_panel: Panel, trace: Trace) -> dict[str, Any]:
    labels, parents = values(trace.content.get("labels")), values(trace.content.get("parents"))
    paths = values(trace.content.get("ids")) or [
        f"{text(parents[place])}/{text(label)}" if place < len(parents) else text(label)
        for place, label in enumerate(labels)
    ]
    return _ranked(trace, paths, values(trace.content.get("values")), "part")


def _ranked(trace: Trace, names: Sequence[Any], given: Sequence[Any], what: str) -> dict[str, Any]:
    """A kind of its own, with the largest of its numbers."""
    told = series.other(trace.type, max(len(names), len(given)), name=trace.name)
    known = [
        (series.written(name), size)
        for name, value in zip(names, given, strict=False)
        if (size := number(value)) is not None
    ]
    known.sort(key=lambda pair: -pair[1])
    if known:
        low, high = known[-1], known[0]
        told["facts"] += [
            ["largest", arithmetic.rounded(high[1]), high[0]],
            ["smallest", arithmetic.rounded(low[1]), low[0]],
        ]
    told["columns"] = [what, "value"]
    told["rows"] = [[name, arithmetic.rounded(size)] for name, size in known[:_TOP]]
    told["left_out"] = max(0, len(known) - _TOP)
    return told


# Others


def _map(_panel: Panel, trace: Trace) -> dict[str, Any]:
    return _ranked(
        trace, values(trace.content.get("locations")), values(trace.content.get("z")), "place"
    )


def _polar(_panel: Panel, trace: Trace) -> dict[str, Any]:
    theta, r = values(trace.content.get("theta")), values(trace.content.get("r"))
    told = _ranked(trace, theta or list(range(len(r))), r, "theta")
    pairs = list(zip(theta, r, strict=False))[: series.MAX_ROWS]
    told["columns"] = ["theta", "r"]
    told["rows"] = [[series.written(t), arithmetic.rounded(number(value))] for t, value in pairs]
    told["left_out"] = len(r) - len(told["rows"])
    return told


def _columns(*names: str) -> Callable[[Panel, Trace], dict[str, Any]]:
    """A reader that tells the range of each of these arrays."""

    def read(_panel: Panel, trace: Trace) -> dict[str, Any]:
        given = {name: values(trace.content.get(name)) for name in names}
        count = max(map(len, given.values()))
        told = series.other(trace.type, count, name=trace.name, color=trace.color)
        for name, column in given.items():
            found = [one for one in map(number, column) if one is not None]
            if found:
                told["facts"] += [
                    [f"{name} min", arithmetic.rounded(min(found)), ""],
                    [f"{name} max", arithmetic.rounded(max(found)), ""],
                ]
        return told

    return read


def _prices(panel: Panel, trace: Trace) -> dict[str, Any]:
    told = _columns("open", "high", "low", "close")(panel, trace)
    days = panel.along(trace, "x").shown
    columns = [values(trace.content.get(name)) for name in ("open", "high", "low", "close")]
    rows = [list(row) for row in zip(days, *columns, strict=False)]
    kept = [rows[place] for place in arithmetic.kept(len(rows), series.MAX_ROWS)]
    told["columns"] = ["x", "open", "high", "low", "close"]
    told["rows"] = [[series.written(row[0]), *map(arithmetic.rounded, row[1:])] for row in kept]
    return {**told, "left_out": len(rows) - len(kept)}


def _indicator(_panel: Panel, trace: Trace) -> dict[str, Any]:
    told = series.other("indicator", 1, name=trace.name)
    told["facts"].append(["value", arithmetic.rounded(number(trace.content.get("value"))), ""])
    reference = number(obj(trace.content.get("delta")).get("reference"))
    if reference is not None:
        told["facts"].append(["compared with", arithmetic.rounded(reference), ""])
    return told


def _dimensions(_panel: Panel, trace: Trace) -> dict[str, Any]:
    """Parallel coordinates, scatter matrices: several columns under their labels."""
    given = [obj(one) for one in values(trace.content.get("dimensions"))][:20]
    columns = [(text(one.get("label")), values(one.get("values"))) for one in given]
    count = max((len(column) for _, column in columns), default=0)
    told = series.other(trace.type, count, name=trace.name, color=trace.color)
    for label, column in columns[:8]:
        found = [one for one in map(number, column) if one is not None]
        if found:
            ends = f"{series.written(min(found))} to {series.written(max(found))}"
            told["facts"].append(["range", ends, label])
        else:
            told["facts"].append(["categories", len(set(map(text, column))), label])
    return told


def _table(_panel: Panel, trace: Trace) -> dict[str, Any]:
    heads = [text(one) or text(" ".join(map(text, values(one))))
             for one in values(obj(trace.content.get("header")).get("values"))][:8]  # fmt: skip
    columns = [values(one) for one in values(obj(trace.content.get("cells")).get("values"))][:8]
    count = max(map(len, columns), default=0)
    told = series.other("table", count)
    rows = [[series.written(cell) for cell in row] for row in zip(*columns, strict=False)]
    if heads and len(heads) == len(columns):
        kept = rows[: series.MAX_ROWS]
        told.update(columns=heads, rows=kept, left_out=count - len(kept))
    return told


def _sankey(_panel: Panel, trace: Trace) -> dict[str, Any]:
    nodes = [text(one) for one in values(obj(trace.content.get("node")).get("label"))]
    link = obj(trace.content.get("link"))

    def name(place: Any) -> str:
        inside = isinstance(place, int) and 0 <= place < len(nodes)
        return nodes[place] if inside else text(place)

    ends = zip(values(link.get("source")), values(link.get("target")), strict=False)
    return _ranked(
        trace, [f"{name(a)} → {name(b)}" for a, b in ends], values(link.get("value")), "flow"
    )


def _unknown(_panel: Panel, trace: Trace) -> dict[str, Any]:
    sizes = [len(values(trace.content.get(key))) for key in ("x", "y", "z", "values", "labels")]
    return series.other(trace.type, max(sizes), name=trace.name, color=trace.color)


_READERS: Final[dict[str, Callable[[Panel, Trace], dict[str, Any]]]] = {
    "heatmap": _heat_map,
    "histogram2d": _binned,
    "histogram2dcontour": _binned,
    "contour": _contour,
    "image": _image,
    "pie": _pie,
    "funnelarea": _pie,
    "sunburst": _tree,
    "treemap": _tree,
    "icicle": _tree,
    "choropleth": _map,
    "choroplethmap": _map,
    "choroplethmapbox": _map,
    "scatterpolar": _polar,
    "scatterpolargl": _polar,
    "barpolar": _polar,
    "scattergeo": _columns("lat", "lon"),
    "scattermap": _columns("lat", "lon"),
    "scattermapbox": _columns("lat", "lon"),
    "densitymap": _columns("lat", "lon", "z"),
    "densitymapbox": _columns("lat", "lon", "z"),
    "scatter3d": _columns("x", "y", "z"),
    "surface": _heat_map,
    "scatterternary": _columns("a", "b", "c"),
    "candlestick": _prices,
    "ohlc": _prices,
    "indicator": _indicator,
    "parcoords": _dimensions,
    "parcats": _dimensions,
    "splom": _dimensions,
    "table": _table,
    "sankey": _sankey,
}
