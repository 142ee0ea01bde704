"""Heat maps, two-dimensional histograms, contours and images of plotly."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Sequence
from typing import Any

from k2_jupyter.in_kernel.figures import series
from k2_jupyter.notebook.figures.plotly_bins import Bins, bins_of, folded, rough_to_round, wish
from k2_jupyter.notebook.figures.plotly_panel import Panel, Trace
from k2_jupyter.notebook.figures.plotly_values import coordinates, titled, values
from k2_jupyter.notebook.figures.reading import at, number, obj, text
from k2_jupyter.notebook.pictures import pixel_size

_DAY = 86_400_000
_MAX_CELLS = 2_000_000


def heat_map(panel: Panel, trace: Trace) -> dict[str, Any]:
    matrix = [values(row) for row in values(trace.content.get("z"))]
    width = max(map(len, matrix), default=0)
    columns, rows = (
        _heads(panel, trace, "x", width),
        _heads(panel, trace, "y", len(matrix)),
    )
    annotated = bool(trace.content.get("texttemplate"))
    return series.heat_map(
        columns, rows, matrix, name=_scale_title(panel, trace), annotated=annotated
    )


def _heads(panel: Panel, trace: Trace, letter: Any, count: int) -> Sequence[Any]:
    """Where the columns or rows stand; the middle where the trace gives their edges."""
    found = panel.along(trace, letter, [0] * count).shown
    if len(found) == count + 1 and all(isinstance(one, float) for one in found):
        return [(one + found[i + 1]) / 2 for i, one in enumerate(found[:-1])]
    return found


def binned(panel: Panel, trace: Trace) -> dict[str, Any]:
    """``histogram2d``: the counts or what is folded, in bins of both axes."""
    spots, heads = zip(*(_spots(panel, trace, letter) for letter in ("x", "y")), strict=True)
    folds = coordinates(values(trace.content.get("z")), "linear").places
    cells: dict[tuple[Any, Any], list[Any]] = {}
    for row, cell in enumerate(zip(*spots, strict=False)):
        if None not in cell:
            cells.setdefault(cell, []).append(folds[row] if row < len(folds) else None)
    how = text(trace.content.get("histfunc")) or "count"
    columns, rows = heads
    if len(columns) * len(rows) > _MAX_CELLS:
        return series.other("two-dimensional histogram", len(cells), name=trace.name)

    def height(row: Any, column: Any) -> float | None:
        found = cells.get((column, row), [])
        return folded([one for one in found if one is not None], how, len(found))

    matrix = [[height(row, column) for column in columns] for row in rows]
    title = _scale_title(panel, trace)
    told = series.heat_map(list(columns.values()), list(rows.values()), matrix, name=title)
    if trace.type == "histogram2dcontour":
        told = {**told, "kind": "contour"}
    told["facts"].append(["values are", how, "by cell"])
    return told


def _spots(panel: Panel, trace: Trace, letter: Any) -> tuple[list[Any], dict[Any, str]]:
    """The bin or category of each value, and the text of each bin, empty ones included."""
    found = panel.along(trace, letter)
    if found.type not in ("linear", "date"):
        names = panel.ordered(letter, list(dict.fromkeys(x for x in found.places if x is not None)))
        return found.places, {name: name for name in names}
    dates = found.type == "date"
    unit = _DAY if dates else 1
    scaled = [place * unit if isinstance(place, float) else None for place in found.places]
    wanted = wish(
        obj(trace.content.get(f"{letter}bins")), trace.content.get(f"nbins{letter}"), dates=dates
    )
    bins = bins_of([one for one in scaled if one is not None], wanted, dates=dates, two=True)
    if bins is None:
        return [None] * len(scaled), {}
    return _placed(scaled, bins)


def _placed(scaled: Sequence[float | None], bins: Bins) -> tuple[list[Any], dict[Any, str]]:
    places = [None if value is None else bins.place(value) for value in scaled]
    count = len(bins.edges) - 1
    return places, {place: bins.label(place) for place in range(count)}


def contour(panel: Panel, trace: Trace) -> dict[str, Any]:
    matrix = [values(row) for row in values(trace.content.get("z"))]
    told = heat_map(panel, trace)
    found = [height for row in matrix for one in row if (height := number(one)) is not None]
    levels = _levels(obj(trace.content.get("contours")), trace, found)
    extremes = [fact for fact in told["facts"] if fact[0] in ("min", "max")]
    lines = series.contour(levels)
    lines["facts"] += [[f"surface {name}", value, at] for name, value, at in extremes]
    return {**lines, "name": trace.name}


def _levels(given: Any, trace: Trace, found: Sequence[float]) -> list[float]:
    """The levels that the trace sets, or at most ``ncontours`` (15) round ones (plotly.js
    `setContours`)."""
    low, high, step = (number(given.get(key)) for key in ("start", "end", "size"))
    if (low is None or high is None or not step) and found:
        most = number(trace.content.get("ncontours")) or 15.0
        span = max(found) - min(found)
        if not span > 0:
            return [min(found)]
        step = rough_to_round(span / most)
        low, high = math.ceil(min(found) / step) * step, math.floor(max(found) / step) * step
        low += step if low == min(found) else 0.0
        high -= step if high == max(found) else 0.0
    if low is None or high is None or not step or not 0 <= (high - low) / step < 1_000:
        return []
    return [low + step * place for place in range(int((high - low) / step + 1.5))]


def image(_panel: Panel, trace: Trace) -> dict[str, Any]:
    pixels = values(trace.content.get("z"))
    if pixels:
        return series.image(len(values(pixels[0])), len(pixels))
    head, _, data = str(trace.content.get("source") or "").partition("base64,")
    try:
        size = pixel_size(base64.b64decode(data)) if head else None
    except (binascii.Error, ValueError):
        size = None
    return series.image(*size) if size else series.other("image", 1)


def _scale_title(panel: Panel, trace: Trace) -> str:
    """What the colours stand for, as the colour bar says."""
    shared = obj(panel.coloraxes.get(text(trace.content.get("coloraxis"))))
    return titled(at(trace.content, "colorbar", "title")) or titled(at(shared, "colorbar", "title"))
