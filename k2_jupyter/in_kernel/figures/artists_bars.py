"""Bars and histograms: bar containers and bare rectangles.

Runs in the user's kernel: standard library only, Python 3.8 and later.
"""
# ruff: noqa: B905 - zip(strict=) and pairwise came with Python 3.10

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from . import series
from .artists_steps import histogram
from .drawing import Drawing, color_of, has_marker

_MAX_GROUPS = 25
"""Of each so much is told; what is drawn over them needs room among the series too."""
_TOUCHING = 1e-6
"""Share of a bar's width by which neighbours may miss each other."""


class _Bars:
    """Rectangles that stand on one axis: where, how wide, from which base, how long."""

    def __init__(self, drawing: Drawing, patches: Sequence[Any], upright: bool) -> None:
        x = [(one.get_x(), one.get_width()) for one in patches]
        y = [(one.get_y(), one.get_height()) for one in patches]
        across, along = (x, y) if upright else (y, x)
        self.upright = upright
        self.positions = drawing.along("x" if upright else "y")
        self.patches = patches
        self.starts = [float(min(start, start + width)) for start, width in across]
        self.ends = [float(max(start, start + width)) for start, width in across]
        self.bases = [float(base) for base, _ in along]
        self.lengths = [float(length) for _, length in along]
        self.lows: list[float | None] | None = None
        self.highs: list[float | None] | None = None
        colors = [color_of(patch) for patch in patches]
        self.color = colors[0] if len(set(colors)) == 1 else ""

    @property
    def centres(self) -> list[float]:
        return [(start + end) / 2 for start, end in zip(self.starts, self.ends)]

    def are_under(self, spans: dict[float, tuple[float, float]]) -> bool:
        """Whether these error bars (low and high by position) stand at ends of the bars."""
        ends = {
            _key(centre): base + length
            for centre, base, length in zip(self.centres, self.bases, self.lengths)
        }
        return bool(spans) and all(
            place in ends and low <= ends[place] <= high for place, (low, high) in spans.items()
        )

    @property
    def touching(self) -> bool:
        """Neighbours meet, as the bins of a histogram do."""
        if self.positions.categories or len(self.starts) < 2:
            return False
        width = max(end - start for start, end in zip(self.starts, self.ends))
        gaps = [start - end for start, end in zip(self.starts[1:], self.ends)]
        return all(abs(gap) <= _TOUCHING * width for gap in gaps)


def read(drawing: Drawing) -> Iterator[dict[str, Any]]:
    """All bars and histograms of the axes that are made of rectangles."""
    groups = _of_containers(drawing)
    beside = _beside_each_other(groups)
    for name, bars in groups[:_MAX_GROUPS]:
        if beside and not bars.touching:
            yield histogram(bars.positions, beside, bars.lengths, name, bars.color)
        else:
            yield _bars_or_bins(bars, name)
    if len(groups) > _MAX_GROUPS:
        more = groups[_MAX_GROUPS:]
        what = f"bars of {len(more)} more series"
        yield series.other(what, sum(len(bars.patches) for _, bars in more))
    yield from _bare(drawing)
    yield from _collected(drawing)


def _bars_or_bins(bars: _Bars, name: str) -> dict[str, Any]:
    if not bars.touching:
        return _bars(bars, name)
    edges = [*bars.starts, bars.ends[-1]]
    return histogram(bars.positions, edges, bars.lengths, name, bars.color)


def _bars(bars: _Bars, name: str) -> dict[str, Any]:
    places = [bars.positions.nearest(centre) for centre in bars.centres]
    if len(set(places)) < len(places):  # two bars at one tick: the tick names neither
        places = [bars.positions.at(centre) for centre in bars.centres]
    based = any(abs(base) > 1e-12 * max(map(abs, bars.lengths)) for base in bars.bases)
    return series.bars(
        places,
        bars.lengths,
        name=name,
        color=bars.color,
        lows=bars.lows,
        highs=bars.highs,
        bases=bars.bases if based else None,
    )


# Containers


def _of_containers(drawing: Drawing) -> list[tuple[str, _Bars]]:
    """Bars of each container; those of one bar each (seaborn's, coloured by category) are
    one series where no name tells them apart."""
    found: list[tuple[str, list[Any], bool, list[Any]]] = []
    for container in drawing.containers("BarContainer"):
        patches = [patch for patch in container.patches if drawing.free(patch)]
        drawing.take(*container.patches)
        upright = getattr(container, "orientation", None) != "horizontal"
        name = drawing.name(container, color_of(patches[0]))
        error = getattr(container, "errorbar", None)
        for part in error or ():
            drawing.take(*(part if isinstance(part, tuple) else (part,)))
        before = found[-1] if found else None
        if before and len(patches) == 1 and before[0] == name and before[2] == upright:
            before[1].extend(patches)
            before[3].append(error)
        else:
            found.append((name, list(patches), upright, [error]))
    groups = []
    for name, patches, upright, errors in found:
        bars = _Bars(drawing, patches, upright)
        _add_errors(drawing, bars, errors)
        groups.append((name, bars))
    return groups


def _add_errors(drawing: Drawing, bars: _Bars, errors: Sequence[Any]) -> None:
    """Ends of the error bars that stand on bars: matplotlib's are in the container,
    seaborn's are lines of their own at the centres, users' are an `errorbar` without line."""
    spans: dict[float, tuple[float, float]] = {}
    for error in errors:
        for lines in error[2] if error is not None else ():
            spans.update(_spans(lines.get_segments(), bars.upright))
    for line in drawing.artists("Line2D"):
        if not has_marker(line) and 2 <= len(line.get_xdata()) <= 8:
            span = _spans([line.get_xydata()], bars.upright)
            if bars.are_under(span):
                drawing.take(line)
                spans.update(span)
    for container in drawing.containers("ErrorbarContainer"):
        line, caps, collections = container.lines
        segments = [segment for part in collections for segment in part.get_segments()]
        span = _spans(segments, bars.upright)
        if line is None and bars.are_under(span):
            drawing.take(*caps, *collections)
            spans.update(span)
    if spans:
        ends = [spans.get(_key(centre), (None, None)) for centre in bars.centres]
        bars.lows, bars.highs = [low for low, _ in ends], [high for _, high in ends]


def _spans(segments: Any, upright: bool) -> dict[float, tuple[float, float]]:
    """Low and high of error bars, by position; caps are narrow and lie around it."""
    numpy = sys.modules["numpy"]
    found = {}
    for segment in segments:
        points = numpy.asarray(segment, dtype=float)
        points = points[numpy.isfinite(points).all(axis=1)]
        if not len(points):
            continue
        at, values = (points[:, 0], points[:, 1]) if upright else (points[:, 1], points[:, 0])
        middle = (float(at.min()) + float(at.max())) / 2
        if numpy.isclose(at, middle).any() and values.max() > values.min():
            found[_key(middle)] = (float(values.min()), float(values.max()))
    return found


def _key(place: float) -> float:
    return round(place, 9)


def _beside_each_other(groups: Sequence[tuple[str, _Bars]]) -> list[float] | None:
    """Edges of the bins where several histograms stand side by side in each bin.

    `hist` centres the group in its bin; bars on whole numbers are grouped bars, whose
    positions a user has counted.
    """
    numpy = sys.modules["numpy"]
    bars = [one for _, one in groups]
    if len(bars) < 2 or len({len(one.starts) for one in bars}) > 1 or len(bars[0].starts) < 3:
        return None
    if bars[0].positions.categories or bars[0].touching:
        return None
    starts = numpy.array([one.starts for one in bars]).min(axis=0)
    ends = numpy.array([one.ends for one in bars]).max(axis=0)
    steps, middles = numpy.diff(starts), (starts + ends) / 2
    if not numpy.allclose(steps, steps[0]) or numpy.allclose(middles, numpy.round(middles)):
        return None
    return [float(edge) for edge in (*(middles - steps[0] / 2), middles[-1] + steps[0] / 2)]


# Rectangles alone


def _bare(drawing: Drawing) -> Iterator[dict[str, Any]]:
    """Rectangles in no container: bars where several stand on one base."""
    found = []
    for patch in drawing.artists("Rectangle"):
        if not (patch.get_width() and patch.get_height()):
            drawing.take(patch)  # a legend's sample, or nothing to see
        elif all(drawing.in_data(patch)) and not patch.get_angle():
            found.append(patch)
    upright = len({patch.get_y() for patch in found}) == 1
    if len(found) < 2 or not (upright or len({patch.get_x() for patch in found}) == 1):
        return
    groups: dict[str, list[Any]] = {}
    for patch in found:
        groups.setdefault(color_of(patch), []).append(patch)
    drawing.take(*found)
    for color, patches in groups.items():
        bars = _Bars(drawing, patches, upright)
        _add_errors(drawing, bars, ())
        yield _bars(bars, drawing.named_color(color))


def _collected(drawing: Drawing) -> Iterator[dict[str, Any]]:
    """Rectangles in one collection, as ``seaborn.objects`` draws its ``Bars``."""
    rectangle = sys.modules["matplotlib.patches"].Rectangle
    for many in drawing.artists("PatchCollection"):
        boxes = [path.get_extents() for path in many.get_paths()]
        filled = [len(path.vertices) == 5 for path in many.get_paths()]
        on_base = len({box.y0 for box in boxes}) == 1, len({box.x0 for box in boxes}) == 1
        if len(boxes) < 2 or not all(filled) or not any(on_base) or not all(drawing.in_data(many)):
            continue
        drawing.take(many)
        faces = many.get_facecolor()
        groups: dict[str, list[Any]] = {}
        for place, box in enumerate(boxes):
            face = faces[place % len(faces)] if len(faces) else "none"
            one = rectangle(box.p0, box.width, box.height, facecolor=face, linewidth=0)
            groups.setdefault(color_of(one), []).append(one)
        for color, patches in groups.items():
            yield _bars_or_bins(_Bars(drawing, patches, on_base[0]), drawing.named_color(color))
