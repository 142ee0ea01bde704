"""Pairs in a real kernel; every statistic is computed apart and must agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.datasets import load_linnerud

from tests.analyst.conftest import Analyse, Analysis
from tests.analyst.sound import is_sound, named


def wide() -> pd.DataFrame:
    """A score before and after, with two incomplete pairs."""
    rng = np.random.default_rng(3)
    before = rng.normal(60, 8, 40).round(1)
    frame = pd.DataFrame({"patient": [f"p{i}" for i in range(40)], "score_before": before})
    frame["score_after"] = (before + rng.gamma(2, 2, 40) - 1.5).round(1)
    frame.loc[[4, 9], "score_after"] = None
    return frame


def long() -> pd.DataFrame:
    """The same as rows of their own, in another order and with other words."""
    return (
        wide()
        .melt("patient", ["score_before", "score_after"], "visit", "pain")
        .replace({"score_before": "pre", "score_after": "post"})
        .dropna()
        .sample(frac=1, random_state=0)
    )


def agrees(analysis: Analysis, x: pd.Series, y: pd.Series) -> None:
    """The printed tests are those of scipy on these pairs."""
    difference = (y - x).to_numpy(float)
    printed = analysis.printed
    test = stats.ttest_1samp(difference, 0)
    low, high = test.confidence_interval()
    told = list(named("mean difference", printed).values())
    assert told == pytest.approx([difference.mean(), low, high], abs=0.006 * (high - low))
    told = list(named("paired t test", printed).values())
    assert told == pytest.approx([test.statistic, len(difference) - 1, test.pvalue], rel=0.01)
    ranks = stats.wilcoxon(y, x)
    told = list(named("Wilcoxon signed-rank test", printed).values())
    assert told == pytest.approx([ranks.statistic, ranks.pvalue], rel=0.01)
    moved = difference[difference != 0]
    signed = stats.rankdata(abs(moved)) * np.sign(moved)
    told_r = named("rank-biserial correlation", printed)["estimate"]
    assert told_r == pytest.approx(signed.sum() / abs(signed).sum(), abs=0.006)
    d = difference.mean() / difference.std(ddof=1) * (1 - 3 / (4 * len(difference) - 5))
    assert named("Hedges' g of the differences", printed)["estimate"] == pytest.approx(d, abs=0.006)
    is_sound(analysis)


def test_two_columns_are_compared_row_by_row(analyse: Analyse) -> None:
    frame = wide().dropna()

    analysis = analyse("Did the score improve from before to after?", wide())

    agrees(analysis, frame["score_before"], frame["score_after"])
    assert analysis.conclusion.text.startswith("**`score_after` is higher than `score_before`")


def test_two_occasions_of_the_same_ones_are_no_independent_rows(analyse: Analyse) -> None:
    frame = wide().dropna()

    analysis = analyse("Does the pain change between the visits?", long())

    agrees(analysis, frame["score_before"], frame["score_after"])
    assert "`visit = post` is higher than `visit = pre`" in analysis.conclusion.text


def test_columns_of_different_things_are_paired_where_the_task_says_so(analyse: Analyse) -> None:
    frame = load_linnerud(as_frame=True).frame

    analysis = analyse("Paired test of Situps against Jumps", frame)

    agrees(analysis, frame["Situps"], frame["Jumps"])
    assert any("same unit" in caveat for caveat in analysis.conclusion.caveats)


def test_with_few_skewed_pairs_the_ranks_lead(analyse: Analyse) -> None:
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({"dose_pre": rng.normal(50, 9, 15)})
    frame["dose_post"] = frame["dose_pre"] + rng.lognormal(0, 1.5, 15)

    caveats = analyse("Compare dose_pre with dose_post", frame).conclusion.caveats

    assert any("Wilcoxon's test leads" in caveat for caveat in caveats)
