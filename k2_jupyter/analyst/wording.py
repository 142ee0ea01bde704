"""Names, levels, tests and sizes as the conclusion words them."""

from __future__ import annotations

from collections.abc import Sequence

from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.findings import Comparison, Group, Tested
from k2_jupyter.analyst.reading import Fact


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


def counted(draft: Draft, fact: Fact, one: str, more: str) -> str:
    """``one row``, ``2 rows``."""
    return f"one {one}" if fact.value == 1 else f"{draft.number(fact)} {more}"


def size_word(share: float) -> str:
    """Cohen's words for a share of variance (1988): 0.01 small, 0.06 medium, 0.14 large."""
    if share < 0.01:
        return "very small"
    if share < 0.06:
        return "small"
    return "medium" if share < 0.14 else "large"


def listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
