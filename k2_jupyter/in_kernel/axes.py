"""What surrounds the data of matplotlib axes: texts, scales, ticks, legends, facets.

Runs in the user's kernel after a figure was drawn, so ticks carry the labels of the image.
Standard library only, Python 3.8 and later; nothing is drawn and nothing is changed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from typing import Any

MAX_TEXT = 120
_MAX_TEXTS = 12
_MAX_TICKS = 12


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
        "title": title(axes),
        "facet": "",
        "projection": "" if axes.name == "rectilinear" else _text(axes.name),
        "x": _axis(axes, "x") if both else None,
        "y": _axis(axes, "y") if both else None,
        "legend": _legend(axes),
        "texts": _texts(axes, series),
        "series": series,
    }


def title(axes: Any) -> str:
    """The titles at the left, in the middle and at the right."""
    return _text(" ".join(filter(None, (axes.get_title(loc=at) for at in _PLACES))))


_PLACES = ("left", "center", "right")


def figure_title(figure: Any) -> str:
    """The title over all axes."""
    return _text(_figure_text(figure, "_suptitle"))


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
        record["facet"] = _text(" | ".join(filter(None, (top, sides.get((cell[0], cell[1]))))))


def drawn_ticks(axis: Any, *, minor: bool = False) -> list[Any]:
    """The tick labels (`Text`) that stand in the image, in the order of the axis.

    Read from the ticks as the drawing left them: `get_ticklabels` would place them anew.
    """
    ticks = list(axis.get_major_ticks())
    if minor and type(axis.get_minor_formatter()).__name__ != "NullFormatter":
        ticks += axis.get_minor_ticks()
    low, high = sorted(axis.get_view_interval())
    edge = 1e-9 * (high - low)
    return [
        label
        for tick in ticks
        if low - edge <= tick.get_loc() <= high + edge
        for label in (tick.label1, tick.label2)
        if label.get_visible() and label.get_text().strip()
    ]


def is_drawn(axes: Any, which: str) -> bool:
    """Does the axes show its x or y axis?"""
    axis: Any = getattr(axes, f"{which}axis")
    shown = axes._axis3don if axes.name == "3d" else axes.axison
    return bool(shown and axis.get_visible())


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


# One axis


def _axis(axes: Any, which: str) -> dict[str, Any] | None:
    if not is_drawn(axes, which):
        return None
    axis = getattr(axes, f"{which}axis")
    labels = drawn_ticks(axis)
    scale = _scale(axis, labels)
    return {
        "label": _axis_label(axes, axis, which),
        "scale": scale,
        "limits": _limits(axes, axis, which, scale),
        "ticks": [_text(_plain(label.get_text())) for label in _spread(labels, _MAX_TICKS)],
    }


def _axis_label(axes: Any, axis: Any, which: str) -> str:
    """Its label, else the one that the figure has for all (`supxlabel`)."""
    own = axis.get_label_text() if axis.label.get_visible() else ""
    return _text(own or _figure_text(axes.figure, f"_sup{which}label"))


def _scale(axis: Any, labels: list[Any]) -> str:
    name = axis.get_scale()
    if name != "linear":
        return name if name in ("log", "symlog") else "other"
    hints = type(_converter(axis)).__name__ + type(axis.get_major_formatter()).__name__
    if "Category" in hints:
        return "category"
    if any(word in hints for word in ("Date", "Period", "Time")):
        return "date"
    named = _is_labelled(axis.get_major_formatter())
    return "category" if named and any(_is_name(one, axis) for one in labels) else "linear"


def _is_labelled(formatter: Any) -> bool:
    """Were the tick labels given as a list? They become one of two formatters."""
    given = getattr(getattr(formatter, "func", None), "func", None)
    name = getattr(given, "__name__", type(formatter).__name__)
    return name in ("FixedFormatter", "_format_with_dict")


def _converter(axis: Any) -> Any:
    """`get_converter` is matplotlib ≥ 3.10."""
    get = getattr(axis, "get_converter", None)
    return getattr(axis, "converter", None) if get is None else get()


def _is_name(label: Any, axis: Any) -> bool:
    """Does a label say something else than where it stands?"""
    place = label.get_position()[0 if axis.axis_name == "x" else 1]
    try:
        said = float(label.get_text().replace("\N{MINUS SIGN}", "-"))
    except ValueError:
        return True
    return bool(abs(said - place) > 1e-6)


def _limits(axes: Any, axis: Any, which: str, scale: str) -> list[Any] | None:
    low, high = getattr(axes, f"get_{which}lim")()
    if scale == "category":
        return None
    if scale == "date":
        ends = [_date(axis, axes, end, high - low) for end in (low, high)]
        return ends if all(ends) else None
    return [float(f"{low:.6g}"), float(f"{high:.6g}")]


def _date(axis: Any, axes: Any, number: float, span: float) -> str:
    """A place on a date axis as ISO text, "" where it can't be told."""
    if hasattr(axes, "freq") and "pandas" in sys.modules:  # pandas plots periods by number
        period: Any = sys.modules["pandas"].Period
        return str(period(ordinal=round(number), freq=axes.freq))
    dates: Any = sys.modules.get("matplotlib.dates")
    if dates is None or "Period" in type(_converter(axis)).__name__:
        return ""
    found = dates.num2date(number)
    return str(found.date() if abs(span) > 2 else found.strftime("%Y-%m-%d %H:%M"))


# Texts


def _legend(axes: Any) -> dict[str, Any] | None:
    legend = legend_of(axes)
    if legend is None:
        return None
    head = legend.get_title().get_text()
    entries = [_text(text.get_text()) for text in legend.get_texts()]
    return {"title": "" if head == "None" else _text(head), "entries": entries}


def _texts(axes: Any, series: list[dict[str, Any]]) -> list[str]:
    """Annotations, and what the numbers at the axes and the colours stand for."""
    drawn = [text for text in axes.texts if text.get_visible() and text.get_text().strip()]
    cells = sum(one["count"] for one in series if one["kind"] == "heat map")
    if cells and len(drawn) >= cells / 2:  # the numbers in a heat map's cells
        drawn = []
    found = [*_scale_texts(axes), *(text.get_text() for text in drawn[:_MAX_TEXTS])]
    return [_text(text) for text in found[:_MAX_TEXTS]]


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


def _figure_text(figure: Any, name: str) -> str:
    """A text of the whole figure; matplotlib has getters for them only since 3.8."""
    found = getattr(figure, name, None)
    return found.get_text() if found is not None and found.get_visible() else ""


def _text(text: Any) -> str:
    return " ".join(str(text).split())[:MAX_TEXT]


def _plain(label: str) -> str:
    """``$\\mathdefault{10^{2}}$`` is written as 10^2."""
    return re.sub(r"\$|\\mathdefault|[{}]", "", label) if "\\mathdefault" in label else label


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


def _spread(values: list[Any], most: int) -> list[Any]:
    """At most so many of them, evenly, the first and the last among them."""
    if len(values) <= most:
        return values
    return [values[round(i * (len(values) - 1) / (most - 1))] for i in range(most)]
