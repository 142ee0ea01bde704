"""Which analysis a task asks for, once the types of its columns are known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from k2_jupyter.analyst.candidates import (
    Scene,
    are_sisters,
    can_be_target,
    find_time,
    is_measurement,
    speaks_of_time,
    splits,
)
from k2_jupyter.analyst.intent import METHODS
from k2_jupyter.analyst.mentions import Mention, mentions
from k2_jupyter.analyst.table import Column, Table
from k2_jupyter.analyst.words import pieces, says, vocabulary

Analysis: TypeAlias = Literal[
    "comparison", "paired", "association", "correlation", "regression", "trend"
]
MANY_DATES = 40
"""Dates from which on "by month" asks for a series, not for groups."""
_DIFFERENCE = (
    "difference differ compare comparison higher lower more less change improve than versus vs"
)
_OPEN = ("what", "which")
_HOW_IT_WENT = re.compile(
    r"\bhow\b.*\b(changed|changes|developed|evolved|progressed)\b", re.IGNORECASE
)
BEFORE = {"before", "pre", "baseline", "first", "start"}
AFTER = {"after", "post", "followup", "second", "end"}


@dataclass(frozen=True, slots=True)
class Named:
    """What a task names, sorted by what it can be."""

    scene: Scene
    measures: Sequence[Mention]
    """Measurements, without those that share their words with one before."""
    categories: Sequence[Mention]
    """Columns of a few values; years and dates are none."""
    methods: frozenset[str]
    """Kinds of work that the task's other words ask for."""
    free: Sequence[str]
    """Words that are no part of a mention."""


def named(task: str, table: Table) -> Named:
    """Sort out what the task names."""
    columns = [c for c in table.columns if c.distinct > 1]
    rows = table.rows.value
    scene = Scene(columns, mentions(task, columns), rows, find_time(task, columns))
    measures: list[Mention] = []
    for mention in scene.spoken:
        if is_measurement(mention.column, rows) and not _alternative(mention, measures):
            measures.append(mention)
    owned = {position for mention in scene.spoken for position in mention.words}
    free = [word for position, word in enumerate(pieces(task)) if position not in owned]
    return Named(
        scene,
        measures,
        [m for m in scene.spoken if is_category(m.column, scene)],
        frozenset(m for m in METHODS if says(free, vocabulary("methods", m))),
        free,
    )


def is_category(column: Column, scene: Scene) -> bool:
    """A few values that are no times: groups, whatever they are written as."""
    return column is not scene.time and not column.is_date and splits(column, scene.rows)


def _alternative(mention: Mention, before: Sequence[Mention]) -> bool:
    """``bill`` may mean the length or the depth of a bill: one thing is named, not two.

    Unless it was measured before and after.
    """
    return any(
        mention.words & other.words
        and not are_occasions(mention.column, other.column)
        and not (mention.words - other.words and other.words - mention.words)
        for other in before
    )


def settle(task: str, table: Table) -> Analysis:
    """The analysis that answers the task."""
    said = named(task, table)
    if is_paired(said):
        return "paired"
    by_method = _by_method(said)
    if by_method:
        return by_method
    if _asks_for_trend(task, said):
        return "trend"
    return _by_types(said)


def is_paired(said: Named) -> bool:
    """Two columns of the same thing, or two occasions of the same ones, set against each other."""
    if paired_columns(said) is not None:
        return True
    found = occasions(said)
    if found is None or len(said.measures) != 1:
        return False
    # Who was measured twice is no two independent rows, whether the task says so or not.
    return "paired" in said.methods or [m.column for m in said.categories] == [found[1]]


def paired_columns(said: Named) -> tuple[Column, Column] | None:
    """Two columns of measurements that hold the same thing twice, row by row."""
    if len(said.measures) != 2 or said.categories:
        return None
    one, other = (mention.column for mention in said.measures)
    alike = are_sisters(one, other) and says(said.free, _DIFFERENCE.split())
    if "paired" in said.methods or alike or are_occasions(one, other):
        return one, other
    return None


def are_occasions(one: Column, other: Column) -> bool:
    """``weight_before`` and ``weight_after``, ``Prewt`` and ``Postwt``."""
    return is_earlier(one, other) or is_earlier(other, one)


def is_earlier(one: Column, other: Column) -> bool:
    """Do the names say that the one was measured before the other?"""
    if set(pieces(one.name)) & BEFORE and set(pieces(other.name)) & AFTER:
        return True
    names = one.name.casefold(), other.name.casefold()
    return any(
        names[0].startswith(early) and names[0].removeprefix(early) == names[1].removeprefix(late)
        for early in BEFORE
        for late in AFTER
        if names[1].startswith(late)
    )


def occasions(said: Named) -> tuple[Column, Column] | None:
    """The column that names who was measured twice, and the one that says when."""
    rows = said.scene.rows
    who = [
        column
        for column in said.scene.columns
        if rows <= column.distinct * 2 <= 1.2 * rows
        if not column.mean or says(pieces(column.name), vocabulary("whom"))
    ]
    when = [m.column for m in said.categories if m.column.distinct == 2]
    when += [
        column
        for column in said.scene.columns
        if column.distinct == 2 and set(column.levels.values()) == {rows / 2}
    ]
    return (who[0], when[0]) if who and when else None


def _by_method(said: Named) -> Analysis | None:
    """What the task's words ask for, where the columns that it names allow it."""
    measures, categories = len(said.measures), len(said.categories)
    if "regression" in said.methods:
        return "regression"
    if "correlation" in said.methods and not (categories and measures < 2):
        # One column with which others correlate is a target; else all pairs are told.
        return "regression" if measures == 1 and says(said.free, _OPEN) else "correlation"
    if "association" in said.methods and not measures:
        return "association"
    if "comparison" in said.methods and measures + categories:
        return "comparison"
    return None


def _asks_for_trend(task: str, said: Named) -> bool:
    time = said.scene.time
    others = [m for m in said.categories if not says(pieces(m.column.name), ("month", "quarter"))]
    asked = speaks_of_time(task, said.scene) or says(
        said.free, ("trend", "seasonal", "seasonality")
    )
    asked = asked or bool(_HOW_IT_WENT.search(task))
    if time is None or others or not asked:
        return False
    role = next((m.role for m in said.scene.spoken if m.column is time), "")
    if role == "factor" and (time.distinct < MANY_DATES or _compares(said)):
        return "trend" in said.methods
    return "trend" in said.methods or len(said.measures) < 2


def _compares(said: Named) -> bool:
    return says(said.free, vocabulary("tasks", "compare"))


def _by_types(said: Named) -> Analysis:
    measures, categories = said.measures, said.categories
    targets = [m.column for m in said.scene.spoken if m.role == "target"]
    if not measures and len(categories) > 1:
        linked = says(said.free, vocabulary("roles", "linked") | {"association", "relationship"})
        return "comparison" if not linked and _only_numbers_can_be(targets, said) else "association"
    of_two = any(m.column in targets and m.column.distinct == 2 for m in categories)
    if len(measures) == 1 and measures[0].role == "factor" and of_two:
        return "regression"
    alone = len(measures) + len(categories) == 1 and (measures or categories)[0].role == "target"
    if categories and categories[0].column.distinct > 2:
        alone = False
    rated = any(
        m.column in targets and can_be_target(m.column, said.scene.rows) for m in categories
    )
    if len(measures) == 1 and measures[0].role == "factor" and rated:
        return "regression"
    open_ = alone and says(said.free, _OPEN) and says(said.free, vocabulary("roles", "acts"))
    return "regression" if len(measures) > 1 or open_ else "comparison"


def _only_numbers_can_be(targets: Sequence[Column], said: Named) -> bool:
    """Ratings of 1 to 10 have a mean: they are compared, where they are what is asked about."""
    spoken = [m.column for m in said.categories]
    numeric = [c for c in spoken if can_be_target(c, said.scene.rows)]
    return bool(numeric) and (not targets or bool(set(map(id, targets)) & set(map(id, numeric))))
