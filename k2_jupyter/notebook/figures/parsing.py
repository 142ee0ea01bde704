"""Figure records from anywhere: any cell can forge one, so nothing is taken on trust.

What is not of its type, closed set or bounds is dropped; texts are one line and pose as
nothing else than data.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, get_args

from k2_jupyter.messages import Json
from k2_jupyter.notebook.figures.record import (
    Axes,
    Axis,
    Fact,
    Fault,
    FaultCode,
    FigureRecord,
    Kind,
    Legend,
    Library,
    Scale,
    Series,
    Value,
    Where,
)
from k2_jupyter.notebook.text import neutral

MAX_SIZE = 64_000
"""Characters of strings and places for values that a record may have in all."""
MAX_TEXT = 120
_MAX_AXES, _MAX_SERIES, _MAX_ROWS, _MAX_COLUMNS = 20, 30, 60, 61
_MAX_FACTS, _MAX_TICKS, _MAX_ENTRIES, _MAX_FAULTS, _MAX_NAMES = 20, 12, 60, 80, 12
_MAX_COUNT = 10**12

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_T = TypeVar("_T")


def parse(content: Json) -> FigureRecord | None:
    """The record that a cell sent, or ``None`` where it is none or too large."""
    if not isinstance(content, Mapping) or content.get("version") != 1 or not _is_small(content):
        return None
    axes = _each(content.get("axes"), _axes, _MAX_AXES)
    faults = _each(content.get("faults"), _fault, _MAX_FAULTS)
    return FigureRecord(
        _one_of(content.get("library"), get_args(Library)) or "",
        _text(content.get("title")),
        _size(content.get("size")),
        axes,
        tuple(fault for fault in faults if fault.axes <= len(axes)),
        _text(content.get("cut")),
    )


def _is_small(content: Json) -> bool:
    """Is it within `MAX_SIZE`? By a walk that stops there, however deep it goes."""
    room, waiting = MAX_SIZE, [content]
    while waiting and room >= 0:
        value = waiting.pop()
        room -= len(value) if isinstance(value, str) else 2
        if isinstance(value, Mapping):
            room -= sum(map(len, value)) + 2 * len(value)
            waiting += value.values()
        elif isinstance(value, list | tuple):
            room -= 2 * len(value)
            if room >= 0:
                waiting += value
    return room >= 0


# Parts. Each takes anything and gives its record, or None where nothing of it is usable.


def _axes(content: Json) -> Axes | None:
    if not isinstance(content, Mapping):
        return None
    return Axes(
        _text(content.get("title")),
        _text(content.get("facet")),
        _text(content.get("projection")),
        _axis(content.get("x")),
        _axis(content.get("y")),
        _legend(content.get("legend")),
        _texts(content.get("texts"), _MAX_TICKS),
        _each(content.get("series"), _series, _MAX_SERIES),
        _text(content.get("cut")),
    )


def _axis(content: Json) -> Axis | None:
    if not isinstance(content, Mapping):
        return None
    return Axis(
        _text(content.get("label")),
        _one_of(content.get("scale"), get_args(Scale)) or "other",
        _limits(content.get("limits")),
        _texts(content.get("ticks"), _MAX_TICKS),
    )


def _limits(content: Json) -> tuple[Value, Value] | None:
    if not isinstance(content, list | tuple) or len(content) != 2:
        return None
    low, high = _value(content[0]), _value(content[1])
    return None if low is None or high is None else (low, high)


def _legend(content: Json) -> Legend | None:
    if not isinstance(content, Mapping):
        return None
    return Legend(_text(content.get("title")), _texts(content.get("entries"), _MAX_ENTRIES))


def _series(content: Json) -> Series | None:
    if not isinstance(content, Mapping):
        return None
    color = content.get("color")
    columns = _texts(content.get("columns"), _MAX_COLUMNS)
    rows = _each(content.get("rows"), lambda row: _row(row, len(columns)), _MAX_ROWS)
    return Series(
        _one_of(content.get("kind"), get_args(Kind)) or "other",
        _text(content.get("name")),
        color.lower() if isinstance(color, str) and _COLOR.fullmatch(color) else "",
        _count(content.get("count")) or 0,
        _each(content.get("facts"), _fact, _MAX_FACTS),
        columns,
        rows,
        _count(content.get("left_out")) or 0,
        _text(content.get("cut")),
    )


def _row(content: Json, width: int) -> tuple[Value, ...] | None:
    if not width or not isinstance(content, list | tuple) or len(content) != width:
        return None
    return tuple(map(_value, content))


def _fact(content: Json) -> Fact | None:
    if not isinstance(content, list | tuple) or len(content) not in (2, 3):
        return None
    name, value, at = _text(content[0]), _value(content[1]), _value([*content, ""][2])
    return Fact(name, value, "" if at is None else str(at)) if name else None


def _fault(content: Json) -> Fault | None:
    if not isinstance(content, Mapping):
        return None
    code: FaultCode | None = _one_of(content.get("code"), get_args(FaultCode))
    axes = _count(content.get("axes", 0))
    if code is None or axes is None:
        return None
    return Fault(
        code,
        axes,
        _one_of(content.get("what"), get_args(Where)) or "",
        _count(content.get("count")),
        _count(content.get("of")),
        _texts(content.get("names"), _MAX_NAMES),
    )


def _size(content: Json) -> tuple[int, int] | None:
    sides = _each(content, _count, 3)
    return (sides[0], sides[1]) if len(sides) == 2 and all(sides) else None


# Values


def _each(content: Json, read: Callable[[Json], _T | None], most: int) -> tuple[_T, ...]:
    """What could be read of the first `most` items; () where it is no list."""
    if not isinstance(content, Sequence) or isinstance(content, str):
        return ()
    found = map(read, content[:most])
    return tuple(item for item in found if item is not None)


def _texts(content: Json, most: int) -> tuple[str, ...]:
    return _each(content, lambda item: _text(item) if isinstance(item, str) else None, most)


def _text(content: Json) -> str:
    if not isinstance(content, str):
        return ""
    if len(content) > MAX_TEXT:
        content = content[: MAX_TEXT - 1] + "…"
    return neutral(" ".join(content.split()))


def _value(content: Json) -> Value:
    if isinstance(content, str):
        return _text(content)
    return _number(content)


def _number(content: Json) -> int | float | None:
    if isinstance(content, bool) or not isinstance(content, int | float):
        return None
    if isinstance(content, int):
        return content if abs(content) < 10**18 else None
    return content if math.isfinite(content) else None


def _count(content: Json) -> int | None:
    number = _number(content)
    whole = number is not None and number == int(number) and 0 <= number <= _MAX_COUNT
    return int(number) if whole and number is not None else None


def _one_of(content: Json, allowed: tuple[Any, ...]) -> Any:
    return content if isinstance(content, str) and content in allowed else None
