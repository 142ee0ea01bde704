"""The legend of a plotly figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from k2_jupyter.in_kernel.figures.facts import written
from k2_jupyter.notebook.figures.plotly_values import titled, values
from k2_jupyter.notebook.figures.reading import at, text

_NO_LEGEND: Final = ("heatmap", "histogram2d", "contour", "histogram2dcontour", "image", "surface",
                     "sunburst", "treemap", "icicle", "indicator", "table", "sankey", "parcoords",
                     "parcats", "choropleth", "choroplethmap", "choroplethmapbox", "densitymap",
                     "densitymapbox", "candlestick")  # fmt: skip


def legend_of(
    data: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Shown where there are two traces or more that want it, or one that asks for it."""
    if layout.get("showlegend") is False:
        return None
    pies = [one for one in data if one.get("type") in ("pie", "funnelarea")]
    wanted = [
        (place, one)
        for place, one in enumerate(data)
        if one.get("showlegend") is not False
        and one not in pies
        and (text(one.get("type")) not in _NO_LEGEND or one.get("showlegend") is True)
    ]
    asked = layout.get("showlegend") is True or any(one.get("showlegend") for _, one in wanted)
    entries = []
    if len(wanted) > 1 or asked:
        entries = [text(one.get("name"), 60) or f"trace {place}" for place, one in wanted]
    for pie in pies:
        if pie.get("showlegend") is not False:
            entries += [written(one)[:60] for one in values(pie.get("labels"))]
    if not entries:
        return None
    title = titled(at(layout, "legend", "title"))
    return {"title": title, "entries": list(dict.fromkeys(entries))}
