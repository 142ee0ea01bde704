"""Words that pandas takes for missing values where they are levels: None, beside Some and Marked.

Seen in a file: "None" in a column of words, and none in a column of numbers or of true and
false, where it can only mean that nothing is known.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.reading import Fact, Observation
from k2_jupyter.analyst.source import literal
from k2_jupyter.analyst.spelling import knows_all_levels
from k2_jupyter.analyst.table import Column, Table
from k2_jupyter.analyst.wording import counted, listed

WORDS = ("None", "NA", "N/A", "n/a", "NULL", "null", "NaN", "nan", "<NA>", "#N/A")
"""What pandas reads as missing and people write; besides these only blanks."""
_FOUND = re.compile(r"^('.*'|\".*\") holds '(.+)': n = ", re.MULTILINE)
_CODE = re.compile(r"[A-Z]{2}")
FEWEST_CODES = 3
_TRUTH = {"true", "false"}


@dataclass(frozen=True, slots=True)
class Kept:
    """A word that is a level, and the columns where it is one."""

    word: str
    columns: tuple[str, ...]


def may_hide(table: Table) -> bool:
    """Is there a column of groups with missing values, which may be a group?"""
    return any(column.missing and _has_groups(column) for column in table.columns)


def levels_taken(seen: Observation, table: Table) -> tuple[list[Kept], list[str]]:
    """The words that are levels, and the others that the file holds, which mean missing."""
    found: dict[str, list[str]] = {}
    for name, word in _FOUND.findall(seen.stdout):
        found.setdefault(word, []).append(str(ast.literal_eval(name)))
    columns = {column.name: column for column in table.columns}
    kept = []
    for word, names in found.items():
        # Elsewhere, such as among numbers, it means missing: then it may do so in all columns.
        if all(name in columns and _is_words(columns[name]) for name in names):
            of = tuple(name for name in names if _is_level(word, columns[name]))
            kept += [Kept(word, of)] if of else []
    return kept, [word for word in found if word not in {one.word for one in kept}]


def _is_level(word: str, column: Column) -> bool:
    # Codes of two letters: NA is Namibia or North America among them.
    codes = len(column.levels) >= FEWEST_CODES and all(map(_CODE.fullmatch, column.levels))
    return _has_groups(column) and (word == "None" or (word == "NA" and codes))


def _is_words(column: Column) -> bool:
    return column.is_text and not {level.casefold() for level in column.levels} <= _TRUTH


def _has_groups(column: Column) -> bool:
    return _is_words(column) and knows_all_levels(column)


def options(kept: Sequence[Kept], missing: Sequence[str]) -> dict[str, str]:
    """Options of ``read_csv`` that keep the levels; `missing` are the other words of the file."""
    values = ", ".join(map(literal, ["", *missing]))
    return {"keep_default_na": "False", "na_values": f"[{values}]"} if kept else {}


def comment(kept: Sequence[Kept]) -> str:
    """Why the options stand in the cell."""
    lines = [f'# "{k.word}" is a level of {" and ".join(k.columns)}: not missing.' for k in kept]
    return "\n".join(lines)


def told(draft: Draft, table: Table, kept: Kept) -> str:
    """A sentence for the conclusion. `table` is the profile with the levels."""
    rows = [
        f"{draft.name(name, table.cell)} "
        f"({counted(draft, _rows(table, name, kept.word), 'row', 'rows')})"
        for name in kept.columns
    ]
    return (
        f"“{kept.word}” was kept as a level of {listed(rows)}, as it stands among other words and "
        "not for missing numbers anywhere in the file; pandas alone would have left these rows "
        "out as missing. If it does mean missing, remove them."
    )


def _rows(table: Table, name: str, level: str) -> Fact:
    return Fact(f"{table.column(name).levels.get(level, 0):,}", table.cell, level)
