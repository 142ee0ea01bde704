"""Rectangles in a drawn image, in pixels; texts may stand askew. Runs in the user's kernel.

Standard library only, Python 3.8 and later.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

_INK = 0.8
"""Share of a line's height that is ink: the rest is room for accents and tails, and where
only that meets, nothing is unreadable."""
_LINE = 1.2
"""Height of a line of text by its font size (matplotlib's own line spacing)."""


class Box(NamedTuple):
    """A rectangle around (x, y), turned by `angle` (radians)."""

    x: float
    y: float
    half_width: float
    half_height: float
    angle: float = 0.0

    def wider(self, by: float) -> Box:
        """The same with so many pixels more at both ends."""
        return self._replace(half_width=self.half_width + by)

    @property
    def reach(self) -> tuple[float, float]:
        """Half the size of the upright box around it."""
        cos, sin = abs(math.cos(self.angle)), abs(math.sin(self.angle))
        return (
            self.half_width * cos + self.half_height * sin,
            self.half_width * sin + self.half_height * cos,
        )

    @property
    def left(self) -> float:
        return self.x - self.reach[0]

    @property
    def right(self) -> float:
        return self.x + self.reach[0]

    @property
    def bottom(self) -> float:
        return self.y - self.reach[1]

    @property
    def top(self) -> float:
        return self.y + self.reach[1]

    def meets(self, other: Box) -> bool:
        """Do they overlap? Two rectangles do unless a side of one parts them."""
        sides = {self.angle, self.angle + math.pi / 2, other.angle, other.angle + math.pi / 2}
        return all(self._meets_along(other, angle) for angle in sides)

    def _meets_along(self, other: Box, angle: float) -> bool:
        cos, sin = math.cos(angle), math.sin(angle)
        apart = abs((other.x - self.x) * cos + (other.y - self.y) * sin)
        return apart < self._half_along(angle) + other._half_along(angle)

    def _half_along(self, angle: float) -> float:
        turn = angle - self.angle
        return self.half_width * abs(math.cos(turn)) + self.half_height * abs(math.sin(turn))

    def share_within(self, other: Box) -> float:
        """How much of its upright box lies in the other's, 0 to 1."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.top, other.top) - max(self.bottom, other.bottom)
        whole = (self.right - self.left) * (self.top - self.bottom)
        return max(0.0, width) * max(0.0, height) / whole if whole > 0 else 0.0


def upright(extent: Any) -> Box:
    """The box of a matplotlib `Bbox`."""
    low, high = (extent.x0, extent.y0), (extent.x1, extent.y1)
    return Box(
        (low[0] + high[0]) / 2,
        (low[1] + high[1]) / 2,
        abs(high[0] - low[0]) / 2,
        abs(high[1] - low[1]) / 2,
    )


def of_text(text: Any, renderer: Any) -> Box:
    """Where the ink of a drawn `Text` is; without the arrow of an annotation.

    matplotlib tells only the upright box around a turned text. Its middle is the text's
    middle, and its height is known from the font, so its length follows.
    """
    lines = text.get_text().split("\n")
    plain: Any = sys.modules["matplotlib.text"].Text
    box = upright(plain.get_window_extent(text, renderer))
    angle = math.radians(text.get_rotation())
    cos, sin = abs(math.cos(angle)), abs(math.sin(angle))
    if sin < 0.01:
        blank = next((i for i, line in enumerate(lines) if line.strip()), 0) / len(lines)
        used = box.half_height * (1 - blank)  # pandas begins labels with empty lines
        return box._replace(y=box.y - box.half_height + used, half_height=used * _INK)
    if cos < 0.01:
        return box._replace(half_width=box.half_width * _INK)
    height = renderer.points_to_pixels(text.get_fontsize()) * _LINE * len(lines)
    across = 2 * box.half_width - height * sin, 2 * box.half_height - height * cos
    width = across[0] / cos if cos > sin else across[1] / sin
    return box._replace(half_width=max(0.0, width / 2), half_height=height / 2 * _INK, angle=angle)


def meeting(boxes: Sequence[Box]) -> Iterator[tuple[int, int]]:
    """Positions of each two that overlap."""
    order = sorted(range(len(boxes)), key=lambda place: boxes[place].left)
    open_ones: list[int] = []
    for place in order:
        box = boxes[place]
        open_ones = [other for other in open_ones if boxes[other].right > box.left]
        yield from ((other, place) for other in open_ones if boxes[other].meets(box))
        open_ones.append(place)
