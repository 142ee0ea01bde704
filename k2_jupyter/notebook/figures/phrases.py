"""The parts of a figure record in words. Texts of the figure stand in quotes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable

from k2_jupyter.notebook.figures.record import Axes, Axis, Fact, Series, Value

_PLAIN = re.compile(r"(?=.*\d)[-+0-9.,;:eT/%× ]*(?: to [-+0-9.,:eT/% ]*)?|per \w{1,20}")
"""Numbers, dates and what our own parts write: needs no quotes."""
_REMARKS = {"rows × columns", "px wide × high", "by the bins"}
"""What `in_kernel/series.py` says of how a number is meant, where others say at what."""
_KEY_FACTS = {
    "line": ("max", "min", "trend"),
    "scatter": ("correlation", "trend", "outliers"),
    "histogram": ("peak", "total"),
    "heat map": ("max", "min"),
    "violin": ("highest median", "lowest median"),
    "box": ("highest median", "lowest median", "outliers"),
}
"""What of a kind is told first where there is no room for all; else its first two facts."""
_MARKS = {
    "line": "point",
    "scatter": "point",
    "histogram": "bin",
    "bar": "bar",
    "box": "box",
    "violin": "violin",
    "heat map": "cell",
    "pie": "slice",
    "error bars": "error bar",
    "area": "point",
    "fill": "point",
    "contour": "level",
}


def quoted(text: str) -> str:
    """As data: in double quotes, those inside turned into single ones."""
    return '"' + text.replace('"', "'") + '"'


def value(content: Value, digits: int = 6) -> str:
    """A number with so many significant digits at most, a text in quotes, – for none."""
    if content is None:
        return "–"
    if isinstance(content, str):
        return content if content and _PLAIN.fullmatch(content) else quoted(content)
    short = f"{content:.{digits}g}"
    if "e" in short and 1 <= abs(content) < 1e15:
        return f"{float(short):.0f}"
    return short


def plural(count: int, noun: str) -> str:
    """``1 box``, ``3 boxes``."""
    ending = "" if count == 1 or noun == "series" else "es" if noun.endswith("x") else "s"
    return f"{count} {noun}{ending}"


def listed(texts: Iterable[str], most: int) -> str:
    """The first texts in quotes, and how many more there are."""
    every = list(texts)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(map(quoted, every[:most])) + more


def axis(name: str, content: Axis, *, ticks: bool) -> str:
    """``x "year" 2020 to 2025``; with `ticks` their labels too."""
    words = [name, quoted(content.label) if content.label else "(no label)"]
    if content.scale == "category":
        words.append("categories")
    elif content.limits is not None:
        low, high = map(value, content.limits)
        words.append(f"{low} to {high}")
    if content.scale in ("log", "symlog"):
        words.append(f"{content.scale} scale")
    if content.ticks and (ticks or content.scale == "category"):
        shown = listed(content.ticks, 12 if ticks else 6)
        words.append(shown if content.scale == "category" else f"(ticks {shown})")
    return " ".join(words)


def axes_head(axes: Axes, *, long: bool, ticks: bool = False, said: Collection[str] = ()) -> str:
    """Both axes, their limits and the legend; in short only labels that were not `said`."""
    parts = (
        [f"facet {quoted(axes.facet)}"] if axes.title and axes.facet not in ("", axes.title) else []
    )
    kinds = {series.kind for series in axes.series}
    parts += [axes.projection] if axes.projection and axes.projection not in kinds else []
    for name, content in (("x", axes.x), ("y", axes.y)):
        if content is not None and long:
            parts.append(axis(name, content, ticks=ticks))
        elif content is not None and content.label and content.label not in said:
            parts.append(f"{name} {quoted(content.label)}")
    if axes.legend is not None and axes.legend.entries and long:
        title = f" {quoted(axes.legend.title)}" if axes.legend.title else ""
        parts.append(f"legend{title}: {listed(axes.legend.entries, 12)}")
    if axes.texts and long:
        parts.append(f"texts {listed(axes.texts, 6)}")
    if axes.cut:
        parts.append(f"not all described: {quoted(axes.cut)}")
    if not axes.series:
        parts.append("nothing is drawn")
    return "; ".join(parts)


def series_head(series: Series) -> str:
    """``line "a", 12 points``."""
    words = [series.kind, quoted(series.name)] if series.name else [series.kind]
    mark = _MARKS.get(series.kind)
    if mark is None and series.count > 1:
        mark = "mark"
    return " ".join(words) + (f", {plural(series.count, mark)}" if mark else "")


def facts(series: Series, *, long: bool) -> str:
    """All of them, or those that matter most for the kind, with fewer digits."""
    if not long:
        return ", ".join(fact(one, 4) for one in key_facts(series))
    counted = _MARKS.get(series.kind, "") + "s"  # the head says how many bins there are
    told = [one for one in series.facts if one.name != counted]
    runs = (list(run) for _, run in itertools.groupby(told, lambda one: one.name))
    return ", ".join("; ".join([fact(run[0]), *map(_again, run[1:])]) for run in runs)


def key_facts(series: Series) -> list[Fact]:
    """At most three, the most telling first."""
    wanted = _KEY_FACTS.get(series.kind)
    if wanted is None:
        return list(series.facts[:2])
    return [one for name in wanted for one in series.facts if one.name == name][:3]


def fact(content: Fact, digits: int = 6) -> str:
    """``max 12.3 at 2024``."""
    number = value(content.value, digits)
    if content.name == "at":  # of a reference line; where it says which axis it crosses
        return f"at {content.at} = {number}" if content.at in ("x", "y") else f"at {number}"
    name = content.name if _is_word(content.name) else quoted(content.name)
    if not content.at:
        return f"{name} {number}"
    if content.at in _REMARKS:
        return f"{name} {number} ({content.at})"
    at = value(content.at)
    return f"{name} {number} {at}" if at.startswith("per ") else f"{name} {number} at {at}"


def _again(content: Fact) -> str:
    """Behind one of the same name: ``13 at "b"``."""
    return fact(content).removeprefix(f"{content.name} ")


def row(cells: Iterable[Value]) -> str:
    """The cells of a row of numbers."""
    return " ".join(map(value, cells))


def columns(series: Series) -> str:
    return ", ".join(name if _is_word(name) else quoted(name) for name in series.columns)


def _is_word(text: str) -> bool:
    """A name that `in_kernel/series.py` gives; anything else is quoted."""
    return re.fullmatch(r"[a-z0-9 %]{1,24}", text) is not None
