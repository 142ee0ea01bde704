"""Paired samples: two columns of the same rows, or two occasions of the same ones."""

from __future__ import annotations

from dataclasses import dataclass, field

from k2_jupyter.analyst.draft import WHO, Draft
from k2_jupyter.analyst.kinds import BEFORE, Named, is_earlier, named, occasions, paired_columns
from k2_jupyter.analyst.levels import order_of
from k2_jupyter.analyst.prepared import Part, Prepared, cleaning_caveats, prepare
from k2_jupyter.analyst.reading import NOTHING, Line, Observation
from k2_jupyter.analyst.script import Script
from k2_jupyter.analyst.source import cell, imports, joined, literal
from k2_jupyter.analyst.table import Column, Table
from k2_jupyter.analyst.wording import g_word, interval, p_value, t_test
from k2_jupyter.analyst.words import pieces
from k2_jupyter.analyst.worksheet import StepError, Worksheet
from k2_jupyter.messages import Json

PLAN = {
    "who": f"Plan the work: {WHO}",
    "load": "Load and profile the data",
    "clean": "Choose the columns, clean them, form the pairs",
    "check": "Check the differences of the pairs",
    "test": "Test the pairs, with robust twins and effect sizes",
    "draw": "Draw the pairs and their differences",
    "conclude": "Conclude, with the source of every number",
}
UNTREATED = (
    "Observational data: before and after is no experiment by itself; what else changed between "
    "the occasions is not told apart from what is meant."
)
UNLIKE = (
    "Observational data, compared as they stand: a difference means something only where both "
    "columns hold the same quantity in the same unit."
)
MANY_PAIRS = 50
"""Pairs from which on the mean of skewed differences is near enough to normal."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """What is paired: two columns, or the levels of one."""

    parts: tuple[Part, ...]
    lines: str
    """The code that makes ``pairs``, ``one`` and ``other`` of ``data``."""
    names: tuple[str, str]
    measured: str
    occasion: str
    reasons: tuple[str, ...] = field(default=())


def compare_pairs(sheet: Worksheet, task: str, table: Table) -> Script[None]:
    """The whole analysis, from the choice of the columns to `finish`."""
    sheet.plan(PLAN, done=2)
    sheet.open("clean")
    chosen = choose_pairs(named(task, table))
    sheet.write("\n".join(["## Choice of columns and cleaning", "", *chosen.reasons]))
    functions = map(cell, ("define_p_text", "define_interval", "define_paired"))
    yield from sheet.need(
        joined(imports(("stats",)), *functions), "Functions with the tests of pairs"
    )
    names = (
        f"measured, occasion = {literal(chosen.measured)}, {literal(chosen.occasion)}",
        *chosen.lines.splitlines(),
    )
    prepared, cleaned = yield from prepare(sheet, chosen.parts, after=names)
    sheet.open("check")
    sheet.write("## The differences")
    checked = yield from sheet.attempt("check", cell("paired_check"), "Check the differences")
    sheet.open("test")
    sheet.write("## Tests")
    seen = yield from sheet.need(cell("paired"), "Paired t test and its robust twins")
    again = NOTHING
    if prepared.repeats.value and "pivot" not in chosen.lines:
        again = yield from sheet.attempt("test", cell("paired_repeats"), "The same without repeats")
    sheet.open("draw")
    yield from sheet.attempt("draw", cell("paired_lines"), "The pairs")
    yield from sheet.attempt("draw", cell("paired_histogram"), "Their differences")
    sheet.open("conclude")
    told = _Told(table, chosen, prepared, cleaned, checked, seen, again)
    yield from sheet.finish(_conclusion(told, sheet.remarks))


def choose_pairs(said: Named) -> Pairs:
    """The two columns that the task names, or who, when and what. Raises `StepError`."""
    columns = paired_columns(said)
    if columns is not None:
        one, other = columns
        if set(pieces(other.name)) & BEFORE or is_earlier(other, one):
            one, other = other, one
        shared = [word for word in pieces(one.name) if word in pieces(other.name)]
        return Pairs(
            (Part("x", one, "number"), Part("y", other, "number")),
            cell("pairs_wide"),
            (one.name, other.name),
            " ".join(shared) or "value",
            "occasion",
            (f"- Each row is a pair: `{one.name}` and `{other.name}`.",),
        )
    found = occasions(said)
    measures = [m.column for m in said.measures]
    if found is None or not measures:
        raise StepError("the task asks for pairs, and no columns were found that form them.")
    return _long(*found, measures[0])


def _long(who: Column, when: Column, measure: Column) -> Pairs:
    levels = _in_time(when)
    if len(levels) != 2:
        raise StepError(f"`{when.name}` does not hold exactly two occasions.")
    return Pairs(
        (Part("y", measure, "number"), Part("a", when, "group"), Part("id", who, "as it is")),
        cell("pairs_long", levels=", ".join(map(literal, levels)), whom=who.name),
        (levels[0], levels[1]),
        measure.name,
        when.name,
        (
            f"- `{measure.name}` is compared between the two occasions in `{when.name}`.",
            f"- `{who.name}` says which rows belong together.",
        ),
    )


def _in_time(when: Column) -> list[str]:
    """The occasions, the earlier first: by their natural order, else by words such as "pre"."""
    order = order_of(when)
    if order is not None and order.kind != "reference":
        return list(order.levels)
    return sorted(when.levels, key=lambda level: (not set(pieces(level)) & BEFORE, level))


@dataclass(frozen=True, slots=True)
class _Told:
    table: Table
    chosen: Pairs
    prepared: Prepared
    cleaned: Observation
    checked: Observation
    tests: Observation
    again: Observation

    @property
    def occasions(self) -> bool:
        """Is one of the two the earlier?"""
        one = self.chosen.names[0]
        early = one.casefold().startswith(tuple(BEFORE))
        return "pivot" in self.chosen.lines or early or bool(set(pieces(one)) & BEFORE)

    @property
    def t(self) -> Line:
        return self.tests.line("paired t test")

    @property
    def significant(self) -> bool:
        return self.t["p"].value < 0.05

    def name(self, draft: Draft, which: int) -> str:
        name = self.chosen.names[which]
        if "pivot" not in self.chosen.lines:
            return draft.name(name, self.table.cell)
        return draft.name(f"{self.chosen.occasion} = {name}", self.table.cell, self.chosen.occasion)


def _conclusion(told: _Told, remarks: list[str]) -> dict[str, Json]:
    draft = Draft()
    paragraphs = [_answer(draft, told), _evidence(draft, told)]
    caveats = [UNTREATED if told.occasions else UNLIKE]
    caveats += _assumptions(draft, told)
    lost = told.cleaned.line("without both occasions (left out)").get("n")
    if lost is not None and lost.value:
        caveats.append(f"{draft.number(lost)} without both occasions were left out.")
    caveats += cleaning_caveats(
        draft,
        told.prepared,
        told.table,
        compared=bool(told.again.line("paired t test")),
        independent=False,
    )
    return draft.finish(
        paragraphs,
        caveats=[*caveats, *remarks],
        next_steps=["Compare with a group that was measured twice without the change."],
    )


def _answer(draft: Draft, told: _Told) -> str:
    one, other = told.name(draft, 0), told.name(draft, 1)
    mean = told.tests.line("mean difference")
    g = told.tests.line("Hedges' g of the differences")
    apart = interval(draft, mean, f"mean of {told.chosen.names[1]} minus {told.chosen.names[0]}")
    size = interval(draft, g, "Hedges' g")
    tested = f"paired {t_test(draft, told.t)}; Hedges' g = {size}"
    if not told.significant:
        return f"**No clear difference between {other} and {one}: on average {apart}** ({tested})."
    higher = "higher" if mean["estimate"].value > 0 else "lower"
    return (
        f"**{other} is {higher} than {one}: the mean difference is {apart}, and "
        f"the effect is {g_word(g['estimate'].value)}** ({tested})."
    )


def _evidence(draft: Draft, told: _Told) -> str:
    pairs, ranks = told.tests.line("pairs"), told.tests.line("Wilcoxon signed-rank test")
    flipped = told.tests.line("sign-flip test of the mean")
    lines = (told.t, ranks, flipped)
    agree = len({line["p"].value < 0.05 for line in lines}) == 1
    text = (
        f"Of {draft.number(pairs['n'])} pairs {draft.number(pairs['up'])} go up, "
        f"{draft.number(pairs['down'])} down, {draft.number(pairs['the same'])} stay. Evidence: "
        f"Wilcoxon's signed-rank test W = {draft.number(ranks['W'])}, {p_value(draft, ranks)}; "
        f"sign-flip test of the mean {p_value(draft, flipped)}. "
        f"{'All tests agree.' if agree else 'The tests do not agree: no firm finding.'} "
        "Rank-biserial correlation = "
        f"{interval(draft, told.tests.line('rank-biserial correlation'))}."
    )
    without = told.again.line("paired t test")
    if without:
        same = told.significant == (without["p"].value < 0.05)
        verdict = "the finding stays" if same else "the finding changes"
        text += f" Without exact repeats: {t_test(draft, without)}; {verdict}."
    return text


def _assumptions(draft: Draft, told: _Told) -> list[str]:
    shape, normal = (
        told.checked.line("differences"),
        told.checked.line("Shapiro-Wilk test of the differences"),
    )
    pairs = told.tests.line("pairs")["n"]
    if not normal or normal["p"].value >= 0.05:
        return []
    text = (
        f"The differences are not normal (Shapiro-Wilk {p_value(draft, normal)}, skewness "
        f"{draft.number(shape['skewness'])})"
    )
    if pairs.value >= MANY_PAIRS:
        return [f"{text}; with so many pairs the t test bears that."]
    return [f"{text}: with so few pairs Wilcoxon's test leads."]
