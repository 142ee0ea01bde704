"""What a comparison compares: target, factors and time, from words, types and profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from k2_jupyter.analyst.mentions import Mention, mentions
from k2_jupyter.analyst.table import FEW, Column, Table
from k2_jupyter.analyst.words import best_position, likeness, pieces, says, spoken_words, vocabulary

CLEAR = 0.9
"""Strength from which on a mention surely means its column."""
MANY = 20
"""Factors with more levels are too finely cut to compare level by level."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Names of the columns that play the parts, and why."""

    target: str
    factor: str
    second: str | None = None
    time: str | None = None
    reasons: tuple[str, ...] = ()
    """Sentences for the reader, without numbers."""
    binned: bool = False
    """The factor is a measurement: its quarters are compared."""
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
        return Impossible(f"`{constant[0].column.name}` holds a single value.")
    time = _time(task, columns)
    targets = _targets(spoken, columns, table, time)
    if isinstance(targets, Impossible):
        return targets
    readings = [
        _reading(task, target, factors, time, [*spoken, *constant])
        for target in targets
        for factors in _factors(spoken, columns, table, time, target)
    ]
    if not readings:
        return Impossible("No column of the file splits the rows into groups that can be compared.")
    if len(readings) == 1:
        return readings[0]
    return Unclear("Which comparison do you mean?", tuple(readings[:4]))


def describe(choice: Choice) -> str:
    """One line for a choice in a list."""
    second = f" and {choice.second}" if choice.second else ""
    return f"{choice.target} by {choice.factor}{second}"


def _is_asked(mention: Mention) -> bool:
    """A measurement that is named as such can't be replaced by another."""
    return mention.column.mean is not None and mention.role != "factor"


def _reading(
    task: str,
    target: Column,
    factors: Sequence[Column],
    time: Column | None,
    spoken: Sequence[Mention],
) -> Choice:
    factor, second = factors[0], factors[1] if len(factors) > 1 else None
    named = {mention.column.name for mention in spoken}
    reasons = [
        f"`{column.name}` is {part}: " + ("the task names it." if column.name in named else guess)
        for column, part, guess in (
            (target, "the target", "the task names no other column of numbers."),
            (factor, "the factor", "it is the column that splits the rows most plainly."),
            (second, "the second factor", ""),
        )
        if column is not None
    ]
    relatives = [m.column for m in spoken if m.column.is_number and _are_sisters(m.column, target)]
    if relatives and _currency(target):
        reasons.append(f"`{relatives[0].name}` is in several currencies, `{target.name}` in one.")
    if time is not None and time not in (factor, second):
        reasons.append(f"`{time.name}` gives the time.")
    if time in (target, factor, second):
        time = None
    parts = (target, factor, second, time)
    return Choice(
        target.name,
        factor.name,
        second.name if second else None,
        time.name if time else None,
        tuple(reasons),
        binned=not _few(factor) and factor.is_number and not factor.is_year,
        period=_period(task),
        left_out=tuple(
            m.column.name
            for m in spoken
            if m.column not in parts and m.column not in relatives and m.strength >= CLEAR
        ),
    )


def _period(task: str) -> str | None:
    words = pieces(task)
    if says(words, ("month", "monthly")):
        return "M"
    return "Q" if says(words, ("quarter", "quarterly")) else None


def _is_identifier(column: Column, rows: float) -> bool:
    words = pieces(column.name)
    unnamed = column.name.startswith("Unnamed:")
    return column.distinct >= rows and (unnamed or bool({"id", "index", "nr", "key"} & set(words)))


def _few(column: Column) -> bool:
    """Few enough values to be groups."""
    return column.distinct <= (FEW if column.is_number else MANY)


def _can_be_target(column: Column, rows: float) -> bool:
    fractional = column.dtype.lower().startswith("float")
    enough = column.distinct >= 5 or (fractional and column.distinct >= 3)
    return column.is_number and enough and not _is_identifier(column, rows)


def _can_be_factor(column: Column, rows: float) -> bool:
    return 2 <= column.distinct <= MANY and column.distinct <= rows / 2 and not column.is_date


def _time(task: str, columns: Sequence[Column]) -> Column | None:
    """The column that says when: a date, or years; the one nearest to the task's words."""
    words = spoken_words(task)
    scored = []
    for column in columns:
        named = max(
            likeness(w, t) for w in pieces(column.name) or [""] for t in vocabulary("times")
        )
        if column.is_date or (column.is_year and (named >= 0.8 or column.distinct <= 60)):
            said = max((best_position(w, words)[0] for w in pieces(column.name)), default=0.0)
            scored.append((said + named, column))
    return max(scored, key=lambda pair: pair[0])[1] if scored else None


def _targets(
    spoken: Sequence[Mention], columns: Sequence[Column], table: Table, time: Column | None
) -> list[Column] | Impossible:
    """The best target; several where they are equally good."""
    rows = table.rows.value
    usable = [m for m in spoken if _can_be_target(m.column, rows) and m.role != "factor"]
    asked = [m for m in usable if m.column is not time or m.role == "target"]
    if not asked:
        wrong = [m.column for m in spoken if m.role == "target" and m.column is not time]
        if wrong and len(spoken) > 1:
            return Impossible(
                f"`{wrong[0].name}` holds categories, and the averages of a comparison need a "
                "column of measurements. This needs a model."
            )
        free = {m.column.name for m in spoken}
        rest = [c for c in columns if _can_be_target(c, rows) and c is not time]
        unspoken = [c for c in rest if c.name not in free] or rest
        return unspoken[:4] or Impossible("The file has no column of measurements to compare.")
    best = max(_weight(m) for m in asked)
    equal = [m.column for m in asked if _weight(m) >= best - 0.05]
    return _comparable(equal, columns)


def _weight(mention: Mention) -> float:
    return mention.strength + (0.5 if mention.role == "target" else 0.0)


def _comparable(equal: list[Column], columns: Sequence[Column]) -> list[Column]:
    """Amounts in one currency instead of the same amounts in many.

    Where a column says that the currency varies, and a sister column of the target has
    the currency in its name, only the sister can be compared.
    """
    varies = any("currency" in pieces(c.name) and c.distinct > 1 for c in columns)
    if not varies:
        return equal
    sisters = [
        c
        for c in columns
        if c.is_number and _currency(c) and any(c in equal or _are_sisters(e, c) for e in equal)
    ]
    return sisters[:1] or equal


def _currency(column: Column) -> bool:
    return bool(set(pieces(column.name)) & vocabulary("currencies"))


def _are_sisters(one: Column, other: Column) -> bool:
    """Two columns of the same thing, by their names."""
    return one is not other and bool(set(pieces(one.name)) & set(pieces(other.name)))


def _factors(
    spoken: Sequence[Mention],
    columns: Sequence[Column],
    table: Table,
    time: Column | None,
    target: Column,
) -> list[tuple[Column, ...]]:
    """Readings of the factors: one pair or single; several where the task leaves it open."""
    rows = table.rows.value
    others = [m for m in spoken if m.column is not target and m.role != "target"]
    # What the task calls a factor or names in full comes before what it may have touched upon.
    others.sort(key=lambda m: (m.role != "factor" and m.strength < CLEAR, m.position))
    said = [m.column for m in others if _can_be_factor(m.column, rows) and m.column is not time]
    by_time = [m.column for m in others if m.column is time and m.role == "factor"]
    said += [c for c in by_time if _can_be_factor(c, rows)]
    if said:
        return [tuple(said[:2])]
    fine = [m.column for m in others if m.column is not time and _usable_if_cut(m.column, rows)]
    if fine:
        return [(fine[0],)]
    if time is not None and any(m.column is time for m in others):
        return [(time,)]
    free = [c for c in columns if _can_be_factor(c, rows) and c not in (target, time)]
    return [(c,) for c in sorted(free, key=_plainness)[:4]]


def _usable_if_cut(column: Column, rows: float) -> bool:
    """Measurements can be cut into quarters; text only keeps its commonest values."""
    return not column.is_date and not _is_identifier(column, rows) and column.distinct < rows


def _plainness(column: Column) -> tuple[bool, float]:
    """Words before numbers; then the smaller the share of the commonest level, the better."""
    counts = list(column.levels.values())
    return column.is_number, max(counts) / sum(counts) if counts else 1.0
