"""Bars and histograms of a subplot: they stack on each other, so they are told together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from k2_jupyter.in_kernel.figures import series
from k2_jupyter.in_kernel.figures.facts import written
from k2_jupyter.notebook.figures.plotly_bins import Bins
from k2_jupyter.notebook.figures.plotly_histograms import histogram
from k2_jupyter.notebook.figures.plotly_panel import Bars, Letter, Panel, Trace
from k2_jupyter.notebook.figures.plotly_values import Coordinates, coordinates, values
from k2_jupyter.notebook.figures.reading import date_text, number, obj, text

BAR_TYPES = ("bar", "histogram", "funnel", "waterfall")


def bar_series(
    panel: Panel, layout: Mapping[str, Any], shared: Mapping[int, Bins | None]
) -> list[dict[str, Any]]:
    """Series of all bars and histograms of a subplot, in the order of its traces; `shared`
    are the bins of `shared_bins`."""
    traces = [trace for trace in panel.traces if trace.type in BAR_TYPES]
    if traces and panel.types[traces[0].letters[1]] == "date":
        return [_spans(panel, trace) for trace in traces]
    found = []
    for trace in traces:
        if trace.type == "histogram":
            found.append(histogram(panel, trace, shared))
        else:
            found.append(_bars(panel, trace))
    _normalise(found, text(layout.get("barnorm")))
    mode = text(layout.get("barmode")) or "group"
    stacked = mode in ("stack", "relative") or any(bars.trace.type == "funnel" for bars in found)
    if stacked and len(found) > 1:
        _stack(found, signs_apart=mode == "relative")
    result = [_told(panel, bars) for bars in found]
    if stacked and len(found) > 1 and result:
        result[-1]["facts"] += _tops(found)
    return result


# Bars


def _bars(panel: Panel, trace: Trace) -> Bars:
    along, up = trace.letters
    lengths = panel.along(trace, up)
    places = panel.along(trace, along, lengths.places)
    heights: dict[Any, float] = {}
    labels: dict[Any, str] = {}
    pieces = 0
    for place, label, height in zip(places.places, places.shown, lengths.places, strict=False):
        if place is None or not isinstance(height, float):
            continue
        heights[place] = heights.get(place, 0.0) + height
        labels[place] = label
        pieces += 1
    bars = Bars(trace, heights, pieces, labels)
    if pieces == len(heights):
        _add_errors(bars, up, places, lengths)
        bases = values(trace.content.get("base"))
        known = zip(places.places, map(number, bases), strict=False)
        bars.bases = {place: base for place, base in known if base is not None}
    return bars


def _add_errors(bars: Bars, up: Letter, places: Coordinates, lengths: Coordinates) -> None:
    ends = error_ends(obj(bars.trace.content.get(f"error_{up}")), lengths.places)
    if ends is not None:
        known = {
            place: (low, high)
            for place, low, high in zip(places.places, *ends, strict=False)
            if place in bars.heights
        }
        pairs = [known.get(place, (None, None)) for place in bars.heights]
        bars.errors = [low for low, _ in pairs], [high for _, high in pairs]


def error_ends(
    error: Any, centres: Sequence[Any]
) -> tuple[list[float | None], list[float | None]] | None:
    """Lower and upper ends of error bars (``error_x``, ``error_y``) around the centres."""
    if not error or error.get("visible") is False:
        return None
    kind = text(error.get("type")) or ("data" if error.get("array") is not None else "percent")
    up, down = values(error.get("array")), values(error.get("arrayminus"))
    value, minus = number(error.get("value")), number(error.get("valueminus"))
    if value is None:
        value = 10.0

    def length(place: int, centre: float, given: list[Any], fixed: float) -> float | None:
        if kind == "data":
            return number(given[place]) if place < len(given) else None
        if kind == "sqrt":
            return math.sqrt(abs(centre))
        return fixed if kind == "constant" else abs(centre) * fixed / 100

    lows: list[float | None] = []
    highs: list[float | None] = []
    for place, centre in enumerate(centres):
        above = length(place, centre, up, value) if isinstance(centre, float) else None
        below = above
        if isinstance(centre, float) and (down or minus is not None):
            below = length(place, centre, down, value if minus is None else minus)
        highs.append(None if above is None else centre + above)
        lows.append(None if below is None else centre - below)
    return lows, highs


def _spans(panel: Panel, trace: Trace) -> dict[str, Any]:
    """Bars from one date to another (timelines): `base`, and lengths in days."""
    along, up = trace.letters
    lengths = panel.along(trace, up).places
    places = panel.along(trace, along, lengths).shown
    starts = coordinates(values(trace.content.get("base")), "date").places
    told = series.bars(places, lengths, name=trace.name, color=trace.color)
    rows = [
        [written(place), length, date_text(start), date_text(start + length)]
        for place, length, start in zip(places, lengths, starts, strict=False)
        if length is not None and start is not None
    ]
    told["facts"].append(["unit", "days", "from one date to another"])
    told["columns"], told["rows"] = ["category", "value", "from", "to"], rows[: series.MAX_ROWS]
    return {**told, "left_out": len(rows) - len(told["rows"])}


# Over all traces of a subplot


def _normalise(found: Sequence[Bars], norm: str) -> None:
    """``barnorm``: each place adds up to 1 or 100."""
    if norm not in ("fraction", "percent"):
        return
    totals: dict[Any, float] = {}
    for bars in found:
        for place, height in bars.heights.items():
            totals[place] = totals.get(place, 0.0) + abs(height)
    whole = 100.0 if norm == "percent" else 1.0
    for bars in found:
        bars.heights = {
            place: whole * height / totals[place]
            for place, height in bars.heights.items()
            if totals[place]
        }


def _stack(found: Sequence[Bars], *, signs_apart: bool) -> None:
    tops: dict[tuple[Any, bool], float] = {}
    for bars in found:
        for place, height in bars.heights.items():
            stack = place, signs_apart and height < 0
            bars.bases[place] = tops.get(stack, 0.0)
            tops[stack] = bars.bases[place] + height


def _tops(found: Sequence[Bars]) -> list[list[Any]]:
    """The highest and the lowest stack."""
    totals: dict[Any, float] = {}
    names: dict[Any, str] = {}
    for bars in found:
        for place, height in bars.heights.items():
            totals[place] = totals.get(place, 0.0) + height
            names[place] = str(bars.labels[place])
    told = series.bars([names[place] for place in totals], list(totals.values()))["facts"]
    return [[f"{name} stack", value, at] for name, value, at in told]


def _told(panel: Panel, bars: Bars) -> dict[str, Any]:
    trace = bars.trace
    if trace.type == "histogram" and not bars.bins and panel.types[trace.letters[0]] != "category":
        told = series.other("histogram", 0, name=trace.name, color=trace.color)
        return {**told, "cut": "its bins (on a log axis, or very many): not computed"}
    if bars.bins and bars.heights:
        told = _told_bins(bars, bars.bins)
    else:
        places = list(bars.heights)
        if bars.errors is None and all(isinstance(place, str) for place in places):
            places = panel.ordered(trace.letters[0], places)
        elif bars.errors is None and all(isinstance(place, float) for place in places):
            places.sort()
        lows, highs = bars.errors or (None, None)
        told = series.bars(
            [bars.labels[place] for place in places],
            [bars.heights[place] for place in places],
            name=trace.name,
            color=trace.color,
            lows=lows,
            highs=highs,
            bases=[bars.bases.get(place) for place in places] if bars.bases else None,
        )
        if trace.level:
            told["facts"].append(["direction", "horizontal", ""])
    if bars.pieces > len(bars.heights):
        told["facts"].append(["pieces", bars.pieces, "stacked on one another by place"])
    if trace.type not in ("bar", "histogram"):
        told["facts"].append(["drawn as", trace.type, ""])
    return told


def _told_bins(bars: Bars, bins: Bins) -> dict[str, Any]:
    spots = sorted(bars.heights)
    edges = bins.edges[spots[0] : spots[-1] + 2]
    heights = [bars.heights.get(spot) for spot in range(spots[0], spots[-1] + 1)]
    labels = bins.labels(spots[0], spots[-1] + 2)
    told = series.histogram(
        edges, heights, name=bars.trace.name, color=bars.trace.color, labels=labels
    )
    how = " ".join(text(bars.trace.content.get(key)) for key in ("histfunc", "histnorm")).strip()
    if how:
        told["facts"].append(["heights are", how, ""])
    return told
