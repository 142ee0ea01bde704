"""Axes and legends of a Vega-Lite view."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from k2_jupyter.notebook.figures.reading import date_text, items, number, obj, text
from k2_jupyter.notebook.figures.vega_fields import Channel, date_key
from k2_jupyter.notebook.figures.vega_stack import stack
from k2_jupyter.notebook.figures.vega_unit import SPLITTING, Unit, ordered

_MAX_TICKS, _MAX_ENTRIES = 12, 60
_NO_ZERO = ("log", "time", "utc")


def axis_of(units: Sequence[Unit], letter: str) -> dict[str, Any] | None:
    """An axis that units share; None where none has one or it is switched off."""
    found = [(unit, unit.channels[letter]) for unit in units if letter in unit.channels]
    drawn = [one for _, one in found if one.definition.get("axis", "") is not None]
    if not found or not drawn:
        return None
    first = drawn[0]
    ends = [unit.channels[f"{letter}2"] for unit, _ in found if f"{letter}2" in unit.channels]
    named = [one for one in (*drawn, *ends) if "datum" not in one.definition]
    titles = dict.fromkeys(one.title for one in named)
    kind = _scale(first)
    return {
        "label": text(", ".join(filter(None, titles))),
        "scale": kind,
        "limits": _domain(first) or (_limits(found, letter) if kind == "linear" else None),
        "ticks": _ticks(found, letter) if kind == "category" else [],
    }


def _scale(one: Channel) -> str:
    named = text(obj(one.definition.get("scale")).get("type"))
    if not one.continuous:
        return "category"
    if named in ("log", "symlog", "linear"):
        return named
    if named in ("sqrt", "pow"):
        return "other"
    return "date" if one.type == "temporal" else "linear"


def _domain(one: Channel) -> list[Any] | None:
    ends = items(obj(one.definition.get("scale")).get("domain"))
    if len(ends) != 2 or not one.continuous:
        return None
    if one.type == "temporal":
        moments = [date_key(end) for end in ends]
        return [date_text(end) for end in moments if end is not None]
    return [end for end in map(number, ends) if end is not None]


def _ticks(found: Sequence[tuple[Unit, Channel]], letter: str) -> list[str]:
    names: dict[str, None] = {}
    for unit, one in found:
        for name in categories(unit, one, letter):
            names.setdefault(name)
    return list(names)[:_MAX_TICKS]


def categories(unit: Unit, one: Channel, letter: str) -> list[str]:
    """Categories of an axis as they are called, in its order."""
    called = {point.keys.get(letter): point.shown(letter) for point in unit.points}
    return [
        text(called[key]) for key in ordered(one, unit.rows, heights(unit, letter)) if key in called
    ]


def heights(unit: Unit, letter: str) -> dict[Any, float]:
    """What the marks at each place measure, in all."""
    other = "x" if letter == "y" else "y"
    found: dict[Any, float] = {}
    for point in unit.points:
        key, height = point.keys.get(letter), point.number(other)
        if key is not None and height is not None:
            found[key] = found.get(key, 0.0) + height
    return found


def _limits(found: Sequence[tuple[Unit, Channel]], letter: str) -> list[float] | None:
    """The domain that Vega takes from the data: with zero unless it is cut into bins, and
    round ends (d3's `nice` with ten steps)."""
    values: list[float] = []
    zero = False
    for unit, one in found:
        if unit.kind in ("errorbar", "errorband", "boxplot") or unit.cut:
            return None  # what they draw is not what the field holds
        if one.bins is not None:
            values += [one.bins.start, one.bins.stop]
        else:
            values += _ends(unit, letter)
            scale = obj(one.definition.get("scale"))
            zero = zero or (scale.get("zero") is not False and one.measure)
        if obj(one.definition.get("scale")).get("nice") is False:
            return None
    if not values:
        return None
    low, high = min(values), max(values)
    return nice(min(low, 0.0), max(high, 0.0)) if zero else nice(low, high)


def _ends(unit: Unit, letter: str) -> list[float]:
    plain = [
        x
        for point in unit.points
        for name in (letter, f"{letter}2")
        if (x := point.number(name)) is not None
    ]
    stacked = stack(unit) if letter == unit.letters[1] else None
    if stacked is None:
        return plain
    return [base for base, _ in stacked.values()] + [top for _, top in stacked.values()]


def nice(low: float, high: float) -> list[float]:
    """Round ends around a domain, as d3-scale's linear `nice` finds them."""
    for _ in range(10):
        step = _step(high - low)
        if not step:
            break
        ends = math.floor(low / step) * step, math.ceil(high / step) * step
        if ends == (low, high):
            break
        low, high = ends
    return [low, high]


def _step(span: float) -> float:
    """1, 2 or 5 × 10ⁿ for about ten steps (d3-array `tickIncrement`)."""
    if not span > 0:
        return 0.0
    power = math.floor(math.log10(span / 10))
    error = span / 10 / 10.0**power
    squares = ((10, 50), (5, 10), (2, 2))
    factor = next((one for one, square in squares if error * error >= square), 1)
    return factor * 10.0**power


def legend_of(units: Sequence[Unit]) -> dict[str, Any] | None:
    """The legend of categories; None without one (a colour scale of numbers has a bar)."""
    title, entries = "", []
    for unit in units:
        for name in SPLITTING:
            one = unit.channels.get(name)
            if one is None or one.continuous or name in ("detail", "xOffset", "yOffset"):
                continue
            if one.definition.get("legend", "") is None:
                continue
            called = {point.keys.get(name): point.shown(name) for point in unit.points}
            keys = ordered(one, unit.whole)
            entries += [text(called.get(key, key), 60) for key in keys]
            title = title or one.title
    found = list(dict.fromkeys(entries))
    return {"title": title, "entries": found[:_MAX_ENTRIES]} if found else None
