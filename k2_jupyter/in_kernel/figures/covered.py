"""Faults of a drawn figure in which marks hide: under a legend, or under each other.

Runs in the user's kernel while the figure is drawn. Standard library only, Python 3.8 and
later; arrays are numpy's, which matplotlib has imported.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from . import boxes

_MAX_POINTS = 20_000
"""Points of a line that are looked at, evenly."""
_SAMPLES = 400
"""Places along a line."""
_MAX_PATHS = 30
_POINTS_HIDDEN = 0.02
"""Share of the points (and of the bars) under a legend that a reader misses."""
_LINE_HIDDEN = 0.05
_OUTLINE_HIDDEN = 0.10
"""A filled shape shows through beside the legend: more of it may be under it."""
_BAR_HIDDEN = 0.25
_MIN_POINTS = 100
_MANY_POINTS = 1_000
"""Fewer may touch along a line and still show it; not where they lie on the same spots."""
_TOO_DEEP = 4.0
"""Opaque marks on a spot of their own size, for the average mark: they are seen as one."""
_NONE = ("None", "none", "", " ", None)
"""What stands for no line and for no marker."""


def faults(figure: Any, renderer: Any, panels: list[Any]) -> Iterator[dict[str, Any]]:
    """Data under legends, and points under points."""
    legends = _legend_boxes(figure, panels)
    for number, axes in enumerate(panels, 1):
        if axes.name != "rectilinear":
            continue
        frame = boxes.upright(axes.bbox)
        covered = sum(_under(box, axes) for box in legends if box.meets(frame))
        if covered:
            yield {"code": "legend_over_data", "axes": number, "count": covered}
        hidden = sum(_piled(cloud, renderer) for cloud in _clouds(axes))
        if hidden:
            yield {"code": "overplotting", "axes": number, "count": hidden}


# Under a legend


def _legend_boxes(figure: Any, panels: list[Any]) -> list[boxes.Box]:
    parts = (figure, *getattr(figure, "subfigs", ()))
    legends = [legend for part in parts for legend in part.legends]
    legends += [axes.get_legend() for axes in panels]
    return [
        boxes.upright(legend.get_frame().get_bbox())
        for legend in legends
        if legend is not None and legend.get_visible()
    ]


def _under(box: boxes.Box, axes: Any) -> int:
    """Points, bars and vertices of an axes that the box hides; 0 where it hardly matters."""
    lines = [line for line in axes.lines if line.get_visible()]
    covered = sum(_line_under(box, line, axes) for line in lines)
    covered += sum(_points_under(box, cloud, axes) for cloud in _clouds(axes))
    covered += _bars_under(box, axes)
    return covered + sum(_outline_under(box, outline) for outline in _outlines(axes))


def _line_under(box: boxes.Box, line: Any, axes: Any) -> int:
    if line.get_transform() != axes.transData or line.get_linestyle() in _NONE:
        return 0  # a line across the axes, or points
    data = line.get_xydata()
    points = line.get_transform().transform(data[:: 1 + len(data) // _MAX_POINTS])
    return _track_under(box, points, axes.bbox, _LINE_HIDDEN)


def _track_under(box: boxes.Box, points: Any, frame: Any, share: float) -> int:
    """Vertices of a track (at least 1) that are hidden, if it is more than a `share` of its
    length, or the place where it begins, ends, is highest or lowest."""
    np: Any = sys.modules["numpy"]
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) < 2:
        return 0
    length = np.concatenate([[0.0], np.hypot(*np.diff(points, axis=0).T).cumsum()])
    places = np.linspace(0.0, length[-1], _SAMPLES)
    track = np.column_stack([np.interp(places, length, points[:, axis]) for axis in (0, 1)])
    seen = _within(track, boxes.upright(frame))
    hidden = _within(track, box) & seen
    marks = points[[0, -1, points[:, 1].argmin(), points[:, 1].argmax()]]
    if hidden.sum() <= share * max(1, seen.sum()) and not _within(marks, box).any():
        return 0
    return max(1, int(_within(points, box).sum()))


def _points_under(box: boxes.Box, cloud: tuple[Any, float, float], axes: Any) -> int:
    points = cloud[0]
    hidden = int(_within(points, box).sum())
    return hidden if hidden > _POINTS_HIDDEN * len(points) else 0


def _bars_under(box: boxes.Box, axes: Any) -> int:
    """Bars whose end is hidden, or much of them."""
    np: Any = sys.modules["numpy"]
    bars = [
        (patch.get_x(), patch.get_y(), patch.get_width(), patch.get_height())
        for patch in axes.patches
        if _is(patch, "Rectangle")
        and patch.get_visible()
        and patch.get_data_transform() == axes.transData
    ]
    if not bars:
        return 0
    sides = np.array(bars, float)
    sides[:, 2:] += sides[:, :2]
    near, far = (axes.transData.transform(ends) for ends in (sides[:, :2], sides[:, 2:]))
    lying = any(getattr(one, "orientation", "") == "horizontal" for one in axes.containers)
    tips = (near + far) / 2
    tips[:, 0 if lying else 1] = far[:, 0 if lying else 1]
    low = np.maximum(np.minimum(near, far), (box.left, box.bottom))
    high = np.minimum(np.maximum(near, far), (box.right, box.top))
    hidden = np.clip(high - low, 0, None).prod(axis=1)
    most = hidden > _BAR_HIDDEN * np.abs(far - near).prod(axis=1)
    covered = int((most | _within(tips, box)).sum())
    return covered if covered > _POINTS_HIDDEN * len(bars) else 0


def _outlines(axes: Any) -> Iterator[Any]:
    """Outlines of filled shapes in pixels: areas, violins, slices, boxes."""
    shapes = [
        (patch.get_path(), patch.get_transform())
        for patch in axes.patches
        if patch.get_visible() and not _is(patch, "Rectangle")
    ]
    for many in axes.collections:
        if many.get_visible() and _is(many, "PolyCollection"):
            shapes += [(path, many.get_transform()) for path in many.get_paths()[:_MAX_PATHS]]
    for path, transform in shapes[:_MAX_PATHS]:
        yield from ((outline, axes.bbox) for outline in path.to_polygons(transform))


def _outline_under(box: boxes.Box, outline: tuple[Any, Any]) -> int:
    return _track_under(box, *outline, _OUTLINE_HIDDEN)


def _within(points: Any, box: boxes.Box) -> Any:
    x, y = points[:, 0], points[:, 1]
    return (x > box.left) & (x < box.right) & (y > box.bottom) & (y < box.top)


# Points


def _clouds(axes: Any) -> Iterator[tuple[Any, float, float]]:
    """Sets of points: pixels, diameter in points, opacity."""
    np: Any = sys.modules["numpy"]
    for many in axes.collections:
        if many.get_visible() and _is(many, "PathCollection") and len(many.get_offsets()):
            offsets = np.ma.filled(np.ma.asarray(many.get_offsets(), float), np.nan)
            sizes = many.get_sizes()
            diameter = float(np.sqrt(np.median(sizes))) if len(sizes) else 6.0
            yield _seen(offsets, axes), diameter, _opacity(many)
    for line in axes.lines:
        if line.get_visible() and _is_cloud(line) and line.get_transform() == axes.transData:
            diameter = 1.0 if line.get_marker() == "," else line.get_markersize()
            alpha = line.get_alpha()
            yield _seen(line.get_xydata(), axes), diameter, 1.0 if alpha is None else alpha


def _is_cloud(line: Any) -> bool:
    """Has it markers and nothing between them?"""
    return line.get_linestyle() in _NONE and line.get_marker() not in _NONE


def _seen(data: Any, axes: Any) -> Any:
    """The points within the frame, in pixels."""
    points = axes.transData.transform(data)
    return points[_within(points, boxes.upright(axes.bbox))]


def _opacity(many: Any) -> float:
    """Of the faces; rings hide little of each other."""
    faces = many.get_facecolor()
    if not len(faces):
        return 0.3
    return float(faces[:, 3].mean())


def _piled(cloud: tuple[Any, float, float], renderer: Any) -> int:
    """How many points there are, where they lie in piles that look like one."""
    points, diameter, opacity = cloud
    if len(points) < _MIN_POINTS:
        return 0
    many = len(points) >= _MANY_POINTS or len(points) > _TOO_DEEP * len(_piles(points, 1.0))
    piles = _piles(points, max(1.0, renderer.points_to_pixels(diameter)))
    depth = float((piles * piles).sum() / len(points))
    return len(points) if many and depth * opacity > _TOO_DEEP else 0


def _piles(points: Any, size: float) -> Any:
    """How many points lie on each spot of so many pixels that has any."""
    np: Any = sys.modules["numpy"]
    spots = (points / size).astype(np.int64)
    return np.unique(spots[:, 0] * 1_000_003 + spots[:, 1], return_counts=True)[1]


def _is(artist: Any, kind: str) -> bool:
    return any(one.__name__ == kind for one in type(artist).__mro__)
