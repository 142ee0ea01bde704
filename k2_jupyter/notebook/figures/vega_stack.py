"""How bars and areas of a Vega-Lite mark stack."""

from __future__ import annotations

from typing import Any

from k2_jupyter.notebook.figures.reading import obj, text
from k2_jupyter.notebook.figures.vega_unit import Point, Unit

_STACKED = ("bar", "area", "arc")


def stacking(unit: Unit) -> str:
    """``zero``, ``normalize``, ``center``, or "" where nothing stacks: Vega-Lite stacks bars
    and areas that a channel splits, on a linear scale, unless they have their own ends."""
    up = unit.channels.get(unit.letters[1])
    ranged = f"{unit.letters[1]}2" in unit.encoding
    if up is None or not up.measure or ranged or unit.kind not in _STACKED:
        return ""
    wanted = up.definition.get("stack", "zero")
    if wanted in (None, False):
        return ""
    offsets = {one.field for one in unit.splitting if one.name in ("xOffset", "yOffset")}
    split = [one for one in unit.splitting if one.field not in offsets]
    scale = text(obj(up.definition.get("scale")).get("type"))
    if not split or (scale not in ("", "linear") and "stack" not in up.definition):
        return ""
    return text(wanted) if isinstance(wanted, str) else "zero"


def stack(unit: Unit) -> dict[int, tuple[float, float]] | None:
    """Base and top by the `id` of each point; None where nothing stacks. The last series of
    the legend lies at the bottom."""
    how = stacking(unit)
    if not how:
        return None
    along, up = unit.letters
    totals: dict[Any, float] = {}
    for point in unit.points:
        key = _place(unit, point, along)
        totals[key] = totals.get(key, 0.0) + abs(point.number(up) or 0.0)
    tops: dict[Any, float] = {}
    found = {}
    for _, _, points in reversed(unit.split()):
        for point in points:
            height = point.number(up) or 0.0
            key = _place(unit, point, along)
            if how == "normalize":
                height = height / totals[key] if totals[key] else 0.0
            start = -totals[key] / 2 if how == "center" else 0.0
            pile = key, height < 0
            base = tops.get(pile, start)
            tops[pile] = base + height
            found[id(point)] = (base, base + height)
    return found


def _place(unit: Unit, point: Point, along: str) -> tuple[Any, ...]:
    """What stacks on each other: the same place on the axis, and side by side the same side."""
    return point.keys.get(along), point.keys.get("xOffset"), point.keys.get("yOffset")
