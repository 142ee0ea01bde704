"""Time units of Vega-Lite: where a date stands when it is cut to one, and how it is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from k2_jupyter.notebook.figures.reading import date_text

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - dates of charts have no zone
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
_UNITS: Final = (
    "year", "quarter", "month", "week", "dayofyear", "day", "date", "hours", "minutes", "seconds",
    "milliseconds",
)  # fmt: skip


def unit_parts(unit: str) -> list[str]:
    """``yearmonth`` → year, month."""
    rest = unit.removeprefix("binned").removeprefix("utc")
    parts = []
    for part in _UNITS:
        if rest.startswith(part):
            parts.append(part)
            rest = rest[len(part) :]
    return parts


def in_unit(day: float, parts: Sequence[str]) -> tuple[float, str]:
    """Where a date stands when it is cut to a time unit, and how it is called.

    With a year: days since 1970 of its start. Without: a number to order by.
    """
    moment = _EPOCH + timedelta(milliseconds=round(day * 86_400_000))
    if parts[0] == "year":
        return _dated(moment, parts)
    values = [(_PARTS[part](moment), part) for part in parts]
    order = 0.0
    for value, _ in values:
        order = order * 1_000 + value
    return order, " ".join(_called(int(value), part) for value, part in values)


_PARTS: Final[dict[str, Callable[[datetime], float]]] = {
    "quarter": lambda moment: (moment.month + 2) // 3,
    "month": lambda moment: moment.month,
    "week": lambda moment: int(moment.strftime("%U")),
    "dayofyear": lambda moment: moment.timetuple().tm_yday,
    "day": lambda moment: moment.isoweekday() % 7,
    "date": lambda moment: moment.day,
    "hours": lambda moment: moment.hour,
    "minutes": lambda moment: moment.minute,
    "seconds": lambda moment: moment.second,
    "milliseconds": lambda moment: moment.microsecond // 1_000,
}


def _called(value: int, part: str) -> str:
    if part == "month":
        return _MONTHS[value - 1]
    if part == "day":
        return _WEEKDAYS[value]
    return f"Q{value}" if part == "quarter" else f"{value:02d}"


def _dated(moment: datetime, parts: Sequence[str]) -> tuple[float, str]:
    month = moment.month if "month" in parts else 1
    if "quarter" in parts:
        month = (moment.month - 1) // 3 * 3 + 1
    day = moment.day if "date" in parts else 1
    start = datetime(moment.year, month, day)  # noqa: DTZ001
    if "week" in parts or "dayofyear" in parts or "day" in parts:
        start = datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001
        if "dayofyear" not in parts:
            start -= timedelta(days=moment.isoweekday() % 7)
    for part in ("hours", "minutes", "seconds"):
        if part in parts:
            start += timedelta(**{part: _PARTS[part](moment)})
    place = (start - _EPOCH) / timedelta(days=1)
    if parts[-1] == "year":
        return place, f"{moment.year}"
    if parts[-1] == "quarter":
        return place, f"{moment.year} Q{(moment.month + 2) // 3}"
    return place, f"{moment.year}-{month:02d}" if parts[-1] == "month" else date_text(place)
