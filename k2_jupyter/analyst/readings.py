"""Words of a task that several columns or files answer to equally well: they are asked about.

Where nobody answers the first one is taken, and the conclusion says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from k2_jupyter.analyst.candidates import find_times, in_one_currency, speaks_of_time
from k2_jupyter.analyst.conversation import DataFile
from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.kinds import Analysis, Named, are_occasions, named, settle
from k2_jupyter.analyst.mentions import Mention, mentions
from k2_jupyter.analyst.script import Script
from k2_jupyter.analyst.table import Column, Table
from k2_jupyter.analyst.wording import listed
from k2_jupyter.analyst.words import (
    best_position,
    pieces,
    said_by_rules,
    spoken_words,
    stem,
    vocabulary,
)
from k2_jupyter.analyst.worksheet import StepError, Worksheet

MOST = 6
"""Choices that a question may have."""
MOST_NAMES = 12
"""Columns that a refusal lists."""
CLOSE = 0.05
"""Difference of two likenesses below which neither is the better one."""


def one_reading(sheet: Worksheet, task: str, table: Table) -> Script[Table]:
    """The table without the columns that were as likely as others, and are not meant."""
    kind = settle(task, table)
    if not mentions(task, table.columns):
        _check_known(task, table)
    for columns in _equally_good(task, table, kind):
        meant = yield from _meant(sheet, columns, table.cell)
        dropped = {column.name for column in columns if column is not meant}
        kept = tuple(column for column in table.columns if column.name not in dropped)
        table = replace(table, columns=kept)
    return table


def _check_known(task: str, table: Table) -> None:
    """A task that names none of the columns may name nothing at all, but no other things.

    Raises `StepError`.
    """
    known = said_by_rules() | {stem(word) for word in vocabulary("filler")}
    unknown = [word for word in pieces(task) if len(word) > 2 and stem(word) not in known]
    if not unknown:
        return
    names = [f"`{column.name}`" for column in table.columns[:MOST_NAMES]]
    more = ["others"] if len(table.columns) > MOST_NAMES else []
    raise StepError(
        f"no column of the file answers to the words of the task (“{unknown[0]}” …). The columns "
        f"are {listed([*names, *more])}."
    )


def _meant(sheet: Worksheet, columns: Sequence[Column], cell: str) -> Script[Column]:
    names = [column.name for column in columns]
    name, answered = yield from sheet.ask("Which column do you mean?", names)
    if not answered:
        draft = Draft()
        told = {name: draft.name(name, cell) for name in names}
        others = listed([told[other] for other in names if other != name])
        sheet.remark(f"The task may as well mean {others}; {told[name]} was taken.", draft)
    return columns[names.index(name)]


def _equally_good(task: str, table: Table, kind: Analysis) -> Iterator[list[Column]]:
    said = named(task, table)
    times = find_times(task, said.scene.columns)
    if len(times) > 1 and (kind == "trend" or speaks_of_time(task, said.scene)):
        yield times[:MOST]
    if kind == "correlation":
        return  # it takes all that are named
    seen: set[frozenset[int]] = set()
    for mention in said.scene.spoken:
        rivals = _rivals(mention, said)
        # Of predictors a model takes as many as are named.
        all_count = kind == "regression" and mention.role == "factor"
        if mention.words in seen or len(rivals) < 2 or all_count:
            continue
        seen.add(mention.words)
        yield rivals[:MOST]


def _rivals(mention: Mention, said: Named) -> list[Column]:
    """The columns of one type that the same words mean; amounts in one currency stand for all."""
    alike = [
        other
        for other in said.scene.spoken
        if other.words == mention.words and _type(other.column) == _type(mention.column)
    ]
    best = max(other.strength for other in alike)
    columns = [other.column for other in alike if other.strength > best - CLOSE]
    if mention.column.is_date or (len(columns) == 2 and are_occasions(*columns)):
        return []
    return in_one_currency(columns, said.scene.columns)


def _type(column: Column) -> tuple[bool, bool]:
    return column.is_number, column.is_date


def one_file(
    sheet: Worksheet, task: str, files: Sequence[DataFile], *, first: Sequence[DataFile] = ()
) -> Script[DataFile]:
    """The file whose name and columns the task speaks of most; of equals one of the `first`."""
    words = spoken_words(task)

    def said(file: DataFile) -> float:
        names = {word for name in (file.path, *file.columns) for word in pieces(name)}
        return sum(score for score, _ in (best_position(word, words) for word in names))

    best = max(map(said, files))
    equal = [file for file in files if said(file) > best - CLOSE]
    known = {file.path for file in first}
    equal = ([file for file in equal if file.path in known] or equal)[:MOST]
    if len(equal) == 1:
        return equal[0]
    paths = [file.path for file in equal]
    path, answered = yield from sheet.ask("Which file do you mean?", paths)
    if not answered:
        sheet.remarks.append("The task may as well mean another of the files.")
    return equal[paths.index(path)]
