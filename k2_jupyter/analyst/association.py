"""Association of two columns of groups: contingency table, shares, odds."""

from __future__ import annotations

from math import prod

from k2_jupyter.analyst.association_told import Crossed, Crossing, conclusion
from k2_jupyter.analyst.candidates import can_be_factor
from k2_jupyter.analyst.draft import WHO
from k2_jupyter.analyst.kinds import Named, is_category, named
from k2_jupyter.analyst.levels import is_ranked, order_of
from k2_jupyter.analyst.mentions import Mention
from k2_jupyter.analyst.prepared import (
    Part,
    prepare,
    repeats_are_natural,
)
from k2_jupyter.analyst.script import Script
from k2_jupyter.analyst.source import cell, imports, joined, literal
from k2_jupyter.analyst.table import Column, Table
from k2_jupyter.analyst.words import best_position, pieces, says, spoken_words, vocabulary
from k2_jupyter.analyst.worksheet import StepError, Worksheet

PLAN = {
    "who": f"Plan the work: {WHO}",
    "load": "Load and profile the data",
    "clean": "Choose the columns and clean them",
    "test": "Test the table, with an exact or permutation twin",
    "shares": "Estimate shares, their difference and the odds ratio",
    "draw": "Draw the shares and the cells that stand out",
    "conclude": "Conclude, with the source of every number",
}

MOST_LEVELS = 9
"""Levels beyond which some are put together, so that they have no order any more."""
COUNTS = ("freq", "frequency", "count", "n")
"""Names of columns that say how often a combination was seen."""


def associate(sheet: Worksheet, task: str, table: Table) -> Script[None]:
    """The whole analysis, from the choice of the columns to `finish`."""
    sheet.plan(PLAN, done=2)
    sheet.open("clean")
    _check_rows(table)
    crossed = yield from _chosen(sheet, task, table)
    sheet.write(_stated(crossed))
    functions = map(cell, ("define_levels", "define_merged", "define_p_text", "define_interval"))
    libraries = ("fill", "optimize", "stats", *(("proportion_confint",) if crossed.yes else ()))
    yield from sheet.need(joined(imports(libraries), *functions), "Tests and level names")
    parts = (Part("a", crossed.factor, "group"), Part("b", crossed.outcome, "group"))
    prepared, _ = yield from prepare(sheet, parts, after=_names(crossed))
    told = Crossing(table, crossed, prepared)
    sheet.open("test")
    sheet.write(f"## Do `{crossed.factor.name}` and `{crossed.outcome.name}` go together?")
    sheet.define(cell("define_association"), "Functions with the tests")
    yield from sheet.need(cell("association_table"), "Count the rows")
    told.tests = yield from sheet.need(cell("association"), "Test the association")
    if _are_ranked(crossed):
        told.along = yield from sheet.attempt(
            "test",
            cell("association_along", outcome=_ranks(crossed)),
            "Along the order of the groups",
        )
    if prepared.repeats.value and not repeats_are_natural(table):
        told.again = yield from sheet.attempt(
            "test", cell("association_repeats"), "The same without repeats"
        )
    yield from _shares_and_figures(sheet, told)
    sheet.open("conclude")
    yield from sheet.finish(conclusion(told, sheet.remarks))


def _check_rows(table: Table) -> None:
    """Raises `StepError` where a row stands for many: each combination once, with its count."""
    rows, whole = table.rows.value, [c for c in table.columns if c.dtype.startswith("int")]
    counts = [c for c in whole if says(pieces(c.name), COUNTS)]
    groups = [c.distinct for c in table.columns if c.levels and c not in counts]
    if counts and prod(n for n in groups if n < rows) == rows:  # as many number the rows
        raise StepError(
            f"each row is one combination, and `{counts[0].name}` counts how often it was seen: "
            "rows that stand for many need one row a case first, such as "
            f"`df.loc[df.index.repeat(df[{literal(counts[0].name)}])]`."
        )


def _are_ranked(crossed: Crossed) -> bool:
    """Have the groups an order, and the outcome one as well, or just two levels?"""
    sides = (crossed.factor, crossed.outcome)
    if crossed.factor.distinct < 3 or max(side.distinct for side in sides) > MOST_LEVELS:
        return False
    return is_ranked(crossed.factor) and (bool(crossed.yes) or is_ranked(crossed.outcome))


def _ranks(crossed: Crossed) -> str:
    return 'data["b"] == yes' if crossed.yes else 'data["b"].cat.codes'


def _shares_and_figures(sheet: Worksheet, told: Crossing) -> Script[None]:
    if told.crossed.yes:
        sheet.open("shares")
        sheet.write(f"## The share of `{told.crossed.outcome.name} = {told.crossed.yes}`")
        sheet.define(cell("define_shares"), "Functions with shares and odds")
        told.shares = yield from sheet.attempt(
            "shares", cell("association_shares"), "Shares of the outcome"
        )
    else:
        sheet.close("shares", "dropped")
    sheet.open("draw")
    sheet.write("## Figures")
    bars = "association_share_bars" if told.shares.ok else "association_bars"
    yield from sheet.attempt("draw", cell(bars), "Shares of the outcome in each group")
    if told.tests.line("chi² test")["df"].value > 1:
        yield from sheet.attempt("draw", cell("association_residuals"), "Cells that stand out")


# The choice


def _chosen(sheet: Worksheet, task: str, table: Table) -> Script[Crossed]:
    said = named(task, table)
    found = list(said.categories)
    if len(found) < 2:
        found += yield from _others(sheet, said)
    if len(found) < 2:
        raise StepError("the file has no two columns of groups to cross.")
    outcome = _outcome(found)
    factor = next(mention for mention in found if mention is not outcome)
    return Crossed(
        factor.column,
        outcome.column,
        asked_level(task, outcome.column),
        tuple((k, m.values) for k, m in (("a", factor), ("b", outcome)) if len(m.values) > 1),
        tuple(m.column.name for m in found if m not in (factor, outcome)),
    )


def _others(sheet: Worksheet, said: Named) -> Script[list[Mention]]:
    """Another column for the one that the task names; somebody says which, if there are many."""
    taken = {mention.column.name for mention in said.categories}
    free = [
        column
        for column in said.scene.columns
        if is_category(column, said.scene) and can_be_factor(column, said.scene.rows)
        if column.name not in taken
    ][:4]
    missing = 2 - len(taken)
    if len(free) <= missing:
        return [Mention(column, 0.5, 0, frozenset()) for column in free]
    names = [column.name for column in free]
    name, answered = yield from sheet.ask("Which column is the table crossed with?", names)
    if not answered:
        sheet.remarks.append(f"The task names no second column; `{name}` was taken.")
    rest = sorted(free, key=lambda column: column.name != name)
    return [Mention(column, 0.5, 0, frozenset()) for column in rest[:missing]]


def _outcome(found: list[Mention]) -> Mention:
    """What is asked about: by its role; else the one of yes and no; else the one named last."""
    asked = [m for m in found if m.role == "target"]
    free = [m for m in found if m.role != "factor"] or found
    yes_no = [m for m in free if _is_yes_no(m.column)]
    return (asked or yes_no or free)[-1]


def _is_yes_no(column: Column) -> bool:
    levels = {level.casefold().removesuffix(".0") for level in column.levels}
    return levels == {"0", "1"} or bool(len(levels) == 2 and levels & vocabulary("yes"))


def asked_level(task: str, outcome: Column) -> str:
    """The level whose share is told: the one that the task names, else the one that says yes."""
    if outcome.distinct != 2 or len(outcome.levels) != 2:
        return ""
    if _is_yes_no(outcome) and outcome.is_number:
        return "1"
    words = spoken_words(task)
    order = order_of(outcome)
    levels = list(order.levels) if order else sorted(outcome.levels)

    def said(level: str) -> tuple[float, bool, int]:
        spoken = max((best_position(word, words)[0] for word in pieces(level)), default=0.0)
        return spoken, says(pieces(level), vocabulary("yes")), levels.index(level)

    return max(levels, key=said)


def _names(crossed: Crossed) -> list[str]:
    lines = ['factor, outcome = label["a"], label["b"]']
    if crossed.yes:
        lines.append(f"yes = {literal(crossed.yes)}  # the level whose share is told")
    for key, levels in crossed.levels:
        kept = ", ".join(literal(level) for level in levels)
        lines.append(f'data = data[data["{key}"].astype(str).isin([{kept}])].copy()')
    lines.append('data["a"], data["b"] = merged(data["a"]), merged(data["b"])')
    return lines


def _stated(crossed: Crossed) -> str:
    lines = [
        "## Choice of columns and cleaning",
        "",
        f"- Outcome: `{crossed.outcome.name}`; groups: `{crossed.factor.name}`.",
        "- The test is the same the other way round.",
    ]
    if crossed.yes:
        lines.append(f"- Shares are told of the level `{crossed.yes}`.")
    if crossed.levels:
        lines.append("- The task names the levels to compare: the others are left out.")
    lines.append("- Levels beyond the commonest are put together as “other levels”.")
    return "\n".join(lines)
