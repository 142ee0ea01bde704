"""Points: scatters, split by the colours that a legend names or by category; hexagons.

Runs in the user's kernel: standard library only, Python 3.8 and later.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from . import arithmetic, many_points, series
from .drawing import Drawing, color_of, hex_color

_MOST_GROUPS = 20
_JITTER = 0.45
"""How far from its tick a point may stand: stripplot and swarmplot spread points up to 0.4."""


def read_points(drawing: Drawing) -> Iterator[dict[str, Any]]:
    """Every `PathCollection` with offsets. Points that stand at categories (strips, swarms)
    are one series a name, whatever collections they are drawn by."""
    numpy = sys.modules["numpy"]
    strips: dict[tuple[str, str], list[Any]] = {}
    for points in drawing.artists("PathCollection"):
        if not all(_offsets_in_data(drawing, points)):
            continue
        drawing.take(points)
        offsets = numpy.ma.filled(numpy.ma.asarray(points.get_offsets(), dtype=float), numpy.nan)
        drawn = numpy.isfinite(offsets).all(axis=1)
        axis = _category_axis(drawing, offsets[drawn])
        for name, color, chosen in _groups(drawing, points, drawn) if drawn.any() else ():
            if axis:
                strips.setdefault((axis, name), []).append((offsets[chosen], color))
            else:
                yield _scatter(drawing, points, offsets, chosen, name=name, color=color)
    for (axis, name), parts in strips.items():
        yield _strip(drawing, axis, parts, name=name)


def _offsets_in_data(drawing: Drawing, points: Any) -> tuple[bool, bool]:
    x, y = points.get_offset_transform().contains_branch_seperately(drawing.axes.transData)
    return bool(x), bool(y)


def _groups(drawing: Drawing, points: Any, drawn: Any) -> Iterator[tuple[str, str, Any]]:
    """Name, colour and mask of the points of each colour and marker that the legend names."""
    numpy = sys.modules["numpy"]
    colors, color_names, by_color = _by_color(drawing, points, len(drawn))
    shape_names, by_shape = _by_shape(drawing, points, len(drawn))
    keys = by_color * len(shape_names) + by_shape
    firsts = numpy.sort(numpy.unique(keys, return_index=True)[1])
    if len(firsts) > 1 and any([*color_names, *shape_names]):
        for first in firsts:
            names = [color_names[by_color[first]], shape_names[by_shape[first]]]
            name = ", ".join(name for name in names if name)
            yield name, colors[by_color[first]], drawn & (keys == keys[first])
        return
    yield drawing.name(points, colors[0]), colors[0], drawn


def _by_color(drawing: Drawing, points: Any, size: int) -> tuple[list[str], list[str], Any]:
    """Colours, their names, and the place of each point's colour among them; one colour ""
    where a colour map or a legend of few of many colours tells them."""
    numpy = sys.modules["numpy"]
    one = numpy.zeros(size, dtype=int)
    if points.get_array() is not None:
        return [""], [""], one
    rows = numpy.asarray(points.get_facecolors(), dtype=float)
    if len(rows) != size or size < 2:
        return [color_of(points)], [""], one
    # Sorting rows of four takes 0.2 s for 100,000 points; one number a colour does not.
    packed = numpy.round(rows * 255) @ numpy.array([1 << 24, 1 << 16, 1 << 8, 1])
    _, firsts, places = numpy.unique(packed, return_index=True, return_inverse=True)
    colors = [hex_color(rows[first]) for first in firsts[: _MOST_GROUPS + 1]]
    names = [drawing.named_color(color) for color in colors]
    if len(colors) == 1:
        return colors, [""], one
    known = len(colors) <= _MOST_GROUPS and any(names)
    return (colors, names, places) if known else ([""], [""], one)


def _by_shape(drawing: Drawing, points: Any, size: int) -> tuple[list[str], Any]:
    """Names of markers, and the place of each point's marker among them."""
    numpy = sys.modules["numpy"]
    paths = points.get_paths()
    names = drawing.named_shapes(paths) if len(paths) == size else []
    if not any(names):
        return [""], numpy.zeros(size, dtype=int)
    known = list(dict.fromkeys(names))
    return known, numpy.array([known.index(name) for name in names])


def _scatter(
    drawing: Drawing, points: Any, offsets: Any, chosen: Any, *, name: str, color: str
) -> dict[str, Any]:
    xs, ys = offsets[chosen, 0], offsets[chosen, 1]
    sizes = points.get_sizes()
    sizes = sizes[chosen] if len(sizes) == len(chosen) > 1 else None
    found = many_points.scatter(xs, ys, drawing.x, name=name, color=color, sizes=sizes)
    array = points.get_array()
    if array is not None and len(array) == len(chosen):
        low, high = float(array[chosen].min()), float(array[chosen].max())
        found["facts"].append(["color", f"{low:.6g} to {high:.6g}", ""])
    elif not color:
        found["facts"].append(["color", "varies", ""])
    return found


def _category_axis(drawing: Drawing, offsets: Any) -> str:
    """The axis at whose categories all of the points stand, or ""."""
    numpy = sys.modules["numpy"]
    for place, axis in enumerate("xy"):
        ticks, at = numpy.array(sorted(drawing.along(axis).categories)), offsets[:, place]
        if len(ticks) and (numpy.abs(at - ticks[_nearest(ticks, at)]) <= _JITTER).all():
            return axis
    return ""


def _nearest(ticks: Any, places: Any) -> Any:
    """The index of the tick (they are sorted) next to each place."""
    return sys.modules["numpy"].searchsorted((ticks[1:] + ticks[:-1]) / 2, places)


def _strip(drawing: Drawing, axis: str, parts: Sequence[Any], *, name: str) -> dict[str, Any]:
    """Points by category: jitter says nothing, the category does."""
    numpy = sys.modules["numpy"]
    positions = drawing.along(axis)
    offsets = numpy.concatenate([part for part, _ in parts])
    at, values = (offsets[:, 0], offsets[:, 1]) if axis == "x" else (offsets[:, 1], offsets[:, 0])
    ticks = numpy.array(sorted(positions.categories))
    labels = [positions.categories[ticks[place]] for place in _nearest(ticks, at)]
    colors = {color for _, color in parts}
    color = colors.pop() if len(colors) == 1 else ""
    given = (labels, values) if axis == "x" else (values, labels)
    found = series.scatter(*given, name=name, color=color)
    counts = [["points", labels.count(label), label] for label in dict.fromkeys(labels)]
    return {**found, "facts": [*found["facts"], *counts[:_MOST_GROUPS]]}


def read_hexagons(drawing: Drawing) -> Iterator[dict[str, Any]]:
    """`hexbin`: how many hexagons are drawn, what they hold, and where the most is."""
    numpy = sys.modules["numpy"]
    for bins in drawing.artists("PolyCollection"):
        values = bins.get_array()
        offsets = numpy.asarray(bins.get_offsets(), dtype=float)
        if values is None or len(offsets) != len(values) or len(offsets) < 2:
            continue
        drawing.take(bins)
        values = numpy.ma.filled(numpy.ma.asarray(values, dtype=float), numpy.nan)
        full = numpy.flatnonzero(numpy.isfinite(values))
        if not len(full):
            continue
        found = series.other("hexagons", len(full), name=drawing.name(bins))
        most = full[values[full].argmax()]
        x, y = offsets[most]
        facts = [
            ["min", arithmetic.rounded(values[full].min()), ""],
            ["max", arithmetic.rounded(values[most]), f"{x:.6g}, {y:.6g}"],
            ["total", arithmetic.rounded(values[full].sum()), ""],
        ]
        yield {**found, "kind": "heat map", "facts": [*found["facts"], *facts]}
