"""The outline of what matplotlib fills between two curves.

Runs in the user's kernel: standard library only, Python 3.8 and later.
"""

from __future__ import annotations

import sys
from typing import Any

from .positions import kinds


class Band:
    """`low` and `high` (arrays) over `along`, which runs on axis ``"x"`` or ``"y"``."""

    def __init__(self, axis: str, along: Any, low: Any, high: Any) -> None:
        self.axis, self.along, self.low, self.high = axis, along, low, high

    @property
    def width(self) -> Any:
        return self.high - self.low


def band_of(collection: Any) -> Band | None:
    """The curves of a `fill_between` or `fill_betweenx`; None for other polygons.

    Both make polygons of 2n + 3 vertices: a first one, n along one curve, a turning one, n
    back along the other curve, and the first again (`FillBetweenPolyCollection`, and before
    matplotlib 3.10 the functions themselves).
    """
    numpy = sys.modules["numpy"]
    if kinds(collection).isdisjoint({"PolyCollection", "FillBetweenPolyCollection"}):
        return None
    paths = [path.vertices for path in collection.get_paths()]
    if not paths or any(len(points) < 7 or len(points) % 2 == 0 for points in paths):
        return None
    for axis in (0, 1):
        curves = [_curves(points, axis) for points in paths]
        if all(curve is not None for curve in curves):
            along, one, two = (numpy.concatenate(part) for part in zip(*curves))  # noqa: B905 - not before 3.10
            low, high = numpy.minimum(one, two), numpy.maximum(one, two)
            return Band("xy"[axis], along, low, high)
    return None


def _curves(points: Any, axis: int) -> Any:
    numpy = sys.modules["numpy"]
    count = (len(points) - 3) // 2
    there, back = points[1 : count + 1], points[count + 2 : 2 * count + 2][::-1]
    if not numpy.array_equal(there[:, axis], back[:, axis]):
        return None
    return there[:, axis], there[:, 1 - axis], back[:, 1 - axis]
