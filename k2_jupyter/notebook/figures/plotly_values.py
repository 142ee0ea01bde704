"""Values of plotly's JSON: typed arrays, coordinates and the type of an axis."""

from __future__ import annotations

import base64
import binascii
import sys
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from k2_jupyter.notebook.figures.reading import DateTexts, date_text, days, items, number, obj, text

AxisType: TypeAlias = Literal["linear", "log", "date", "category"]

_CODES: Final = {
    "i1": "b", "u1": "B", "uint8c": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I",
    "i8": "q", "u8": "Q", "f4": "f", "f8": "d",
}  # fmt: skip
_LONG_NAMES: Final = {
    "int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2", "int32": "i4",
    "uint32": "u4", "float32": "f4", "float64": "f8",
}  # fmt: skip
_MAX_LOOKED_AT = 1_000
_MAX_SIDES = 3


def values(content: Any) -> list[Any]:
    """An array of a trace: a JSON array or a typed array (plotly.js "Typed arrays": dtype,
    bdata in base64, little endian, shape). Nested lists where it has several dimensions."""
    if not isinstance(content, Mapping):
        return list(items(content))
    name = text(content.get("dtype"))
    code, data = _CODES.get(_LONG_NAMES.get(name, name)), content.get("bdata")
    if code is None or not isinstance(data, str):
        return []
    numbers = array(code)
    try:
        numbers.frombytes(base64.b64decode(data))
    except (binascii.Error, ValueError):
        return []
    if sys.byteorder == "big":
        numbers.byteswap()
    return _shaped(numbers.tolist(), text(content.get("shape")))


def _shaped(flat: list[Any], shape: str) -> list[Any]:
    sides = [int(side) for side in shape.split(",") if side.strip().isdecimal()][:_MAX_SIDES]
    for side in reversed(sides[1:]):
        if side < 1:
            return []
        flat = [flat[start : start + side] for start in range(0, len(flat), side)]
    return flat


def size(content: Any) -> int:
    """How many values an array holds, without decoding it."""
    if isinstance(content, Mapping):
        data = content.get("bdata")
        return len(data) // 4 if isinstance(data, str) else 0
    return len(items(content))


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Where the marks of a trace stand on one axis."""

    type: AxisType
    places: list[Any]
    """Numbers (days since 1970 on a date axis), or texts where the axis has categories."""
    labels: Sequence[str] | None
    """What is shown instead of the numbers."""

    @property
    def shown(self) -> Sequence[Any]:
        return self.places if self.labels is None else self.labels

    @property
    def unit(self) -> str:
        """What a trend is per."""
        return "day" if self.type == "date" else "x"


def coordinates(content: Sequence[Any], kind: AxisType) -> Coordinates:
    """Values of a trace as they stand on an axis of this type."""
    if kind == "category":
        return Coordinates(kind, [_category(value) for value in content], None)
    if kind == "date":
        numbers = [day(value) for value in content]
        return Coordinates(kind, numbers, DateTexts(numbers))
    return Coordinates(kind, [_numeric(value) for value in content], None)


def day(value: Any) -> float | None:
    """Days since 1970 of a date or, as plotly writes them too, of milliseconds."""
    milliseconds = number(value)
    return days(value) if milliseconds is None else milliseconds / 86_400_000


def _category(value: Any) -> str | None:
    if isinstance(value, list | tuple):
        return ", ".join(text(one) for one in value[:4])
    return None if value is None else text(value) or str(value)[:120]


def _numeric(value: Any) -> float | None:
    found = number(value)
    if found is None and isinstance(value, str):
        try:
            return number(float(value))
        except ValueError:
            return None
    return found


def axis_type(axis: Mapping[str, Any], given: Sequence[Any], *, strict: bool) -> AxisType:
    """The type that an axis names, or that plotly.js takes from the data (axis_autotype):
    dates where more than twice as many values are dates as numbers, then categories where
    more than twice as many are texts. `strict`: texts of digits are no numbers."""
    named = axis.get("type")
    if named in ("linear", "log", "date", "category"):
        return named  # type: ignore[no-any-return]
    if named == "multicategory":
        return "category"
    step = max(1, len(given) // _MAX_LOOKED_AT)
    dates = numbers = texts = 0
    for value in given[::step]:
        if days(value) is not None:
            dates += 1
        elif number(value) is not None or (not strict and _numeric(value) is not None):
            numbers += 1
        elif isinstance(value, str | bool | list | tuple) and value != "":
            texts += 1
    if dates > 2 * numbers and dates > texts:
        return "date"
    return "category" if texts > 2 * numbers or (texts and not numbers) else "linear"


def range_of(axis: Mapping[str, Any], kind: AxisType) -> list[Any] | None:
    """Limits that the layout sets; None where the browser chooses them."""
    ends = values(axis.get("range"))
    if len(ends) != 2 or axis.get("autorange") is True:
        return None
    if kind == "date":
        return [date_text(found) for end in ends if (found := day(end)) is not None]
    limits = [limit for limit in map(_numeric, ends) if limit is not None]
    if kind == "log":
        return [10**limit for limit in limits if abs(limit) < 300]
    return limits


def titled(content: Any) -> str:
    """A title, written as a text or as an object with one."""
    return text(content) or text(obj(content).get("text"))
