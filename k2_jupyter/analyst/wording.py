"""Names, levels, tests and sizes as the conclusion words them."""

from __future__ import annotations

from collections.abc import Sequence

from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.findings import Comparison, Group, Tested
from k2_jupyter.analyst.reading import Fact, Line


def name_of(draft: Draft, found: Comparison, column: str) -> str:
    return draft.name(column, found.table.cell)


def level_of(draft: Draft, found: Comparison, group: Group) -> str:
    factor = found.choice.factor
    return draft.name(f"{factor} = {group.levels[0]}", group.n.cell, factor)


def plain(draft: Draft, group: Group, label: str) -> str:
    draft.name(group.levels[0], group.n.cell, label)
    return group.levels[0]


def worded(draft: Draft, outcome: Tested, *, short: bool = False) -> str:
    df = ", ".join(draft.number(fact) for fact in outcome.df)
    inner = f"({df})" if df else ""
    relation = "<" if outcome.p.text == "1e-300" else "="
    statistic, p = draft.number(outcome.statistic), draft.number(outcome.p)
    text = f"{outcome.symbol}{inner} = {statistic}, p {relation} {p}"
    return text if short else f"{outcome.name} {text}"


def interval(draft: Draft, line: Line, headline: str = "", *, level: int = 95) -> str:
    """``0.4 (95 % CI 0.1 to 0.7)``; `level` is that of the printed interval, in per cent."""
    low, high = draft.number(line["low"]), draft.number(line["high"])
    return f"{draft.number(line['estimate'], headline)} ({level} % CI {low} to {high})"


def p_value(draft: Draft, line: Line, name: str = "p") -> str:
    """``p = 0.03``, or the bound below which nothing is printed."""
    relation = "<" if line[name].text == "1e-300" else "="
    return f"p {relation} {draft.number(line[name])}"


def t_test(draft: Draft, line: Line) -> str:
    df = f"({draft.number(line['df'])})" if "df" in line else ""
    return f"t{df} = {draft.number(line['t'])}, {p_value(draft, line)}"


def counted(draft: Draft, fact: Fact, one: str, more: str) -> str:
    """``one row``, ``2 rows``."""
    return f"one {one}" if fact.value == 1 else f"{draft.number(fact)} {more}"


def coded(draft: Draft, fact: Fact, column: str) -> str:
    """Values that were taken for a code of "missing"."""
    values = counted(draft, fact, "value that looks", "values that look")
    return (
        f"{values} like a code for “missing” in {column} (far outside all others, and repeated) "
        "went with the missing ones."
    )


def size_word(share: float) -> str:
    """Cohen's words for a share of variance (1988): 0.01 small, 0.06 medium, 0.14 large."""
    if share < 0.01:
        return "very small"
    if share < 0.06:
        return "small"
    return "medium" if share < 0.14 else "large"


def g_word(g: float) -> str:
    """Cohen's words for a standardised difference (1988): 0.2 small, 0.5 medium, 0.8 large."""
    if abs(g) < 0.2:
        return "very small"
    if abs(g) < 0.5:
        return "small"
    return "medium" if abs(g) < 0.8 else "large"


def listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
