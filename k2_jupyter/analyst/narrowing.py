"""The rows that a task speaks of, where it does not mean all: "in 2007", "without the north"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from k2_jupyter.analyst.conversation import VARIABLE, DataFile
from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.kinds import named, settle
from k2_jupyter.analyst.reading import Fact
from k2_jupyter.analyst.script import Script
from k2_jupyter.analyst.source import literal
from k2_jupyter.analyst.table import Column, Table, read_table
from k2_jupyter.analyst.words import pieces
from k2_jupyter.analyst.worksheet import StepError, Worksheet

_IN_A_YEAR = re.compile(r"\b(?:in|during|for|of) ((?:1[89]|20)\d\d)\b(?! *(?:to|and|-|–|until))")
_YEARS = re.compile(r"\b(?:1[89]|20)\d\d\b")
_AMONG = r"\b(?:among|amongst|within|only|for|in)\s+(?:the\s+|only\s+)?"
_WITHOUT = re.compile(
    r"\b(?:without|excluding|except(?:\s+for)?|leaving\s+out|omitting)\b([^.;:?!]*)", re.IGNORECASE
)
_BESIDE = "the all any and or rows data group groups level levels year years from of in for with"
"""Words that may stand around what is left out."""
_PART = "part"
"""The variable for some rows of the user's own ``df``, which stays as it is."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A column and the value that the rows must have, or must not have."""

    column: Column
    value: str
    is_year: bool = False
    is_out: bool = False

    @property
    def told(self) -> str:
        return f"{self.column.name} {'≠' if self.is_out else '='} {self.value}"

    @property
    def read(self) -> str:
        """What is compared, as code."""
        column = f"df[{literal(self.column.name)}]"
        if self.is_year and self.column.is_date:
            dated = column if self.column.dtype.startswith("datetime") else f"to_dates({column})"
            return f"{dated}.dt.year"
        return column if self.is_year else f'{column}.astype("string").str.strip()'

    @property
    def source(self) -> str:
        """The condition as code. Rows without a value are not the ones that are left out."""
        value = self.value if self.is_year else literal(self.value)
        if self.is_out:
            return f"{self.read}.ne({value}).fillna(True)"
        return f"{self.read} == {value}"


def narrowed(
    sheet: Worksheet, task: str, table: Table, file: DataFile, *, added: str = ""
) -> Script[Table]:
    """The table of the rows that are meant, without the columns that this makes constant.

    `added` is the end of the task where it only says which rows are meant. Raises `StepError`
    where they can't be picked, or where it says nothing that is known.
    """
    found = conditions(task, table)
    if added and len(found) == len(conditions(task.removesuffix(added), table)):
        raise StepError(
            f"which rows “{added.strip()}” means is not known: no value of the data that can be "
            "left out or picked is named. Write the question as a whole, with a value as it "
            "stands in the data; for all else make a table of the rows that you mean first."
        )
    if not found:
        return table
    sheet.write(f"Only the rows with `{_all_told(found)}` are meant.")
    cells: list[str] = []
    for condition in found:
        cells.append((yield from _shown(sheet, condition, table)))  # noqa: PERF401 - it yields
    test = " & ".join(f"({c.source})" for c in found)
    frame = _PART if file.format == VARIABLE and file.path == "df" else "df"
    yield from sheet.need(f"{frame} = df[{test}]\nlen({frame})", "Pick the rows that are meant")
    sheet.frame = frame
    names = "telling(df)" if table.width.value > len(table.columns) else "list(df)"
    seen = yield from sheet.need(f"profile(df, {names})", "Profile these rows")
    less = read_table(seen)
    if less is None or not less.rows.value:
        raise StepError(f"the file has no row with `{_all_told(found)}`.")
    _tell(sheet, (less.rows, table.rows), found, [cell or less.cell for cell in cells])
    meant = {c.column.name for c in found if not (c.is_out or c.column.is_date)}
    return replace(less, columns=tuple(c for c in less.columns if c.name not in meant))


def _all_told(found: Sequence[Condition]) -> str:
    return " and ".join(condition.told for condition in found)


def _shown(sheet: Worksheet, condition: Condition, table: Table) -> Script[str]:
    """The cell that shows the value: "" for that of the rows that are left."""
    if not condition.is_out:
        return ""
    if not condition.is_year:
        return table.cell
    counts = f"{condition.read}.value_counts().sort_index()"
    purpose = f"Count the rows by {condition.column.name}"
    return (yield from sheet.need(f"print({counts}.to_string())", purpose)).cell


def _tell(
    sheet: Worksheet,
    rows: tuple[Fact, Fact],
    found: Sequence[Condition],
    cells: Sequence[str],
) -> None:
    draft = Draft()
    for condition, cell in zip(found, cells, strict=True):
        draft.name(condition.told, cell, condition.column.name)
    used, all_rows = map(draft.number, rows)
    told = f"Only the rows with `{_all_told(found)}` were used: {used} of {all_rows}."
    sheet.remark(told, draft)


def conditions(task: str, table: Table) -> list[Condition]:
    """What the task says of the rows. A level counts where others are left to be compared."""
    found = list(_left_out(task, table))
    task = _WITHOUT.sub("", task)
    found += _year(task, table)
    said = named(task, table)
    for mention in said.categories:
        column = mention.column
        levels = [level for level in column.levels if _is_alone(level, task)]
        rest = replace(table, columns=tuple(c for c in table.columns if c is not column))
        others = len(said.categories) > 1 or settle(task, rest) == "trend"
        if len(levels) == 1 and not mention.values and said.measures and others:
            found.append(Condition(column, levels[0]))
    return found


def _left_out(task: str, table: Table) -> Iterator[Condition]:
    """Values listed right behind "without": of the column of which it names most."""
    for span in _WITHOUT.findall(task):
        read = [(column, _listed(span, column)) for column in table.columns]
        column, values = max(read, key=lambda one: len(one[1]), default=(None, []))
        if column is not None:
            is_year = not column.levels or column.is_year or column.is_date
            yield from (Condition(column, v, is_year=is_year, is_out=True) for v in values)


def _listed(span: str, column: Column) -> list[str]:
    low, high = _years(column)
    known = [year for year in _YEARS.findall(span) if low <= year <= high]
    known = known or (list(column.levels) if column.is_text else [])
    beside = "|".join(map(re.escape, [*_BESIDE.split(), *pieces(column.name)]))
    values = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    value = re.compile(rf"(?:\W|\b(?:{beside})s?\b)*({values})(?:e?s)?(?!\w)", re.IGNORECASE)
    found: list[str] = []
    place = 0
    while values and (match := value.match(span, place)):
        said, place = match[1].casefold(), match.end()
        found += [one for one in known if one.casefold() == said]
    return list(dict.fromkeys(found))


def _year(task: str, table: Table) -> list[Condition]:
    match = _IN_A_YEAR.search(task)
    if match is None or len(_YEARS.findall(task)) != 1:
        return []
    year = match[1]
    for column in table.columns:
        low, high = _years(column)
        if low < high and low <= year <= high:
            return [Condition(column, year, is_year=True)]
    return []


def _years(column: Column) -> tuple[str, str]:
    """The first and the last year of a column; of one that holds none, two that none is between."""
    if column.is_year and column.low is not None and column.high is not None:
        return f"{column.low:.0f}", f"{column.high:.0f}"
    return (column.first[:4], column.last[:4]) if column.first else ("", "")


def _is_alone(level: str, task: str) -> bool:
    """Does the task name the level right after a word such as "among"?"""
    return bool(re.search(rf"{_AMONG}{re.escape(level)}s?\b", task, re.IGNORECASE))
