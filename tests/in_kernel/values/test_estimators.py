"""Fitted models and the results of tests: their numbers as data."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
import scipy.stats
import statsmodels.api as sm
import statsmodels.formula.api as smf
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from statsmodels.stats.anova import AnovaRM
from statsmodels.stats.multicomp import pairwise_tukeyhsd

from tests.in_kernel.shells import Biting, Shell


@pytest.fixture
def frame() -> pd.DataFrame:
    random = np.random.default_rng(3)
    frame = pd.DataFrame({"x": random.normal(size=60), "group": ["a", "b", "c"] * 20})
    frame["y"] = 2 * frame["x"] + random.normal(size=60)
    return frame


def number(text: str, after: str) -> float:
    """The number that stands behind these words."""
    found = re.search(re.escape(after) + r" (-?[\d.e+-]+)", text)
    assert found, text
    return float(found[1])


def test_an_estimator_has_what_was_set_and_whether_it_is_fitted(
    shell: Shell, frame: pd.DataFrame
) -> None:
    model = LogisticRegression(C=2.0)
    assert shell.line(model, "model") == "LogisticRegression(C=2.0), not fitted"
    model.fit(frame[["x"]], frame["group"])
    assert "+ fitted attribute feature_names_in_" in shell.changes()["changed"]["model"]
    assert shell.line(model, "again") == "LogisticRegression(C=2.0), fitted"
    lines = shell.lines(model)
    assert "classes_: 'a', 'b', 'c'" in lines
    assert "n_features_in_: int = 1" in lines
    linear = LinearRegression().fit(frame[["x"]], frame["y"])
    assert f"coef_: {linear.coef_[0]:.6g}" in shell.lines(linear)


def test_a_pipeline_has_its_steps(shell: Shell, frame: pd.DataFrame) -> None:
    pipeline = make_pipeline(StandardScaler(), LinearRegression(positive=True))
    assert shell.line(pipeline) == "Pipeline of StandardScaler → LinearRegression, not fitted"
    pipeline.fit(frame[["x"]], frame["y"])
    assert shell.lines(pipeline) == [
        "Pipeline of StandardScaler → LinearRegression, fitted",
        "standardscaler: StandardScaler(), fitted",
        "linearregression: LinearRegression(positive=True), fitted",
    ]


def test_a_fit_is_a_change(shell: Shell, frame: pd.DataFrame) -> None:
    pipeline = make_pipeline(StandardScaler(), LinearRegression())
    search = GridSearchCV(pipeline, {"linearregression__positive": [True, False]}, cv=2)
    forest = RandomForestClassifier(n_estimators=2, random_state=1)
    forest.fit(frame[["x"]], frame["group"])
    shell.user_ns.update(pipeline=pipeline, search=search, forest=forest)
    shell.changes()
    pipeline.fit(frame[["x"]], frame["y"])
    forest.fit(frame[["x"]][:40], frame["group"][:40])
    assert shell.changes()["changed"] == {
        "pipeline": "Pipeline: state not fitted → fitted",
        "search": "GridSearchCV: changed in place",
        "forest": "RandomForestClassifier: changed in place",
    }
    pipeline.set_params(linearregression__positive=True)
    assert shell.changes()["changed"]["pipeline"] == "Pipeline: changed in place"
    assert shell.changes()["changed"] == {}


class Own(BaseEstimator):  # type: ignore[misc]
    """An estimator of the user's: nothing of it may be called."""

    def __init__(self, depth: int = 3, api_key: str = "") -> None:
        self.depth = depth
        self.api_key = api_key

    get_params = __repr__ = __sklearn_is_fitted__ = Biting._bite
    slow_ = property(Biting._bite)


def test_an_estimator_of_the_users_is_read_and_not_called(shell: Shell) -> None:
    model = Own(depth=4, api_key="hunter2")
    assert shell.line(model).startswith("Own(depth=4, api_key=(not shown")
    shell.lines(model)
    shell.changes()


def test_a_regression_has_the_numbers_of_its_summary(shell: Shell, frame: pd.DataFrame) -> None:
    fit = smf.ols("y ~ x + group", frame).fit()
    line = shell.line(fit)
    assert line.startswith("statsmodels OLSResults of OLS: nobs 60, ")
    assert number(line, "rsquared") == pytest.approx(fit.rsquared, rel=1e-5)
    assert number(line, "aic") == pytest.approx(fit.aic, rel=1e-5)
    told = {line.partition(":")[0]: line for line in shell.lines(fit)[1:]}
    assert list(told) == list(fit.params.index)
    for name, line in told.items():
        low, high = fit.conf_int().loc[name]
        for words, value in [
            (f"{name}:", fit.params[name]),
            ("standard error", fit.bse[name]),
            (", p", fit.pvalues[name]),
            ("interval", low),
            ("…", high),
        ]:
            assert number(line, words) == pytest.approx(value, rel=1e-5)


def test_other_models_have_what_they_have(shell: Shell, frame: pd.DataFrame) -> None:
    frame["is_a"] = (frame["group"] == "a").astype(int)
    assert "prsquared" in shell.line(smf.logit("is_a ~ x", frame).fit(disp=0), "logit")
    poisson = sm.GLM(frame["is_a"], sm.add_constant(frame["x"]), family=sm.families.Poisson())
    assert [line.split(":")[0] for line in shell.lines(poisson.fit())[1:]] == ["const", "x"]
    plain = sm.OLS(frame["y"].to_numpy(), frame[["x"]].to_numpy()).fit()
    assert shell.lines(plain)[1].startswith("x1: ")


def test_what_a_model_has_not_is_not_told(shell: Shell, frame: pd.DataFrame) -> None:
    subject = np.repeat(np.arange(20), 3)
    effect = np.random.default_rng(1).normal(scale=3, size=20)[subject]
    mixed = smf.mixedlm("y ~ x", frame.assign(y=frame["y"] + effect), groups=subject).fit()
    line = shell.line(mixed)
    assert line.startswith("statsmodels MixedLMResults of MixedLM: nobs 60, ")
    assert "nan" not in line


def test_tables_of_comparisons(shell: Shell, frame: pd.DataFrame) -> None:
    tukey = pairwise_tukeyhsd(frame["y"], frame["group"])
    lines = shell.lines(tukey)[1:]
    assert [line.split(":")[0] for line in lines] == ["'b' - 'a'", "'c' - 'a'", "'c' - 'b'"]
    for line, difference, p in zip(lines, tukey.meandiffs, tukey.pvalues, strict=True):
        assert number(line, "':") == pytest.approx(difference, rel=1e-5)
        assert number(line, ", p") == pytest.approx(p, rel=1e-5)
    long = pd.DataFrame({"who": np.repeat(range(20), 3), "what": frame["group"], "y": frame["y"]})
    repeated = AnovaRM(long, "y", "who", ["what"]).fit()
    assert number(shell.lines(repeated)[1], "F Value") == pytest.approx(
        repeated.anova_table["F Value"].iloc[0], rel=1e-5
    )


def test_results_of_scipy(shell: Shell, frame: pd.DataFrame) -> None:
    test = scipy.stats.ttest_ind(frame["x"], frame["y"])
    assert shell.line(test) == (
        f"scipy.stats.TtestResult(statistic={test.statistic:.6g}, pvalue={test.pvalue:.6g},"
        f" df={test.df})"
    )
    pairs = scipy.stats.tukey_hsd(frame["x"], frame["y"])
    assert f"{pairs.pvalue[0, 1]:.6g}" in "".join(shell.lines(pairs))
    assert shell.line(scipy.stats.norm(1, 2), "n") == "scipy distribution norm(1, 2)"
