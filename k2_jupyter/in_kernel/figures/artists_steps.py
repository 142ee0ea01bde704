"""Histograms drawn as an outline: stairs, steps, stepped areas.

Runs in the user's kernel: standard library only, Python 3.8 and later.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from . import series
from .drawing import Drawing, color_of, hex_color
from .positions import Positions


def read(drawing: Drawing) -> Iterator[dict[str, Any]]:
    """`stairs`, and `hist` with ``histtype="step"`` or ``"stepfilled"``."""
    yield from _stairs(drawing)
    yield from _steps(drawing)


def _stairs(drawing: Drawing) -> Iterator[dict[str, Any]]:
    for patch in drawing.artists("StepPatch"):
        drawing.take(patch)
        data = patch.get_data()
        positions = drawing.along("x" if patch.orientation == "vertical" else "y")
        edges = [float(edge) for edge in data.edges]
        name = drawing.name(patch)
        yield histogram(positions, edges, list(data.values), name, _edge_or_face(patch))


def _steps(drawing: Drawing) -> Iterator[dict[str, Any]]:
    """Polygons of ``hist(histtype="step")``."""
    numpy = sys.modules["numpy"]
    for patch in drawing.artists("Polygon"):
        outline = numpy.asarray(patch.get_xy(), dtype=float)
        for axis, points in (("x", outline), ("y", outline[:, ::-1])):
            found = stepped(points)
            if found and all(drawing.in_data(patch)):
                drawing.take(patch)
                edges, counts = found
                name = drawing.name(patch, _edge_or_face(patch))
                yield histogram(drawing.along(axis), edges, counts, name, _edge_or_face(patch))
                break


def stepped(outline: Any) -> tuple[list[float], list[float]] | None:
    """Edges and heights of an outline that goes up from a base, in steps, and down to it.

    `outline` (n × 2) may come back along the base (``stepfilled``). None for other shapes.
    """
    numpy = sys.modules["numpy"]
    x, y = outline[:, 0], outline[:, 1]
    back = numpy.flatnonzero(numpy.diff(x) < 0)
    end = int(back[0]) + 1 if len(back) else len(x)
    x, y = x[:end], y[:end]
    if len(x) < 6 or len(x) % 2 or y[0] != y[-1]:
        return None
    level = numpy.array_equal(y[1:-1:2], y[2:-1:2]) and numpy.array_equal(x[::2], x[1::2])
    if not level:
        return None
    return [float(edge) for edge in x[::2]], [float(top - y[0]) for top in y[1:-1:2]]


def _edge_or_face(patch: Any) -> str:
    """An outline is drawn by its edge."""
    return color_of(patch) if patch.get_fill() else hex_color(patch.get_edgecolor())


def histogram(
    positions: Positions, edges: Sequence[float], counts: Sequence[float], name: str, color: str
) -> dict[str, Any]:
    """`series.histogram`, with dates where the edges are dates."""
    labels = positions.texts(edges)
    return series.histogram(edges, counts, name=name, color=color, labels=labels)
