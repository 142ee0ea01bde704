"""The rows that a task speaks of, where it does not mean all: "in 2007", "for General Motors"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from k2_jupyter.analyst.conversation import VARIABLE, DataFile
from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.kinds import named, settle
from k2_jupyter.analyst.script import Script
from k2_jupyter.analyst.source import literal
from k2_jupyter.analyst.table import Column, Table, read_table
from k2_jupyter.analyst.worksheet import StepError, Worksheet

_IN_A_YEAR = re.compile(r"\b(?:in|during|for|of) ((?:1[89]|20)\d\d)\b(?! *(?:to|and|-|–|until))")
_YEARS = re.compile(r"\b(?:1[89]|20)\d\d\b")
_AMONG = r"\b(?:among|amongst|within|only|for|in)\s+(?:the\s+|only\s+)?"


@dataclass(frozen=True, slots=True)
class Condition:
    """A column and the value that the rows must have."""

    column: Column
    value: str
    is_year: bool = False

    @property
    def source(self) -> str:
        """The condition as code."""
        column = f"df[{literal(self.column.name)}]"
        if self.is_year and self.column.is_date:
            dated = column if self.column.dtype.startswith("datetime") else f"to_dates({column})"
            return f"{dated}.dt.year == {self.value}"
        if self.is_year:
            return f"{column} == {self.value}"
        return f'{column}.astype("string").str.strip() == {literal(self.value)}'


def narrowed(sheet: Worksheet, task: str, table: Table, file: DataFile) -> Script[Table]:
    """The table of the rows that are meant, without the columns that this makes constant.

    Raises `StepError` where they can't be picked.
    """
    found = conditions(task, table)
    if not found:
        return table
    told = " and ".join(f"{c.column.name} = {c.value}" for c in found)
    if file.format == VARIABLE and file.path == "df":
        raise StepError(
            "the task speaks of some of the rows only, and the variable `df` stays as it is: put "
            "those rows into a variable of another name."
        )
    sheet.write(f"Only the rows with `{told}` are meant.")
    test = " & ".join(f"({c.source})" for c in found)
    seen = yield from sheet.need(f"df = df[{test}]\nlen(df)", "Pick the rows that are meant")
    names = "telling(df)" if table.width.value > len(table.columns) else "list(df)"
    seen = yield from sheet.need(f"profile(df, {names})", "Profile these rows")
    less = read_table(seen)
    if less is None or not less.rows.value:
        raise StepError(f"the file has no row with `{told}`.")
    draft = Draft()
    name = draft.name(told, less.cell, found[0].column.name)
    rows = f"{draft.number(less.rows)} of {draft.number(table.rows)}"
    sheet.remark(f"Only the rows with {name} were used: {rows}.", draft)
    meant = {c.column.name for c in found if not c.column.is_date}
    return replace(less, columns=tuple(c for c in less.columns if c.name not in meant))


def conditions(task: str, table: Table) -> list[Condition]:
    """What the task says of the rows. A level counts where others are left to be compared."""
    found = _year(task, table)
    said = named(task, table)
    for mention in said.categories:
        column = mention.column
        levels = [level for level in column.levels if _is_alone(level, task)]
        rest = replace(table, columns=tuple(c for c in table.columns if c is not column))
        others = len(said.categories) > 1 or settle(task, rest) == "trend"
        if len(levels) == 1 and not mention.values and said.measures and others:
            found.append(Condition(column, levels[0]))
    return found


def _year(task: str, table: Table) -> list[Condition]:
    match = _IN_A_YEAR.search(task)
    if match is None or len(_YEARS.findall(task)) != 1:
        return []
    year = match[1]
    for column in table.columns:
        low, high = column.first[:4], column.last[:4]
        if column.is_year and column.low is not None and column.high is not None:
            low, high = f"{column.low:.0f}", f"{column.high:.0f}"
        if low < high and low <= year <= high:
            return [Condition(column, year, is_year=True)]
    return []


def _is_alone(level: str, task: str) -> bool:
    """Does the task name the level right after a word such as "among"?"""
    return bool(re.search(rf"{_AMONG}{re.escape(level)}s?\b", task, re.IGNORECASE))
