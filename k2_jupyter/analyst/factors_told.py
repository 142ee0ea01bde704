"""What two factors do to the target, in words."""

from __future__ import annotations

from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.findings import SMALL_GROUP, Comparison, Effect, Group
from k2_jupyter.analyst.wording import level_of, listed, name_of, size_word, worded


def answer_of_second(draft: Draft, found: Comparison) -> str:
    """Where the first of two factors says little by itself, and the second or both do; else ""."""
    effects = [effect for effect in found.effects if effect.robust.significant]
    if found.choice.second is None or not effects or effects == list(found.effects[:1]):
        return ""
    target = name_of(draft, found, found.choice.target)
    first, second, *both = found.effects
    names: dict[str, list[str]] = {"by": [], "not clearly by": []}
    for effect in (first, second):
        how = "by" if effect.robust.significant else "not clearly by"
        names[how].append(name_of(draft, found, effect.test.name))
    told = ", ".join(f"{how} {listed(words)}" for how, words in names.items() if words)
    clear = bool(both) and both[0].robust.significant
    crossed = f", and the effect of {name_of(draft, found, found.choice.factor)} differs by "
    crossed = f"{crossed}{name_of(draft, found, found.choice.second)}" if clear else ""
    figures = [
        f"{name_of(draft, found, effect.test.name)}: partial eta² = {draft.number(effect.share)}, "
        f"{worded(draft, effect.robust, short=True)} with HC3 errors"
        for effect in effects
    ]
    return f"**The mean of {target} differs {told}{crossed}** ({'; '.join(figures)})."


def interaction(draft: Draft, found: Comparison) -> str:
    """The second factor's effect, and whether that of the first differs by it."""
    if not found.effects or found.choice.second is None:
        return ""
    second = name_of(draft, found, found.choice.second)
    factor = name_of(draft, found, found.choice.factor)
    if len(found.effects) < 3:
        return (
            f"{_second(draft, found, found.effects[-1])} Whether the effect of {factor} differs by "
            f"{second} can't be tested: some combinations are empty or hold a single row."
        )
    effect = found.effects[-1]
    there = effect.robust.significant
    differs = "differs" if there else "does not clearly differ"
    text = (
        f"{_second(draft, found, found.effects[1])} The effect of {factor} {differs} by {second}: "
        f"interaction {_evidence_of(draft, effect)}."
    )
    return f"{text} {_extremes(draft, found)}".rstrip() if there else text


def _second(draft: Draft, found: Comparison, effect: Effect) -> str:
    """The second factor's own effect, beside the first."""
    differs = "differs" if effect.robust.significant else "does not clearly differ"
    name = name_of(draft, found, effect.test.name)
    return f"The mean {differs} by {name}: {_evidence_of(draft, effect)}."


def _evidence_of(draft: Draft, effect: Effect) -> str:
    size = f" ({size_word(effect.share.value)})" if effect.robust.significant else ""
    return (
        f"{worded(draft, effect.test, short=True)}, partial eta² = {draft.number(effect.share)}"
        f"{size}; with HC3 robust errors {worded(draft, effect.robust, short=True)}"
    )


def _extremes(draft: Draft, found: Comparison) -> str:
    """The spread of the factor's means inside each level of the second factor, at its ends."""
    solid = [group for group in found.pairs if group.n.value >= SMALL_GROUP]
    by_second: dict[str, list[Group]] = {}
    for group in solid:
        by_second.setdefault(group.levels[1], []).append(group)
    spreads = {
        level: (min(groups, key=_mean), max(groups, key=_mean))
        for level, groups in by_second.items()
        if len(groups) > 1
    }
    if not spreads:
        return ""
    level, (low, high) = max(
        spreads.items(), key=lambda item: _mean(item[1][1]) / max(1e-12, abs(_mean(item[1][0])))
    )
    second = found.choice.second or ""
    name = draft.name(f"{second} = {level}", low.n.cell, f"{second} {level}")
    return (
        f"The gap is widest for {name}: {draft.number(low.mean)} "
        f"({level_of(draft, found, low)}) against {draft.number(high.mean)} "
        f"({level_of(draft, found, high)})."
    )


def _mean(group: Group) -> float:
    return group.mean.value
