"""What a figure of the corpus is known to draw, computed from its data apart from the figure."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

mpl.use("Agg")


@dataclass(frozen=True, slots=True)
class Expected:
    """One number or word of a figure: the fact `what` (at `at`), or column `what` of the row
    that begins with `at`, in the series of this kind and name of the axes."""

    axes: int
    kind: str
    series: str
    what: str
    value: Any
    at: Any = ""


Made: TypeAlias = tuple[Figure, list[Expected]]
Maker: TypeAlias = Callable[[np.random.Generator], Made]


def labelled(title: str = "Title", x: str = "x", y: str = "y") -> tuple[Figure, Axes]:
    """A figure with one axes, with title and labels."""
    figure = Figure()
    axes = figure.subplots()
    axes.set(title=title, xlabel=x, ylabel=y)
    return figure, axes


def is_told(expected: Expected, series: list[dict[str, Any]]) -> bool:
    """Whether one of the series says it, to the record's six significant digits."""
    return any(
        _says(one, expected)
        for one in series
        if one["kind"] == expected.kind and one["name"] == expected.series
    )


def _says(series: dict[str, Any], expected: Expected) -> bool:
    if expected.what == "count" and expected.at == "":
        return _equal(series["count"], expected.value)
    for what, value, at in series["facts"]:
        if what == expected.what and _equal(value, expected.value):
            return expected.at == "" or _equal(at, expected.at)
    if expected.what not in series["columns"]:
        return False
    column = series["columns"].index(expected.what)
    return any(
        _equal(row[0], expected.at) and _equal(row[column], expected.value)
        for row in series["rows"]
    )


def _equal(told: Any, wanted: Any) -> bool:
    if str(told) == str(wanted):
        return True
    try:
        return math.isclose(float(told), float(wanted), rel_tol=1e-5, abs_tol=1e-9)
    except (TypeError, ValueError):
        return False
