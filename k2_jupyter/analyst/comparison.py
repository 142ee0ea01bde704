"""Comparison of groups: one factor, or two with their interaction.

Longer than most files: two groups, several, and two factors go through the same steps.
"""

from __future__ import annotations

from k2_jupyter.analyst.choice import Choice, Impossible, choose, describe
from k2_jupyter.analyst.cleaning import Cleaned, choose_source, clean_source, read_cleaned
from k2_jupyter.analyst.conclusion import conclude
from k2_jupyter.analyst.dashboard import dashboard
from k2_jupyter.analyst.draft import WHO
from k2_jupyter.analyst.figures import bars_source, boxplot_source, violin_source
from k2_jupyter.analyst.findings import (
    Comparison,
    read_assumptions,
    read_effect,
    read_groups,
    read_one_way,
    read_thin,
    read_two_samples,
)
from k2_jupyter.analyst.levels import is_ranked
from k2_jupyter.analyst.script import Script
from k2_jupyter.analyst.source import cell, imports, joined
from k2_jupyter.analyst.table import Table
from k2_jupyter.analyst.words import pieces, says
from k2_jupyter.analyst.worksheet import StepError, Worksheet

PLAN = {
    "who": f"Plan the work: {WHO}",
    "load": "Load and profile the data",
    "clean": "Choose the columns and clean them",
    "describe": "Describe the groups",
    "check": "Check the assumptions of the tests",
    "test": "Test the factor, with robust twins",
    "interaction": "Test a second factor and the interaction",
    "pairs": "Compare the groups pair by pair",
    "draw": "Draw violin plot, bar chart and trend",
    "dashboard": "Build the interactive dashboard",
    "conclude": "Conclude, with the source of every number",
}
REPEATS = r"^rows that repeat another row exactly: (NUM) \(([\d.]+)%\)$"
TRIES = 3
"""Columns that turn out unusable are replaced so often."""
ANOVA = ("anova",)
"""Words that ask for the test of several groups even where there are two."""
TOO_SMALL = "A group has fewer than three rows: the assumptions of the tests can't be checked."


def compare(sheet: Worksheet, task: str, table: Table, *, wants_dashboard: bool) -> Script[None]:
    """The whole comparison, from the choice of the columns to `finish`."""
    items = dict(PLAN)
    if not wants_dashboard:
        del items["dashboard"]
    sheet.plan(items, done=2)
    found = yield from _prepare(sheet, task, table)
    yield from _describe(sheet, found)
    yield from _check(sheet, found)
    if len(found.groups) == 2 and found.choice.second is None and not says(pieces(task), ANOVA):
        yield from _two(sheet, found)
    else:
        yield from _test(sheet, found)
        yield from _along(sheet, found)
        yield from _interaction(sheet, found)
        yield from _pairs(sheet, found)
    yield from _draw(sheet, found)
    if wants_dashboard:
        found.dashboard = yield from dashboard(sheet, found.choice)
    sheet.open("conclude")
    found.remarks += sheet.remarks
    yield from conclude(sheet, found)


def _prepare(sheet: Worksheet, task: str, table: Table) -> Script[Comparison]:
    """Choose, state the choice, clean; choose again where a column turns out unusable."""
    sheet.open("clean")
    without: set[str] = set()
    chosen = seen = None
    for _ in range(TRIES):
        choice, assumed = yield from _chosen(sheet, task, table, frozenset(without))
        sheet.write(_stated(choice, assumed, without))
        columns, source = choose_source(choice, table), clean_source(choice, table)
        if chosen is None or seen is None:
            parts = ["define_levels", "define_p_text"]
            parts += ["define_quarters"] if choice.binned else []
            libraries = imports(("fill", "stats"))
            yield from sheet.need(joined(libraries, *map(cell, parts)), "Tests and level names")
            chosen = yield from sheet.need(columns, "Choose the columns")
            seen = yield from sheet.need(source, "Clean them")
        else:
            chosen = yield from sheet.rerun(chosen, columns)
            seen = yield from sheet.rerun(seen, source)
        cleaned = read_cleaned(seen)
        if not seen.ok or cleaned is None:
            raise StepError(f"the columns could not be prepared: {seen.problem}.")
        bad = _unusable(choice, cleaned)
        if bad is None:
            return Comparison(task, table, choice, cleaned, assumed=assumed)
        without.add(bad)
    raise StepError("the columns that the task names leave no groups to compare.")


def _chosen(
    sheet: Worksheet, task: str, table: Table, without: frozenset[str]
) -> Script[tuple[Choice, str]]:
    choice = choose(task, table, without=without)
    if isinstance(choice, Impossible):
        bad = " or ".join(f"`{column}`" for column in sorted(without))
        reason = f"the rows hold no two groups of at least two rows by {bad}." if without else ""
        raise StepError(reason or choice.reason)
    if isinstance(choice, Choice):
        return choice, ""
    names = [describe(reading) for reading in choice.readings]
    name, answered = yield from sheet.ask(choice.question, names)
    reading = choice.readings[names.index(name)]
    return reading, "" if answered else name


def _unusable(choice: Choice, cleaned: Cleaned) -> str | None:
    """The column to do without, where the cleaned rows hold nothing to compare."""
    if cleaned.distinct.value < 2:
        return choice.target
    if cleaned.groups.value < 2:
        return choice.factor
    if cleaned.seconds is not None and cleaned.seconds.value < 2:
        return choice.second
    return None


def _stated(choice: Choice, assumed: str, without: set[str]) -> str:
    lines = ["## Choice of columns and cleaning", ""]
    if without:
        names = ", ".join(f"`{name}`" for name in sorted(without))
        lines.append(f"- Left out after a first look, because nothing in it varies: {names}.")
    lines += [f"- {reason}" for reason in choice.reasons]
    if assumed:
        lines.append(
            f"- Several readings were equally good, and nobody was there to ask: {assumed}."
        )
    if choice.levels:
        lines.append("- The task names the levels to compare: the others are left out.")
    if choice.binned:
        lines.append(f"- `{choice.factor}` is a measurement: its quarters are compared.")
    lines.append(
        "- Rows that repeat another row exactly may be true rows: they stay, and the main test is "
        "made with and without them."
    )
    return "\n".join(lines)


def _describe(sheet: Worksheet, found: Comparison) -> Script[None]:
    sheet.open("describe")
    sheet.write("## The groups")
    sheet.define(cell("define_describe"), "Functions that describe groups")
    seen = yield from sheet.need(cell("descriptives"), "Describe the groups")
    choice = found.choice
    found.groups = read_groups(seen, [choice.factor])
    found.thin = read_thin(seen)
    if len(found.groups) < 2:
        raise StepError("the table of the groups could not be read back.")
    flat = [group.levels[0] for group in found.groups if group.sd.value == 0]
    if flat:
        raise StepError(
            f"`{choice.target}` does not vary at all within groups of `{choice.factor}` (such as "
            f"`{flat[0]}`), so no test of the means holds. The notebook shows the groups."
        )
    if choice.second:
        both = yield from sheet.need(cell("descriptives_two"), "Describe both factors together")
        found.pairs = read_groups(both, [choice.factor, choice.second])
        found.thin = read_thin(both)


def _check(sheet: Worksheet, found: Comparison) -> Script[None]:
    if min(group.n.value for group in found.groups) < 3:
        sheet.close("check", "dropped")
        found.remarks.append(TOO_SMALL)
        return
    sheet.open("check")
    sheet.write("## Assumptions")
    sheet.define(cell("define_assumptions"), "A function that checks the assumptions")
    seen = yield from sheet.attempt("check", cell("assumptions"), "Check variances and residuals")
    found.assumptions = read_assumptions(seen)


def _two(sheet: Worksheet, found: Comparison) -> Script[None]:
    """Two groups: a difference and its interval say more than an F."""
    sheet.close("interaction", "dropped")
    sheet.close("pairs", "dropped")
    sheet.open("test")
    sheet.write(f"## Does `{found.choice.target}` differ by `{found.choice.factor}`?")
    functions = joined(cell("define_interval"), cell("define_two_samples"))
    sheet.define(functions, "Functions with the tests of two samples")
    seen = yield from sheet.need(cell("two_samples"), "Welch's t test and its robust twins")
    found.two = read_two_samples(seen)
    if found.two is None:
        raise StepError("the tests could not be read back.")
    if found.cleaned.repeats.value > 0:
        again = yield from sheet.attempt(
            "test", cell("two_samples_repeats"), "The same without repeats"
        )
        found.two_no_repeats = read_two_samples(again)
        found.repeats = again.facts(REPEATS, "rows that repeat")


def _test(sheet: Worksheet, found: Comparison) -> Script[None]:
    sheet.open("test")
    sheet.write(f"## Does `{found.choice.target}` differ by `{found.choice.factor}`?")
    functions = joined(imports(("optimize", "anova_oneway")), cell("define_oneway"))
    yield from sheet.need(functions, "A function with the tests")
    seen = yield from sheet.need(cell("oneway"), "ANOVA and its robust twins")
    found.tests = read_one_way(seen)
    if found.tests is None:
        raise StepError("the tests could not be read back.")
    if found.cleaned.repeats.value > 0:
        again = yield from sheet.attempt("test", cell("oneway_repeats"), "The same without repeats")
        found.no_repeats = read_one_way(again)
        found.repeats = again.facts(REPEATS, "rows that repeat")


def _interaction(sheet: Worksheet, found: Comparison) -> Script[None]:
    choice, smallest = found.choice, found.cleaned.smallest
    if choice.second is None or smallest is None:
        sheet.close("interaction", "dropped")
        return
    sheet.open("interaction")
    sheet.write(f"## Does the effect differ by `{choice.second}`?")
    kind = "define_twoway" if smallest.value >= 2 else "define_twoway_additive"
    functions = cell(kind, common=cell("define_effects"))
    yield from sheet.need(
        joined(imports(("smf", "anova_lm")), functions), "Functions for two factors"
    )
    seen = yield from sheet.attempt("interaction", cell("twoway"), "Two-factor ANOVA")
    terms = [choice.factor, choice.second, f"{choice.factor} × {choice.second}"]
    effects = [read_effect(seen, term) for term in terms]
    found.effects = tuple(effect for effect in effects if effect is not None)


def _pairs(sheet: Worksheet, found: Comparison) -> Script[None]:
    clear = found.tests is not None and found.tests.welch.significant
    if not clear or len(found.groups) < 3:
        sheet.close("pairs", "dropped")
        return
    sheet.open("pairs")
    sheet.write(f"## Which groups of `{found.choice.factor}` differ?")
    functions = joined(imports(("combinations", "multipletests")), cell("define_posthoc"))
    yield from sheet.need(functions, "Functions for the pairs")
    found.each_pair = yield from sheet.attempt(
        "pairs", cell("posthoc"), "Welch's test of each pair, corrected for their number"
    )


def _along(sheet: Worksheet, found: Comparison) -> Script[None]:
    """Groups with an order: a rise or fall along it says more than that they differ."""
    factor = found.table.column(found.choice.factor)
    if len(found.groups) < 3 or not (found.choice.binned or is_ranked(factor)):
        return
    seen = yield from sheet.attempt("test", cell("along"), "Along the order of the groups")
    found.along = seen.line(f"along the order of {found.choice.factor}")


def _draw(sheet: Worksheet, found: Comparison) -> Script[None]:
    sheet.open("draw")
    sheet.write("## Figures")
    yield from sheet.attempt(
        "draw", violin_source(found), "Violin plot", repair=lambda _: boxplot_source()
    )
    yield from sheet.attempt("draw", bars_source(found), "Bar chart of the means")
    time = found.choice.time
    if time and found.choice.trend:
        seen = yield from sheet.attempt("draw", cell("periods"), f"Describe each {time}")
        found.periods = read_groups(seen, [time])
        trend = f"{imports(('MaxNLocator',))}\n\n{cell('trend')}"
        yield from sheet.attempt("draw", trend, f"Trend over {time}")
