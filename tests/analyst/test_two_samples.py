"""Two groups: the tests and effect sizes of two samples, each computed apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.datasets import load_breast_cancer
from statsmodels.datasets import heart
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from tests.analyst.conftest import Analyse
from tests.analyst.sound import is_sound, named


def tumours() -> pd.DataFrame:
    bunch = load_breast_cancer(as_frame=True)
    return pd.DataFrame(bunch.frame).assign(
        tumour=bunch.frame["target"].map({0: "malignant", 1: "benign"})
    )


def transplants() -> pd.DataFrame:
    return pd.DataFrame(heart.load_pandas().data)


def apart() -> pd.DataFrame:
    """Tiny, and no value of one group among those of the other."""
    return pd.DataFrame({"height": [1.5, 2.5, 3.0, 7.0, 8.5, 9.0, 9.5], "bed": list("aaabbbb")})


CASES = {
    "many rows": (tumours, "Does mean texture differ by tumour?", "mean texture", "tumour"),
    "skewed": (transplants, "Compare the survival by censors", "survival", "censors"),
    "tiny": (apart, "Is the height different between the beds?", "height", "bed"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_statistics_of_two_groups_agree_with_scipy(case: str, analyse: Analyse) -> None:
    load, task, target, factor = CASES[case]
    frame = load()
    x, y = (part.to_numpy(float) for _, part in frame.groupby(factor)[target])

    analysis = analyse(task, frame)

    printed = analysis.printed
    means = CompareMeans(DescrStatsW(y), DescrStatsW(x))
    low, high = means.tconfint_diff(usevar="unequal")
    told = named("difference of the means", printed)
    expected = [y.mean() - x.mean(), low, high]
    assert list(told.values()) == pytest.approx(expected, abs=0.006 * (high - low))
    welch, p, df = means.ttest_ind(usevar="unequal")
    told = named("Welch's t test", printed)
    assert list(told.values()) == pytest.approx([welch, df, p], rel=0.01)
    ranks = stats.mannwhitneyu(y, x)
    assert named("Mann-Whitney test", printed)["p"] == pytest.approx(ranks.pvalue, rel=0.01)
    above = np.sign(np.subtract.outer(y, x)).mean()
    assert named("Cliff's delta", printed)["estimate"] == pytest.approx(above, abs=0.006)
    shuffled = named("permutation test of the means", printed)["p"]
    assert shuffled == pytest.approx(stats.ttest_ind(y, x).pvalue, abs=0.06)
    assert f"`{factor}" in analysis.conclusion.text
    is_sound(analysis)


@pytest.mark.usefixtures("undrawn")
def test_the_sizes_of_effects_lie_in_their_intervals(analyse: Analyse) -> None:
    printed = analyse("Is the height different between the beds?", apart()).printed

    delta, g = named("Cliff's delta", printed), named("Hedges' g", printed)
    assert (delta["estimate"], delta["high"]) == (1, 1)
    assert -1 < delta["low"] < 1
    pooled = np.sqrt((2 * np.var([1.5, 2.5, 3], ddof=1) + 3 * np.var([7, 8.5, 9, 9.5], ddof=1)) / 5)
    assert g["estimate"] == pytest.approx((8.5 - 7 / 3) / pooled * (1 - 3 / 19), abs=0.06)
    assert g["low"] < g["estimate"] < g["high"]


@pytest.mark.usefixtures("undrawn")
def test_a_difference_that_is_none_is_told_as_none(analyse: Analyse) -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"weight": rng.normal(80, 9, 60), "ward": ["north", "south"] * 30})

    text = analyse("Do the wards differ in weight?", frame).conclusion.text

    assert text.startswith("**No clear difference")
    assert "All tests agree" in text


@pytest.mark.usefixtures("undrawn")
def test_exact_repeats_that_carry_the_finding_are_told(analyse: Analyse) -> None:
    rng = np.random.default_rng(6)
    frame = pd.DataFrame({"weight": rng.normal(80, 9, 40).round(1), "ward": ["a", "b"] * 20})
    frame = pd.concat([frame, pd.DataFrame({"weight": [99.0] * 30, "ward": ["a"] * 30})])

    text = analyse("Do the wards differ in weight?", frame).conclusion.text

    assert "Without the 29 rows that repeat another row exactly" in text
    assert "the finding changes, so it hangs on these rows" in text


def test_codes_for_missing_values_are_no_measurements(analyse: Analyse) -> None:
    rng = np.random.default_rng(7)
    frame = pd.DataFrame({"weight": rng.normal(80, 9, 60), "ward": ["north", "south"] * 30})
    frame.loc[[1, 3, 5], "weight"] = -999

    analysis = analyse("Do the wards differ in weight?", frame)

    assert named("codes for missing values in weight", analysis.printed) == {"n": 3}
    assert any("“missing”" in caveat for caveat in analysis.conclusion.caveats)
    is_sound(analysis)
