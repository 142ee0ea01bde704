"""Lines: stems, reference lines, curves, points drawn as lines, rugs and events.

Runs in the user's kernel: standard library only, Python 3.8 and later.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from . import arithmetic, many_points, series
from .artists_errors import bars_of_curve, points_of, spans_on_curves
from .drawing import Drawing, color_of, has_marker, is_dotted
from .positions import kinds


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
    spans = spans_on_curves(drawing, curves)
    for line in curves:
        if not drawing.free(line):
            continue
        drawing.take(line)
        xs, ys = points_of(line)
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
            yield bars_of_curve(drawing, line, spans[id(line)], name=name)


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
    fact = ["slope", arithmetic.rounded(slope), f"through x = {float(start[0]):.6g}"]
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
            if x_data and y_data and not event:
                found = _with_ends(drawing, found, ends, axis)
            places = [float(ends[:, 0, axis].min()), float(ends[:, 0, axis].max())]
            low, high = drawing.along("xy"[axis]).texts(places) or map(_shown, places)
            ranges = [[f"{'xy'[axis]} min", low, ""], [f"{'xy'[axis]} max", high, ""]]
            return {**found, "facts": [*found["facts"], *ranges]}
    return series.other("lines", len(ends), name=name, color=color)


def _with_ends(drawing: Drawing, found: dict[str, Any], ends: Any, axis: int) -> dict[str, Any]:
    """Rows of `vlines` and `hlines`: where each stands, from where to where it goes."""
    positions, other = drawing.along("xy"[axis]), 1 - axis
    rows = [
        [_shown(positions.at(pair[0][axis])), _shown(pair[0][other]), _shown(pair[1][other])]
        for pair in ends[: series.MAX_ROWS].tolist()
    ]
    left_out = len(ends) - len(rows)
    return {**found, "columns": ["xy"[axis], "from", "to"], "rows": rows, "left_out": left_out}


# Parts


def _shown(value: Any) -> Any:
    return value if isinstance(value, str) else arithmetic.rounded(value)


def _line(drawing: Drawing, line: Any, name: str) -> dict[str, Any]:
    xs, ys = points_of(line)
    if drawing.y.categories and not drawing.x.categories:
        # Points along categories that stand on the y axis: the values run along x.
        found = many_points.line(ys, xs, drawing.y, name=name, color=color_of(line))
        return {**found, "columns": ["y", "x"]}
    found = many_points.line(xs, ys, drawing.x, name=name, color=color_of(line))
    # An angle comes round again: no straight line fits it.
    return many_points.without_slope(found) if drawing.axes.name == "polar" else found
