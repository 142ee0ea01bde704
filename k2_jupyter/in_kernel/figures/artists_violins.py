"""Violins: bodies that are filled around a position, and the lines drawn inside them.

Runs in the user's kernel: standard library only, Python 3.8 and later.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from . import series
from .bands import Band, band_of
from .drawing import Drawing, color_of
from .positions import Positions, kinds

_NEAR = 0.25
"""Share of the body below a quartile, and how far a drawn one may be from it: a kernel
density is smoother than the data, its quartiles are not exactly theirs."""


class _Violin:
    """A body at a position; `marks` are the values of lines drawn across or points in it."""

    def __init__(self, band: Band, at: float, order: int) -> None:
        self.band, self.at, self.order = band, at, order
        self.left, self.right = float(band.low.min()), float(band.high.max())
        self.low, self.high = float(band.along.min()), float(band.along.max())
        self.mode = float(band.along[band.width.argmax()])
        self.marks: list[float] = []
        self.q1: float | None = None
        self.median: float | None = None
        self.q3: float | None = None

    def holds(self, at: Any, values: Any) -> bool:
        """Whether something drawn lies within the body."""
        slack = 1e-6 * (self.right - self.left)
        inside = self.left - slack <= at.min() <= at.max() <= self.right + slack
        reach = 0.01 * (self.high - self.low)
        return (
            bool(inside) and self.low - reach <= values.min() <= values.max() <= self.high + reach
        )

    def share_below(self, value: float) -> float:
        """The part of the body's area below a value."""
        width = self.band.width
        return float(width[self.band.along <= value].sum() / (width.sum() or 1.0))


def read(drawing: Drawing) -> Iterator[dict[str, Any]]:
    """Violins, one series a colour that the legend names."""
    found = []
    for body in drawing.artists("PolyCollection"):
        band = band_of(body)
        if band is not None:
            at = _position(band, drawing.along("y" if band.axis == "x" else "x"))
            if at is not None:
                drawing.take(body)
                found.append((body, _Violin(band, at, drawing.order(body))))
    violins = [violin for _, violin in found]
    _read_lines(drawing, violins)
    _read_collections(drawing, violins)
    groups: dict[str, list[tuple[str, list[Any]]]] = {}
    for body, violin in found:
        _settle(violin)
        color = color_of(body)
        positions = drawing.along("y" if violin.band.axis == "x" else "x")
        row = [positions.nearest(violin.at), violin.low, violin.high]
        row += [violin.q1, violin.median, violin.q3, violin.mode]
        groups.setdefault(drawing.name(body, color), []).append((color, row))
    for name, rows in groups.items():
        colors = {color for color, _ in rows}
        color = colors.pop() if len(colors) == 1 else ""
        yield series.violins([row for _, row in rows], name=name, color=color)


def _position(band: Band, positions: Positions) -> float | None:
    """Where the violin stands; None where the band is none.

    Either both sides mirror each other around the position, or (split violins) one side is
    straight. Confidence bands around a constant mirror too, but are widest at an end; areas
    have a straight side too, but stand on no category.
    """
    numpy = sys.modules["numpy"]
    width = band.width
    thick = float(width.max())
    if not thick > 0:
        return None
    inside = 0 < int(width.argmax()) < len(width) - 1
    centre = (band.low + band.high) / 2
    if inside and float(numpy.ptp(centre)) < 1e-6 * thick:
        return float(centre.mean())
    for side in (band.low, band.high):
        if positions.categories and float(numpy.ptp(side)) < 1e-9 * thick:
            return float(side[0])
    return None


def _read_lines(drawing: Drawing, violins: Sequence[_Violin]) -> None:
    """What seaborn draws inside: a whisker, a thick line between the quartiles and a dot
    (``box``), or lines across (``quart``)."""
    numpy = sys.modules["numpy"]
    thick: dict[int, tuple[float, float, float]] = {}
    for line in drawing.artists("Line2D"):
        if not 1 <= len(line.get_xdata()) <= 2:
            continue
        points = numpy.asarray(line.get_xydata(), dtype=float)
        # Halves of a split violin share their position; what is inside follows its body.
        before = [one for one in reversed(violins) if one.order < drawing.order(line)]
        violin = _owner(points, before)
        if violin is None:
            continue
        drawing.take(line)
        at, values = _turned(points, violin.band)
        if len(at) == 1 or (values[0] == values[-1] and at[0] != at[-1]):
            violin.marks.append(float(values[0]))
        elif float(line.get_linewidth()) > thick.get(id(violin), (0.0,))[0]:
            thick[id(violin)] = (float(line.get_linewidth()), values.min(), values.max())
    for violin in violins:
        if id(violin) in thick:
            _, violin.q1, violin.q3 = thick[id(violin)]


def _read_collections(drawing: Drawing, violins: Sequence[_Violin]) -> None:
    """What matplotlib draws: a collection each of means, extremes, bars, medians, quantiles.
    And seaborn: observations as sticks, and before 0.13 the median's dot."""
    numpy = sys.modules["numpy"]
    for lines in drawing.artists("LineCollection", "PathCollection"):
        if "PathCollection" in kinds(lines):
            parts = [numpy.asarray(lines.get_offsets(), dtype=float)]
            if len(parts[0]) != 1:
                continue
        else:
            parts = [numpy.asarray(part, dtype=float) for part in lines.get_segments()]
        owners = [_owner(part, violins) for part in parts]
        if not owners or any(owner is None for owner in owners):
            continue
        drawing.take(lines)
        if "PathCollection" not in kinds(lines) and _are_sticks(owners):
            continue
        for part, owner in zip(parts, owners):  # noqa: B905 - not before 3.10
            _, values = _turned(part, owner.band)
            if values[0] == values[-1] and owner.low < values[0] < owner.high:
                owner.marks.append(float(values[0]))


def _owner(points: Any, violins: Sequence[_Violin]) -> Any:
    for violin in violins:
        if len(points) and violin.holds(*_turned(points, violin.band)):
            return violin
    return None


def _are_sticks(owners: Sequence[Any]) -> bool:
    return max(sum(one is owner for one in owners) for owner in owners[:1]) > 3


def _turned(points: Any, band: Band) -> tuple[Any, Any]:
    """Positions and values of points."""
    return (points[:, 0], points[:, 1]) if band.axis == "y" else (points[:, 1], points[:, 0])


def _settle(violin: _Violin) -> None:
    """Which of the marks are the quartiles and the median (drawn behind the mean)."""
    marks = violin.marks
    if violin.q1 is not None or not marks:
        violin.median = marks[-1] if marks else None
        return
    if len(marks) == 3 and len(set(marks)) == 3:
        violin.q1, violin.median, violin.q3 = sorted(marks)
        return
    for mark in marks:
        share = violin.share_below(mark)
        if abs(share - 0.5) <= _NEAR / 2:
            violin.median = mark
        elif abs(share - 0.25) <= _NEAR / 2:
            violin.q1 = mark
        elif abs(share - 0.75) <= _NEAR / 2:
            violin.q3 = mark
