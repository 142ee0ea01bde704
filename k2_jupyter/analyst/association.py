"""Association of two columns of groups: contingency table, shares, odds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from k2_jupyter.analyst.candidates import can_be_factor
from k2_jupyter.analyst.draft import WHO, Draft
from k2_jupyter.analyst.kinds import Named, is_category, named
from k2_jupyter.analyst.mentions import Mention
from k2_jupyter.analyst.prepared import (
    Part,
    Prepared,
    cleaning_caveats,
    prepare,
    repeats_are_natural,
)
from k2_jupyter.analyst.reading import NOTHING, Line, Observation
from k2_jupyter.analyst.script import Script
from k2_jupyter.analyst.source import cell, imports, joined, literal
from k2_jupyter.analyst.table import Column, Table
from k2_jupyter.analyst.wording import interval, listed, p_value
from k2_jupyter.analyst.words import best_position, pieces, says, spoken_words, vocabulary
from k2_jupyter.analyst.worksheet import StepError, Worksheet
from k2_jupyter.messages import Json

PLAN = {
    "who": f"Plan the work: {WHO}",
    "load": "Load and profile the data",
    "clean": "Choose the columns and clean them",
    "test": "Test the table, with an exact or permutation twin",
    "shares": "Estimate shares, their difference and the odds ratio",
    "draw": "Draw the shares and the cells that stand out",
    "conclude": "Conclude, with the source of every number",
}
OBSERVATIONAL = (
    "Observational data: an association is no proof of a cause; a third column may be behind it."
)
MOST_TOLD = 4
"""Groups told of one by one in the conclusion."""
SPARSE = 0.2
"""Share of cells with fewer than five expected rows from which on chi² is not trusted (Cochran)."""


@dataclass(frozen=True, slots=True)
class Crossed:
    """The two columns of the table."""

    factor: Column
    outcome: Column
    yes: str
    """The level of the outcome whose share is told; "" where it has more than two."""
    levels: tuple[tuple[str, tuple[str, ...]], ...]
    """Key → the levels that the task names, where it names some of them only."""
    left_out: tuple[str, ...] = ()


def associate(sheet: Worksheet, task: str, table: Table) -> Script[None]:
    """The whole analysis, from the choice of the columns to `finish`."""
    sheet.plan(PLAN, done=2)
    sheet.open("clean")
    crossed = yield from _chosen(sheet, task, table)
    sheet.write(_stated(crossed))
    functions = map(cell, ("define_levels", "define_merged", "define_p_text", "define_interval"))
    libraries = ("fill", "optimize", "stats", *(("proportion_confint",) if crossed.yes else ()))
    yield from sheet.need(joined(imports(libraries), *functions), "Tests and level names")
    parts = (Part("a", crossed.factor, "group"), Part("b", crossed.outcome, "group"))
    prepared, _ = yield from prepare(sheet, parts, after=_names(crossed))
    told = _Told(table, crossed, prepared)
    sheet.open("test")
    sheet.write(f"## Do `{crossed.factor.name}` and `{crossed.outcome.name}` go together?")
    sheet.define(cell("define_association"), "Functions with the tests")
    yield from sheet.need(cell("association_table"), "Count the rows")
    told.tests = yield from sheet.need(cell("association"), "Test the association")
    if prepared.repeats.value and not repeats_are_natural(table):
        told.again = yield from sheet.attempt(
            "test", cell("association_repeats"), "The same without repeats"
        )
    yield from _shares_and_figures(sheet, told)
    sheet.open("conclude")
    yield from sheet.finish(_conclusion(told, sheet.remarks))


@dataclass(slots=True)
class _Told:
    table: Table
    crossed: Crossed
    prepared: Prepared
    tests: Observation = NOTHING
    again: Observation = NOTHING
    shares: Observation = NOTHING

    @property
    def twin(self) -> tuple[str, Line]:
        fisher = self.tests.line("Fisher's exact test")
        return ("Fisher's exact test", fisher) if fisher else (
            "permutation test", self.tests.line("permutation test")
        )  # fmt: skip

    @property
    def sparse(self) -> bool:
        counts = self.tests.line("expected counts")
        few = counts["below five"].value / counts["cells"].value > SPARSE
        return few or counts["smallest"].value < 1

    @property
    def significant(self) -> bool:
        line = self.twin[1] if self.sparse else self.tests.line("chi² test")
        return line["p"].value < 0.05


def _shares_and_figures(sheet: Worksheet, told: _Told) -> Script[None]:
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
    levels = sorted(outcome.levels)

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


# The conclusion


def _conclusion(told: _Told, remarks: list[str]) -> dict[str, Json]:
    draft = Draft()
    paragraphs = [
        _answer(draft, told),
        _about_shares(draft, told),
        _cells(draft, told) if told.significant else "",
        _evidence(draft, told),
    ]
    compared = bool(told.again.line("chi² test"))
    caveats = [
        OBSERVATIONAL,
        *cleaning_caveats(draft, told.prepared, told.table, compared=compared),
    ]
    if told.crossed.left_out:
        names = listed([draft.name(name, told.table.cell) for name in told.crossed.left_out])
        caveats.append(f"The task also speaks of {names}; the table does without.")
    return draft.finish(
        [paragraph for paragraph in paragraphs if paragraph],
        caveats=[*caveats, *remarks],
        next_steps=["Adjust for other columns at the same time with a logistic regression."],
    )


def _answer(draft: Draft, told: _Told) -> str:
    factor, outcome = (
        draft.name(column.name, told.table.cell)
        for column in (told.crossed.factor, told.crossed.outcome)
    )
    chi2, v = told.tests.line("chi² test"), told.tests.line("Cramér's V")
    tested = (
        f"chi²({draft.number(chi2['df'])}) = {draft.number(chi2['chi²'])}, {p_value(draft, chi2)}; "
        f"Cramér's V = {interval(draft, v)}"
    )
    if not told.significant:
        return (
            f"**No clear association: {outcome} does not differ reliably between the groups of "
            f"{factor}** ({tested})."
        )
    smaller = min(told.crossed.factor.distinct, told.crossed.outcome.distinct) - 1
    top = ""
    lines = _share_lines(told)
    if lines:
        level = max(lines, key=lambda pair: pair[1]["share"].value)[0]
        group = draft.name(f"{told.crossed.factor.name} = {level}", told.shares.cell, level)
        top = f", the share of {_yes_name(draft, told)} is highest for {group},"
    return (
        f"**{outcome} and {factor} go together{top or ','} and the association is "
        f"{_v_word(v['estimate'].value * max(1, smaller) ** 0.5)}** ({tested})."
    )


def _yes_name(draft: Draft, told: _Told) -> str:
    crossed = told.crossed
    label = crossed.outcome.name
    return draft.name(f"{crossed.outcome.name} = {crossed.yes}", told.table.cell, label)


def _share_lines(told: _Told) -> list[tuple[str, Line]]:
    """Level of the factor → the share of the outcome, in the order of the levels."""
    crossed = told.crossed
    start = f"{crossed.outcome.name} = {crossed.yes} where {crossed.factor.name} = "
    pattern = rf"^{re.escape(start)}(.*): share = "
    levels = re.findall(pattern, told.shares.stdout, re.MULTILINE)
    return [(level, told.shares.line(f"{start}{level}")) for level in levels]


def _v_word(w: float) -> str:
    """Cohen's words for w, which is V times the root of the shorter side less one (1988)."""
    if w < 0.1:
        return "very small"
    if w < 0.3:
        return "small"
    return "medium" if w < 0.5 else "large"


def _about_shares(draft: Draft, told: _Told) -> str:
    factor, seen = told.crossed.factor.name, told.shares
    lines = _share_lines(told)
    if not lines:
        return ""
    ordered = sorted(lines, key=lambda pair: pair[1]["share"].value)
    shown = ordered if len(lines) <= MOST_TOLD else [ordered[0], ordered[-1]]
    which = "" if shown is ordered else ", the lowest and the highest"

    def group(level: str) -> str:
        return draft.name(f"{factor} = {level}", seen.cell, factor)

    rows = [
        f"- {group(level)}: {_percent_interval(draft, line)}; n = {draft.number(line['n'])}"
        for level, line in shown
    ]
    text = f"Share of {_yes_name(draft, told)} with Wilson's interval{which}:\n\n" + "\n".join(rows)
    if len(lines) == 2:
        (first, _), (second, _) = lines
        difference = _percent_interval(draft, seen.line("difference of the shares"))
        text += (
            f"\n\n{group(second)} against {group(first)}: a difference of {difference} in points, "
            f"odds ratio = {interval(draft, seen.line('odds ratio'))}."
        )
    return text


def _percent_interval(draft: Draft, line: Line) -> str:
    share, low, high = (draft.percent(line[name]) for name in ("share", "low", "high"))
    return f"{share} (95 % CI {low} to {high})"


def _cells(draft: Draft, told: _Told) -> str:
    """The cells that stand out, where the table is larger than two by two."""
    seen = told.tests
    if seen.line("chi² test")["df"].value < 2:
        return ""
    factor, outcome = told.crossed.factor.name, told.crossed.outcome.name
    pattern = rf"^({re.escape(factor)} = .*, {re.escape(outcome)} = .*): rows = "
    found = re.findall(pattern, seen.stdout, re.MULTILINE)[:3]
    if not found:
        return "No single cell stands out after Bonferroni's correction."
    rows = [
        f"{draft.name(name, seen.cell, name)} ({draft.number(line['rows'])} rows, "
        f"{draft.number(line['expected'])} expected)"
        for name, line in ((name, seen.line(name)) for name in found)
    ]
    return f"What stands out most, after Bonferroni's correction: {'; '.join(rows)}."


def _evidence(draft: Draft, told: _Told) -> str:
    name, twin = told.twin
    counts, chi2 = told.tests.line("expected counts"), told.tests.line("chi² test")
    same = (twin["p"].value < 0.05) == (chi2["p"].value < 0.05)
    text = f"Evidence: {name} {p_value(draft, twin)}; it {'agrees' if same else 'does not agree'}. "
    if told.sparse:
        text += (
            f"Of {draft.number(counts['cells'])} cells {draft.number(counts['below five'])} have "
            f"fewer than five expected rows, so the {name} leads, not chi²."
        )
    else:
        text += (
            f"The cells are full enough for chi² (smallest expected count "
            f"{draft.number(counts['smallest'])})."
        )
    again = told.again.line("chi² test")
    if again:
        same = (again["p"].value < 0.05) == (chi2["p"].value < 0.05)
        text += (
            f" Without exact repeats: chi² = {draft.number(again['chi²'])}, "
            f"{p_value(draft, again)}; the finding {'stays' if same else 'changes'}."
        )
    return text
