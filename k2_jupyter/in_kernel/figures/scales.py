"""One axis of matplotlib axes: label, scale, limits and the tick labels in the image.

Runs in the user's kernel after a figure was drawn. Standard library only, Python 3.8 and
later; nothing is drawn and nothing is changed.
"""

from __future__ import annotations

import re
import sys
from typing import Any

MAX_TEXT = 120
_MAX_TICKS = 12


def axis_of(axes: Any, which: str) -> dict[str, Any] | None:
    """The record of one axis; None where it is not drawn."""
    if not is_drawn(axes, which):
        return None
    axis = getattr(axes, f"{which}axis")
    labels = drawn_ticks(axis)
    scale = _scale(axis, labels)
    return {
        "label": _axis_label(axes, axis, which),
        "scale": scale,
        "limits": _limits(axes, axis, which, scale),
        "ticks": [short(_plain(label.get_text())) for label in _spread(labels, _MAX_TICKS)],
    }


def _axis_label(axes: Any, axis: Any, which: str) -> str:
    """Its label, else the one that the figure has for all (`supxlabel`)."""
    own = axis.get_label_text() if axis.label.get_visible() else ""
    return short(own or figure_text(axes.figure, f"_sup{which}label"))


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


# Texts


def figure_text(figure: Any, name: str) -> str:
    """A text of the whole figure; matplotlib has getters for them only since 3.8."""
    found = getattr(figure, name, None)
    return found.get_text() if found is not None and found.get_visible() else ""


def short(text: Any) -> str:
    """In one line, cut to `MAX_TEXT`."""
    return " ".join(str(text).split())[:MAX_TEXT]


def _plain(label: str) -> str:
    """``$\\mathdefault{10^{2}}$`` is written as 10^2."""
    return re.sub(r"\$|\\mathdefault|[{}]", "", label) if "\\mathdefault" in label else label


def _spread(values: list[Any], most: int) -> list[Any]:
    """At most so many of them, evenly, the first and the last among them."""
    if len(values) <= most:
        return values
    return [values[round(i * (len(values) - 1) / (most - 1))] for i in range(most)]
