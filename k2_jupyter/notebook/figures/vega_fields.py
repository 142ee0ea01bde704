"""Fields of a Vega-Lite encoding: their values, bins, time units and titles."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from k2_jupyter.notebook.figures.reading import date_text, days, items, number, obj, text
from k2_jupyter.notebook.figures.vega_time import in_unit, unit_parts

FieldType: TypeAlias = Literal["quantitative", "temporal", "nominal", "ordinal"]
Key: TypeAlias = float | str
"""What a value is compared and grouped by: a number (days on a time axis) or a text."""


# Values


def field_value(row: Mapping[str, Any], name: str) -> Any:
    """The value of a field; dots and brackets lead into nested objects."""
    plain = name.replace("\\", "")
    if plain in row or ("." not in name and "[" not in name):
        return row.get(plain)
    found: Any = row
    for part in re.split(r"[.\[\]]+", plain):
        if not part:
            continue
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def date_key(value: Any) -> float | None:
    """Days since 1970 of an ISO date or of milliseconds."""
    milliseconds = number(value)
    return days(value) if milliseconds is None else milliseconds / 86_400_000


# Bins


@dataclass(frozen=True, slots=True)
class Binning:
    """Bins from `start` to `stop` (Vega's ``bin``)."""

    start: float
    stop: float
    step: float

    def lower(self, value: float) -> float:
        """The lower edge of a value's bin."""
        inside = max(self.start, min(value, self.stop - self.step))
        return self.start + self.step * math.floor(1e-14 + (inside - self.start) / self.step)


def binning(wanted: Mapping[str, Any], found: Sequence[float], most: int) -> Binning | None:
    """Bins by the rule of Vega's statistics: the smallest of 10ⁿ, 5·10ⁿ⁻¹, 2·10ⁿ⁻¹ … that
    needs at most `maxbins`, with round ends."""
    extent = [number(end) for end in items(wanted.get("extent"))]
    low, high = extent if len(extent) == 2 else (None, None)
    if low is None or high is None:
        if not found:
            return None
        low, high = min(found), max(found)
    limit = number(wanted.get("maxbins")) or float(most)
    span = (high - low) or abs(low) or 1.0
    step = number(wanted.get("step")) or _step(span, limit, number(wanted.get("minstep")) or 0.0)
    if not (step > 0 and math.isfinite(span / step)):
        return None
    if wanted.get("nice") is not False:
        places = 0 if step >= 1 else int(-math.log10(step)) + 1
        slack = 10.0 ** (-places - 1)
        floor = math.floor(low / step + slack) * step
        low = floor - step if low < floor else floor
        high = math.ceil(high / step) * step
    return Binning(low, low + step if high == low else high, step)


def _step(span: float, most: float, least: float) -> float:
    level = math.ceil(math.log10(max(most, 1.0)))
    # Half goes up, as in JavaScript.
    step = max(least, 10.0 ** (math.floor(math.log10(span) + 0.5) - level))
    while math.ceil(span / step) > most:
        step *= 10
    for divisor in (5, 2):
        smaller = step / divisor
        if smaller >= least and span / smaller <= most:
            step = smaller
    return step


# Channels


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel of an encoding that shows a field, an aggregate or a datum."""

    name: str
    definition: Mapping[str, Any]
    field: str
    type: FieldType
    aggregate: str
    bins: Binning | None = None
    binned: bool = False
    """The field holds lower edges already (``bin: "binned"``)."""
    parts: tuple[str, ...] = ()
    """Of its time unit."""

    @property
    def continuous(self) -> bool:
        """Does it stand on a scale of numbers or time?"""
        return self.type in ("quantitative", "temporal")

    @property
    def measure(self) -> bool:
        """Is it what marks are long along: a number that is not cut into bins?"""
        return self.type == "quantitative" and self.bins is None and not self.binned

    def key(self, row: Mapping[str, Any]) -> Key | None:
        """What a row is compared and grouped by."""
        value = self.definition.get("datum") if not self.field else field_value(row, self.field)
        if self.type == "temporal" or self.parts:
            day = date_key(value)
            if day is None or not self.parts:
                return day
            return in_unit(day, self.parts)[0]
        if self.bins is not None:
            found = number(value)
            return None if found is None else self.bins.lower(found)
        if self.type == "quantitative":
            return _numeric(value)
        return None if value is None else _category(value)

    def keys(self, rows: Sequence[Mapping[str, Any]]) -> list[Key | None]:
        """`key` of many rows; the plain ones at once, for there may be many."""
        if not self.field or self.bins is not None or self.parts:
            return [self.key(row) for row in rows]
        if not self.continuous:
            found = [field_value(row, self.field) for row in rows]
            return [None if value is None else _category(value) for value in found]
        read = date_key if self.type == "temporal" else _numeric
        return [read(field_value(row, self.field)) for row in rows]

    def label(self, row: Mapping[str, Any]) -> str | None:
        """How a row's place is called, where its key does not say it."""
        if not self.parts:
            key = self.key(row) if self.type == "temporal" else None
            return date_text(key) if isinstance(key, float) else None
        day = date_key(field_value(row, self.field))
        return None if day is None else in_unit(day, self.parts)[1]

    @property
    def title(self) -> str:
        """The title that Vega-Lite writes; "" where it is switched off."""
        guide = obj(self.definition.get("axis")) or obj(self.definition.get("legend"))
        for holder in (guide, obj(self.definition.get("header")), self.definition):
            if "title" in holder:
                return " ".join(filter(None, map(text, items(holder["title"])))) or text(
                    holder["title"]
                )
        if self.aggregate == "count":
            return "Count of Records"
        if self.aggregate:
            return f"{self.aggregate.capitalize()} of {self.field}"
        if self.bins is not None:
            return f"{self.field} (binned)"
        return f"{self.field} ({'-'.join(self.parts)})" if self.parts else self.field


def channel(name: str, definition: Any, rows: Sequence[Mapping[str, Any]]) -> Channel | None:
    """A channel of an encoding, with bins over all rows; None where it shows no data."""
    wanted = obj(definition)
    if "condition" in wanted and "field" not in wanted:
        condition = obj(wanted["condition"])
        wanted = condition if "field" in condition or "aggregate" in condition else wanted
    aggregate = text(wanted.get("aggregate"))
    field = text(wanted.get("field"))
    if not (field or aggregate or "datum" in wanted):
        return None
    unit = wanted.get("timeUnit")
    parts = tuple(unit_parts(text(unit) or text(obj(unit).get("unit"))))
    kind = _type(wanted, aggregate, bool(parts))
    bins = None
    if wanted.get("bin") not in (None, False, "binned"):
        found = [x for row in rows if (x := number(field_value(row, field))) is not None]
        most = 10 if name in ("x", "y") else 6
        bins = binning(obj(wanted["bin"]), found, most)
    binned = wanted.get("bin") == "binned" or obj(wanted.get("bin")).get("binned") is True
    return Channel(name, wanted, field, kind, aggregate, bins, binned, parts)


def _type(wanted: Mapping[str, Any], aggregate: str, timed: bool) -> FieldType:
    named = text(wanted.get("type"))
    for known in ("quantitative", "temporal", "nominal", "ordinal"):
        if known == named:
            return known
    if aggregate or wanted.get("bin") or isinstance(wanted.get("datum"), int | float):
        return "quantitative"
    return "temporal" if timed else "nominal"


def _numeric(value: Any) -> float | None:
    found = number(value)
    if found is None and isinstance(value, str):
        try:
            return number(float(value))
        except ValueError:
            return None
    return found


def _category(value: Any) -> str:
    if isinstance(value, str):
        return value[:120]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return text(value) or str(value)[:120]
