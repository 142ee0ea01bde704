"""A subplot of a plotly figure: its traces, and the axes that they are drawn on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from k2_jupyter.notebook.figures.plotly_bins import Bins
from k2_jupyter.notebook.figures.plotly_values import AxisType, Coordinates, coordinates, values
from k2_jupyter.notebook.figures.reading import at, color, number, obj, text

Letter: TypeAlias = Literal["x", "y"]


@dataclass(slots=True)
class Trace:
    """One entry of ``data``."""

    content: Mapping[str, Any]
    name: str
    color: str
    """As drawn; "" where it is mapped to data."""

    @property
    def type(self) -> str:
        return text(self.content.get("type")) or "scatter"

    @property
    def level(self) -> bool:
        """Do its bars, boxes or violins lie (orientation h)?"""
        named = self.content.get("orientation")
        if named in ("h", "v"):
            return bool(named == "h")
        if self.content.get("q1") is not None:  # statistics instead of values
            return self.content.get("x") is None and self.content.get("y") is not None
        lone = self.content.get("y") is None or self.type == "funnel"
        if self.type == "histogram":
            return not lone and self.content.get("x") is None
        return lone and self.content.get("x") is not None

    @property
    def letters(self) -> tuple[Letter, Letter]:
        """The axis that its bars or boxes stand on, and the one that they are long along."""
        return ("y", "x") if self.level else ("x", "y")


@dataclass(slots=True)
class Bars:
    """The bars of one trace by their place on the axis (a bin by its number)."""

    trace: Trace
    heights: dict[Any, float]
    pieces: int
    """Bars drawn: more than places where several stand on one another."""
    labels: dict[Any, str] = field(default_factory=dict)
    bins: Bins | None = None
    errors: tuple[list[float | None], list[float | None]] | None = None
    bases: dict[Any, float] = field(default_factory=dict)


@dataclass(slots=True)
class Panel:
    """One subplot."""

    key: tuple[str, str]
    """Ids of its axes (``x2``, ``y2``), or the id of a polar, geo … subplot and ""."""
    axes: dict[Letter, Mapping[str, Any]] = field(default_factory=dict)
    types: dict[Letter, AxisType] = field(default_factory=lambda: {"x": "linear", "y": "linear"})
    traces: list[Trace] = field(default_factory=list)
    _read: dict[tuple[int, str], Coordinates] = field(default_factory=dict)
    coloraxes: Mapping[str, Any] = field(default_factory=dict)
    """The figure's shared colour scales, by id (``coloraxis2``)."""

    def along(self, trace: Trace, letter: Letter, other: Sequence[Any] = ()) -> Coordinates:
        """A trace's coordinates; where it gives none, its numbers from ``x0`` and ``dx``."""
        key = (id(trace), letter)
        if key in self._read:
            return self._read[key]
        given = values(trace.content.get(letter))
        if not given and other:
            start = number(trace.content.get(f"{letter}0")) or 0.0
            step = number(trace.content.get(f"d{letter}"))
            step = 1.0 if step is None else step
            return coordinates([start + step * i for i in range(len(other))], "linear")
        found = coordinates(given, self.types[letter])
        if given:
            self._read[key] = found
        return found

    def ordered(self, letter: Letter, found: Sequence[str]) -> list[str]:
        """Categories in the order of the axis: by its ``categoryarray``, else as they came."""
        axis = self.axes.get(letter, {})
        order = text(axis.get("categoryorder"))
        if order.startswith("category "):
            return sorted(found, reverse=order.endswith("descending"))
        wanted = {text(one): place for place, one in enumerate(values(axis.get("categoryarray")))}
        return sorted(found, key=lambda one: wanted.get(one, len(wanted)))


def trace_color(content: Mapping[str, Any], colorway: Sequence[Any], place: int) -> str:
    """The colour of a trace's marks; "" where the data decide."""
    lines_first = content.get("type") in (None, "scatter", "scattergl") and "lines" in (
        text(content.get("mode")) or "lines"
    )
    for part in ("line", "marker") if lines_first else ("marker", "line"):
        found = at(content, part, "color")
        if found is not None:
            return color(found)
    if at(content, "marker", "coloraxis") or not colorway:
        return ""
    return color(colorway[place % len(colorway)])


def marker_mapping(trace: Trace, letter: str) -> list[Any]:
    """Numbers that a marker property (``color``, ``size``) is mapped from; [] for one value."""
    return values(obj(trace.content.get("marker")).get(letter))
