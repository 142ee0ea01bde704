"""The figure record: what a figure draws, as data, whichever library drew it.

A kernel sends it beside the image (`RECORD_TYPE`), or the host makes it from plotly's or
Vega-Lite's JSON; `parsing.parse` checks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

RECORD_TYPE: Final = "application/vnd.k2.figure+json"
"""MIME type of the record, as it stands in an output."""

Library: TypeAlias = Literal["matplotlib", "plotly", "vega-lite", ""]
Scale: TypeAlias = Literal["linear", "log", "symlog", "category", "date", "other"]
Kind: TypeAlias = Literal[
    "line",
    "bar",
    "scatter",
    "histogram",
    "violin",
    "box",
    "heat map",
    "error bars",
    "fill",
    "image",
    "reference line",
    "contour",
    "pie",
    "area",
    "other",
]
FaultCode: TypeAlias = Literal[
    "empty_axes",
    "missing_title",
    "missing_label",
    "missing_legend",
    "overlapping_tick_labels",
    "overlapping_text",
    "clipped_text",
    "overplotting",
    "too_many_categories",
    "repeated_colors",
    "confusable_colors",
    "legend_over_data",
    "log_scale_wanted",
    "bars_not_from_zero",
]
Where: TypeAlias = Literal["x", "y", "legend", "pie", ""]
Value: TypeAlias = int | float | str | None
"""A number or a text that the figure shows; ``None`` where there is none."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One direction of an axes. `limits` are as drawn: an inverted axis has the larger first."""

    label: str
    scale: Scale
    limits: tuple[Value, Value] | None
    ticks: tuple[str, ...]
    """Labels as drawn, at most 12."""


@dataclass(frozen=True, slots=True)
class Legend:
    title: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """For example ``max``, 12.3, at ``2024``."""

    name: str
    value: Value
    at: str


@dataclass(frozen=True, slots=True)
class Series:
    """One thing drawn: a line, a set of bars, a cloud of points …"""

    kind: Kind
    name: str
    """As in the legend; "" without one."""
    color: str
    """``#rrggbb``, or "" where it is mapped to data."""
    count: int
    """Marks drawn: points, bars, boxes, bins, cells."""
    facts: tuple[Fact, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    left_out: int
    """Rows that were drawn and are not in `rows`."""
    cut: str


@dataclass(frozen=True, slots=True)
class Axes:
    """One panel. Without `x` or `y` where it has no such axis (pie, map, 3-D)."""

    title: str
    facet: str
    projection: str
    x: Axis | None
    y: Axis | None
    legend: Legend | None
    texts: tuple[str, ...]
    series: tuple[Series, ...]
    cut: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that a reader of the figure would stumble over."""

    code: FaultCode
    axes: int
    """Number of the axes, from 1; 0 is the figure."""
    what: Where
    count: int | None
    of: int | None
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FigureRecord:
    """A figure as data. `cut` says in words what was not described, "" if nothing."""

    library: Library
    title: str
    size: tuple[int, int] | None
    """Pixels."""
    axes: tuple[Axes, ...]
    faults: tuple[Fault, ...]
    cut: str
