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
    nouns = {noun for axes in record.axes if (noun := _noun(axes.series)) != "figure"}
    kind = f"{nouns.pop()}s" if len(nouns) == 1 else "panels"
    head = f"{len(record.axes)} {kind}"
    title = f": {record.title}" if record.title else ""
    if len(record.axes) <= _TOLD_PANELS:
        return f"{head}{title}. {'. '.join(_panel(axes, '') for axes in record.axes)}"
    subjects = [_subject(axes) for axes in record.axes]
    return f"{head}{title}; {_first(subject for subject in subjects if subject)}"


def _panel(axes: Axes, title: str) -> str:
    subject = title or _subject(axes)
    if not axes.series:
        return f"{subject or 'panel'}: nothing is drawn"
    parts = [f"{_noun(axes.series)}: {subject}" if subject else _noun(axes.series)]
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
