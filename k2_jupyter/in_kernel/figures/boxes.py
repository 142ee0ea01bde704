"""Rectangles in a drawn image, in pixels; texts may stand askew. Runs in the user's kernel.

Standard library only, Python 3.8 and later.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from typing import Any

_INK = 0.8
"""Share of a line's height that is ink: the rest is room for accents and tails, and where
only that meets, nothing is unreadable."""
_LINE = 1.2
"""Height of a line of text by its font size (matplotlib's own line spacing)."""


class Box:
    """A rectangle around (x, y), turned by `angle` (radians), and the upright box around it."""

    __slots__ = ("angle", "bottom", "half_height", "half_width", "left", "right", "top", "x", "y")

    def __init__(
        self, x: float, y: float, half_width: float, half_height: float, angle: float = 0.0
    ) -> None:
        self.x, self.y, self.angle = x, y, angle
        self.half_width, self.half_height = half_width, half_height
        across, up = self._half_along(0.0), self._half_along(math.pi / 2)
        self.left, self.right, self.bottom, self.top = x - across, x + across, y - up, y + up

    def __repr__(self) -> str:
        sizes = f"{self.half_width}, {self.half_height}, {self.angle}"
        return f"Box({self.x}, {self.y}, {sizes})"

    def wider(self, by: float) -> Box:
        """The same with so many pixels more at both ends."""
        return Box(self.x, self.y, self.half_width + by, self.half_height, self.angle)

    def meets(self, other: Box) -> bool:
        """Do they overlap? Two rectangles do unless a side of one parts them."""
        if self.right <= other.left or other.right <= self.left:
            return False
        if self.top <= other.bottom or other.top <= self.bottom:
            return False
        turned = {self.angle, other.angle} - {0.0}
        sides = [side for angle in turned for side in (angle, angle + math.pi / 2)]
        return all(self._meets_along(other, side) for side in sides)

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
        if width <= 0 or height <= 0:
            return 0.0
        return width * height / ((self.right - self.left) * (self.top - self.bottom))


def upright(extent: Any) -> Box:
    """The box of a matplotlib `Bbox`."""
    ends = float(extent.x0), float(extent.y0), float(extent.x1), float(extent.y1)
    left, bottom, right, top = ends  # Python's own numbers: numpy's are slow one by one
    return Box((left + right) / 2, (bottom + top) / 2, abs(right - left) / 2, abs(top - bottom) / 2)


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
        return Box(box.x, box.bottom + used, box.half_width, used * _INK)
    if cos < 0.01:
        return Box(box.x, box.y, box.half_width * _INK, box.half_height)
    height = renderer.points_to_pixels(text.get_fontsize()) * _LINE * len(lines)
    across = 2 * box.half_width - height * sin, 2 * box.half_height - height * cos
    width = across[0] / cos if cos > sin else across[1] / sin
    return Box(box.x, box.y, max(0.0, width / 2), height / 2 * _INK, angle)


def meeting(boxes: Sequence[Box]) -> Iterator[tuple[int, int]]:
    """Positions of each two that overlap."""
    order = sorted(range(len(boxes)), key=lambda place: boxes[place].left)
    open_ones: list[int] = []
    for place in order:
        box = boxes[place]
        open_ones = [other for other in open_ones if boxes[other].right > box.left]
        yield from ((other, place) for other in open_ones if boxes[other].meets(box))
        open_ones.append(place)
