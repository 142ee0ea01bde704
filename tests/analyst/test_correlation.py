"""Correlations in a real kernel; every statistic is computed apart and must agree."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.datasets import load_iris, load_wine
from statsmodels.stats.multitest import multipletests

from tests.analyst.conftest import Analyse
from tests.analyst.sound import is_sound, named


def wines() -> pd.DataFrame:
    return pd.DataFrame(load_wine(as_frame=True).data)


def flowers() -> pd.DataFrame:
    return pd.DataFrame(load_iris(as_frame=True).data)


def test_all_pairs_are_correlated_and_corrected(analyse: Analyse) -> None:
    frame = wines()

    analysis = analyse("How are the numeric columns correlated?", frame)

    tests = {
        pair: stats.spearmanr(frame[list(pair)]) for pair in combinations(list(frame.columns), 2)
    }
    corrected = multipletests([test.pvalue for test in tests.values()], method="holm")[1]
    told = named("clear pairs after Holm's correction", analysis.printed)
    assert told == {"n": (corrected < 0.05).sum(), "of": len(tests)}
    closest = max(tests, key=lambda pair: abs(tests[pair].statistic))
    line = named(" and ".join(closest), analysis.printed)
    rho = tests[closest].statistic
    half = 1.959964 * np.sqrt((1 + rho**2 / 2) / (len(frame) - 3))
    expected = [rho, *np.tanh(np.arctanh(rho) + np.array([-half, half]))]
    assert np.allclose([line["rho"], line["low"], line["high"]], expected, atol=6e-4)
    r = stats.pearsonr(frame[closest[0]], frame[closest[1]]).statistic
    assert np.isclose(line["Pearson's r"], r, atol=6e-4)
    assert f"the closest are `{closest[0]} and {closest[1]}`" in analysis.conclusion.text
    is_sound(analysis)


@pytest.mark.usefixtures("undrawn")
def test_of_many_columns_those_that_the_task_names_are_correlated(analyse: Analyse) -> None:
    analysis = analyse("Correlate ash, hue and magnesium", wines())

    assert named("columns", analysis.printed)["n"] == 3
    assert "ash and hue" in analysis.printed


def test_two_columns_get_a_line_and_no_matrix(analyse: Analyse) -> None:
    analysis = analyse("Correlation between sepal length and petal width", flowers())

    names = "`sepal length (cm)`", "`petal width (cm)`"
    assert all(name in analysis.conclusion.text.splitlines()[0] for name in names)
    assert "Pearson's r" in analysis.printed
    is_sound(analysis)


@pytest.mark.usefixtures("undrawn")
def test_missing_values_leave_the_other_pairs_alone(analyse: Analyse) -> None:
    frame = wines()[["ash", "hue", "alcohol"]]
    frame.loc[:99, "hue"] = np.nan

    printed = analyse("Correlation matrix of the columns", frame).printed

    assert named("ash and alcohol", printed)["n"] == 178
    assert named("ash and hue", printed)["n"] == 78


@pytest.mark.usefixtures("undrawn")
def test_outliers_are_told_where_the_two_correlations_differ(analyse: Analyse) -> None:
    frame = wines()[["ash", "hue", "alcohol"]]
    frame.loc[0, ["ash", "hue"]] = 90

    text = analyse("Correlation matrix of the columns", frame).conclusion.text

    assert "likely where Pearson's r differs: `ash and hue`" in text


def test_one_column_alone_correlates_with_nothing(analyse: Analyse) -> None:
    frame = pd.DataFrame({"height": np.arange(30.0), "name": ["a", "b"] * 15})

    analysis = analyse("Correlation matrix", frame)

    assert analysis.finished.reason == "cannot"
    assert "no two columns of numbers" in analysis.conclusion.text
