"""Traces of plotly that are no points, bars or boxes: matrices, shares, trees, maps and others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from k2_jupyter.in_kernel.figures import arithmetic, series
from k2_jupyter.in_kernel.figures.facts import written
from k2_jupyter.notebook.figures.plotly_matrices import binned, contour, heat_map, image
from k2_jupyter.notebook.figures.plotly_panel import Panel, Trace
from k2_jupyter.notebook.figures.plotly_values import values
from k2_jupyter.notebook.figures.reading import number, obj, text

_TOP = 10
_DAY = 86_400_000
_MAX_CELLS = 2_000_000


def other_series(panel: Panel, trace: Trace) -> dict[str, Any]:
    """The series of a trace; of a kind that has no description, at least its name and size."""
    return _READERS.get(trace.type, _unknown)(panel, trace)


# Shares and trees


def _pie(_panel: Panel, trace: Trace) -> dict[str, Any]:
    """Equal labels are one slice; the largest comes first unless ``sort`` is false."""
    labels = [written(one) for one in values(trace.content.get("labels"))]
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
        (written(name), size)
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
    told["rows"] = [[written(t), arithmetic.rounded(number(value))] for t, value in pairs]
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
    told["rows"] = [[written(row[0]), *map(arithmetic.rounded, row[1:])] for row in kept]
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
            ends = f"{written(min(found))} to {written(max(found))}"
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
    rows = [[written(cell) for cell in row] for row in zip(*columns, strict=False)]
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
    "heatmap": heat_map,
    "histogram2d": binned,
    "histogram2dcontour": binned,
    "contour": contour,
    "image": image,
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
    "surface": heat_map,
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
