"""What a comparison found, in plain words with the evidence behind them.

Longer than most files: two groups, several, and two factors are told with the same parts.
"""

from __future__ import annotations

from k2_jupyter.analyst.caveats import caveats_of, ends_early, next_steps
from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.factors_told import answer_of_second, interaction
from k2_jupyter.analyst.findings import (
    Comparison,
    Group,
    OneWay,
    TwoSamples,
)
from k2_jupyter.analyst.levels import order_of
from k2_jupyter.analyst.pairs_told import pairs_of
from k2_jupyter.analyst.script import Script
from k2_jupyter.analyst.wording import (
    counted,
    g_word,
    interval,
    level_of,
    name_of,
    p_value,
    plain,
    size_word,
    t_test,
    worded,
)
from k2_jupyter.analyst.words import pieces
from k2_jupyter.analyst.worksheet import Worksheet
from k2_jupyter.messages import Json

_OPEN = {"than", "which", "how", "what", "interaction", "interact"}
"""Words of questions that "yes" does not answer."""
_DISAGREE = "The tests do not agree, so the finding is not a firm one."
MOST_MEANS = 7
"""Groups up to which each mean is told."""
WEAK_TAU = 0.1
"""Kendall's tau below which what goes on along an order is hardly there."""
SOLID_PERIOD = 10
"""Rows that a period needs to be told of, beside its interval."""


def conclude(sheet: Worksheet, found: Comparison) -> Script[None]:
    """Say what was found, and end the turn."""
    yield from sheet.finish(_arguments(found))


def _arguments(found: Comparison) -> dict[str, Json]:
    draft = Draft()
    paragraphs = [_groups(draft, found)]
    if found.two is not None:
        paragraphs.insert(0, _answer_of_two(draft, found, found.two))
        paragraphs.append(_evidence_of_two(draft, found, found.two))
    if found.tests is not None:
        paragraphs.insert(0, _answer(draft, found, found.tests))
        paragraphs += [pairs_of(draft, found), _along(draft, found)]
        paragraphs.append(_evidence(draft, found, found.tests))
    paragraphs += [
        interaction(draft, found),
        _trend(draft, found),
        "The interactive charts are in `dashboard.html`." if found.dashboard else "",
    ]
    return draft.finish(
        [paragraph for paragraph in paragraphs if paragraph],
        caveats=caveats_of(draft, found),
        next_steps=next_steps(found),
    )


def _answer(draft: Draft, found: Comparison, tests: OneWay) -> str:
    choice = found.choice
    target, factor = name_of(draft, found, choice.target), name_of(draft, found, choice.factor)
    if not tests.welch.significant:
        other = answer_of_second(draft, found)
        return other or (
            f"**No clear difference: the mean of {target} does not differ reliably between the "
            f"groups of {factor}** ({_share(draft, tests)}; {worded(draft, tests.welch)})."
        )
    top = level_of(draft, found, max(found.groups, key=_mean))
    return (
        f"**{_yes(found, firm=tests.agree)} mean of {target} differs between the groups of "
        f"{factor} (highest: {top}), and the effect is {size_word(_eta2(tests))}** "
        f"({_share(draft, tests)}, the share of the variance that goes with the groups; "
        f"{worded(draft, tests.welch)})."
    )


def _eta2(tests: OneWay) -> float:
    return tests.eta2["estimate"].value


def _share(draft: Draft, tests: OneWay) -> str:
    return f"eta² = {interval(draft, tests.eta2, 'eta², share of the variance', level=90)}"


def _answer_of_two(draft: Draft, found: Comparison, two: TwoSamples) -> str:
    choice = found.choice
    target, factor = name_of(draft, found, choice.target), name_of(draft, found, choice.factor)
    one, other = (level_of(draft, found, group) for group in found.groups)
    tested = f"Welch's {t_test(draft, two.welch)}; Hedges' g = {interval(draft, two.g)}"
    apart = interval(draft, two.difference)
    if not two.significant:
        return (
            f"**No clear difference: the mean of {target} does not differ reliably between the "
            f"two groups of {factor}** ({other} minus {one}: {apart}; {tested})."
        )
    top = level_of(draft, found, max(found.groups, key=_mean))
    return (
        f"**{_yes(found, firm=two.agree)} mean of {target} differs between the two groups of "
        f"{factor} (highest: {top}), and the effect is {g_word(two.g['estimate'].value)}** "
        f"({other} minus {one}: {apart}; {tested})."
    )


def _evidence_of_two(draft: Draft, found: Comparison, two: TwoSamples) -> str:
    shuffled = f"; permutation of the means {p_value(draft, two.shuffled)}" if two.shuffled else ""
    agree = "All tests agree." if two.agree else _DISAGREE
    text = (
        f"Evidence: Student's t test {p_value(draft, two.student)}; Mann-Whitney on ranks "
        f"U = {draft.number(two.ranks['U'])}, {p_value(draft, two.ranks)}{shuffled}. {agree} "
        f"Cliff's delta = {interval(draft, two.delta)}: how much oftener the second group is "
        "above the first than below it."
    )
    without = found.two_no_repeats
    if without is not None and found.repeats:
        told = f"Welch's test gives {t_test(draft, without.welch)}"
        text += _repeats(draft, found, told, same=two.significant == without.significant)
    return text + _about_variances(draft, found)


def _about_variances(draft: Draft, found: Comparison) -> str:
    if found.assumptions is None:
        return ""
    tested = worded(draft, found.assumptions.variances, short=True)
    if found.assumptions.variances.significant:
        return (
            f" The variances of the groups differ (Brown-Forsythe {tested}), so Welch's test leads."
        )
    return f" The variances of the groups do not clearly differ (Brown-Forsythe {tested})."


def _yes(found: Comparison, *, firm: bool) -> str:
    """Only a question whether there is a difference is answered by yes, if the tests agree.

    One of its direction ("are A more than B?") is answered by the groups themselves, and
    where columns had to be guessed the question may have been another.
    """
    if not firm:
        return "Perhaps (the tests do not agree): the"
    words = pieces(found.task)
    asked = not {"do", "does", "did", "is", "are", "was", "were", "whether"}.isdisjoint(words)
    return "Yes: the" if asked and not (_OPEN & set(words) or found.choice.guessed) else "The"


def _groups(draft: Draft, found: Comparison) -> str:
    column = found.table.column(found.choice.factor)
    naturally = found.choice.binned or order_of(column) is not None
    by_mean = sorted(found.groups, key=_mean)
    if len(found.groups) > MOST_MEANS:
        chosen, which = [by_mean[0], by_mean[-1]], "the lowest and the highest"
    elif naturally:
        chosen, which = list(found.groups), "in the order of the groups"
    else:
        chosen, which = by_mean, "from the lowest to the highest"
    told = [
        f"{level_of(draft, found, group)}: {draft.number(group.mean, _headline(found, group))} "
        f"({draft.number(group.low)} to {draft.number(group.high)}; n = {draft.number(group.n)})"
        for group in chosen
    ]
    return f"Means with their confidence intervals, {which}:\n\n" + "\n".join(
        f"- {t}" for t in told
    )


def _along(draft: Draft, found: Comparison) -> str:
    """Whether the target rises or falls along groups that have an order."""
    if not found.along:
        return ""
    target, factor = found.choice.target, found.choice.factor
    tested = f"Kendall's tau = {draft.number(found.along['tau'])}, {p_value(draft, found.along)}"
    along = f"Along the order of {name_of(draft, found, factor)}, {name_of(draft, found, target)}"
    way = "neither rises nor falls clearly"
    if found.along["p"].value < 0.05:
        way = "rises" if found.along["tau"].value > 0 else "falls"
        if abs(found.along["tau"].value) < WEAK_TAU:
            way += " on the whole, but only a little"
    return f"{along} {way} (Jonckheere and Terpstra's test: {tested})."


def _headline(found: Comparison, group: Group) -> str:
    """What the mean of an outermost group is, for the key figures of the report."""
    means = [one.mean.value for one in found.groups]
    if group.mean.value not in (min(means), max(means)):
        return ""
    return f"mean, {found.choice.factor} = {group.levels[0]}"


def _evidence(draft: Draft, found: Comparison, tests: OneWay) -> str:
    text = (
        f"Evidence: one-way ANOVA {worded(draft, tests.anova, short=True)}; "
        f"Kruskal-Wallis on ranks {worded(draft, tests.kruskal, short=True)}. "
    )
    text += "All three tests agree." if tests.agree else _DISAGREE
    if found.no_repeats is not None and found.repeats:
        told = f"the ANOVA gives {worded(draft, found.no_repeats.anova, short=True)}"
        same = tests.welch.significant == found.no_repeats.welch.significant
        text += _repeats(draft, found, told, same=same)
    return text + _about_variances(draft, found)


def _repeats(draft: Draft, found: Comparison, told: str, *, same: bool) -> str:
    verdict = "the finding stays" if same else "the finding changes, so it hangs on these rows"
    count, share = found.repeats
    return (
        f" Without the {counted(draft, count, 'row that repeats', 'rows that repeat')} another "
        f"row exactly ({draft.percent(share)}) {told}: {verdict}."
    )


def _trend(draft: Draft, found: Comparison) -> str:
    solid = [group for group in found.periods if group.n.value >= SOLID_PERIOD]
    if ends_early(found):
        solid = [group for group in solid if group is not found.periods[-1]]
    if len(solid) < 2 or found.choice.time is None:
        return ""
    first, last = solid[0], solid[-1]
    time = found.choice.time
    ends = [
        f"{draft.number(group.mean)} in {plain(draft, group, time)} (n = {draft.number(group.n)})"
        for group in (first, last)
    ]
    change = "rose" if last.mean.value > first.mean.value else "fell"
    if first.low.value <= last.high.value and last.low.value <= first.high.value:
        change = "went, without a clear change,"
    return (
        f"Over `{time}` the mean of `{found.choice.target}` {change} from {ends[0]} to {ends[1]}."
    )


def _mean(group: Group) -> float:
    return group.mean.value
