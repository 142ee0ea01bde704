"""Columns of groups against each other; every statistic is computed apart and must agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.datasets import anes96, fair
from statsmodels.stats.contingency_tables import Table, Table2x2
from statsmodels.stats.proportion import proportion_confint

from tests.analyst.conftest import Analyse
from tests.analyst.sound import is_sound, named


def voters() -> pd.DataFrame:
    return pd.DataFrame(anes96.load_pandas().data)


def marriages() -> pd.DataFrame:
    return pd.DataFrame(fair.load_pandas().data)


def ward() -> pd.DataFrame:
    """Few rows, a text outcome, two answers missing."""
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"drug": rng.choice(["new", "old", "none"], 26)})
    frame["healed"] = np.where(rng.random(26) < 0.2 + 0.6 * (frame["drug"] == "new"), "yes", "no")
    frame["weight"] = rng.normal(70, 9, 26)
    frame.loc[[3, 8], "healed"] = None
    return frame


CASES = {
    "two outcomes": (voters, "Chi-square test of vote and educ", "educ", "vote"),
    "many levels": (
        marriages,
        "Is the occupation associated with how religious they are?",
        "religious",
        "occupation",
    ),
    "few rows": (ward, "Does the drug affect whether they healed?", "drug", "healed"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_table_is_tested_as_scipy_and_statsmodels_test_it(case: str, analyse: Analyse) -> None:
    load, task, factor, outcome = CASES[case]
    frame = load()

    analysis = analyse(task, frame)

    printed = analysis.printed
    counts = pd.crosstab(frame[factor], frame[outcome])
    chi2, p, df, expected = stats.chi2_contingency(counts, correction=False)
    told = named("chi² test", printed)
    assert told["n"] == counts.to_numpy().sum()
    assert [told["chi²"], told["df"], told["p"]] == pytest.approx([chi2, df, p], rel=0.01)
    smallest = named("expected counts", printed)["smallest"]
    assert smallest == pytest.approx(expected.min(), abs=0.06)
    v = named("Cramér's V", printed)
    cramer = stats.contingency.association(counts, method="cramer")
    assert v["estimate"] == pytest.approx(cramer, abs=0.006)
    assert 0 <= v["low"] <= v["estimate"] <= v["high"] <= 1
    assert named("permutation test", printed)["p"] == pytest.approx(p, abs=0.05)
    assert f"`{factor}`" in analysis.conclusion.text
    is_sound(analysis)


@pytest.mark.usefixtures("undrawn")
def test_the_interval_of_v_is_that_of_noncentral_chi2(analyse: Analyse) -> None:
    frame = marriages()

    printed = analyse(CASES["many levels"][1], frame).printed

    counts = pd.crosstab(frame["religious"], frame["occupation"])
    chi2, _, df, _ = stats.chi2_contingency(counts, correction=False)
    v = named("Cramér's V", printed)
    scale = counts.to_numpy().sum() * (min(counts.shape) - 1)
    for end, share in (("low", 0.95), ("high", 0.05)):
        ncp = v[end] ** 2 * scale - df
        assert stats.ncx2.cdf(chi2, df, ncp) == pytest.approx(share, abs=0.02)


@pytest.mark.usefixtures("undrawn")
def test_cells_that_stand_out_have_statsmodels_residuals(analyse: Analyse) -> None:
    frame = marriages()

    analysis = analyse(CASES["many levels"][1], frame)

    residuals = Table.from_data(frame[["religious", "occupation"]]).standardized_resids
    a, b = residuals.abs().stack().idxmax()
    told = named(f"religious = {a:.0f}, occupation = {b:.0f}", analysis.printed)
    assert told["residual"] == pytest.approx(residuals.loc[a, b], abs=0.006)
    assert f"`religious = {a:.0f}, occupation = {b:.0f}`" in analysis.conclusion.text


def test_two_groups_get_a_difference_and_an_odds_ratio(analyse: Analyse) -> None:
    frame = ward()
    frame = frame[frame["drug"] != "none"]

    analysis = analyse("Did more heal with the new drug than with the old?", frame)

    yes = pd.crosstab(frame["drug"], frame["healed"])[["yes", "no"]]
    printed = analysis.printed
    new, old = yes.loc["new"].to_numpy(), yes.loc["old"].to_numpy()
    low, high = proportion_confint(new[0], new.sum(), method="wilson")
    told = named("healed = yes where drug = new", printed)
    expected = [100 * new[0] / new.sum(), 100 * low, 100 * high, new.sum()]
    assert list(told.values()) == pytest.approx(expected, abs=0.06)
    odds = Table2x2(np.array([old, new]))
    told = named("odds ratio", printed)
    low, high = odds.oddsratio_confint()
    assert told["estimate"] == pytest.approx(odds.oddsratio, rel=0.02)
    assert [told["low"], told["high"]] == pytest.approx([low, high], rel=0.02)
    chi2 = stats.chi2_contingency(yes, correction=False).statistic
    assert named("chi² test", printed)["chi²"] == pytest.approx(chi2, abs=6e-4)
    fisher = stats.fisher_exact(yes).pvalue
    assert named("Fisher's exact test", printed)["p"] == pytest.approx(fisher, rel=0.01)
    assert "so the Fisher's exact test leads" in analysis.conclusion.text
    is_sound(analysis)


@pytest.mark.usefixtures("undrawn")
def test_an_empty_cell_has_an_odds_ratio_all_the_same(analyse: Analyse) -> None:
    frame = pd.DataFrame({"seed": ["old"] * 9 + ["new"] * 8, "sprouted": ["no"] * 9 + ["yes"] * 8})

    odds = named("odds ratio", analyse("Does the seed affect sprouting?", frame).printed)

    assert odds["estimate"] == pytest.approx((0.5 / 8.5) / (9.5 / 0.5), rel=0.02)


@pytest.mark.usefixtures("undrawn")
def test_rows_that_must_repeat_are_not_counted_as_odd(analyse: Analyse) -> None:
    frame = ward()[["drug", "healed"]]

    analysis = analyse("Is healed associated with the drug?", frame)

    assert not any("repeat" in caveat for caveat in analysis.conclusion.caveats)


@pytest.mark.usefixtures("undrawn")
def test_the_column_to_cross_with_is_asked_for(analyse: Analyse) -> None:
    frame = marriages()

    analysis = analyse("Chi-square test for occupation", frame, reply="religious")

    assert "religious" in analysis.questions[0].choices
    assert "`religious`" in analysis.conclusion.text


@pytest.mark.usefixtures("undrawn")
def test_rows_that_stand_for_many_are_not_taken_for_cases(analyse: Analyse) -> None:
    frame = pd.DataFrame(
        {
            "row": range(4),
            "own": ["low", "high"] * 2,
            "boss": ["bad"] * 2 + ["good"] * 2,
            "Freq": [90, 10, 20, 80],
        }
    )

    analysis = analyse("Is own associated with boss?", frame)

    assert analysis.finished.reason == "cannot"
    assert "`Freq` counts how often" in analysis.conclusion.text
