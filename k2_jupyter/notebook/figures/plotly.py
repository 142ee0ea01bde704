"""A plotly figure as a record, from its output JSON (``application/vnd.plotly.v1+json``).

What plotly.js computes in the browser (bins, quartiles, densities) is computed here by its
rules. Nothing of the JSON is taken on trust.

Over 250 lines with its lists of trace types by the kind of subplot they are drawn in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from k2_jupyter.in_kernel.figures import series
from k2_jupyter.messages import Json
from k2_jupyter.notebook.figures.bounds import bounded
from k2_jupyter.notebook.figures.plotly_bars import BAR_TYPES, bar_series
from k2_jupyter.notebook.figures.plotly_bins import Bins
from k2_jupyter.notebook.figures.plotly_boxes import box_series, violin_series
from k2_jupyter.notebook.figures.plotly_histograms import shared_bins
from k2_jupyter.notebook.figures.plotly_layout import (
    axes_of,
    facet_titles,
    shape_series,
    texts_of,
)
from k2_jupyter.notebook.figures.plotly_legend import legend_of
from k2_jupyter.notebook.figures.plotly_panel import Letter, Panel, Trace, trace_color
from k2_jupyter.notebook.figures.plotly_points import POINT_TYPES, point_series
from k2_jupyter.notebook.figures.plotly_traces import other_series
from k2_jupyter.notebook.figures.plotly_values import axis_type, size, titled, values
from k2_jupyter.notebook.figures.reading import UNREADABLE, at, items, number, obj, text

_MAX_TRACES = 200
_MAX_VALUES = 1_000_000
_COLORWAY: Final = (
    "#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f",
    "#bcbd22", "#17becf",
)  # fmt: skip
"""plotly.js's own, where neither the layout nor its template names colours."""
_SUBPLOTS: Final = {
    "scatterpolar": "polar", "scatterpolargl": "polar", "barpolar": "polar",
    "scattergeo": "geo", "choropleth": "geo", "scatterternary": "ternary",
    "scattermap": "map", "densitymap": "map", "choroplethmap": "map",
    "scattermapbox": "mapbox", "densitymapbox": "mapbox", "choroplethmapbox": "mapbox",
    "scatter3d": "3d", "surface": "3d", "mesh3d": "3d", "cone": "3d", "streamtube": "3d",
    "volume": "3d", "isosurface": "3d",
}  # fmt: skip
_ALONE: Final = ("pie", "funnelarea", "sunburst", "treemap", "icicle", "indicator", "table",
                 "sankey", "parcoords", "parcats", "splom")  # fmt: skip


def plotly_record(content: Json) -> dict[str, Any] | None:
    """The figure record (version 1) of a plotly figure; None where it is none.

    Never raises: what cannot be read of a trace is told as such in its ``cut``.
    """
    figure = obj(content)
    data = [obj(one) for one in items(figure.get("data"))]
    if "data" not in figure or not (data or obj(figure.get("layout"))):
        return None
    try:
        return bounded(_record(data, figure))
    except UNREADABLE:
        return None


def _record(data: Sequence[Mapping[str, Any]], figure: Mapping[str, Any]) -> dict[str, Any]:
    layout = obj(figure.get("layout"))
    shown = [one for one in data if one.get("visible") not in (False, "legendonly")]
    panels = _panels(shown[:_MAX_TRACES], layout)
    legend = legend_of(shown, layout)
    if legend is None:
        for panel in panels:
            for trace in panel.traces:
                trace.name = text(trace.content.get("name"))
    facets = facet_titles(panels, layout)
    bins = _read_bins(panels, layout)
    axes = [_axes(panel, layout, facets.get(panel.key, ""), bins) for panel in panels]
    for panel, told in zip(panels, axes, strict=True):
        told["legend"] = legend
        told["texts"] = texts_of(panel, layout, first=panel is panels[0])
    return {
        "version": 1,
        "library": "plotly",
        "title": titled(layout.get("title")),
        "size": _size(layout),
        "axes": axes,
        "faults": [],
        "cut": _cut(data, figure),
    }


def _cut(data: Sequence[Any], figure: Mapping[str, Any]) -> str:
    frames = items(figure.get("frames"))
    found = []
    if frames:
        names = ", ".join(text(obj(one).get("name")) for one in frames[:6])
        found.append(f"animation of {len(frames)} frames ({names}): only the first is described")
    if len(data) > _MAX_TRACES:
        found.append(f"{len(data) - _MAX_TRACES} of {len(data)} traces are not described")
    return text("; ".join(found))


def _size(layout: Mapping[str, Any]) -> list[int] | None:
    sides = number(layout.get("width")), number(layout.get("height"))
    return [int(side) for side in sides if side is not None] if None not in sides else None


# Subplots


def _panels(data: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> list[Panel]:
    """Traces by the axes that they are drawn on, in reading order."""
    way = _colorway(layout)
    panels: dict[tuple[str, str], Panel] = {}
    for place, content in enumerate(data):
        name = text(content.get("name"))
        if not name and content.get("name") is None and len(data) > 1:
            name = f"trace {place}"  # what plotly.js writes into the legend
        trace = Trace(content, name, trace_color(content, way, place))
        key = _key(trace, place)
        panels.setdefault(key, Panel(key, coloraxes=layout)).traces.append(trace)
    for panel in panels.values():
        _set_axes(panel, layout)
    for name in layout:  # an empty subplot is drawn too
        key = (name.replace("axis", ""), text(obj(layout[name]).get("anchor")))
        lone = name[:5] == "xaxis" and key[1][:1] == "y" and key not in panels
        if lone and not any(key[0] == x or key[1] == y for x, y in panels) and len(panels) < 50:
            panels[key] = Panel(key)
            _set_axes(panels[key], layout)
    return sorted(panels.values(), key=_reading_order)


def _colorway(layout: Mapping[str, Any]) -> Sequence[Any]:
    return (
        values(layout.get("colorway"))
        or values(at(layout, "template", "layout", "colorway"))
        or _COLORWAY
    )


def _key(trace: Trace, place: int) -> tuple[str, str]:
    if trace.type in _ALONE:
        return f"{trace.type} {place}", ""
    kind = _SUBPLOTS.get(trace.type)
    if kind:
        own = text(trace.content.get("subplot")) or text(trace.content.get("geo"))
        return own or text(trace.content.get("scene")) or kind, kind
    return text(trace.content.get("xaxis")) or "x", text(trace.content.get("yaxis")) or "y"


def _set_axes(panel: Panel, layout: Mapping[str, Any]) -> None:
    if panel.key[0][:1] != "x" or panel.key[1][:1] != "y":
        return
    strict = "strict" in (
        layout.get("autotypenumbers"),
        at(layout, "template", "layout", "autotypenumbers"),
    )
    letters: tuple[Letter, ...] = ("x", "y")
    for letter, axis_id in zip(letters, panel.key, strict=True):
        axis = obj(layout.get(f"{letter}axis{axis_id[1:]}"))
        panel.axes[letter] = axis
        given = next((v for t in panel.traces if (v := _to_judge(t, letter))), [])
        panel.types[letter] = axis_type(axis, given, strict=strict)


def _to_judge(trace: Trace, letter: Letter) -> list[Any]:
    """What plotly.js judges an axis' type by: the first trace's values; a box or histogram
    that stands at no given place stands at its name."""
    along, up = trace.letters
    given = values(trace.content.get(letter))
    if trace.type in ("box", "violin") and letter == along and not given:
        return [text(trace.content.get(f"{letter}0")) or trace.name or "trace"]
    if trace.type == "histogram" and letter == up and values(trace.content.get(along)):
        return [0.0]  # heights, whatever is folded
    return given


def _reading_order(panel: Panel) -> tuple[float, float]:
    def start(letter: Letter) -> float:
        return number((values(panel.axes.get(letter, {}).get("domain")) or [0])[0]) or 0.0

    return -start("y"), start("x")


# One subplot


def _axes(
    panel: Panel, layout: Mapping[str, Any], heading: str, bins: Mapping[int, Bins | None]
) -> dict[str, Any]:
    told = axes_of(panel, layout)
    told["facet" if "=" in heading else "title"] = heading
    if "=" not in heading and not heading and len(panel.traces) == 1:
        told["title"] = titled(panel.traces[0].content.get("title"))
    told["series"] = _series(panel, layout, bins) + shape_series(panel, layout)
    return told


def _series(
    panel: Panel, layout: Mapping[str, Any], bins: Mapping[int, Bins | None]
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    too_large = [one for one in panel.traces if _values_in(one) > _MAX_VALUES]
    panel.traces = [one for one in panel.traces if one not in too_large]
    bars = iter(_read_bars(panel, layout, bins))
    before: Trace | None = None
    for trace in panel.traces:
        if trace.type in BAR_TYPES:
            found += [told] if (told := next(bars, None)) else []
            continue
        found += _read(panel, trace, before)
        before = trace if trace.type in POINT_TYPES else None
    for trace in too_large:
        told = series.other(trace.type, _values_in(trace), name=trace.name, color=trace.color)
        found.append({**told, "cut": "too many values to describe"})
    return found


def _values_in(trace: Trace) -> int:
    return max(size(trace.content.get(key)) for key in ("x", "y", "z", "values"))


def _read_bins(panels: Sequence[Panel], layout: Mapping[str, Any]) -> dict[int, Bins | None]:
    try:
        return shared_bins(panels, _with_template(layout))
    except UNREADABLE:
        return {}


def _read_bars(
    panel: Panel, layout: Mapping[str, Any], bins: Mapping[int, Bins | None]
) -> list[dict[str, Any]]:
    try:
        return bar_series(panel, _with_template(layout), bins)
    except UNREADABLE:
        return [_unread(trace) for trace in panel.traces if trace.type in BAR_TYPES]


def _with_template(layout: Mapping[str, Any]) -> dict[str, Any]:
    return {**obj(at(layout, "template", "layout")), **layout}


def _read(panel: Panel, trace: Trace, before: Trace | None) -> list[dict[str, Any]]:
    try:
        if trace.type in POINT_TYPES:
            return point_series(panel, trace, before)
        if trace.type == "box":
            return [box_series(panel, trace)]
        if trace.type == "violin":
            return [violin_series(panel, trace)]
        return [other_series(panel, trace)]
    except UNREADABLE:
        return [_unread(trace)]


def _unread(trace: Trace) -> dict[str, Any]:
    return {**series.other(trace.type, 0, name=trace.name), "cut": "its values cannot be read"}
