"""What the reader of a comparison should keep in mind."""

from __future__ import annotations

from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.findings import SMALL_GROUP, Comparison
from k2_jupyter.analyst.spelling_told import alike_caveats, joined_caveats
from k2_jupyter.analyst.table import Table
from k2_jupyter.analyst.wording import coded, counted, listed, name_of, plain
from k2_jupyter.analyst.words import pieces, vocabulary

OBSERVATIONAL = (
    "Observational data: the groups may differ in other ways too, so this is no proof of a cause."
)
MANY_ROWS = 5000
TRIVIAL = (
    "With this many rows even tiny differences are statistically significant; judge by the "
    "effect sizes."
)
FEWEST_OF_WHOM = 5
"""Values from which on a column may name who a row belongs to."""
ODD = 0.02
"""Share of negative values below which they look like mistakes among positive ones."""
DOMINATES = 0.8
"""Share of the rows from which on one value speaks for the whole column."""
SKEWED, HEAVY = 1, 5
"""Skewness and excess kurtosis of the residuals from which on the tails are heavy."""
THIN_END = 0.25
"""A last period with fewer rows than this share of the one before is likely incomplete."""


def caveats_of(draft: Draft, found: Comparison) -> list[str]:
    caveats = [OBSERVATIONAL, *belonging(draft, found.table)]
    if found.cleaned.used.value > MANY_ROWS:
        caveats.append(TRIVIAL)
    caveats += _thin(draft, found)
    caveats += _skewed(draft, found)
    caveats += _levels(draft, found)
    caveats += _dominating(draft, found)
    caveats += _last_period(draft, found)
    caveats += _odd_rows(draft, found)
    if found.cleaned.alone is not None:
        lone = ("level holds a single row and was", "levels hold a single row each and were")
        text = f"{counted(draft, found.cleaned.alone, *lone)} left out: one row has no spread."
        caveats.append(f"{text[0].upper()}{text[1:]}")
    if found.cleaned.trimmed:
        levels, share = found.cleaned.trimmed
        caveats.append(
            f"Of {draft.number(levels)} levels only the largest are compared; they hold "
            f"{draft.percent(share)} of the rows."
        )
    for column in found.choice.guessed:
        what = "measurements" if column == found.choice.target else "groups"
        name = name_of(draft, found, column)
        caveats.append(f"The task names no column of {what} that the file has: {name} was taken.")
    if found.choice.left_out:
        names = listed([name_of(draft, found, name) for name in found.choice.left_out])
        caveats.append(f"The task also speaks of {names}; the comparison does without.")
    if found.assumed:
        caveats.append(
            f"Nobody was there to ask; of several equally good readings this is “{found.assumed}”."
        )
    return [*caveats, *found.remarks]


def belonging(draft: Draft, table: Table) -> list[str]:
    """Rows that name the same person, where several do: they are not independent."""
    whose = [
        column.name
        for column in table.columns
        if set(pieces(column.name)) <= vocabulary("whom") | {"nr", "no", "number", "name", "code"}
        if FEWEST_OF_WHOM <= column.distinct <= 0.9 * (table.rows.value - column.missing)
    ]
    if not whose:
        return []
    name = draft.name(whose[0], table.cell)
    told = (
        f"Several rows share a {name}: if they belong together, they are not independent, and the "
        "tests are too sure."
    )
    return [told]


def _odd_rows(draft: Draft, found: Comparison) -> list[str]:
    """Rows that repeat, and values that are negative or missing."""
    cleaned, told = found.cleaned, []
    if found.repeats:
        told.append(
            counted(
                draft,
                found.repeats[0],
                "row repeats another row exactly; it may be a true row, so the main test is given "
                "with and without it.",
                "rows repeat another row exactly; they may be true rows, so the main test is given "
                "with and without them.",
            )
        )
    if 0 < cleaned.negative.value < ODD * cleaned.used.value:
        values = counted(draft, cleaned.negative, "negative value was", "negative values were")
        told.append(
            f"{values} kept in {name_of(draft, found, found.choice.target)}; check whether that is "
            "possible."
        )
    if cleaned.codes is not None:
        name = name_of(draft, found, found.choice.target)
        told.append(coded(draft, cleaned.codes, name))
    if cleaned.unusable.value:
        rows = ("row without a usable value was", "rows without a usable value were")
        told.append(f"{counted(draft, cleaned.unusable, *rows)} left out.")
    return [f"{text[0].upper()}{text[1:]}" for text in told]


def _thin(draft: Draft, found: Comparison) -> list[str]:
    thin = [g for g in (found.pairs or found.groups) if g.n.value < SMALL_GROUP]
    if not thin:
        return []
    least = min(thin, key=lambda group: group.n.value)
    names = [found.choice.factor, found.choice.second or ""]
    label = ", ".join(f"{n} = {v}" for n, v in zip(names, least.levels, strict=False))
    name = draft.name(label, least.n.cell, f"{' '.join(names)}")
    size = counted(draft, least.n, "row", "rows")
    if len(thin) == 1 or not found.thin:
        return [f"A thin group: {name} has {size}; its mean is uncertain."]
    limit, few, all_groups = map(draft.number, found.thin)
    what = "combinations" if found.pairs else "groups"
    text = f"{few} of {all_groups} {what} have fewer than {limit} rows: their means are uncertain"
    return [f"{text}. The smallest is {name}, with {size}."]


def _levels(draft: Draft, found: Comparison) -> list[str]:
    """Spellings that were joined, and those that were not."""
    factors = [name for name in (found.choice.factor, found.choice.second) if name]
    return [
        *joined_caveats(draft, found.table, found.cleaned.joined),
        *alike_caveats(draft, found.table, factors),
    ]


def _skewed(draft: Draft, found: Comparison) -> list[str]:
    """Heavy tails, of which means and the tests of them hang on few rows."""
    shape = found.assumptions
    if shape is None or (abs(shape.skewness.value) <= SKEWED and shape.kurtosis.value <= HEAVY):
        return []
    target = name_of(draft, found, found.choice.target)
    told = (
        f"{target} has heavy tails (residuals: skewness {draft.number(shape.skewness)}, excess "
        f"kurtosis {draft.number(shape.kurtosis)}): a few rows pull the means, and the test on "
        "ranks bears that better."
    )
    return [told]


def _dominating(draft: Draft, found: Comparison) -> list[str]:
    rows = found.table.rows.value
    told = []
    for column in found.table.columns:
        value, count = max(column.levels.items(), key=lambda item: item[1], default=("", 0))
        if DOMINATES <= count / rows < 1 and column.name != found.choice.target:
            name = draft.name(value, found.table.cell, column.name)
            told.append(f"{name} in {name_of(draft, found, column.name)}")
    if not told:
        return []
    return [f"Most rows share one value, so the result speaks mainly for them: {listed(told[:5])}."]


def ends_early(found: Comparison) -> bool:
    """Has the last period fewer rows than the one before, and is that no chance?

    Far fewer rows say so by themselves, some fewer together with the last day.
    """
    periods = found.periods
    if len(periods) < 3 or found.choice.time is None:
        return False
    column = found.table.column(found.choice.time)
    before, last = periods[-2].n.value, periods[-1].n.value
    return last < (1.0 if column.ends_early else THIN_END) * before


def _last_period(draft: Draft, found: Comparison) -> list[str]:
    if not ends_early(found):
        return []
    before, last = found.periods[-2:]
    time = found.choice.time or ""
    caveat = (
        f"{plain(draft, last, time)} is probably incomplete: {draft.number(last.n)} rows, against "
        f"{draft.number(before.n)} in {plain(draft, before, time)}."
    )
    return [caveat]


def next_steps(found: Comparison) -> list[str]:
    steps = ["Adjust for other columns at the same time with a regression model."]
    if found.cleaned.repeats.value:
        steps.append("Find out from the source whether exact repeats are true rows.")
    return steps
