"""What surrounds the data of matplotlib axes: titles, legends, texts, facets.

Runs in the user's kernel after a figure was drawn, so ticks carry the labels of the image.
Standard library only, Python 3.8 and later; nothing is drawn and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .scales import axis_of, figure_text, is_drawn, short

_MAX_TEXTS = 12


def panels(figure: Any) -> list[Any]:
    """The visible axes, insets behind them; colour bars belong to what they explain."""
    found = [axes for axes in figure.axes if axes.get_visible() and not is_color_bar(axes)]
    return found + [inset for axes in found for inset in insets(axes)]


def insets(axes: Any) -> list[Any]:
    """Axes inside an axes; a secondary axis holds no data and is none."""
    return [
        child
        for child in getattr(axes, "child_axes", ())
        if child.get_visible() and not is_color_bar(child) and not _is_secondary(child)
    ]


def is_color_bar(axes: Any) -> bool:
    """Was it made, or filled, by `Figure.colorbar`?"""
    return getattr(axes, "_colorbar", None) is not None or axes.get_label() == "<colorbar>"


def describe(axes: Any, *, series: list[dict[str, Any]]) -> dict[str, Any]:
    """The record of one axes around its `series`."""
    flat = axes.name == "rectilinear" and not _is_pie(series)
    both = flat or axes.name == "3d"
    return {
        "title": _title(axes),
        "facet": "",
        "projection": "" if axes.name == "rectilinear" else short(axes.name),
        "x": axis_of(axes, "x") if both else None,
        "y": axis_of(axes, "y") if both else None,
        "legend": _legend(axes),
        "texts": _texts(axes, series),
        "series": series,
    }


def _title(axes: Any) -> str:
    """The titles at the left, in the middle and at the right."""
    titles = (axes.get_title(loc=place) for place in ("left", "center", "right"))
    return short(" ".join(filter(None, titles)))


def figure_title(figure: Any) -> str:
    """The title over all axes."""
    return short(figure_text(figure, "_suptitle"))


def add_facets(drawn: list[Any], described: list[dict[str, Any]]) -> None:
    """Name the facet of axes in a grid whose titles stand only above and beside it.

    seaborn's ``margin_titles`` writes "column = a" over the first row and "row = b" at the
    right of the last column.
    """
    tops: dict[tuple[Any, int], str] = {}
    sides: dict[tuple[Any, int], str] = {}
    cells = [_cell(axes) for axes in drawn]
    for cell, axes, record in zip(cells, drawn, described):  # noqa: B905 - not before 3.10
        if cell and " = " in record["title"]:
            tops.setdefault((cell[0], cell[2]), record["title"])
        beside = [text.get_text() for text in axes.texts if _is_beside(text, axes)]
        if cell and beside:
            sides[cell[0], cell[1]] = beside[-1]
    for cell, record in zip(cells, described):  # noqa: B905 - not before 3.10
        if not cell or not sides:
            continue
        top = "" if record["title"] else tops.get((cell[0], cell[2]), "")
        record["facet"] = short(" | ".join(filter(None, (top, sides.get((cell[0], cell[1]))))))


def legend_of(axes: Any) -> Any:
    """The legend that serves an axes: its own, else the figure's; None without one."""
    own = axes.get_legend()
    if own is not None and own.get_visible():
        return own
    figure = axes.figure
    while figure is not None:
        shown = [legend for legend in figure.legends if legend.get_visible()]
        if shown:
            return shown[0]
        parent = getattr(figure, "_parent", None)  # of a subfigure
        figure = parent if parent is not figure else None
    return None


def legend_differs(axes: Any) -> bool:
    """Do the entries of the legend differ in dashes, markers or hatches, each from each?"""
    legend = legend_of(axes)
    handles = [] if legend is None else _handles(legend)
    looks = [_look(handle) for handle in handles]
    return len(looks) > 1 and len(set(looks)) == len(looks)


def _handles(legend: Any) -> list[Any]:
    """`legend_handles` is matplotlib ≥ 3.7."""
    found = getattr(legend, "legend_handles", None)
    return list(getattr(legend, "legendHandles", ()) if found is None else found)


def _look(handle: Any) -> tuple[str, ...]:
    """How an entry looks apart from its colour. Dashes by length all answer ``--``."""
    names = ("get_linestyle", "get_marker", "get_hatch")
    dashes = getattr(handle, "_unscaled_dash_pattern", None)  # matplotlib ≥ 3.6
    return (str(dashes), *(str(getattr(handle, name, str)()) for name in names))


# Texts


def _legend(axes: Any) -> dict[str, Any] | None:
    legend = legend_of(axes)
    if legend is None:
        return None
    head = legend.get_title().get_text()
    entries = [short(text.get_text()) for text in legend.get_texts()]
    return {"title": "" if head == "None" else short(head), "entries": entries}


def _texts(axes: Any, series: list[dict[str, Any]]) -> list[str]:
    """Annotations, and what the numbers at the axes and the colours stand for."""
    drawn = [text for text in axes.texts if text.get_visible() and text.get_text().strip()]
    cells = sum(one["count"] for one in series if one["kind"] == "heat map")
    if cells and len(drawn) >= cells / 2:  # the numbers in a heat map's cells
        drawn = []
    found = [*_scale_texts(axes), *(text.get_text() for text in drawn[:_MAX_TEXTS])]
    return [short(text) for text in found[:_MAX_TEXTS]]


def _scale_texts(axes: Any) -> Iterable[str]:
    for which in ("x", "y"):
        factor = getattr(axes, f"{which}axis").get_offset_text().get_text()
        if factor and is_drawn(axes, which):
            yield f"at the {which} axis: {factor}"
    if axes.name == "3d" and axes.get_zlabel():
        yield f"z axis: {axes.get_zlabel()}"
    for bar in axes.figure.axes:
        bars = getattr(bar, "_colorbar", None)
        if bars is not None and getattr(bars.mappable, "axes", None) is axes:
            yield _color_bar(bar, bars)


def _color_bar(axes: Any, bar: Any) -> str:
    label = axes.get_ylabel() or axes.get_xlabel() or axes.get_title()
    return f"colour bar: {label} from {bar.vmin:.6g} to {bar.vmax:.6g}".replace(":  ", ": ")


# Kinds of axes


def _is_pie(series: list[dict[str, Any]]) -> bool:
    return bool(series) and all(one["kind"] == "pie" for one in series)


def _is_secondary(axes: Any) -> bool:
    return any(kind.__name__ == "SecondaryAxis" for kind in type(axes).__mro__)


def _cell(axes: Any) -> tuple[Any, int, int] | None:
    """Grid, row and column of an axes in a grid of several."""
    get = getattr(axes, "get_subplotspec", None)
    place = get() if get is not None else None
    if place is None:
        return None
    return place.get_gridspec(), place.rowspan.start, place.colspan.start


def _is_beside(text: Any, axes: Any) -> bool:
    """Is it a text at the right of the axes that names a facet?"""
    if " = " not in text.get_text():
        return False
    place = getattr(text, "xycoords", None)
    return bool(place == "axes fraction" and getattr(text, "xy", (0, 0))[0] >= 1)
