"""Error bars: of `errorbar`, and lines that stand on the points of a curve.

Runs in the user's kernel: standard library only, Python 3.8 and later.
"""
# ruff: noqa: B905 - zip(strict=) and pairwise came with Python 3.10

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from . import many_points, series
from .drawing import Drawing, color_of, has_marker, is_dotted


def read(drawing: Drawing) -> Iterator[dict[str, Any]]:
    """Of `errorbar`: the curve where one is drawn, and a series of error bars an axis."""
    for container in drawing.containers("ErrorbarContainer"):
        line, caps, bars = container.lines
        drawing.take(*(part for part in (line, *caps, *bars) if part is not None))
        color = color_of(bars[0] if line is None else line)
        name = drawing.name(container, color)
        if line is not None and not is_dotted(line):
            yield many_points.line(*points_of(line), drawing.x, name=name, color=color)
        for collection in bars:
            segments = collection.get_segments()
            xs, ys = _middles(segments) if line is None else points_of(line)
            yield _errors(drawing, segments, xs, ys, name=name, color=color)


def _middles(segments: Any) -> tuple[Any, Any]:
    numpy = sys.modules["numpy"]
    ends = numpy.array([segment[[0, -1]] for segment in segments if len(segment)], dtype=float)
    return ends[:, :, 0].mean(axis=1), ends[:, :, 1].mean(axis=1)


def _errors(
    drawing: Drawing, segments: Any, xs: Any, ys: Any, *, name: str, color: str
) -> dict[str, Any]:
    numpy = sys.modules["numpy"]
    ends = numpy.array([segment[[0, -1]] for segment in segments if len(segment)], dtype=float)
    level = bool(len(ends)) and bool((ends[:, 0, 1] == ends[:, 1, 1]).all())
    along, along_values = (0, ys) if level else (1, xs)
    spans = {
        float(pair[0, 1 - along]): (float(pair[:, along].min()), float(pair[:, along].max()))
        for pair in ends
    }
    lows, highs = zip(*(spans.get(float(at), (None, None)) for at in along_values))
    if level:  # the value runs along x
        shown = drawing.y.texts(ys) or list(ys)
        found = series.error_bars(shown, xs, lows, highs, name=name, color=color)
        return {**found, "columns": ["y", "x", "low", "high"]}
    shown = drawing.x.texts(xs) or list(xs)
    return series.error_bars(shown, ys, lows, highs, name=name, color=color)


def bars_of_curve(
    drawing: Drawing, line: Any, spans: Sequence[tuple[float, float]], *, name: str
) -> dict[str, Any]:
    """The error bars on the points of a curve, whose low and high are `spans`."""
    xs, ys = points_of(line)
    lows, highs = zip(*spans)
    color = color_of(line)
    if drawing.y.categories and not drawing.x.categories:
        shown = [drawing.y.nearest(y) for y in ys]
        found = series.error_bars(shown, xs, lows, highs, name=name, color=color)
        return {**found, "columns": ["y", "x", "low", "high"]}
    shown = [drawing.x.nearest(x) for x in xs]
    return series.error_bars(shown, ys, lows, highs, name=name, color=color)


def spans_on_curves(
    drawing: Drawing, curves: Sequence[Any]
) -> dict[int, list[tuple[float, float]]]:
    """Low and high at each point of the curves that have a short line at all their points."""
    bars: dict[tuple[int, float], list[tuple[float, float, Any]]] = {}
    for line in curves:
        for axis, at, low, high in _as_error_bar(line):
            bars.setdefault((axis, round(at, 6)), []).append((low, high, line))
    found = {}
    for curve in curves if bars else ():
        points = curve.get_xydata().tolist()
        if not 2 <= len(points) <= series.MAX_ROWS or not drawing.free(curve):
            continue
        for axis in (0, 1):
            spans = []
            for point in points:
                near = bars.get((axis, round(point[axis], 6)), ())
                around = [bar for bar in near if bar[0] <= point[1 - axis] <= bar[1]]
                spans += [bar for bar in around if bar[2] is not curve and drawing.free(bar[2])][:1]
            if len(spans) == len(points):
                drawing.take(*(bar for _, _, bar in spans))
                found[id(curve)] = [(low, high) for low, high, _ in spans]
                break
    return found


def _as_error_bar(line: Any) -> Iterator[tuple[int, float, float, float]]:
    """(axis, position, low, high) of a short line that may be an error bar, with caps or not."""
    numpy = sys.modules["numpy"]
    if has_marker(line) or not 2 <= len(line.get_xdata()) <= 8:
        return
    data = numpy.asarray(line.get_xydata(), dtype=float)
    data = data[numpy.isfinite(data).all(axis=1)]
    for axis in (0, 1) if len(data) > 1 else ():
        at, values = data[:, axis], data[:, 1 - axis]
        middle = (float(at.min()) + float(at.max())) / 2
        stem = values[numpy.isclose(at, middle)]
        if len(stem) > 1 and stem.min() == values.min() < values.max() == stem.max():
            yield axis, middle, float(values.min()), float(values.max())


def points_of(line: Any) -> tuple[Any, Any]:
    """x and y as floats, without points that have no finite x (`ecdfplot` starts at -∞)."""
    numpy = sys.modules["numpy"]
    xs, ys = map(_unmasked, (line.get_xdata(orig=False), line.get_ydata(orig=False)))
    placed = numpy.isfinite(xs)
    return (xs, ys) if placed.all() else (xs[placed], ys[placed])


def _unmasked(values: Any) -> Any:
    """As floats, what is masked as NaN."""
    numpy = sys.modules["numpy"]
    if not numpy.ma.isMaskedArray(values):
        return numpy.asarray(values, dtype=float)
    return numpy.ma.filled(values.astype(float), numpy.nan)
