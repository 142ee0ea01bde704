"""Lines, points and areas of plotly (``scatter``), with their error bars."""

from __future__ import annotations

from typing import Any

from k2_jupyter.in_kernel.figures import series
from k2_jupyter.in_kernel.figures.facts import written
from k2_jupyter.notebook.figures.plotly_bars import error_ends
from k2_jupyter.notebook.figures.plotly_panel import Panel, Trace, marker_mapping
from k2_jupyter.notebook.figures.plotly_values import Coordinates, titled
from k2_jupyter.notebook.figures.reading import at, number, obj, text

POINT_TYPES = ("scatter", "scattergl")
_LINES_BELOW = 20
"""plotly.js draws markers too where a trace has fewer points and no mode."""


def point_series(panel: Panel, trace: Trace, before: Trace | None) -> list[dict[str, Any]]:
    """The series that a trace draws; `before` is the trace that it may be filled down to."""
    xs = panel.along(trace, "x")
    ys = panel.along(trace, "y", xs.places)
    if not xs.places:
        xs = panel.along(trace, "x", ys.places)
    mode = text(trace.content.get("mode"))
    if not mode:
        few = len(ys.places) < _LINES_BELOW and not trace.content.get("stackgroup")
        mode = "lines+markers" if few else "lines"
    found = []
    filled = _filled(panel, trace, before, xs, ys)
    if filled is not None:
        found.append(filled)
    elif "lines" in mode:
        found.append(_line(panel, trace, xs, ys))
    elif "markers" in mode:
        found.append(_scatter(panel, trace, xs, ys))
    elif "text" in mode:
        found.append(series.other("text", len(ys.places), name=trace.name))
    return found + _error_bars(trace, xs, ys)


def _line(panel: Panel, trace: Trace, xs: Coordinates, ys: Coordinates) -> dict[str, Any]:
    if ys.type in ("category", "date"):  # only points can say where they stand
        return {**_scatter(panel, trace, xs, ys), "kind": "line"}
    told = series.line(
        xs.places,
        ys.places,
        name=trace.name,
        color=trace.color,
        labels=xs.labels,
        per=xs.unit,
    )
    dash = text(at(trace.content, "line", "dash"))
    if dash not in ("", "solid"):
        told["facts"].append(["dash", dash, ""])
    return told


def _scatter(panel: Panel, trace: Trace, xs: Coordinates, ys: Coordinates) -> dict[str, Any]:
    sizes = marker_mapping(trace, "size")
    told = series.scatter(
        xs.places,
        ys.shown,
        name=trace.name,
        color=trace.color,
        sizes=sizes or None,
        labels=xs.labels,
        per=xs.unit,
    )
    colors = [one for one in map(number, marker_mapping(trace, "color")) if one is not None]
    if colors:
        axis = obj(panel.coloraxes.get(text(at(trace.content, "marker", "coloraxis"))))
        title = titled(at(axis, "colorbar", "title")) or titled(
            at(trace.content, "marker", "colorbar", "title")
        )
        ends = f"{written(min(colors))} to {written(max(colors))}"
        told["facts"].append(["colour", ends, title])
    return told


def _filled(
    panel: Panel, trace: Trace, before: Trace | None, xs: Coordinates, ys: Coordinates
) -> dict[str, Any] | None:
    """An area, a band down to the trace before, or nothing where nothing is filled."""
    fill = text(trace.content.get("fill"))
    stacked = bool(trace.content.get("stackgroup"))
    if fill in ("", "none") and not stacked:
        return None
    if fill in ("toself", "tonext"):
        return series.other("filled shape", 1, name=trace.name, color=trace.color)
    if fill in ("tonexty", "tonextx") and not stacked and before is not None:
        return _band(panel, trace, before, xs, ys)
    told = {**_line(panel, trace, xs, ys), "kind": "area"}
    if stacked:
        told["facts"].append(["stacked", "yes", "values are its own, not sums"])
        norm = text(trace.content.get("groupnorm"))
        told["facts"] += [["normalised", norm, "as drawn"]] if norm else []
    return told


def _band(
    panel: Panel, trace: Trace, before: Trace, xs: Coordinates, ys: Coordinates
) -> dict[str, Any]:
    lower = panel.along(before, "y", xs.places).places
    pairs = [
        (min(a, b), max(a, b)) if isinstance(a, float) and isinstance(b, float) else (None, None)
        for a, b in zip(lower, ys.places, strict=False)
    ]
    lows, highs = [low for low, _ in pairs], [high for _, high in pairs]
    return series.fill(xs.shown, lows, highs, name=trace.name, color=trace.color)


def _error_bars(trace: Trace, xs: Coordinates, ys: Coordinates) -> list[dict[str, Any]]:
    found = []
    for letter, along, centres in (("y", xs, ys), ("x", ys, xs)):
        ends = error_ends(obj(trace.content.get(f"error_{letter}")), centres.places)
        if ends is not None:
            told = series.error_bars(
                along.shown, centres.places, *ends, name=trace.name, color=trace.color
            )
            if letter == "x":
                told["facts"].append(["direction", "horizontal", ""])
            found.append(told)
    return found
