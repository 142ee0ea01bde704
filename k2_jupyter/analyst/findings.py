"""What the test cells printed, as facts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from k2_jupyter.analyst.choice import Choice
from k2_jupyter.analyst.cleaning import Cleaned
from k2_jupyter.analyst.reading import NOTHING, NUMBER, Fact, Line, Observation
from k2_jupyter.analyst.table import Table

_ROW = re.compile(rf"^(?P<label>\S.*?)\s+(?P<numbers>(?:{NUMBER}\s+){{5}}{NUMBER})$", re.MULTILINE)
SMALL_GROUP = 30
"""Rows below which the mean of a group is not to be leaned on."""
_P = r"p (?:= |< )(NUM)"


@dataclass(frozen=True, slots=True)
class Group:
    """A line of a table of groups."""

    levels: tuple[str, ...]
    n: Fact
    mean: Fact
    low: Fact
    high: Fact
    sd: Fact
    median: Fact


@dataclass(frozen=True, slots=True)
class Tested:
    """A test of equal means (or ranks): statistic, degrees of freedom, p."""

    name: str
    symbol: str
    df: tuple[Fact, ...]
    statistic: Fact
    p: Fact

    @property
    def significant(self) -> bool:
        return self.p.value < 0.05


@dataclass(frozen=True, slots=True)
class OneWay:
    rows: Fact
    anova: Tested
    welch: Tested
    kruskal: Tested
    eta2: Line
    """Share of the variance that goes with the groups, with its interval."""
    omega2: Line

    @property
    def agree(self) -> bool:
        """Do all tests give the same verdict?"""
        return len({test.significant for test in (self.anova, self.welch, self.kruskal)}) == 1


@dataclass(frozen=True, slots=True)
class Effect:
    """A term of the two-factor model."""

    test: Tested
    share: Fact
    """Partial eta²."""
    robust: Tested


@dataclass(frozen=True, slots=True)
class Assumptions:
    variances: Tested
    ratio: Fact
    skewness: Fact
    kurtosis: Fact
    smallest: Fact


@dataclass(frozen=True, slots=True)
class TwoSamples:
    """Tests and effect sizes of two groups, each a line of named numbers."""

    difference: Line
    welch: Line
    student: Line
    ranks: Line
    shuffled: Line
    """Empty where there are too many rows to shuffle."""
    g: Line
    delta: Line

    @property
    def significant(self) -> bool:
        return self.welch["p"].value < 0.05

    @property
    def agree(self) -> bool:
        """Do all tests give the same verdict?"""
        tests = (self.welch, self.student, self.ranks, self.shuffled)
        return len({line["p"].value < 0.05 for line in tests if line}) == 1


@dataclass(slots=True)
class Comparison:
    """What is known so far; filled step by step."""

    task: str
    table: Table
    choice: Choice
    cleaned: Cleaned
    groups: tuple[Group, ...] = ()
    pairs: tuple[Group, ...] = ()
    """Combinations of both factors."""
    thin: tuple[Fact, ...] = ()
    """Rows that a group needs, groups with fewer, groups; of the combinations where there are."""
    periods: tuple[Group, ...] = ()
    assumptions: Assumptions | None = None
    tests: OneWay | None = None
    no_repeats: OneWay | None = None
    two: TwoSamples | None = None
    """Instead of `tests`, where there are two groups."""
    two_no_repeats: TwoSamples | None = None
    each_pair: Observation = NOTHING
    """Groups compared pair by pair."""
    along: Line = field(default_factory=dict)
    """Tau and p of the target along the order of the groups, where they have one."""
    repeats: tuple[Fact, ...] = ()
    """Rows that repeat another row, as a count and in per cent."""
    effects: tuple[Effect, ...] = ()
    """Factor, second factor and, where it could be estimated, their interaction."""
    dashboard: bool = False
    assumed: str = ""
    """The reading that was taken because nobody answered."""
    remarks: list[str] = field(default_factory=list)


def read_groups(seen: Observation, names: Sequence[str]) -> tuple[Group, ...]:
    """The rows of a table of groups; `names` are the columns that make the groups."""
    groups = []
    for row in _ROW.finditer(seen.stdout):
        levels = _levels(row["label"], names)
        if levels:
            label = " ".join(names)
            n, mean, low, high, sd, median = (
                Fact(text, seen.cell, f"{label} {what}")
                for text, what in zip(
                    row["numbers"].split(),
                    ("n", "mean", "low", "high", "sd", "median"),
                    strict=True,
                )
            )
            groups.append(Group(levels, n, mean, low, high, sd, median))
    return tuple(groups)


def read_thin(seen: Observation) -> tuple[Fact, ...]:
    """How many of the groups have few rows."""
    return seen.facts(r"^groups with fewer than (NUM) rows: (NUM) of (NUM)$", "groups fewer rows")


def read_one_way(seen: Observation) -> OneWay | None:
    rows = seen.fact(r", n = (NUM)$", "n rows")
    anova = _test(seen, "ANOVA", "F", r"^ANOVA: F\((NUM), (NUM)\) = (NUM), ")
    welch = _test(seen, "Welch's ANOVA", "F", r"^Welch's ANOVA: F\((NUM), (NUM)\) = (NUM), ")
    kruskal = _test(seen, "Kruskal-Wallis", "H", r"^Kruskal-Wallis: H\((NUM)\) = (NUM), ")
    eta2, omega2 = seen.line("eta²"), seen.line("omega²")
    if rows is None or anova is None or welch is None or kruskal is None or not eta2:
        return None
    return OneWay(rows, anova, welch, kruskal, eta2, omega2)


def read_two_samples(seen: Observation) -> TwoSamples | None:
    names = (
        "difference of the means", "Welch's t test", "Student's t test", "Mann-Whitney test",
        "permutation test of the means", "Hedges' g", "Cliff's delta",
    )  # fmt: skip
    found = TwoSamples(*(seen.line(name) for name in names))
    return found if found.difference and found.delta else None


def read_effect(seen: Observation, term: str) -> Effect | None:
    """A term by its name as printed, for example ``sex × smoker``."""
    start = rf"^{re.escape(term)}: F\((NUM), (NUM)\) = (NUM), "
    test = _test(seen, term, "F", start)
    share = seen.fact(rf"^{re.escape(term)}: .*partial eta² = (NUM)$", "partial eta")
    robust = _test(seen, "HC3", "F", rf"^{re.escape(term)}: .*\n +HC3 robust: F = (NUM), ")
    if test is None or share is None or robust is None:
        return None
    return Effect(test, share, robust)


def read_assumptions(seen: Observation) -> Assumptions | None:
    variances = _test(
        seen, "Brown-Forsythe", "W", r"^Brown-Forsythe .*: W\((NUM), (NUM)\) = (NUM), "
    )
    ratio = seen.fact(r"^largest standard deviation / smallest: (NUM)$", "standard deviation")
    shape = seen.facts(
        r"^residuals: skewness = (NUM), excess kurtosis = (NUM)$", "residuals skewness kurtosis"
    )
    smallest = seen.fact(r"^smallest group: n = (NUM)$", "smallest group n")
    if variances is None or ratio is None or not shape or smallest is None:
        return None
    return Assumptions(variances, ratio, shape[0], shape[1], smallest)


def _test(seen: Observation, name: str, symbol: str, start: str) -> Tested | None:
    facts = seen.facts(start + _P, f"{name} {symbol} p")
    if not facts:
        return None
    *df, statistic, p = facts
    return Tested(name, symbol, tuple(df), statistic, p)


def _levels(label: str, names: Sequence[str]) -> tuple[str, ...]:
    """``sex = a, smoker = b`` → ("a", "b"); empty for another table's line."""
    pattern = ", ".join(rf"{re.escape(name)} = (.*)" for name in names)
    found = re.fullmatch(pattern, label)
    return found.groups() if found else ()
