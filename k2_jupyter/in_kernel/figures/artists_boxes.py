"""Box plots and letter-value ("boxen") plots, told by the lines that matplotlib makes them of.

Runs in the user's kernel: standard library only, Python 3.8 and later. `Axes.bxp`, which
seaborn and pandas call too, draws for each box, in this order: the box, two whiskers, two
caps, the median, the mean, the outliers; all but the first two may be missing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from . import series
from .drawing import Drawing, color_of, is_dotted
from .positions import kinds

_MOST_LINES = 7


def read(drawing: Drawing) -> Iterator[dict[str, Any]]:
    """Box plots, one series a colour that the legend names."""
    found = [*_boxes(drawing), *_letter_values(drawing)]
    groups: dict[str, list[tuple[str, list[Any]]]] = {}
    for name, color, row in found:
        groups.setdefault(name, []).append((color, row))
    for name, boxes in groups.items():
        colors = {color for color, _ in boxes}
        color = colors.pop() if len(colors) == 1 else ""
        yield series.boxes([row for _, row in boxes], name=name, color=color)


def _boxes(drawing: Drawing) -> Iterator[tuple[str, str, list[Any]]]:
    """Name, colour and row (as `series.boxes` takes it) of each box."""
    artists = list(drawing.artists())
    for place, artist in enumerate(artists):
        outline = _outline(artist)
        if outline is None:
            continue
        lines = []
        for line in artists[place + 1 : place + 1 + _MOST_LINES]:
            if "Line2D" not in kinds(line) or _outline(line) is not None:
                break
            lines.append(line)
        upright, own = _orientation(outline, lines)
        parts = _parts(own, upright)
        if parts is None:
            continue
        drawing.take(artist, *own)
        values = outline[:, 1] if upright else outline[:, 0]
        centre = _middle(outline[:, 0] if upright else outline[:, 1])
        low, median, high, outliers = parts
        at = drawing.along("x" if upright else "y").nearest(centre)
        row = [at, low, float(values.min()), median, float(values.max()), high, outliers]
        color = color_of(artist)
        yield drawing.name(artist, color), color, row


def _outline(artist: Any) -> Any:
    """Corners of what may be a box: a closed line, or a patch of a path."""
    numpy = sys.modules["numpy"]
    names = kinds(artist)
    if "Line2D" in names and len(artist.get_xdata()) >= 5:
        points = numpy.asarray(artist.get_xydata(), dtype=float)
        return points if len(points) <= 12 and (points[0] == points[-1]).all() else None
    if "PathPatch" in names and "StepPatch" not in names:
        points = numpy.asarray(artist.get_path().vertices, dtype=float)
        return points if 5 <= len(points) <= 12 else None
    return None


def _orientation(outline: Any, lines: Sequence[Any]) -> tuple[bool, list[Any]]:
    """Whether the box is upright, and the lines behind it that lie at its position."""
    found = []
    for axis in (0, 1):
        centre, width = _middle(outline[:, axis]), float(_width(outline[:, axis]))
        own = []
        for line in lines:
            data = line.get_xdata() if axis == 0 else line.get_ydata()
            if len(data) and abs(_middle(data) - centre) > 1e-6 * (width or 1.0):
                break
            own.append(line)
        found.append(own)
    upright = len(found[0]) >= len(found[1])
    return upright, found[0] if upright else found[1]


def _parts(lines: Sequence[Any], upright: bool) -> tuple[Any, Any, Any, list[float]] | None:
    """Low end, median, high end and outliers; None where the lines make no box plot."""
    ends: list[float] = []
    across: list[float] = []
    dots: list[list[float]] = []
    for line in lines:
        at, values = line.get_xdata(), line.get_ydata()
        at, values = (at, values) if upright else (values, at)
        if is_dotted(line):
            dots.append([float(value) for value in values])
        elif len(at) == 2 and at[0] == at[1] and len(ends) < 2:
            ends.append(float(values[1]))
        elif len(at) == 2 and values[0] == values[1]:
            across.append(float(values[0]))
    if len(ends) < 2 or not across:
        return None
    median = across[2] if len(across) > 2 else across[0]  # behind the caps, if there are caps
    low, high = min(ends), max(ends)
    outliers = [value for values in dots for value in values if not low <= value <= high]
    return low, median, high, outliers


def _letter_values(drawing: Drawing) -> Iterator[tuple[str, str, list[Any]]]:
    """Seaborn's boxenplot: nested boxes, the widest between the fourths, beside them (in
    drawing order) the median's line and the outliers. low and high are the outermost ends."""
    artists = list(drawing.artists())
    for place, artist in enumerate(artists):
        if "PatchCollection" not in kinds(artist):
            continue
        boxes = [path.get_extents() for path in artist.get_paths()]
        near = artists[max(0, place - 2) : place + 3]
        line = next((one for one in near if _crosses(one, boxes)), None)
        if line is None:
            continue
        upright = float(_width(line.get_ydata())) == 0
        spans = [(box.y0, box.y1) if upright else (box.x0, box.x1) for box in boxes]
        widths = [box.width if upright else box.height for box in boxes]
        low, high = min(span[0] for span in spans), max(span[1] for span in spans)
        q1, q3 = spans[widths.index(max(widths))]
        median = float((line.get_ydata() if upright else line.get_xdata())[0])
        centre = _middle(line.get_xdata() if upright else line.get_ydata())
        drawing.take(artist, line)
        outliers = _dots_at(drawing, near, centre, upright)
        at = drawing.along("x" if upright else "y").nearest(centre)
        color = color_of(artist)
        yield drawing.name(artist, color), color, [at, low, q1, median, q3, high, outliers]


def _crosses(line: Any, boxes: Sequence[Any]) -> bool:
    """Whether it is a line through the middle of the widest of the boxes."""
    if "Line2D" not in kinds(line) or len(line.get_xdata()) != 2:
        return False
    x, y = _middle(line.get_xdata()), _middle(line.get_ydata())
    return any(box.contains(x, y) for box in boxes)


def _dots_at(drawing: Drawing, near: Sequence[Any], centre: float, upright: bool) -> list[float]:
    for dots in near:
        if "PathCollection" not in kinds(dots) or not drawing.free(dots):
            continue
        offsets = dots.get_offsets()
        at, values = (0, 1) if upright else (1, 0)
        if all(abs(point[at] - centre) < 1e-6 for point in offsets):
            drawing.take(dots)
            return [float(point[values]) for point in offsets]
    return []


def _middle(values: Any) -> float:
    return (float(min(values)) + float(max(values))) / 2


def _width(values: Any) -> Any:
    return max(values) - min(values)
