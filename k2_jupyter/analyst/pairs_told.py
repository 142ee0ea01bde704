"""Which groups differ from which, in words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.findings import Comparison, Group
from k2_jupyter.analyst.reading import Fact, Line
from k2_jupyter.analyst.wording import interval, level_of, listed, p_value

MOST_TOLD = 3
"""Pairs told of one by one."""
MANY_GROUPS = 6
"""Groups from which on it is told who stands above how many others."""
HOW = "Welch's test of each pair; p corrected by Holm, intervals that hold together by Bonferroni"


@dataclass(frozen=True, slots=True)
class _Pair:
    one: Group
    other: Group
    line: Line
    """Of the difference, the other minus the one."""

    @property
    def clear(self) -> bool:
        return self.line["p"].value < 0.05

    @property
    def width(self) -> float:
        return abs(self.line["estimate"].value)


def pairs_of(draft: Draft, found: Comparison) -> str:
    """The pairs that differ, the widest first; of many groups where the outermost stand."""
    seen = found.each_pair
    count = seen.line("pairs of groups that differ clearly")
    if not count:
        return ""
    if not count["n"].value:
        return f"No pair of groups differs by itself, though together they do ({HOW})."
    lines = [
        _Pair(one, other, line)
        for one, other in permutations(found.groups, 2)
        if (line := seen.line(f"{other.levels[0]} minus {one.levels[0]}"))
    ]
    lines.sort(key=lambda pair: -pair.width)
    clear = [pair for pair in lines if pair.clear]
    told = "\n".join(f"- {_told(draft, found, pair)}" for pair in clear[:MOST_TOLD])
    text = f"{_how_many(draft, count)} ({HOW}){_which(clear)}:\n\n{told}"
    if len(found.groups) >= MANY_GROUPS:
        return f"{text}\n\n{_standing(draft, found)}"
    unclear = [pair for pair in lines if not pair.clear]
    if not unclear:
        return text
    names = [
        f"{level_of(draft, found, p.other)} and {level_of(draft, found, p.one)}" for p in unclear
    ]
    return f"{text}\n\nNot clearly apart: {'; '.join(names)}."


def _how_many(draft: Draft, count: Line) -> str:
    n, of = count["n"], count["of"]
    if n.value == of.value:
        return f"All {draft.number(of)} pairs of groups differ"
    differ = "differs" if n.value == 1 else "differ"
    return f"{draft.number(n)} of {draft.number(of)} pairs of groups {differ}"


def _which(clear: list[_Pair]) -> str:
    return "; the widest" if len(clear) > MOST_TOLD else ""


def _told(draft: Draft, found: Comparison, pair: _Pair) -> str:
    return (
        f"{level_of(draft, found, pair.other)} minus {level_of(draft, found, pair.one)}: "
        f"{interval(draft, pair.line)}, {p_value(draft, pair.line)}"
    )


def _standing(draft: Draft, found: Comparison) -> str:
    """How many others the groups with the highest and the lowest mean are clearly apart from."""
    by_mean = sorted(found.groups, key=lambda group: group.mean.value)
    ends = [("above", by_mean[-1]), ("below", by_mean[0])]
    told = []
    for side, group in ends:
        count = found.each_pair.line(f"{found.choice.factor} = {group.levels[0]}").get(side)
        if count is not None:
            told.append(
                f"{level_of(draft, found, group)} is clearly {side} {_others(draft, count)}"
            )
    return f"{listed(told)}." if told else ""


def _others(draft: Draft, count: Fact) -> str:
    if not count.value:
        return "no other group"
    return "one other group" if count.value == 1 else f"{draft.number(count)} other groups"
