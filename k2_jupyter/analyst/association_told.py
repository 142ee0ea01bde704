"""What a table of two columns of groups showed, in plain words with the evidence behind them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.levels import order_of
from k2_jupyter.analyst.prepared import Prepared, cleaning_caveats
from k2_jupyter.analyst.reading import NOTHING, Line, Observation
from k2_jupyter.analyst.table import Column, Table
from k2_jupyter.analyst.wording import interval, listed, p_value
from k2_jupyter.messages import Json

OBSERVATIONAL = (
    "Observational data: an association is no proof of a cause; a third column may be behind it."
)
MOST_TOLD = 6
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


@dataclass(slots=True)
class Crossing:
    """What is known so far; filled step by step."""

    table: Table
    crossed: Crossed
    prepared: Prepared
    tests: Observation = NOTHING
    again: Observation = NOTHING
    shares: Observation = NOTHING
    along: Observation = NOTHING
    """Whether the outcome goes up or down along groups that have an order."""

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


def conclusion(told: Crossing, remarks: list[str]) -> dict[str, Json]:
    """Arguments of `finish`."""
    draft = Draft()
    paragraphs = [
        _answer(draft, told),
        _about_shares(draft, told),
        _along(draft, told),
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


def _answer(draft: Draft, told: Crossing) -> str:
    factor, outcome = (
        draft.name(column.name, told.table.cell)
        for column in (told.crossed.factor, told.crossed.outcome)
    )
    chi2, v = told.tests.line("chi² test"), told.tests.line("Cramér's V")
    statistic = draft.number(chi2["chi²"], "" if _share_lines(told) else "chi²")
    tested = (
        f"chi²({draft.number(chi2['df'])}) = {statistic}, {p_value(draft, chi2)}; "
        f"Cramér's V = {interval(draft, v, _V, level=90)}"
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
        top = f" (the share of {_yes_name(draft, told)} is highest for {group})"
    return (
        f"**{outcome} and {factor} go together{top}, and the association is "
        f"{_v_word(v['estimate'].value * max(1, smaller) ** 0.5)}** ({tested})."
    )


_V = "Cramér's V"


def _yes_name(draft: Draft, told: Crossing) -> str:
    crossed = told.crossed
    label = crossed.outcome.name
    return draft.name(f"{crossed.outcome.name} = {crossed.yes}", told.table.cell, label)


def _share_lines(told: Crossing) -> list[tuple[str, Line]]:
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


def _about_shares(draft: Draft, told: Crossing) -> str:
    factor, seen = told.crossed.factor.name, told.shares
    lines = _share_lines(told)
    if not lines:
        return ""
    ordered = sorted(lines, key=lambda pair: pair[1]["share"].value)
    shown, which = [ordered[0], ordered[-1]], ", the lowest and the highest"
    if len(lines) <= MOST_TOLD:
        shown, which = (lines if order_of(told.crossed.factor) else ordered), ""

    def group(level: str) -> str:
        return draft.name(f"{factor} = {level}", seen.cell, factor)

    ends = (ordered[0][0], ordered[-1][0])
    rows = []
    for level, line in shown:
        share = _percent_interval(draft, line, f"{factor} = {level}" if level in ends else "")
        rows.append(f"- {group(level)}: {share}; n = {draft.number(line['n'])}")
    text = f"Share of {_yes_name(draft, told)} with Wilson's interval{which}:\n\n" + "\n".join(rows)
    if len(lines) == 2:
        (first, _), (second, _) = lines
        difference = _percent_interval(draft, seen.line("difference of the shares"))
        text += (
            f"\n\n{group(second)} against {group(first)}: a difference of {difference} in points, "
            f"odds ratio = {interval(draft, seen.line('odds ratio'))}."
        )
    return text


def _along(draft: Draft, told: Crossing) -> str:
    line = told.along.line(f"along the order of {told.crossed.factor.name}")
    if not line:
        return ""
    factor, outcome = (
        draft.name(column.name, told.table.cell)
        for column in (told.crossed.factor, told.crossed.outcome)
    )
    what = f"the share of {_yes_name(draft, told)}" if told.crossed.yes else outcome
    way = "neither rises nor falls clearly"
    if line["p"].value < 0.05:
        way = "rises" if line["tau"].value > 0 else "falls"
    return (
        f"Along the order of {factor}, {what} {way} (Kendall's tau-b = "
        f"{draft.number(line['tau'])}, {p_value(draft, line)})."
    )


def _percent_interval(draft: Draft, line: Line, headline: str = "") -> str:
    share = draft.percent(line["share"], headline)
    low, high = draft.percent(line["low"]), draft.percent(line["high"])
    return f"{share} (95 % CI {low} to {high})"


def _cells(draft: Draft, told: Crossing) -> str:
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


def _evidence(draft: Draft, told: Crossing) -> str:
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
