"""Levels that are written in several ways: joined where they surely mean the same."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from k2_jupyter.analyst.reading import Fact, Observation
from k2_jupyter.analyst.table import Column, Table
from k2_jupyter.analyst.words import pieces

BLANKS = frozenset({"", "?", "-", "--", "."})
"""What is written where nothing is known."""
_MEANT = {"unit", "units", "symbol", "symbols", "gene", "genes", "allele", "alleles", "code"}
"""Words of a column's name where upper and lower case tell things apart."""
_UNIT = 4
"""Letters up to which a capital inside a word looks like a unit: kPa, mmHg."""


def tidied(table: Table) -> Table:
    """The table as it is after joining: levels, their number and what is missing."""
    return replace(table, columns=tuple(map(_tidied, table.columns)))


def knows_all_levels(column: Column) -> bool:
    """Did the profile print each level, whole?"""
    return column.is_text and len(column.levels) == column.distinct


def look_alikes(levels: Mapping[str, int]) -> list[tuple[str, ...]]:
    """Levels that differ only in upper and lower case, in groups."""
    groups: dict[str, list[str]] = defaultdict(list)
    for level in levels:
        groups[level.casefold()].append(level)
    return [tuple(sorted(group)) for group in groups.values() if len(group) > 1]


def spellings(levels: Mapping[str, int], column: str) -> dict[str, str]:
    """Level as it is written → level that it is joined with; "" for a blank.

    Spaces around and doubled inside never tell levels apart. Case does in codes of one or
    two letters, in units ("mV" and "MV") and where the column's name speaks of such.
    """
    tidy = {level: " ".join(level.split()) for level in levels}
    rows: dict[str, int] = defaultdict(int)
    for level, text in tidy.items():
        rows[text] += levels[level]
    taken = {text: "" if text in BLANKS else text for text in rows}
    for group in look_alikes(rows):
        if not _may_differ(group, column):
            commonest = max(group, key=lambda text: (rows[text], text))
            taken |= dict.fromkeys(group, commonest)
    joined = Counter(taken[text] for text in tidy.values())
    meant = {level: taken[text] for level, text in tidy.items()}
    return {level: to for level, to in meant.items() if to != level and (joined[to] > 1 or not to)}


def _may_differ(group: Sequence[str], column: str) -> bool:
    letters = len(re.sub(r"[\W\d_]", "", group[0]))
    inside = any(re.search(r"[^\W\d_A-Z][A-Z]", text) for text in group)
    return letters <= 2 or (inside and letters <= _UNIT) or not _MEANT.isdisjoint(pieces(column))


def _tidied(column: Column) -> Column:
    if column.spellings or not knows_all_levels(column):
        return column
    other = spellings(column.levels, column.name)
    levels: Counter[str] = Counter()
    for level, rows in column.levels.items():
        levels[other.get(level, level.strip())] += rows
    blank = levels.pop("", 0)
    return replace(
        column,
        missing=column.missing + blank,
        distinct=len(levels),
        levels=dict(levels.most_common()),
        spellings=other,
    )


def read_joined(seen: Observation) -> dict[str, Fact]:
    """Column → values that were joined with a level, as the cleaning cell printed it."""
    names = re.findall(r"^spellings joined in (.+): n = ", seen.stdout, re.MULTILINE)
    return {name: seen.line(f"spellings joined in {name}")["n"] for name in names}
