"""Reading JSON that anyone may have written: each function takes anything and never raises."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, overload

from k2_jupyter.messages import Json

UNREADABLE: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What reading forged JSON may still raise; one part is lost then, never the figure."""

_TAG = re.compile(r"<[^<>]{0,200}>")
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - dates on an axis have no zone


def obj(value: Any) -> Mapping[str, Any]:
    """An object, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: Any) -> Sequence[Any]:
    """An array, or an empty one."""
    return value if isinstance(value, list | tuple) else ()


def text(value: Any, limit: int = 120) -> str:
    """A text without markup, on one line; a number as text; "" for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if not isinstance(value, str):
        return f"{value:.15g}" if isinstance(value, float) else str(value)[:limit]
    return " ".join(_TAG.sub(" ", value[: 20 * limit]).split())[:limit]


def number(value: Any) -> float | None:
    """A finite number that is no text and no truth value."""
    if type(value) is float:  # nearly all are
        return value if math.isfinite(value) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        result = float(value)
    except OverflowError:
        return None
    return result if abs(result) < float("inf") else None


def at(content: Json, *path: str) -> Any:
    """What stands at a path of objects; None where the path ends early."""
    found: Any = content
    for key in path:
        if not isinstance(found, Mapping):
            return None
        found = found.get(key)
    return found


def color(value: Any) -> str:
    """``#rrggbb`` for any way to write a colour in CSS; "" for none."""
    from PIL import ImageColor

    if not isinstance(value, str) or len(value) > 60:
        return ""
    plain = re.sub(r"rgba\(([^()]*),[^(),]*\)", r"rgb(\1)", value)
    try:
        red, green, blue = ImageColor.getrgb(plain)[:3]
    except ValueError:
        return ""
    return f"#{red:02x}{green:02x}{blue:02x}"


def days(value: Any) -> float | None:
    """Days since 1970 of a date written in ISO 8601; None for anything else."""
    moment = _moment(value)
    return None if moment is None else (moment - _EPOCH) / timedelta(days=1)


def date_text(day: float) -> str:
    """ISO 8601 of days since 1970; without its time where that is midnight."""
    try:
        moment = _EPOCH + timedelta(milliseconds=round(day * 86_400_000))
    except OverflowError:
        return ""
    return moment.isoformat(" ").removesuffix(" 00:00:00")


class DateTexts(Sequence[str]):
    """Days since 1970 as texts, written when one is looked at: few of them are."""

    def __init__(self, days: Sequence[float | None]) -> None:
        self._days = days

    def __len__(self) -> int:
        return len(self._days)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        day = self._days[place]
        return "" if day is None else date_text(day)


def _moment(value: Any) -> datetime | None:
    # Cheaper than a pattern; compact forms ("20240105") and weeks are no dates on an axis.
    if not isinstance(value, str) or value[4:5] != "-" or not value[5:7].isdigit():
        return None
    try:
        moment = datetime.fromisoformat(value if len(value) > 7 else f"{value}-01")
    except ValueError:
        return None
    return moment if moment.tzinfo is None else moment.replace(tzinfo=None)
