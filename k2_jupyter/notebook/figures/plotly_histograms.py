"""Histograms of plotly: plotly.js counts them in the browser, so they are counted here again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from k2_jupyter.notebook.figures.plotly_bins import Bins, Wish, bins_of, folded, wish
from k2_jupyter.notebook.figures.plotly_panel import Bars, Letter, Panel, Trace
from k2_jupyter.notebook.figures.plotly_values import coordinates, values
from k2_jupyter.notebook.figures.reading import obj, text

_DAY = 86_400_000


def shared_bins(panels: Sequence[Panel], layout: Mapping[str, Any]) -> dict[int, Bins | None]:
    """Bins by the id of the trace. Traces of one bingroup share theirs, over all subplots
    (plotly express sets one); without one those of a subplot that do not overlay."""
    groups: dict[str, list[tuple[Panel, Trace]]] = {}
    for panel in panels:
        for trace in panel.traces:
            if trace.type == "histogram":
                alone = text(layout.get("barmode")) == "overlay"
                own = str(id(trace)) if alone else f"{panel.key}{trace.level}"
                name = text(trace.content.get("bingroup")) or own
                groups.setdefault(name, []).append((panel, trace))
    found: dict[int, Bins | None] = {}
    for members in groups.values():
        bins = _bins(members)
        found.update({id(trace): bins for _, trace in members})
    return found


def _bins(members: Sequence[tuple[Panel, Trace]]) -> Bins | None:
    along = members[0][1].letters[0]
    kind = members[0][0].types[along]
    if kind not in ("linear", "date"):
        return None
    unit = _DAY if kind == "date" else 1
    data = [
        place * unit
        for panel, trace in members
        for place in panel.along(trace, trace.letters[0]).places
        if isinstance(place, float)
    ]
    wanted = _wish([trace for _, trace in members], along, dates=kind == "date")
    return bins_of(data, wanted, dates=kind == "date")


def _wish(traces: Sequence[Trace], along: Letter, *, dates: bool) -> Wish:
    wishes = [
        wish(
            obj(trace.content.get(f"{along}bins")),
            trace.content.get(f"nbins{along}"),
            dates=dates,
        )
        for trace in traces
    ]

    def first(name: str) -> Any:
        return next((found for one in wishes if (found := getattr(one, name)) is not None), None)

    return Wish(first("start"), first("end"), first("size"), first("most"))


def histogram(panel: Panel, trace: Trace, shared: Mapping[int, Bins | None]) -> Bars:
    """The bars of one histogram: bins of numbers or dates, or categories."""
    along, up = trace.letters
    places = panel.along(trace, along)
    how = text(trace.content.get("histfunc")) or "count"
    # The other coordinate is what is folded, whatever the axis holds: here it has numbers.
    folds = coordinates(values(trace.content.get(up)), "linear").places
    bins = shared.get(id(trace))
    unit = _DAY if places.type == "date" else 1
    groups: dict[Any, list[Any]] = {}
    for row, place in enumerate(places.places):
        spot = bins.place(place * unit) if bins and isinstance(place, float) else place
        if spot is not None:
            groups.setdefault(spot, []).append(folds[row] if row < len(folds) else None)
    if bins and groups:
        groups = {spot: groups.get(spot, []) for spot in range(min(groups), max(groups) + 1)}
    heights = {}
    for spot, found in groups.items():
        height = folded([one for one in found if one is not None], how, len(found))
        if height is not None:
            heights[spot] = height
    norm = text(trace.content.get("histnorm"))
    cumulative = bool(bins) and obj(trace.content.get("cumulative")).get("enabled") is True
    _scale(heights, norm.replace("density", "") if cumulative else norm, bins, unit)
    if cumulative:
        _accumulate(heights)
    return Bars(
        trace,
        heights,
        len(heights),
        {spot: bins.label(spot) if bins else str(spot) for spot in heights},
        bins,
    )


def _scale(heights: dict[Any, float], norm: str, bins: Bins | None, unit: float) -> None:
    """``histnorm``: shares of all, or by the width of the bin."""
    total = sum(heights.values()) if "prob" in norm or norm == "percent" else 1.0
    for spot, height in list(heights.items()):
        width = (bins.edges[spot + 1] - bins.edges[spot]) if bins and "density" in norm else 1.0
        share = height / total / width if total and width else 0.0
        heights[spot] = 100 * share if norm == "percent" else share


def _accumulate(heights: dict[Any, float]) -> None:
    total = 0.0
    for spot in sorted(heights):
        total += heights[spot]
        heights[spot] = total
