"""Facts of a series: [what, number or text, at] each, computed from what is drawn.

Runs in the user's kernel and in the host: standard library only, Python 3.8 and later.
"""
# ruff: noqa: B905 - zip(strict=) came with Python 3.10

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

from . import arithmetic

MAX_TEXT = 120
SHOWN = 5
MAX_GROUPS = 20
_SKEWED = 0.5
"""Moment skewness that counts as skewed: Bulmer, Principles of Statistics (1979), p. 63."""


def plain(value: Any) -> Any:
    """A value as JSON has it: a rounded number, None, or a text."""
    if isinstance(value, str):
        return value[:MAX_TEXT]
    found = arithmetic.rounded(value)
    known = found is not None or value is None or isinstance(value, float)
    return found if known else written(value)


def written(value: Any) -> str:
    """A value as a text: a number with six significant digits, None as nothing."""
    if value is None:
        return ""
    found = None if isinstance(value, str) else arithmetic.rounded(value)
    return str(value if found is None else found)[:MAX_TEXT]


def fact(what: str, value: Any, at: Any = "") -> list[Any]:
    return [what, plain(value), written(at)]


def if_known(what: str, value: Any, at: str = "") -> list[list[Any]]:
    found = arithmetic.number(value)
    return [] if found is None else [fact(what, found, at)]


def finite(values: Any) -> list[float]:
    return [found for found in map(arithmetic.number, values) if found is not None]


def pairs_of_numbers(
    xs: Sequence[float | None], ys: Sequence[float | None]
) -> tuple[list[float], list[float]]:
    """Where both are numbers."""
    found = [(x, y) for x, y in zip(xs, ys) if x is not None and y is not None]
    return [x for x, _ in found], [y for _, y in found]


def extremes(what: str, pairs: Sequence[tuple[Any, Any]]) -> list[list[Any]]:
    """Highest and lowest of (at, value)."""
    known = [(value, at) for at, value in pairs if arithmetic.number(value) is not None]
    if not known:
        return []
    high, low = max(known, key=lambda pair: pair[0]), min(known, key=lambda pair: pair[0])
    return [fact(f"highest {what}", *high), fact(f"lowest {what}", *low)]


def axis_range(
    axis: str, values: Sequence[Any], numbers: Sequence[float | None], shown: Sequence[Any]
) -> list[list[Any]]:
    """Lowest, highest and mean of an axis; the number of categories where it has them."""
    known = [(value, place) for place, value in enumerate(numbers) if value is not None]
    if not known:
        texts = {value for value in values if isinstance(value, str)}
        return [fact(f"{axis} categories", len(texts))] if texts else []
    low, high = min(known), max(known)
    middle = arithmetic.mean([value for value, _ in known])
    ends = (("min", low), ("max", high))
    if axis == "x":  # a label says more than the number it stands for
        facts = [fact(f"x {name}", shown[place]) for name, (_, place) in ends]
    else:
        facts = [fact(f"y {name}", value, shown[place]) for name, (value, place) in ends]
    return facts + if_known(f"{axis} mean", middle)


def group_means(categories: Sequence[Any], values: Sequence[Any]) -> list[list[Any]]:
    groups: dict[str, list[float]] = {}
    for category, value in zip(categories, values):
        found = arithmetic.number(value)
        if isinstance(category, str) and found is not None:
            groups.setdefault(category, []).append(found)
    if len(groups) > MAX_GROUPS:
        return []
    return [fact("mean", arithmetic.mean(found), name) for name, found in groups.items()]


def outlying(xs: Sequence[float | None], ys: Sequence[float | None]) -> tuple[list[int], bool]:
    """Positions of outliers, and whether there are numbers to judge by."""
    places = [i for i, (x, y) in enumerate(zip(xs, ys)) if x is not None and y is not None]
    if places:
        x_numbers, y_numbers = pairs_of_numbers(xs, ys)
        return [places[i] for i in arithmetic.outliers(y_numbers, x_numbers)], True
    for column in (ys, xs):
        places = [i for i, value in enumerate(column) if value is not None]
        if places:
            return [places[i] for i in arithmetic.outliers(finite(column))], True
    return [], False


def size_range(sizes: Any) -> list[list[Any]]:
    found = [] if sizes is None else finite(arithmetic.listed(sizes))
    if not found or min(found) == max(found):
        return []
    return [fact("size", f"{written(min(found))} to {written(max(found))}")]


def bin_shape(
    limits: Sequence[float | None], heights: Sequence[float], shown: Sequence[Any] | None
) -> list[list[Any]]:
    """Median and skew as the bins tell them, each value at the centre of its bin."""
    total = sum(heights)
    edges = [edge for edge in limits if edge is not None]
    if len(edges) != len(heights) + 1 or not total > 0:
        return []
    centres = [(low + edges[i + 1]) / 2 for i, low in enumerate(edges[:-1])]
    reached = itertools.accumulate(heights)
    middle = next(i for i, sofar in enumerate(reached) if 2 * sofar >= total)
    at = "by the bins"
    facts = [fact("median", centres[middle] if shown is None else shown[middle], at)]
    mean = sum(c * h for c, h in zip(centres, heights)) / total
    second = sum((c - mean) * (c - mean) * h for c, h in zip(centres, heights)) / total
    third = sum((c - mean) * (c - mean) * (c - mean) * h for c, h in zip(centres, heights)) / total
    if not second > 0:
        return facts
    skew = third / second / math.sqrt(second)  # never `**`: it raises where it overflows
    word = "right" if skew > _SKEWED else "left" if skew < -_SKEWED else "about symmetric"
    return [*facts, fact("skew", word, at)]
