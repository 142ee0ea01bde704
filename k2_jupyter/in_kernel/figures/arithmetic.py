"""Sums over what a figure draws. Runs in the user's kernel and in the host.

Standard library only, Python 3.8 and later. What is no finite number is None; nothing raises.
"""
# ruff: noqa: B905 - zip(strict=) came with Python 3.10

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Optional

Number = Optional[float]  # noqa: UP045 - evaluated, and `|` came with Python 3.10

_FAR = 3.5
"""Modified z-score above which a value is an outlier (Iglewicz & Hoaglin 1993, p. 12)."""


_FEW = 8
"""Below this many values there is no telling what is far from the others."""


def listed(values: Any) -> list[Any]:
    """Any sequence, array or series as a list."""
    tolist = getattr(values, "tolist", None)
    result = tolist() if callable(tolist) else list(values)
    return result if isinstance(result, list) else [result]


def number(value: Any) -> Number:
    """A finite float, or None."""
    if type(value) is float:  # nearly all are
        return value if math.isfinite(value) else None
    if isinstance(value, (str, bytes)) or value is None:
        return None
    try:
        result = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def numbers(values: Any) -> list[Number]:
    return [number(value) for value in listed(values)]


def rounded(value: Any) -> float | int | None:
    """Six significant digits; whole numbers below 10¹⁵ as they are, None if not finite."""
    result = number(value)
    if result is None:
        return None
    if result == int(result) and abs(result) < 1e15:
        return int(result)
    result = float(f"{result:.6g}")
    return int(result) if result == int(result) and abs(result) < 1e15 else result


def mean(values: Sequence[float]) -> Number:
    return number(sum(values) / len(values)) if values else None


def quantile(ordered: Sequence[float], share: float) -> Number:
    """Linear interpolation between order statistics (type 7 of Hyndman & Fan 1996)."""
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return number(ordered[below] + (ordered[above] - ordered[below]) * (place - below))


def median(values: Iterable[float]) -> Number:
    return quantile(sorted(values), 0.5)


def fit(xs: Sequence[float], ys: Sequence[float]) -> tuple[Number, Number]:
    """Least squares slope, and Pearson's correlation; None where not defined."""
    if len(xs) < 3:
        return None, None
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    xx = sum((x - middle_x) * (x - middle_x) for x in xs)
    yy = sum((y - middle_y) * (y - middle_y) for y in ys)
    xy = sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys))
    # Constant data leave rounding errors in the sums, not zeros.
    tiny_x, tiny_y = (1e-24 * len(xs) * at * at for at in (middle_x, middle_y))
    if not xx > tiny_x:
        return None, None
    spread = math.sqrt(xx) * math.sqrt(yy) if yy > tiny_y else 0.0
    correlation = max(-1.0, min(1.0, xy / spread)) if spread and math.isfinite(spread) else None
    return number(xy / xx), number(correlation)


def outliers(values: Sequence[float], xs: Sequence[float] | None = None) -> list[int]:
    """Positions of values far from the others, or from a line through (xs, values).

    The line is Tukey's resistant line (medians of the outer thirds), so that the outliers
    do not bend it; the scale is the median absolute deviation.
    """
    if len(values) < _FEW:
        return []
    rest = list(values) if xs is None else _residuals(xs, values)
    middle = median(rest)
    if middle is None:
        return []
    away = [abs(one - middle) for one in rest]
    # Where more than half are equal the median deviation is 0: 1.4826 MAD and 1.2533 mean
    # absolute deviations both estimate one standard deviation of a normal distribution.
    scale = 1.4826 * (median(away) or 0.0) or 1.2533 * (mean(away) or 0.0)
    largest = max(abs(value) for value in values)
    if not scale > 1e-12 * largest:
        return []
    return [place for place, one in enumerate(away) if one / scale > _FAR]


def _residuals(xs: Sequence[float], ys: Sequence[float]) -> list[float]:
    order = sorted(range(len(xs)), key=xs.__getitem__)
    third = len(order) // 3
    left, right = order[:third], order[-third:]
    run = (median(xs[i] for i in right) or 0.0) - (median(xs[i] for i in left) or 0.0)
    rise = (median(ys[i] for i in right) or 0.0) - (median(ys[i] for i in left) or 0.0)
    slope = number(rise / run) if run else 0.0
    return [y - (slope or 0.0) * x for x, y in zip(xs, ys)]


def kept(count: int, limit: int, wanted: Iterable[int] = ()) -> list[int]:
    """At most `limit` of the positions below `count`: the wanted ones, the rest evenly."""
    if count <= limit:
        return list(range(count))
    chosen = set(list(dict.fromkeys(wanted))[:limit])
    free = limit - len(chosen)
    for step in range(free):
        chosen.add(round(step * (count - 1) / max(1, free - 1)))
    return sorted(chosen)
