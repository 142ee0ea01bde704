"""Order and spelling of levels, and which groups differ, in a real kernel."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from k2_jupyter.analyst.levels import order_lines, spelling_lines
from tests.analyst.conftest import Analyse, Analysis
from tests.analyst.sound import is_sound, named, numbers
from tests.analyst.tables import words

STRESS = ["never", "sometimes", "often", "always"]


def survey(groups: list[str] = STRESS, rise: float = 0.5) -> pd.DataFrame:
    """People who sleep the less the further their group stands in its order."""
    rng = np.random.default_rng(5)
    place = rng.integers(0, len(groups), 300)
    sleep = 8 - rise * place + rng.normal(0, 1, 300)
    frame = pd.DataFrame({"stress": np.array(groups)[place], "sleep": sleep.round(2)})
    frame["ill"] = np.where(rng.random(300) < 0.2 + 0.15 * place, "Yes", "No")
    return frame


def told_levels(analysis: Analysis, before: str) -> list[str]:
    """The levels of stress in the order of the lines that begin with `before`."""
    lines = (line for line in analysis.conclusion.text.splitlines() if line.startswith(before))
    return [line.split("stress = ")[1].split("`")[0] for line in lines]


@pytest.mark.parametrize(
    "levels", [STRESS, ["<18", "18-24", "25-64", "65+"], ["1 - poor", "2 - fair", "10 - great"]]
)
def test_groups_are_told_in_their_natural_order(levels: list[str], analyse: Analyse) -> None:
    analysis = analyse("Compare the sleep by stress", survey(levels))

    assert told_levels(analysis, "- `stress = ")[: len(levels)] == levels
    assert any("ordered=True)" in source for source in analysis.code)
    is_sound(analysis)


@pytest.mark.usefixtures("undrawn")
def test_a_trend_along_ordered_groups_is_tested(analyse: Analyse) -> None:
    frame = survey()

    analysis = analyse("Does the stress affect the sleep?", frame)

    tau, p = stats.kendalltau(frame["stress"].map(STRESS.index), frame["sleep"])
    told = named("along the order of stress", analysis.printed)
    assert list(told.values()) == pytest.approx([tau, p], rel=0.01, abs=6e-4)
    assert "Along the order of `stress`, `sleep` falls" in analysis.conclusion.text


def test_a_regression_compares_with_the_lowest_level(analyse: Analyse) -> None:
    analysis = analyse("Regress sleep on stress", survey())

    assert "levels of stress are compared with stress = never" in analysis.printed
    assert "`stress = always` against `stress = never`, a difference of" in analysis.conclusion.text
    is_sound(analysis)


def test_an_association_keeps_the_order_and_is_tested_along_it(analyse: Analyse) -> None:
    frame = survey()
    frame.loc[frame["stress"] == "always", "ill"] = "No"

    analysis = analyse("Is ill associated with stress?", frame)

    assert told_levels(analysis, "- `stress = ") == STRESS
    tau, p = stats.kendalltau(frame["stress"].map(STRESS.index), frame["ill"] == "Yes")
    told = named("along the order of stress", analysis.printed)
    assert list(told.values()) == pytest.approx([tau, p], rel=0.01, abs=6e-4)
    is_sound(analysis)


def test_spellings_are_joined_and_counted(analyse: Analyse) -> None:
    frame = survey()
    clean = analyse("Compare the sleep by stress", frame)
    frame.loc[:19, "stress"] = frame.loc[:19, "stress"].str.upper()
    frame.loc[20:29, "stress"] += " "

    analysis = analyse("Compare the sleep by stress", frame)

    welch = r"^Welch's ANOVA: F\(.*\) = (\S+),"
    assert numbers(welch, analysis.printed) == numbers(welch, clean.printed)
    (told,) = [c for c in analysis.conclusion.caveats if "written in another way" in c]
    assert "In `stress` 30 values were" in told
    is_sound(analysis)


@pytest.mark.usefixtures("undrawn")
def test_marks_for_nothing_are_missing(analyse: Analyse) -> None:
    frame = survey()
    frame.loc[:9, "stress"] = "?"

    analysis = analyse("Compare the sleep by stress", frame)

    assert "10 rows without a usable value were left out." in analysis.conclusion.caveats
    assert "stress = ?" not in analysis.conclusion.text


@pytest.mark.usefixtures("undrawn")
def test_codes_that_may_be_two_things_stay_apart_and_are_told(analyse: Analyse) -> None:
    frame = survey(["mV", "MV", "kV"])

    analysis = analyse("Compare the sleep by stress", frame)

    assert {"mV", "MV"} <= set(told_levels(analysis, "- `stress = "))
    assert any("may be two things, so they stay apart" in c for c in analysis.conclusion.caveats)


# Pairs


@pytest.mark.usefixtures("undrawn")
def test_pairs_agree_with_scipy(analyse: Analyse) -> None:
    frame = survey()

    analysis = analyse("Does the stress affect the sleep?", frame)

    groups = {level: frame.loc[frame["stress"] == level, "sleep"] for level in STRESS}
    tests = {
        (one, other): stats.ttest_ind(groups[other], groups[one], equal_var=False)
        for one, other in combinations(STRESS, 2)
    }
    corrected = multipletests([test.pvalue for test in tests.values()], method="holm")[1]
    for ((one, other), test), p in zip(tests.items(), corrected, strict=True):
        told = named(f"{other} minus {one}", analysis.printed)
        bounds = test.confidence_interval(1 - 0.05 / 6)
        expected = [groups[other].mean() - groups[one].mean(), *bounds]
        assert [told[k] for k in ("estimate", "low", "high")] == pytest.approx(expected, abs=0.006)
        assert told["p"] == pytest.approx(p, rel=0.01)
    count = named("pairs of groups that differ clearly", analysis.printed)
    assert count == {"n": (corrected < 0.05).sum(), "of": 6}
    assert "`stress = always` minus `stress = never`" in analysis.conclusion.text


@pytest.mark.usefixtures("undrawn")
def test_pairs_that_do_not_differ_are_told(analyse: Analyse) -> None:
    frame = survey(["soup", "salad", "steak"], rise=0)
    frame.loc[frame["stress"] == "steak", "sleep"] -= 2

    text = analyse("Does the stress affect the sleep?", frame).conclusion.text

    assert "2 of 3 pairs of groups differ" in text
    # Without an order the higher mean comes first.
    assert re.search(r"`stress = salad` minus `stress = steak`: [12]\.\d", text)
    (apart,) = re.findall(r"Not clearly apart: `stress = (\w+)` and `stress = (\w+)`\.", text)
    assert set(apart) == {"soup", "salad"}


def test_of_many_groups_the_outermost_are_placed(analyse: Analyse) -> None:
    frame = survey([f"{letter}illa" for letter in "bdghklmnp"], rise=0.6)

    analysis = analyse("Does the stress affect the sleep?", frame)

    text = analysis.conclusion.text
    above = named("stress = billa", analysis.printed)["above"]
    assert f"`stress = billa` is clearly above {above:.0f} other groups" in text
    assert "of 36 pairs of groups differ" in text
    is_sound(analysis)


# The code


def test_a_list_too_long_for_a_line_has_lines_of_its_own() -> None:
    long = words("view", *(f"{word} agree that it is so" for word in ("not", "fairly", "very")))

    lines = order_lines({"a": long, "b": words("b", "low", "high")}).splitlines()

    assert max(map(len, lines)) <= 100
    assert (
        'data["b"] = pd.Categorical(data["b"], categories=["low", "high"], ordered=True)' in lines
    )
    assert spelling_lines({"a": long}) == ""
