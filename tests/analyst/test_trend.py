"""Series over time; every statistic is computed apart and must agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from scipy.signal import lfilter
from statsmodels.datasets import co2, macrodata, nile
from statsmodels.stats.stattools import durbin_watson

from k2_jupyter.analyst.source import cell, imports, joined
from tests.analyst.conftest import Analyse
from tests.analyst.sound import is_sound, named


def river() -> pd.DataFrame:
    return pd.DataFrame(nile.load_pandas().data).astype({"year": int})


def economy() -> pd.DataFrame:
    return pd.DataFrame(macrodata.load_pandas().data)


def carbon() -> pd.DataFrame:
    """A value a week, some missing."""
    frame = pd.DataFrame(co2.load_pandas().data).rename_axis("date").reset_index()
    return frame.assign(date=frame["date"].astype(str))


def orders() -> pd.DataFrame:
    """Rows at irregular times, in German writing; more of them each month; it stops on the 20th."""
    rng = np.random.default_rng(5)
    hours = pd.date_range("2023-01-01", "2024-11-20", freq="h")
    weight = np.linspace(1, 3, len(hours))
    picked = np.sort(rng.choice(len(hours), 3000, p=weight / weight.sum()))
    amount = pd.Series(rng.gamma(2, 700, 3000)).map("{:.2f}".format).str.replace(".", ",")
    written = hours[picked].strftime("%d.%m.%Y %H:%M")
    return pd.DataFrame({"Bestelldatum": written, "Umsatz": amount})


def given_ar1_errors(y: np.ndarray, exog: np.ndarray) -> tuple[float, float]:
    """The last coefficient and its p value by generalised least squares with AR(1) errors.

    Averaged over their autocorrelation by its restricted likelihood, with full covariances.
    """
    distance = np.abs(np.subtract.outer(np.arange(len(y)), np.arange(len(y))))
    told = []
    for phi in np.linspace(-0.9, 0.99, 64):
        covariance = phi**distance / (1 - phi**2)
        fit = sm.GLS(y, exog, sigma=covariance).fit()
        size = np.linalg.slogdet(covariance)[1] - np.linalg.slogdet(fit.normalized_cov_params)[1]
        likelihood = -(size + fit.df_resid * np.log(fit.ssr)) / 2
        told.append((likelihood, fit.params[-1], fit.pvalues[-1]))
    likelihood, estimate, p = np.array(told).T
    weight = np.exp(likelihood - likelihood.max())
    return np.average(estimate, weights=weight), np.average(p, weights=weight)


def test_a_yearly_series_agrees_with_statsmodels(analyse: Analyse) -> None:
    frame = river()
    x, y = frame["year"].to_numpy(float), frame["volume"].to_numpy(float)

    analysis = analyse("Is there a trend in the volume?", frame)

    printed = analysis.printed
    model = sm.OLS(y, sm.add_constant(x))
    told = named("slope", printed)
    slope, p = given_ar1_errors(y, sm.add_constant(x))
    assert told["estimate"] == pytest.approx(slope, abs=0.006)
    assert told["p"] == pytest.approx(p, rel=0.01)
    assert told["low"] < slope < told["high"] < 0
    theil = stats.theilslopes(y, x)
    told = named("Theil-Sen slope", printed)
    assert list(told.values()) == pytest.approx(
        [theil.slope, theil.low_slope, theil.high_slope], abs=0.006
    )
    kendall = stats.kendalltau(x, y)
    told = named("Mann-Kendall test", printed)
    assert list(told.values()) == pytest.approx([kendall.statistic, kendall.pvalue], rel=0.01)
    watson = named("residuals", printed)["Durbin-Watson"]
    assert watson == pytest.approx(durbin_watson(model.fit().resid), abs=0.006)
    assert analysis.conclusion.text.startswith("**`volume` falls over `year`, by -2.76 ")
    assert any("Neighbouring periods go together" in c for c in analysis.conclusion.caveats)
    is_sound(analysis)


def test_noise_whose_neighbours_go_together_has_neither_trend_nor_bend() -> None:
    """Nominally five in a hundred; with Newey and West's errors it was thirty."""
    space: dict[str, Any] = {}
    libraries = imports(("np", "pd", "sm", "optimize", "stats"))
    exec(joined(libraries, cell("define_trend", seasons="0")), space)  # noqa: S102 - as a kernel
    rng = np.random.default_rng(3)
    time = pd.Series(np.arange(40) / 12)
    straight = pd.DataFrame({"constant": 1.0, "time": time})
    bent = straight.assign(square=(time - time.mean()) ** 2)
    found = {"time": 0, "square": 0}
    for _ in range(60):
        noise = pd.Series(lfilter([1], [1, -0.6], rng.standard_normal(140))[100:])
        for term, exog in (("time", straight), ("square", bent)):
            *_, p = space["with_ar1_errors"](noise, exog, term)
            found[term] += p < 0.05

    assert max(found.values()) <= 7


def test_a_season_is_found_and_the_slope_told_given_it(analyse: Analyse) -> None:
    frame = carbon()

    analysis = analyse("How did co2 change over time?", frame)

    dates = pd.to_datetime(frame["date"])
    months = frame.groupby(dates.dt.to_period("M"))["co2"].mean().dropna()
    periods = pd.PeriodIndex(months.index)
    exog = pd.get_dummies(periods.month, dtype=float)
    exog["time"] = (periods.to_timestamp() - dates.min()).days / 365.25
    model = sm.OLS(months.to_numpy()[1:], exog[1:])  # the first month is incomplete
    told = named("slope", analysis.printed)
    assert told["low"] < model.fit().params["time"] < told["high"]
    assert 0 < told["low"] < told["high"] < 2
    assert "highest in May and lowest in October" in analysis.conclusion.text
    assert any("wandering series" in caveat for caveat in analysis.conclusion.caveats)
    is_sound(analysis)


def test_quarters_beside_the_years_make_a_quarterly_series(analyse: Analyse) -> None:
    analysis = analyse("How did realgdp develop over the years?", economy())

    assert named("periods", analysis.printed) == {"n": 203, "rows": 203}
    assert "in 1959Q1" in analysis.conclusion.text
    assert "do not clearly differ" in analysis.conclusion.text
    is_sound(analysis)


def test_rows_are_counted_by_month_and_the_last_one_is_left_out(analyse: Analyse) -> None:
    frame = orders()

    analysis = analyse("How many orders per month? Show the trend", frame)

    days = pd.to_datetime(frame["Bestelldatum"], format="%d.%m.%Y %H:%M")
    counts = days.dt.to_period("M").value_counts().sort_index()[:-1]
    told = named("highest in " + str(counts.idxmax()), analysis.printed)
    assert told["count"] == counts.max()
    assert any("2024-11 is incomplete" in caveat for caveat in analysis.conclusion.caveats)
    assert analysis.conclusion.text.startswith("**The number of rows rises")
    is_sound(analysis)


def test_german_numbers_and_times_make_a_series(analyse: Analyse) -> None:
    frame = orders()

    analysis = analyse("How did the Umsatz develop over time?", frame)

    amounts = frame["Umsatz"].str.replace(",", ".").astype(float)
    days = pd.to_datetime(frame["Bestelldatum"], format="%d.%m.%Y %H:%M")
    weeks = amounts.groupby(days.dt.to_period("W")).mean()
    week = pd.PeriodIndex(weeks.index)[int(weeks.to_numpy().argmax())]
    top = f"{week.start_time:%Y-%m-%d}"
    assert named(f"highest in {top}", analysis.printed)["mean"] == pytest.approx(weeks.max(), abs=1)
    assert "No clear trend" in analysis.conclusion.text
    is_sound(analysis)


def test_a_last_year_of_few_rows_is_left_out(analyse: Analyse) -> None:
    rng = np.random.default_rng(1)
    years = np.repeat([2018, 2019, 2020, 2021, 2022, 2023], [90, 90, 90, 90, 90, 7])
    frame = pd.DataFrame({"year": years, "price": rng.normal(5, 1, len(years)) + years - 2018})

    analysis = analyse("Did the price rise over the years?", frame)

    assert any("2023 is incomplete (7 rows)" in c for c in analysis.conclusion.caveats)
    slope = stats.linregress(*frame[frame["year"] < 2023].to_numpy().T).slope
    told = named("slope over the rows", analysis.printed)
    assert told["estimate"] == pytest.approx(slope, abs=0.006)
    is_sound(analysis)


def test_a_few_periods_are_not_tested(analyse: Analyse) -> None:
    frame = pd.DataFrame({"year": [2020, 2021, 2022] * 20, "price": np.arange(60.0)})

    analysis = analyse("How did the price develop over the years?", frame)

    assert analysis.finished.reason == "cannot"
    assert "too few periods" in analysis.conclusion.text


@pytest.mark.parametrize(("form", "name"), [("%Y%m%d", "day"), ("%Y%m", "month"), ("%Y%m%d", "x")])
def test_dates_written_as_whole_numbers_are_dates(analyse: Analyse, form: str, name: str) -> None:
    frame = carbon()
    written = pd.to_datetime(frame["date"]).dt.strftime(form).astype(int)
    frame = pd.DataFrame({name: written, "co2": frame["co2"]})

    analysis = analyse("How did co2 develop over time? Show the trend by month", frame)

    assert "highest in May and lowest in October" in analysis.conclusion.text
    is_sound(analysis)
