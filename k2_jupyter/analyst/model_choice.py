"""What a regression explains, and by what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from k2_jupyter.analyst.association import asked_level
from k2_jupyter.analyst.candidates import (
    are_sisters,
    can_be_target,
    in_many_currencies,
    in_one_currency,
    is_identifier,
    is_measurement,
)
from k2_jupyter.analyst.kinds import Named, is_category
from k2_jupyter.analyst.prepared import Part, Use
from k2_jupyter.analyst.screening import screened
from k2_jupyter.analyst.script import Script
from k2_jupyter.analyst.table import Column, Table
from k2_jupyter.analyst.words import says
from k2_jupyter.analyst.worksheet import StepError, Worksheet

ROWS_A_TERM = 10
"""Rows (events, for odds) that a term of the model needs: the usual rule of thumb."""
FEWEST_ROWS_A_TERM = 3
"""Rows that a term needs even where the task names it."""
ROWS_A_TERM_BY_RULE = 5
"""Rows that a term needs where all columns are taken; with fewer some are chosen."""
MOST_TERMS = 20
FEW_CODES = 4
LEVELS = 8
"""Groups that a predictor keeps; the rest go together."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A target and its predictors."""

    target: Column
    yes: str
    """The level of a target of two values whose odds are modelled; "" for a measurement."""
    predictors: tuple[Part, ...]
    chosen_by_rule: bool = False
    """The task names no predictor: all columns that can be one are."""
    screened: bool = False
    """One half of the rows chose the predictors; the other half tests them."""
    left_out: tuple[str, ...] = ()
    """Columns that the task speaks of and that the rows can't bear."""

    @property
    def simple(self) -> bool:
        """One number explains: there is a line to draw."""
        return len(self.predictors) == 1 and self.predictors[0].use == "number"

    @property
    def formula(self) -> str:
        terms = [p.key if p.use == "number" else f"C({p.key})" for p in self.predictors]
        return "y ~ " + " + ".join(terms)


def choose_model(sheet: Worksheet, said: Named, table: Table) -> Script[tuple[Explained, Table]]:
    """Asks where the target is open; the table also has the profile of what was chosen.

    Raises `StepError` where no model can be made.
    """
    target = _target(said) or (yield from _asked(sheet, said))
    target = in_one_currency([target], said.scene.columns)[0]
    scene = said.scene
    measured = is_measurement(target, scene.rows) or (
        target.distinct > 2 and can_be_target(target, scene.rows)
    )
    if not measured and target.distinct != 2:
        raise StepError(
            f"`{target.name}` holds more than two categories, and the rules know models of numbers "
            "and of two outcomes only. This needs a model."
        )
    spoken = [
        m.column
        for m in scene.spoken
        if m.column is not target and not _same_money(m.column, target, said)
    ]
    yes = "" if measured else asked_level(" ".join(said.free), target)
    named = [c for c in spoken if _can_explain(c, said)]
    predictors = named or _all_others(said, target)
    rows_a_term = FEWEST_ROWS_A_TERM if named else ROWS_A_TERM_BY_RULE
    kept = _affordable(predictors, said, target, rows_a_term)
    unseen = table.width.value > len(table.columns)
    screens = not named and (unseen or len(kept) < len(predictors))
    if screens:
        apart = [c.name for c in scene.columns if _same_money(c, target, said)]
        names, table = yield from screened(sheet, table, target, yes, apart)
        kept = predictors = [table.column(name) for name in names]
    if not predictors:
        raise StepError(f"the file has no column that could explain `{target.name}`.")
    dropped = [c.name for c in (*predictors, *spoken) if c not in kept]
    chosen = Explained(
        target,
        yes,
        tuple(Part(f"x{i}", c, _use(c, said)) for i, c in enumerate(kept, 1)),
        chosen_by_rule=not named and not screens,
        screened=screens,
        left_out=tuple(dict.fromkeys(dropped)),
    )
    return chosen, table


def _use(column: Column, said: Named) -> Use:
    """Numbers are a quantity, but for two to four of them: those are groups."""
    few = is_category(column, said.scene) and column.distinct <= FEW_CODES
    return "number" if column.is_number and not few else "group"


def _target(said: Named) -> Column | None:
    """What the task says is explained; of two measurements without roles the first."""
    scene = said.scene
    able = [m for m in scene.spoken if m in (*said.measures, *said.categories)]
    able = [m for m in able if m.column.is_number or m.column.distinct == 2]
    if "on" in said.free and says(said.free, ("regress", "regression")) and scene.spoken:
        return scene.spoken[0].column
    asked = [m.column for m in able if m.role == "target"]
    if asked:
        return next((c for c in asked if is_measurement(c, scene.rows)), asked[0])
    free = [m.column for m in able if m.role != "factor"] or [m.column for m in able]
    measures = [c for c in free if is_measurement(c, scene.rows)]
    if "logistic" in said.free:
        free = [c for c in free if c.distinct == 2] or free
        return free[0] if free else None
    if measures:
        return measures[-1] if "between" in said.free else measures[0]
    return free[0] if free else None


def _asked(sheet: Worksheet, said: Named) -> Script[Column]:
    scene = said.scene
    named = [m.column for m in scene.spoken]
    able = [c for c in scene.columns if is_measurement(c, scene.rows) and c not in named][:4]
    if not able:
        raise StepError("the file has no column of numbers that a regression could explain.")
    names = [column.name for column in able]
    name, answered = yield from sheet.ask("Which column is to be explained?", names)
    if not answered and len(able) > 1:
        sheet.remarks.append(
            f"The task does not say which column is to be explained; `{name}` was taken."
        )
    return able[names.index(name)]


def _can_explain(column: Column, said: Named) -> bool:
    if column.is_date or is_identifier(column, said.scene.rows):
        return False
    return column.is_number or column.distinct < said.scene.rows / 2


def _same_money(column: Column, target: Column, said: Named) -> bool:
    """The target again in other currencies, or the name of its currency."""
    return in_many_currencies(said.scene.columns) and are_sisters(column, target)


def _all_others(said: Named, target: Column) -> list[Column]:
    """Every column that could explain the target; none that holds the same thing again."""
    return [
        column
        for column in said.scene.columns
        if column is not target and _can_explain(column, said)
        if not _same_money(column, target, said)
        if is_category(column, said.scene) or column.is_number
        if column.missing < 0.2 * said.scene.rows
    ]


def _affordable(
    columns: Sequence[Column], said: Named, target: Column, rows_a_term: int
) -> list[Column]:
    """As many as the rows bear."""
    rows = said.scene.rows
    if target.distinct == 2 and target.levels:
        rows = min(target.levels.values())
    most = max(1, min(MOST_TERMS, int(rows / rows_a_term)))
    kept: list[Column] = []
    terms = 0
    for column in columns:
        grouped = _use(column, said) == "group"
        terms += min(LEVELS, column.distinct) - 1 if grouped else 1
        if terms > most and kept:
            break
        kept.append(column)
    return kept
