"""What a comparison compares: target, factors and time, from words, types and profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from k2_jupyter.analyst.candidates import (
    CLEAR,
    NothingToCompareError,
    Scene,
    are_sisters,
    find_factors,
    find_targets,
    find_time,
    has_currency,
    has_few_levels,
    in_many_currencies,
    speaks_of_time,
)
from k2_jupyter.analyst.intent import wants_dashboard
from k2_jupyter.analyst.mentions import Mention, mentions
from k2_jupyter.analyst.table import Column, Table
from k2_jupyter.analyst.words import pieces, says


@dataclass(frozen=True, slots=True)
class Choice:
    """Names of the columns that play the parts, and why."""

    target: str
    factor: str
    second: str | None = None
    time: str | None = None
    trend: bool = False
    """The task asks how the target went over the time."""
    reasons: tuple[str, ...] = ()
    """Sentences for the reader, without numbers."""
    guessed: tuple[str, ...] = ()
    """Target and factor, where the task names none."""
    binned: bool = False
    """The factor is a measurement: its quarters are compared."""
    levels: tuple[str, ...] = ()
    """Of the factor, where the task names some and not the column: only these are compared."""
    period: str | None = None
    """``M`` or ``Q`` where the task wants dates by month or quarter."""
    left_out: tuple[str, ...] = ()
    """Columns that the task names and that play no part."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Several readings are equally good."""

    question: str
    readings: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Impossible:
    """Nothing here can be compared as asked; `reason` is a sentence."""

    reason: str


def choose(
    task: str, table: Table, *, without: frozenset[str] = frozenset()
) -> Choice | Unclear | Impossible:
    """The parts of the columns for this task. `without`: columns that turned out unusable."""
    usable = [c for c in table.columns if c.name not in without]
    columns = [c for c in usable if c.distinct > 1]
    spoken = mentions(task, columns)
    constant = [m for m in mentions(task, usable) if m.column.distinct <= 1]
    if any(_is_asked(mention) for mention in constant):
        return Impossible(_constant(constant[0].column))
    if constant and not any(m.role == "factor" or m.column.is_text for m in spoken):
        return Impossible(
            f"{_constant(constant[0].column)} No other column that the task names splits the rows "
            "into groups."
        )
    scene = Scene(columns, spoken, table.rows.value, find_time(task, columns))
    try:
        chosen = [
            (target, *factors)
            for target in find_targets(scene)
            for factors in find_factors(scene, target)
        ]
    except NothingToCompareError as problem:
        return Impossible(str(problem))
    readings = [_reading(task, scene, parts, constant) for parts in chosen]
    if not readings:
        return Impossible("No column of the file splits the rows into groups that can be compared.")
    if len(readings) == 1:
        return readings[0]
    return Unclear("Which comparison do you mean?", tuple(readings[:4]))


def describe(choice: Choice) -> str:
    """One line for a choice in a list."""
    second = f" and {choice.second}" if choice.second else ""
    return f"{choice.target} by {choice.factor}{second}"


def _constant(column: Column) -> str:
    return f"`{column.name}` holds {'a single value' if column.distinct else 'no value'}."


def _is_asked(mention: Mention) -> bool:
    """A measurement that is named as such can't be replaced by another."""
    return mention.column.mean is not None and mention.role != "factor"


def _reading(
    task: str, scene: Scene, chosen: tuple[Column, ...], constant: Sequence[Mention]
) -> Choice:
    target, factor, *rest = chosen
    trend = scene.time not in chosen and speaks_of_time(task, scene)
    # A dashboard needs a filter; else the time plays a part only where the task speaks of it.
    useful = trend or (not rest and wants_dashboard(task))
    time = scene.time if useful and scene.time not in chosen else None
    unused = [
        m.column.name
        for m in (*scene.spoken, *constant)
        if m.column not in (*chosen, scene.time) and m.strength >= CLEAR
        if m.column.distinct < scene.rows
    ]
    relative = _in_other_currencies(scene, target)
    return Choice(
        target.name,
        factor.name,
        rest[0].name if rest else None,
        time.name if time else None,
        trend=trend,
        reasons=_reasons(scene, chosen, time, relative),
        guessed=tuple(c.name for c in (target, factor) if not _is_named(c, scene)),
        binned=not has_few_levels(factor) and factor.is_number and not factor.is_year,
        levels=next((m.values for m in scene.spoken if m.column is factor), ()),
        period=_period(task),
        left_out=tuple(name for name in unused if name != relative),
    )


def _is_named(column: Column, scene: Scene) -> bool:
    return column is scene.time or any(mention.column is column for mention in scene.spoken)


def _reasons(
    scene: Scene, chosen: tuple[Column, ...], time: Column | None, relative: str | None
) -> tuple[str, ...]:
    named = {mention.column.name for mention in scene.spoken}
    parts = (
        ("the target", "the task names no other column of numbers."),
        ("the factor", "it is the column that splits the rows most plainly."),
        ("the second factor", ""),
    )
    reasons = [
        f"`{column.name}` is {part}: " + ("the task names it." if column.name in named else guess)
        for column, (part, guess) in zip(chosen, parts, strict=False)
    ]
    if relative:
        reasons.append(f"`{relative}` is in several currencies, `{chosen[0].name}` in one.")
    if time is not None:
        reasons.append(f"`{time.name}` gives the time.")
    return tuple(reasons)


def _in_other_currencies(scene: Scene, target: Column) -> str | None:
    """The column that the task names too, for which the target stands in."""
    if not (has_currency(target) and in_many_currencies(scene.columns)):
        return None
    sisters = [m.column for m in scene.spoken if are_sisters(m.column, target)]
    return next((column.name for column in sisters if column.is_number), None)


def _period(task: str) -> str | None:
    words = pieces(task)
    if says(words, ("month", "monthly")):
        return "M"
    return "Q" if says(words, ("quarter", "quarterly")) else None
