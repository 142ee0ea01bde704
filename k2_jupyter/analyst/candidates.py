"""Columns that can be target, factor or time, the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from k2_jupyter.analyst.mentions import Mention
from k2_jupyter.analyst.table import FEW, Column
from k2_jupyter.analyst.words import best_position, likeness, pieces, says, spoken_words, vocabulary

CLEAR = 0.9
"""Strength from which on a mention surely means its column."""
_YEAR = re.compile(r"(1[89]|20)\d\d")
FEW_SIZES = 6
"""Broken numbers (doses, sizes) of so many values are still groups."""
MANY = 20
"""Factors with more levels are too finely cut to compare level by level."""


class NothingToCompareError(Exception):
    """The columns can't play the parts that the task gives them; a sentence says why."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to choose from."""

    columns: Sequence[Column]
    """Those that vary."""
    spoken: Sequence[Mention]
    """Those that the task speaks of, in its order."""
    rows: float
    time: Column | None


def is_identifier(column: Column, rows: float) -> bool:
    """Does the column only number or name the rows?"""
    words = pieces(column.name)
    unnamed = column.name.startswith("Unnamed:")
    return column.distinct >= rows and (
        unnamed or bool({"id", "index", "nr", "no", "key"} & set(words))
    )


def _is_broken(column: Column) -> bool:
    return column.is_number and any("." in v.removesuffix(".0") for v in column.levels)


def has_few_levels(column: Column) -> bool:
    """Few enough values to be groups? More than a few broken numbers are a measurement."""
    if column.distinct > FEW_SIZES and _is_broken(column):
        return False
    return column.distinct <= (FEW if column.is_number else MANY)


def can_be_target(column: Column, rows: float) -> bool:
    """Numbers with a mean worth comparing?"""
    fractional = column.dtype.lower().startswith("float")
    enough = column.distinct >= 5 or (fractional and column.distinct >= 3)
    return column.is_number and enough and not is_identifier(column, rows)


def can_be_factor(column: Column, rows: float) -> bool:
    """Does it split the rows into a few groups?"""
    return 2 <= column.distinct <= MANY and column.distinct <= rows / 2 and not column.is_date


def is_measurement(column: Column, rows: float) -> bool:
    """Numbers of too many values to be groups; no years, no row numbers."""
    return can_be_target(column, rows) and not (splits(column, rows) or column.is_year)


def splits(column: Column, rows: float) -> bool:
    """A few values that many rows share; twelve numbers in twenty rows are a measurement."""
    return has_few_levels(column) and (not column.is_number or column.distinct * 3 <= rows)


def find_time(task: str, columns: Sequence[Column]) -> Column | None:
    """The column that says when: a date, or years; the one nearest to the task's words."""
    return next(iter(find_times(task, columns)), None)


def find_times(task: str, columns: Sequence[Column]) -> list[Column]:
    """As `find_time`, with all that are as near."""
    words = spoken_words(task)
    scored = []
    for column in columns:
        named = max(
            likeness(w, t) for w in pieces(column.name) or [""] for t in vocabulary("times")
        )
        if column.is_date or (column.is_year and (named >= 0.8 or column.distinct <= 60)):
            said = max((best_position(w, words)[0] for w in pieces(column.name)), default=0.0)
            scored.append((said + named, column))
    best = max((score for score, _ in scored), default=0.0)
    return [column for score, column in scored if score == best]


def speaks_of_time(task: str, scene: Scene) -> bool:
    """Does the task name the time column, a year, or a time that is no other column's name?"""
    if scene.time is None:
        return False
    if any(mention.column is scene.time for mention in scene.spoken):
        return True
    taken = {position for mention in scene.spoken for position in mention.words}
    free = [word for position, word in enumerate(pieces(task)) if position not in taken]
    return any(map(_YEAR.fullmatch, free)) or says(free, vocabulary("times") | vocabulary("trend"))


def find_targets(scene: Scene) -> list[Column]:
    """The best target; several where they are equally good. Raises `NothingToCompareError`."""
    asked = [
        m
        for m in scene.spoken
        if can_be_target(m.column, scene.rows)
        and m.role != "factor"
        and (m.column is not scene.time or m.role == "target")
    ]
    if not asked:
        return _guessed_targets(scene)
    best = max(_weight(m) for m in asked)
    equal = [m.column for m in asked if _weight(m) >= best - 0.05]
    return in_one_currency(equal, scene.columns)


def _guessed_targets(scene: Scene) -> list[Column]:
    """The measurements of a table of which the task names none."""
    wrong = [m.column for m in scene.spoken if m.role == "target" and m.column is not scene.time]
    if wrong and len(scene.spoken) > 1:
        raise NothingToCompareError(
            f"`{wrong[0].name}` holds categories, and the averages of a comparison need a "
            "column of measurements. This needs a model."
        )
    between = [m.column for m in scene.spoken if m.column.is_number and m.strength >= CLEAR]
    if len(between) > 1 and not any(map(has_few_levels, between)):
        raise NothingToCompareError(
            f"`{between[0].name}` and `{between[1].name}` are both measurements, and the rules "
            "compare groups of rows, not columns. This needs a model."
        )
    named = {m.column.name for m in scene.spoken}
    rest = [c for c in scene.columns if can_be_target(c, scene.rows) and c is not scene.time]
    guesses = [c for c in rest if c.name not in named] or rest
    if not guesses:
        raise NothingToCompareError("The file has no column of measurements to compare.")
    return guesses[:4]


def _weight(mention: Mention) -> float:
    return mention.strength + (0.5 if mention.role == "target" else 0.0)


def in_one_currency(equal: list[Column], columns: Sequence[Column]) -> list[Column]:
    """Amounts in one currency instead of the same amounts in many.

    Where a column says that the currency varies, and a sister column of the target has
    the currency in its name, only the sister can be compared.
    """
    if not in_many_currencies(columns):
        return equal
    sisters = [
        c
        for c in columns
        if c.is_number and has_currency(c) and any(c in equal or are_sisters(e, c) for e in equal)
    ]
    return sisters[:1] or equal


def in_many_currencies(columns: Sequence[Column]) -> bool:
    """Does a column say that amounts come in more than one currency?"""
    return any("currency" in pieces(c.name) and c.distinct > 1 for c in columns)


def has_currency(column: Column) -> bool:
    """Does the name say in which currency the amounts are?"""
    return bool(set(pieces(column.name)) & vocabulary("currencies"))


def are_sisters(one: Column, other: Column) -> bool:
    """Two columns of the same thing, by their names."""
    return one is not other and bool(set(pieces(one.name)) & set(pieces(other.name)))


def find_factors(scene: Scene, target: Column) -> list[tuple[Column, ...]]:
    """Readings of the factors: one or two columns; several where the task leaves it open."""
    rows, time = scene.rows, scene.time
    others = [m for m in scene.spoken if m.column is not target and not _is_target(m, rows)]
    # What the task calls a factor or names in full comes before what it may have touched upon.
    others.sort(key=lambda m: (m.role != "factor" and m.strength < CLEAR, m.position))
    said = [m.column for m in others if can_be_factor(m.column, rows) and m.column is not time]
    by_time = [m.column for m in others if m.column is time and m.role == "factor"]
    said += [c for c in by_time if can_be_factor(c, rows)]
    if said:
        return [tuple(said[:2])]
    fine = [m.column for m in others if m.column is not time and _usable_if_cut(m.column, rows)]
    if fine:
        return [(fine[0],)]
    if time is not None and any(m.column is time for m in others):
        return [(time,)]
    too_fine = next((m.column for m in others if m.strength >= CLEAR), None)
    if too_fine is not None:
        raise NothingToCompareError(
            f"`{too_fine.name}` has as many values as there are rows: groups need several rows."
        )
    free = [c for c in scene.columns if can_be_factor(c, rows) and c not in (target, time)]
    return [(c,) for c in sorted(free, key=_plainness)[:4]]


def _is_target(mention: Mention, rows: float) -> bool:
    """``do the species differ in mass``: words that differ can only be groups."""
    return mention.role == "target" and can_be_target(mention.column, rows)


def _usable_if_cut(column: Column, rows: float) -> bool:
    """Measurements can be cut into quarters; text only keeps its commonest values."""
    many = column.is_number or column.distinct < rows
    return many and not column.is_date and not is_identifier(column, rows)


def _plainness(column: Column) -> tuple[bool, float]:
    """Words before numbers; then the smaller the share of the commonest level, the better."""
    counts = list(column.levels.values())
    return column.is_number, max(counts) / sum(counts) if counts else 1.0
