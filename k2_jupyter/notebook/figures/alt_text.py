"""One or two sentences that stand for a figure where it cannot be seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from k2_jupyter.notebook.figures.phrases import key_facts, plural, value
from k2_jupyter.notebook.figures.record import Axes, Fact, FigureRecord, Kind, Series, Value

MOST = 400
"""Characters. Screen readers read an alt text in one breath; the whole stands in the fold."""

_NOUNS: dict[Kind, str] = {
    "violin": "violin plot",
    "box": "box plot",
    "bar": "bar chart",
    "histogram": "histogram",
    "heat map": "heat map",
    "pie": "pie chart",
    "scatter": "scatter plot",
    "line": "line chart",
    "area": "area chart",
    "contour": "contour plot",
    "image": "image",
    "error bars": "chart with error bars",
    "fill": "area chart",
    "reference line": "chart",
    "other": "figure",
}
"""In the order in which a kind names the figure that has several."""
_TOLD_PANELS, _MOST_NAMES = 2, 6


def alt_text(record: FigureRecord) -> str:
    """For example ``Bar chart: Pay by level; highest 195,264 at EX, lowest 91,233 at EN.``"""
    if not record.axes:
        text = f"Figure: {record.title or 'nothing is drawn'}"
    elif len(record.axes) == 1:
        text = _panel(record.axes[0], record.title)
    else:
        text = _panels(record)
    return _shortened(text[0].upper() + text[1:].rstrip(".") + ".")


def _panels(record: FigureRecord) -> str:
    nouns = [_noun(axes.series) for axes in record.axes]
    alike = len(set(nouns)) == 1
    head = f"{len(nouns)} {nouns[0]}s" if alike else f"{len(nouns)} panels"
    title = f": {record.title}" if record.title else ""
    if len(nouns) <= _TOLD_PANELS:
        told = [_panel(axes, "", kind=not alike) for axes in record.axes]
        return f"{head}{title}. {'. '.join(one[0].upper() + one[1:] for one in told if one)}"
    named = [_subject(axes) or noun for axes, noun in zip(record.axes, nouns, strict=True)]
    return f"{head}{title}; {_first(named)}"


def _panel(axes: Axes, title: str, *, kind: bool = True) -> str:
    subject = title or _subject(axes)
    if not axes.series:
        return f"{subject or 'one panel'}: nothing is drawn"
    noun = _noun(axes.series) if kind or not subject else ""
    parts = [": ".join(filter(None, [noun, subject]))]
    main = [one for one in axes.series if _NOUNS[one.kind] == _noun(axes.series)]
    named = [one.name for one in main if one.name]
    if len(main) > 1 and len(named) == len(main):
        parts.append(_first(named))
    elif len(main) > 1:
        parts.append(plural(len(main), "series"))
    else:
        parts.append(", ".join(_fact(one) for one in key_facts(main[0])))
    return "; ".join(filter(None, parts))


def _subject(axes: Axes) -> str:
    ends = [one.label for one in (axes.y, axes.x) if one is not None and one.label]
    return axes.title or axes.facet or " by ".join(ends)


def _first(texts: Iterable[str]) -> str:
    every = list(dict.fromkeys(texts))
    more = f" and {len(every) - _MOST_NAMES} more" if len(every) > _MOST_NAMES else ""
    return ", ".join(every[:_MOST_NAMES]) + more


def _noun(series: Sequence[Series]) -> str:
    kinds = {one.kind for one in series}
    return next((noun for kind, noun in _NOUNS.items() if kind in kinds), "figure")


def _fact(content: Fact) -> str:
    """As people write it: thousands apart, no quotes, four digits."""
    number = _number(content.value)
    if not content.at:
        return f"{content.name} {number}"
    joint = " " if content.at.startswith("per ") else " at "
    return f"{content.name} {number}{joint}{content.at}"


def _number(content: Value) -> str:
    if not isinstance(content, int | float):
        return content or "unknown"
    short = value(content, 4)
    return f"{float(short):,.0f}" if re.fullmatch(r"-?\d{4,}", short) else short


def _shortened(text: str) -> str:
    if len(text) <= MOST:
        return text
    return text[: MOST - 2].rpartition(" ")[0].rstrip(",;.: ") + " …"
