"""The data's profile, read back from what the profile cell printed."""

from __future__ import annotations

import ast
import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from k2_jupyter.analyst.reading import NUMBER, Fact, Observation, to_float

_LITERAL = r"(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_COLUMN = re.compile(rf"^ *([\d,]+) +([\d,]+)  (\S.*?) +({_LITERAL}|\S+) \| (.*)$", re.MULTILINE)
_LEVEL = re.compile(rf"({_LITERAL}): ([\d,]+)(?:; |$)")
_RANGE = re.compile(
    rf"({NUMBER}) to ({NUMBER}), mean ({NUMBER}), median ({NUMBER}), sd ({NUMBER}), "
    rf"skewness ({NUMBER})"
)
_NUMBERS = re.compile(r"reads as numbers: (\d+)%")
_DATES = re.compile(r"(?:reads as dates: (\d+)%, )?(\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)")
MOSTLY = 0.8
"""Share of a column's texts that must read as numbers (dates): the rest are words for "missing"."""
FEW = 12
"""Columns with at most this many values are printed with all of them."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    dtype: str
    missing: int
    distinct: int
    levels: Mapping[str, int] = field(default_factory=dict)
    """Value → rows: all of them where they are few, else the three commonest."""
    spellings: Mapping[str, str] = field(default_factory=dict)
    """Value as the file writes it → the one of `levels` that it is taken for; "" for missing."""
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    sd: float | None = None
    skewness: float | None = None
    numbers: float = 0.0
    """Share of the values of a text column that read as numbers."""
    dates: float = 0.0
    """Share of the values that read as dates: of text, or of whole numbers such as 20240131."""

    period: str = "Y"
    """Of a date column: ``Y`` for years, ``M`` for months where the dates span few years."""

    first: str = ""
    """Of a date column: the earliest day, as ISO 8601."""
    last: str = ""
    ends_early: bool = False
    """Of a date column: its last day lies well before the end of its period, for its steps."""

    @property
    def is_date(self) -> bool:
        return self.dtype.startswith("datetime") or self.dates >= MOSTLY

    @property
    def is_number(self) -> bool:
        """Numeric, or text that is mostly a number."""
        return self.mean is not None or (self.numbers >= MOSTLY and not self.is_date)

    @property
    def is_text(self) -> bool:
        return not (self.is_number or self.is_date)

    @property
    def is_year(self) -> bool:
        """Whole numbers that can be calendar years; missing ones make pandas read floats."""
        low, high = self.low, self.high
        earliest = 1000 if "year" in self.name.casefold() else 1800
        if low is None or high is None or not earliest <= low <= high <= 2100:
            return False
        few = low % 1 == high % 1 == 0 and self.distinct <= high - low + 1
        return self.dtype.lower().startswith(("int", "uint")) or few


@dataclass(frozen=True, slots=True)
class Table:
    """A data set as the profile cell described it."""

    cell: str
    rows: Fact
    width: Fact
    repeats: Fact
    """Rows that repeat an earlier row exactly."""
    repeat_share: Fact
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """By name. Raises `KeyError`."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def read_table(seen: Observation) -> Table | None:
    """The profile, or ``None`` where the output does not hold one."""
    rows = seen.fact(r"^(NUM) rows,", "rows")
    width = seen.fact(r"rows, (NUM) columns$", "columns")
    repeats = seen.fact(r"^(NUM) rows repeat an", "rows repeat an earlier row exactly")
    share = seen.fact(r"row exactly \(([\d.]+|nan)%\)", "rows repeat an earlier row exactly")
    if rows is None or width is None or repeats is None or share is None:
        return None
    columns = tuple(_column(*match.groups()) for match in _COLUMN.finditer(seen.stdout))
    return Table(seen.cell, rows, width, repeats, share, columns)


def _column(missing: str, distinct: str, dtype: str, name: str, details: str) -> Column:
    spread = _RANGE.search(details)
    low, high, mean, _, sd, skewness = (
        (to_float(text) for text in spread.groups()) if spread else (None,) * 6
    )
    numbers, days = _NUMBERS.search(details), _DATES.match(details)
    monthly = days is not None and int(days[3][:4]) - int(days[2][:4]) < 3
    return Column(
        name=_plain(name),
        dtype=dtype.strip(),
        missing=int(to_float(missing)),
        distinct=int(to_float(distinct)),
        levels={_plain(value): int(to_float(n)) for value, n in _LEVEL.findall(details)},
        low=low,
        high=high,
        mean=mean,
        sd=sd,
        skewness=skewness,
        numbers=int(numbers[1]) / 100 if numbers else 0.0,
        dates=int(days[1] or 100) / 100 if days else 0.0,
        period="M" if monthly else "Y",
        first=days[2] if days else "",
        last=days[3] if days else "",
        ends_early=days is not None
        and _ends_early(days[2], days[3], int(to_float(distinct)), monthly=monthly),
    )


def _ends_early(low: str, high: str, distinct: int, *, monthly: bool) -> bool:
    """Would more dates have come before the end of the last month (year)?

    With a date a year on January 1 none would: the usual step between dates decides, and
    a tenth of the period.
    """
    first, last = date.fromisoformat(low), date.fromisoformat(high)
    step = (last - first).days / max(1, distinct - 1)
    start = last.replace(day=1) if monthly else last.replace(month=1, day=1)
    length = calendar.monthrange(last.year, last.month)[1] if monthly else 365
    left = length - (last - start).days
    return left > max(1.5 * step, length / 10)


def _plain(literal: str) -> str:
    return str(ast.literal_eval(literal)) if literal[:1] in "'\"" else literal
