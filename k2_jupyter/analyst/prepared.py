"""The cells that pick the columns of an analysis, turn them into what they are, and clean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Literal, TypeAlias

from k2_jupyter.analyst.caveats import MANY_ROWS, TRIVIAL, belonging
from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.levels import joined_lines, order_lines, spelling_lines, text_expression
from k2_jupyter.analyst.reading import Fact, Observation
from k2_jupyter.analyst.script import Script
from k2_jupyter.analyst.source import cell, literal
from k2_jupyter.analyst.spelling import read_joined
from k2_jupyter.analyst.spelling_told import alike_caveats, joined_caveats
from k2_jupyter.analyst.table import Column, Table
from k2_jupyter.analyst.wording import coded, counted
from k2_jupyter.analyst.worksheet import StepError, Worksheet

Use: TypeAlias = Literal["number", "group", "date", "as it is"]


@dataclass(frozen=True, slots=True)
class Part:
    """A column in the role that its short name stands for."""

    key: str
    column: Column
    use: Use

    @property
    def expression(self) -> str:
        """The column as it is used, for the cell that knows its name as ``label[key]``."""
        source = f'df[label["{self.key}"]]'
        column = self.column
        if self.use == "number" and column.mean is None:
            return f"to_numbers({source})"
        if self.use == "date" and not column.dtype.startswith("datetime"):
            return f"to_dates({source})"
        if self.use == "group" and column.is_text:
            return text_expression(source, self.key, column)
        return source


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the cell found."""

    cell: str
    rows: Fact
    unusable: Fact
    repeats: Fact
    repeat_share: Fact
    negative: tuple[tuple[str, Fact], ...]
    """Columns of numbers of which a few values are below zero."""
    codes: tuple[tuple[str, Fact], ...] = ()
    """Columns with values that look like a code for "missing"."""
    groups: tuple[str, ...] = ()
    """Columns of groups."""
    joined: Mapping[str, Fact] = field(default_factory=dict)
    """Column of groups → values in another spelling that were joined with a level."""


def prepare(
    sheet: Worksheet, parts: Sequence[Part], *, after: Sequence[str] = ()
) -> Script[tuple[Prepared, Observation]]:
    """Run the cells; `after` are lines that make more of ``data``. Raises `StepError`."""
    yield from sheet.need(choose_source(parts), "Choose the columns")
    seen = yield from sheet.need(prepare_source(parts, after), "Clean them")
    found = read_prepared(seen, parts)
    if found is None:
        raise StepError("the cleaned columns could not be read back.")
    if found.rows.value < 3:
        raise StepError("fewer than three rows have a usable value in all columns that it needs.")
    return found, seen


def choose_source(parts: Sequence[Part]) -> str:
    """The cell that makes one frame ``data`` with the parts under their keys."""
    groups = _groups(parts)
    return cell(
        "choose_parts",
        labels="\n".join(f'    "{part.key}": {literal(part.column.name)},' for part in parts),
        spellings=spelling_lines(groups),
        columns="\n".join(f'    "{part.key}": {part.expression},' for part in parts),
        orders=order_lines(groups),
    )


def prepare_source(parts: Sequence[Part], after: Sequence[str] = ()) -> str:
    """The cell that makes the rows of ``data`` ready."""
    return cell(
        "prepare",
        joined=joined_lines(_groups(parts)),
        numbers=", ".join(f'"{part.key}"' for part in parts if part.use == "number"),
        after="".join(f"\n{line}" for line in after),
    )


def _groups(parts: Sequence[Part]) -> dict[str, Column]:
    return {part.key: part.column for part in parts if part.use == "group"}


def read_prepared(seen: Observation, parts: Sequence[Part]) -> Prepared | None:
    """What the cell printed; ``None`` where it printed something else."""
    rows = seen.line("rows used").get("n")
    unusable = seen.line("rows without a usable value in these columns (left out)").get("n")
    repeats = seen.line("rows that repeat another row exactly")
    if rows is None or unusable is None or len(repeats) < 2:
        return None
    names = [part.column.name for part in parts if part.use == "number"]
    return Prepared(
        seen.cell,
        rows,
        unusable,
        repeats["n"],
        repeats["share"],
        negative=_told_of(seen, "negative values of", names),
        codes=_told_of(seen, "codes for missing values in", names),
        groups=tuple(column.name for column in _groups(parts).values()),
        joined=read_joined(seen),
    )


def _told_of(seen: Observation, what: str, names: Sequence[str]) -> tuple[tuple[str, Fact], ...]:
    lines = ((name, seen.line(f"{what} {name}").get("n")) for name in names)
    return tuple((name, fact) for name, fact in lines if fact is not None)


def repeats_are_natural(table: Table) -> bool:
    """Must rows repeat, because there are fewer combinations of values than rows?"""
    return prod(max(1, column.distinct) for column in table.columns) <= table.rows.value


def cleaning_caveats(
    draft: Draft, found: Prepared, table: Table, *, compared: bool, independent: bool = True
) -> list[str]:
    """What cleaning did, and what stands in its way.

    `compared`: the main test was also made without exact repeats. `independent`: the tests
    take each row for itself.
    """
    told = [TRIVIAL] if found.rows.value > MANY_ROWS else []
    told += belonging(draft, table) if independent else []
    if found.unusable.value:
        rows = ("row without a usable value was", "rows without a usable value were")
        told.append(f"{counted(draft, found.unusable, *rows)} left out.")
    if found.repeats.value and not repeats_are_natural(table):
        rows = ("row repeats", "rows repeat")
        told.append(
            f"{counted(draft, found.repeats, *rows)} another row exactly "
            f"({draft.percent(found.repeat_share)}); they may be true rows, so they stay"
            + (", and the main test was also made without them." if compared else ".")
        )
    for name, fact in found.negative:
        values = counted(draft, fact, "negative value was", "negative values were")
        column = draft.name(name, table.cell)
        told.append(f"{values} kept in {column}; check whether that is possible.")
    told += [coded(draft, fact, draft.name(name, table.cell)) for name, fact in found.codes]
    told += joined_caveats(draft, table, found.joined)
    told += alike_caveats(draft, table, found.groups)
    return [f"{text[0].upper()}{text[1:]}" for text in told]
