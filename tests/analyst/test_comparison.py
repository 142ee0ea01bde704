"""Comparisons in a real kernel; every statistic is computed apart and must agree."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import stats
from statsmodels.datasets import engel, fair, grunfeld
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.oneway import anova_oneway

from tests.analyst.conftest import Analyse
from tests.analyst.sound import is_sound, named, numbers

SALARIES = Path(__file__).parents[2] / "example_notebooks/data/ds_salaries_2020_2025.csv"


def salaries() -> pd.DataFrame:
    """A sample of the salary file with other names and other levels."""
    frame = pd.read_csv(SALARIES).sample(4000, random_state=1)
    rare = pd.read_csv(SALARIES).query("remote_ratio == 50")
    frame = pd.concat([frame, rare]).rename(
        columns={
            "work_year": "jahr",
            "experience_level": "seniority band",
            "remote_ratio": "telework%",
            "salary_in_usd": "pay_usd",
            "salary": "pay_local",
            "salary_currency": "pay_currency",
        }
    )
    places = {0: "office", 50: "mixed", 100: "home"}
    bands = {"EN": "junior", "MI": "mid", "SE": "senior", "EX": "executive"}
    frame["telework%"] = frame["telework%"].map(places)
    frame["seniority band"] = frame["seniority band"].map(bands)
    return frame


def affairs() -> pd.DataFrame:
    return pd.DataFrame(fair.load_pandas().data)


def firms() -> pd.DataFrame:
    return pd.DataFrame(grunfeld.load_pandas().data).astype({"year": int})


def budgets() -> pd.DataFrame:
    return pd.DataFrame(engel.load_pandas().data)


def plots() -> pd.DataFrame:
    """Tiny, with names that need quoting."""
    rng = np.random.default_rng(0)
    kinds = np.tile(["ohne", "wenig", "viel"], 4)
    yields = rng.normal(50, 5, 12) + np.tile([0, 4, 8], 4)
    return pd.DataFrame({"Dünger 'neu'": kinds, 'Ertrag "roh" {kg}': yields})


def patients() -> pd.DataFrame:
    """Missing values, numbers that came as text, heavy tail, negative mistakes."""
    rng = np.random.default_rng(1)
    dose = rng.choice(["placebo", "10 mg", "20 mg"], 400)
    stay = np.round(rng.lognormal(2, 1, 400) * (1 + (dose == "placebo")), 2)
    frame = pd.DataFrame({"dose": dose, "stay_days": stay.astype(str), "is_smoker": stay > 9})
    frame.loc[:9, "stay_days"] = "unknown"
    frame.loc[20:25, "dose"] = None
    frame.loc[30, "stay_days"] = "-3.5"
    return frame


CASES = {
    "salaries": (salaries, "Does the pay differ by telework?", "pay_usd", "telework%"),
    "affairs": (affairs, "Do affairs depend on being religious?", "affairs", "religious"),
    "firms": (firms, "Compare the investment by firm", "invest", "firm"),
    "plots": (plots, "Does the Dünger affect the Ertrag?", 'Ertrag "roh" {kg}', "Dünger 'neu'"),
    "patients": (patients, "Does the dose affect the length of stay?", "stay_days", "dose"),
}


def groups_of(
    frame: pd.DataFrame, target: str, factor: str, *, largest: int = 0
) -> list[np.ndarray]:
    frame = frame.assign(y=pd.to_numeric(frame[target], errors="coerce")).dropna(
        subset=["y", factor]
    )
    keep = frame[factor].value_counts().index[: largest or None]
    return [part["y"].to_numpy() for level, part in frame.groupby(factor) if level in keep]


@pytest.mark.parametrize("case", CASES)
def test_one_factor_statistics_agree_with_scipy(case: str, analyse: Analyse) -> None:
    load, task, target, factor = CASES[case]
    frame = load()

    analysis = analyse(task, frame)

    groups = groups_of(frame, target, factor)
    printed = analysis.printed
    f, p = stats.f_oneway(*groups)
    degrees = [len(groups) - 1, sum(map(len, groups)) - len(groups)]
    assert numbers(r"^ANOVA: F\((\d+), (\d+)\) = ", printed) == degrees
    told = numbers(r"^ANOVA: F\(.*\) = (\S+), p = (\S+)", printed)
    assert told == pytest.approx([f, p], rel=0.01, abs=0.006)
    welch = anova_oneway(groups, use_var="unequal")
    told = numbers(r"^Welch's ANOVA: F\(.*\) = (\S+), p = (\S+)", printed)
    assert told == pytest.approx([welch.statistic, welch.pvalue], rel=0.01, abs=0.006)
    told = numbers(r"^Kruskal-Wallis: H\(.*\) = (\S+), p = (\S+)", printed)
    assert told == pytest.approx(stats.kruskal(*groups), rel=0.01, abs=0.006)
    together = np.concatenate(groups)
    between = sum(len(g) * (g.mean() - together.mean()) ** 2 for g in groups)
    eta2 = between / ((together - together.mean()) ** 2).sum()
    share = named("eta²", printed)
    assert share["estimate"] == pytest.approx(eta2, abs=6e-5)
    for end, tail in (("low", 0.95), ("high", 0.05)):
        ncp = share[end] / (1 - share[end]) * len(together)
        reached = stats.ncf.cdf(f, *degrees, ncp)
        assert reached == pytest.approx(tail, abs=0.01) or (ncp == 0 and reached < tail)
    is_sound(analysis)


def test_two_factors_agree_with_statsmodels_and_the_dashboard_is_written(analyse: Analyse) -> None:
    frame = salaries()
    task = "Does telework affect pay, and does it differ by seniority? Build a dashboard."

    analysis = analyse(task, frame)

    short = frame.rename(columns={"pay_usd": "y", "telework%": "a", "seniority band": "b"})
    model = smf.ols("y ~ C(a, Sum) * C(b, Sum)", short).fit()
    names = {"C(a, Sum)": "telework%", "C(a, Sum):C(b, Sum)": "telework% × seniority band"}
    for term, name in names.items():
        line = anova_lm(model, typ=3).loc[term]
        told = numbers(rf"^{name}: F\(.*\) = (\S+), p = (\S+),", analysis.printed)
        assert told == pytest.approx([line["F"], line["PR(>F)"]], rel=0.01, abs=0.006)
    line = anova_lm(model, typ=3, robust="hc3").loc["C(a, Sum):C(b, Sum)"]
    told = numbers(r"^telework% × .*\n +HC3 robust: F = (\S+), p = (\S+)$", analysis.printed)
    assert told == pytest.approx([line["F"], line["PR(>F)"]], rel=0.01, abs=0.006)
    verdict = "differs" if line["PR(>F)"] < 0.05 else "does not clearly differ"
    assert f"The effect of `telework%` {verdict} by `seniority band`" in analysis.conclusion.text
    size = (analysis.folder / "dashboard.html").stat().st_size
    assert 100_000 < size < 8_000_000
    is_sound(analysis)


@pytest.mark.usefixtures("undrawn")
def test_repeats_are_counted_and_the_test_is_made_without_them(analyse: Analyse) -> None:
    frame = salaries()

    analysis = analyse("Compare pay by telework", frame)

    groups = groups_of(frame.drop_duplicates(), "pay_usd", "telework%")
    f, _ = stats.f_oneway(*groups)
    without = analysis.printed.split("without exact repeats")[1]
    assert numbers(r"^ANOVA: F\(.*\) = (\S+),", without) == pytest.approx([f], abs=0.006)
    assert f"{frame.duplicated().sum():,} rows" in analysis.conclusion.text


def test_a_measurement_as_factor_is_compared_in_quarters(analyse: Analyse) -> None:
    frame = budgets()

    analysis = analyse("Compare foodexp between the quartiles of the income", frame)

    parts = frame.groupby(pd.qcut(frame["income"], 4), observed=True)["foodexp"]
    f, _ = stats.f_oneway(*(part for _, part in parts))
    assert numbers(r"^ANOVA: F\(3, .*\) = (\S+),", analysis.printed) == pytest.approx(
        [f], abs=0.006
    )
    is_sound(analysis)


def test_money_shares_and_german_dates_are_compared(analyse: Analyse) -> None:
    rng = np.random.default_rng(4)
    sales = pd.Series(rng.normal(1500, 200, 120).round(2))
    frame = pd.DataFrame({"sales": sales.map("${:,.2f}".format), "region": list("abcd") * 30})
    days = pd.Series(pd.date_range("2021-01-15", periods=120, freq="9D"))
    frame["Datum"] = days.dt.strftime("%d.%m.%Y")
    frame.loc[:9, "sales"] = "not known"

    analysis = analyse("Do sales differ between the regions? Show the trend.", frame)

    f, _ = stats.f_oneway(*(part for _, part in sales[10:].groupby(frame["region"])))
    assert numbers(r"^ANOVA: F\(3, 106\) = (\S+),", analysis.printed) == pytest.approx(
        [f], abs=0.006
    )
    assert re.search(r"^Datum = 2022-06 +\d+ ", analysis.printed, re.MULTILINE)
    is_sound(analysis)


def test_many_levels_are_all_compared(analyse: Analyse) -> None:
    rng = np.random.default_rng(6)
    frame = pd.DataFrame({"revenue": rng.gamma(2, 50, 600)})
    frame["store"] = [f"store {i:02d}" for i in range(30)] * 20

    analysis = analyse("Which store has the highest revenue?", frame)

    f, _ = stats.f_oneway(*(part for _, part in frame.groupby("store")["revenue"]))
    assert numbers(r"^ANOVA: F\(29, 570\) = (\S+),", analysis.printed) == pytest.approx(
        [f], abs=0.006
    )
    is_sound(analysis)


def test_an_empty_combination_leaves_the_interaction_out(analyse: Analyse) -> None:
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"yield": rng.normal(5, 1, 90), "soil": list("abc") * 30})
    frame["crop"] = np.where(frame["soil"] == "a", "rye", rng.choice(["rye", "oat"], 90))

    analysis = analyse("Compare the yield by soil and crop", frame)

    model = smf.ols("Q('yield') ~ C(soil) + C(crop)", frame).fit()
    line = sm.stats.anova_lm(model, typ=2).loc["C(soil)"]
    assert numbers(r"^soil: F\(.*\) = (\S+),", analysis.printed) == pytest.approx(
        [line["F"]], abs=0.006
    )
    assert "can't be tested" in analysis.conclusion.text
    is_sound(analysis)


def test_one_group_ends_with_the_reason(analyse: Analyse) -> None:
    frame = pd.DataFrame({"group": ["a"] * 30, "value": np.arange(30) / 7})

    analysis = analyse("Compare the value by group", frame)

    assert analysis.finished.reason == "cannot"
    assert "splits the rows into groups" in analysis.conclusion.text


def test_groups_in_which_nothing_varies_are_not_tested(analyse: Analyse) -> None:
    frame = pd.DataFrame({"machine": list("xyz") * 10, "output": [1.0, 2.0, 3.0] * 10})

    analysis = analyse("Compare the output of the machines", frame)

    assert analysis.finished.reason == "cannot"
    assert "does not vary at all within groups of `machine`" in analysis.conclusion.text
    assert analysis.warned == ""


@pytest.mark.parametrize(("scale", "mean"), [(1e24, "5e24"), (1e-9, "5e-9")])
def test_very_large_and_very_small_numbers_have_exponents(
    scale: float, mean: str, analyse: Analyse
) -> None:
    frame = pd.DataFrame({"mass": (np.arange(40) % 5 + 3) * scale, "kind": ["m", "n"] * 20})

    analysis = analyse("Does the mass differ by kind?", frame)

    assert f"`kind = m`: {float(mean):g} (" in analysis.conclusion.text
    is_sound(analysis)


@pytest.mark.usefixtures("undrawn")
def test_a_group_that_vanishes_with_the_missing_values_is_replaced(analyse: Analyse) -> None:
    frame = pd.DataFrame(
        {"shop": ["a", "b"] * 30, "team": ["x", "y", "z"] * 20, "sales": np.arange(60.0) % 17}
    )
    frame.loc[frame["shop"] == "b", "sales"] = np.nan

    analysis = analyse("Compare the sales by shop and team", frame)

    assert analysis.finished.reason == "done"
    assert "groups of `team`" in analysis.conclusion.text
    notes = " ".join(cell.source for cell in analysis.cells if cell.kind == "markdown")
    assert "Left out after a first look, because nothing in it varies: `shop`" in notes


@pytest.mark.parametrize("reply", [None, "bill_depth"])
@pytest.mark.usefixtures("undrawn")
def test_equally_good_readings_are_asked_about(analyse: Analyse, reply: str | None) -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.normal(9, 1, (60, 2)), columns=["bill_length", "bill_depth"])
    frame["island"] = ["Dream", "Biscoe", "Torgersen"] * 20

    analysis = analyse("Compare the bills by island", frame, reply=reply)

    (question,) = analysis.questions
    assert question.choices == ("bill_length", "bill_depth")
    taken = "bill_depth" if reply else "bill_length"
    assert f"mean of `{taken}`" in analysis.conclusion.text
    unasked = any("may as well mean" in caveat for caveat in analysis.conclusion.caveats)
    assert unasked == (reply is None)
