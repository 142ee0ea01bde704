"""Lines: error bars, stems, reference lines, curves, points drawn as lines, rugs and events.

Runs in the user's kernel: standard library only, Python 3.8 and later.
"""
# ruff: noqa: B905 - zip(strict=) and pairwise came with Python 3.10

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from . import many_points, series
from .drawing import Drawing, color_of, has_marker, is_dotted
from .positions import kinds


def read_error_bars(drawing: Drawing) -> Iterator[dict[str, Any]]:
    """Of `errorbar`: the curve where one is drawn, and a series of error bars an axis."""
    for container in drawing.containers("ErrorbarContainer"):
        line, caps, bars = container.lines
        drawing.take(*(part for part in (line, *caps, *bars) if part is not None))
        if line is None:
            continue
        name, color = drawing.name(container, color_of(line)), color_of(line)
        xs, ys = _points(line)
        if not is_dotted(line):
            yield many_points.line(xs, ys, drawing.x, name=name, color=color)
        for collection in bars:
            yield _errors(drawing, collection.get_segments(), xs, ys, name=name, color=color)


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


def read_stems(drawing: Drawing) -> Iterator[dict[str, Any]]:
    """`stem`, and upright lines with a dot at each end (autocorrelation): a line's facts."""
    for container in drawing.containers("StemContainer"):
        drawing.take(container.baseline, container.markerline)
        stems = container.stemlines
        drawing.take(*(stems if isinstance(stems, (list, tuple)) else [stems]))
        name = drawing.name(container, color_of(container.markerline))
        yield _line(drawing, container.markerline, name)
    numpy = sys.modules["numpy"]
    for stems in drawing.artists("LineCollection"):
        ends = [segment[-1] for segment in stems.get_segments() if len(segment) == 2]
        for dots in drawing.artists("Line2D"):
            points = numpy.asarray(dots.get_xydata(), dtype=float)
            if is_dotted(dots) and len(ends) == len(points) and numpy.allclose(ends, points):
                drawing.take(stems, dots)
                yield _line(drawing, dots, drawing.name(dots))
                break


def read_lines(drawing: Drawing) -> Iterator[dict[str, Any]]:
    """Curves, points without a line, and lines across the axes. Short lines that stand on
    the points of a curve are its error bars (seaborn's pointplot)."""
    yield from _references(drawing)
    curves = [line for line in drawing.artists("Line2D") if all(drawing.in_data(line))]
    spans = _spans_on_curves(drawing, curves)
    for line in curves:
        if not drawing.free(line):
            continue
        drawing.take(line)
        xs, ys = _points(line)
        if not len(xs):
            continue
        name, color = drawing.name(line), color_of(line)
        if is_dotted(line) and len(spans.get(id(line), ())) < 1:
            known = sys.modules["numpy"].isfinite(ys)
            if has_marker(line) and known.any():
                yield many_points.scatter(xs[known], ys[known], drawing.x, name=name, color=color)
            continue
        yield _line(drawing, line, name)
        if id(line) in spans:
            lows, highs = zip(*spans[id(line)])
            shown = [drawing.x.nearest(x) for x in xs]
            values = ys
            if drawing.y.categories and not drawing.x.categories:
                shown, values = [drawing.y.nearest(y) for y in ys], xs
            yield series.error_bars(shown, values, lows, highs, name=name, color=color)


def _spans_on_curves(
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
        color = color_of(curve)
        for axis in (0, 1):
            spans = []
            for point in points:
                near = bars.get((axis, round(point[axis], 6)), ())
                around = [bar for bar in near if bar[0] <= point[1 - axis] <= bar[1]]
                # Curves that are not dodged have their bars at one place, told by colour.
                around.sort(key=lambda bar: color_of(bar[2]) != color)
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


def _references(drawing: Drawing) -> Iterator[dict[str, Any]]:
    """`axhline`, `axvline` and `axline`."""
    for line in drawing.artists("Line2D"):
        name, color = drawing.name(line), color_of(line)
        x_data, y_data = drawing.in_data(line)
        if not kinds(line).isdisjoint({"AxLine", "_AxLine"}):
            drawing.take(line)
            yield _sloped(line, name, color)
        elif x_data != y_data and len(line.get_xdata()):
            drawing.take(line)
            axis = "x" if x_data else "y"
            value = float((line.get_xdata() if x_data else line.get_ydata())[0])
            at = drawing.along(axis).nearest(value)
            yield series.reference_line(axis, at, name=name, color=color)


def _sloped(line: Any, name: str, color: str) -> dict[str, Any]:
    start = getattr(line, "_xy1", None) or line.get_xydata()[0]
    slope = getattr(line, "_slope", None)
    end = getattr(line, "_xy2", None)
    if slope is None and end is not None and end[0] != start[0]:
        slope = (end[1] - start[1]) / (end[0] - start[0])
    if slope is None:
        return series.reference_line("x", float(start[0]), name=name, color=color)
    found = series.reference_line("y", float(start[1]), name=name, color=color)
    fact = ["slope", float(f"{float(slope):.6g}"), f"through x = {float(start[0]):.6g}"]
    return {**found, "facts": [*found["facts"], fact]}


def read_segments(drawing: Drawing) -> Iterator[dict[str, Any]]:
    """Rugs, events, `vlines` and `hlines`: how many, and the range that they cover."""
    for lines in drawing.artists("LineCollection"):
        if "ContourSet" in kinds(lines) or "LineCollection3D" in kinds(lines):
            continue
        drawing.take(lines)
        segments = [segment for segment in lines.get_segments() if len(segment)]
        if not segments:
            continue
        yield _segments(drawing, lines, segments)


def _segments(drawing: Drawing, lines: Any, segments: Sequence[Any]) -> dict[str, Any]:
    numpy = sys.modules["numpy"]
    name, color = drawing.name(lines), color_of(lines)
    if any(len(segment) != 2 for segment in segments):
        return series.other("lines", len(segments), name=name, color=color)
    ends = numpy.array(segments, dtype=float)
    x_data, y_data = drawing.in_data(lines)
    for axis, data, word in ((0, x_data, "upright"), (1, y_data, "level")):
        if data and (ends[:, 0, axis] == ends[:, 1, axis]).all():
            event = "EventCollection" in kinds(lines)
            rug = not (x_data and y_data)
            what = "events" if event else "rug" if rug else f"{word} lines"
            found = series.other(what, len(ends), name=name, color=color)
            places = [float(ends[:, 0, axis].min()), float(ends[:, 0, axis].max())]
            low, high = drawing.along("xy"[axis]).texts(places) or places
            ranges = [[f"{'xy'[axis]} min", low, ""], [f"{'xy'[axis]} max", high, ""]]
            return {**found, "facts": [*found["facts"], *ranges]}
    return series.other("lines", len(ends), name=name, color=color)


# Parts


def _line(drawing: Drawing, line: Any, name: str) -> dict[str, Any]:
    xs, ys = _points(line)
    if drawing.y.categories and not drawing.x.categories:
        # Points along categories that stand on the y axis: the values run along x.
        found = many_points.line(ys, xs, drawing.y, name=name, color=color_of(line))
        return {**found, "columns": ["y", "x"]}
    return many_points.line(xs, ys, drawing.x, name=name, color=color_of(line))


def _points(line: Any) -> tuple[Any, Any]:
    """x and y as floats, without points that have no finite x (`ecdfplot` starts at -∞)."""
    numpy = sys.modules["numpy"]
    xs = numpy.ma.filled(numpy.ma.asarray(line.get_xdata(orig=False), dtype=float), numpy.nan)
    ys = numpy.ma.filled(numpy.ma.asarray(line.get_ydata(orig=False), dtype=float), numpy.nan)
    placed = numpy.isfinite(xs)
    return (xs, ys) if placed.all() else (xs[placed], ys[placed])
