"""How far apart colours are, also for readers who see fewer of them. Pure arithmetic.

Runs in the user's kernel and in the host. Standard library only, Python 3.8 and later.
"""

from __future__ import annotations

import colorsys
import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # Python 3.8 can't subscript it when it runs
    Triple = tuple[float, float, float]

_HEX = re.compile(r"#[0-9a-fA-F]{6}")

_SIGHTS: tuple[tuple[Triple, Triple, Triple], ...] = (
    # Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation of Color
    # Vision Deficiency (2009), table 1, severity 1.0: protanopia, deuteranopia. Acts on
    # linear RGB. Tritanopia (1 in 10,000) is left out: a palette for all three has few colours.
    (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
)
# sRGB to XYZ (IEC 61966-2-1), and the white point D65 of CIELAB.
_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_WHITE = (0.95047, 1.0, 1.08883)


_ALIKE = 10.0
"""CIE76 difference under which two marks apart from each other look alike; 2 is the least
that can be seen side by side, 100 is black to white."""
_NEAR = 30.0
"""The same for a red and a green, whose names no longer help."""


def is_color(text: str) -> bool:
    """Is it ``#rrggbb``?"""
    return bool(_HEX.fullmatch(text))


def confusable(one: str, other: str) -> bool:
    """Can a reader take one ``#rrggbb`` for the other?

    Alike to any eye, alike to a deuteranope (the most frequent colour blindness), or a red
    and a green that a dichromat tells apart by little more than lightness. Orange and green
    of the usual palettes pass: only a protanope (1 man in 100) confuses them.
    """
    plain, protan, deutan = map(math.dist, _seen(one), _seen(other))
    if min(plain, deutan) < _ALIKE:
        return True
    return min(protan, deutan) < _NEAR and {_hue(one), _hue(other)} == {"red", "green"}


def _hue(color: str) -> str:
    hue, saturation, _ = colorsys.rgb_to_hsv(*_parts(color))
    if saturation < 0.25:
        return "gray"
    degrees = 360 * hue
    return "red" if degrees >= 340 or degrees <= 20 else "green" if 80 <= degrees <= 165 else ""


def lightness(color: str) -> float:
    """CIELAB L*, 0 to 100."""
    return _seen(color)[0][0]


@lru_cache(maxsize=512)
def _seen(color: str) -> tuple[Triple, ...]:
    """In CIELAB: as it is, then as readers with two kinds of cones see it."""
    linear = tuple(map(_linear, _parts(color)))
    return (_lab(linear), *(_lab(_times(sight, linear)) for sight in _SIGHTS))


def _parts(color: str) -> Triple:
    """Red, green and blue, 0 to 1."""
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _lab(linear: Sequence[float]) -> Triple:
    xyz = _times(_XYZ, [min(1.0, max(0.0, part)) for part in linear])
    x, y, z = (_root(part / white) for part, white in zip(xyz, _WHITE))  # noqa: B905
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _root(part: float) -> float:
    return part ** (1 / 3) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116


def _times(matrix: Sequence[Sequence[float]], vector: Sequence[float]) -> list[float]:
    products = ((a * b for a, b in zip(row, vector)) for row in matrix)  # noqa: B905
    return [sum(row) for row in products]
