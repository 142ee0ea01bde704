"""Regressions in a real kernel; every statistic is computed apart and must agree."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats
from statsmodels.datasets import engel, longley, spector, statecrime
from statsmodels.stats.diagnostic import het_breuschpagan
from statsmodels.stats.outliers_influence import variance_inflation_factor

from tests.analyst.conftest import Analyse
from tests.analyst.sound import is_sound, named


def budgets() -> pd.DataFrame:
    return pd.DataFrame(engel.load_pandas().data)


def states() -> pd.DataFrame:
    """Fifty states and the District, with a name for each and a region that was made up."""
    frame = pd.DataFrame(statecrime.load_pandas().data).reset_index()
    return frame.assign(region=np.where(np.arange(51) % 3, "inland", "coast"))


def students() -> pd.DataFrame:
    return pd.DataFrame(spector.load_pandas().data)


def economy() -> pd.DataFrame:
    """Sixteen years whose columns all rise together."""
    return pd.DataFrame(longley.load_pandas().data)


def test_a_line_through_two_measurements(analyse: Analyse) -> None:
    frame = budgets()

    analysis = analyse("Is the food expenditure (foodexp) related to the income?", frame)

    printed = analysis.printed
    model = smf.ols("foodexp ~ income", frame).fit(cov_type="HC3", use_t=True)
    low, high = model.conf_int().loc["income"]
    told = named("coefficient of income", printed)
    expected = [model.params["income"], low, high]
    assert [told[k] for k in ("estimate", "low", "high")] == pytest.approx(expected, abs=6e-4)
    r = stats.pearsonr(frame["income"], frame["foodexp"])
    told = named("Pearson's r", printed)
    expected = [r.statistic, *r.confidence_interval()]
    assert [told[k] for k in ("estimate", "low", "high")] == pytest.approx(expected, abs=6e-4)
    rho = stats.spearmanr(frame["income"], frame["foodexp"])
    assert named("Spearman's rho", printed)["estimate"] == pytest.approx(rho.statistic, abs=6e-4)
    text = analysis.conclusion.text
    assert text.startswith("**`foodexp` rises with `income`, and the relation is strong**")
    assert any("The relation bends" in caveat for caveat in analysis.conclusion.caveats)
    is_sound(analysis)


def test_several_predictors_of_both_kinds(analyse: Analyse) -> None:
    frame = states()

    analysis = analyse("Regress murder on poverty, single and region", frame)

    printed = analysis.printed
    model = smf.ols("murder ~ poverty + single + C(region, Treatment('inland'))", frame)
    robust, plain = model.fit(cov_type="HC3", use_t=True), model.fit()
    names = {"poverty": "poverty", "single": "single", "region = coast": robust.params.index[1]}
    for name, term in names.items():
        told = named(f"coefficient of {name}", printed)
        width = np.ptp(robust.conf_int().loc[term])
        assert told["estimate"] == pytest.approx(robust.params[term], abs=0.006 * width)
        assert told["p"] == pytest.approx(robust.pvalues[term], rel=0.01)
    fit = named("fit", printed)
    assert fit["adjusted R²"] == pytest.approx(robust.rsquared_adj, abs=6e-5)
    lm, p, _, _ = het_breuschpagan(plain.resid, plain.model.exog)
    told = named("Breusch-Pagan test of an even spread", printed)
    assert list(told.values()) == pytest.approx([lm, p], rel=0.01)
    influence = plain.get_influence().cooks_distance[0]
    told = named("rows with much influence (Cook's distance above 4 / n)", printed)
    assert told["n"] == (influence > 4 / 51).sum()
    huber = smf.rlm(model.formula, frame).fit().params["single"]
    told = named("Huber's robust regression, coefficient of single", printed)
    assert told["estimate"] == pytest.approx(huber, rel=0.01)
    assert "when all predictors are taken together" in analysis.conclusion.text
    is_sound(analysis)


def test_all_columns_explain_where_the_task_names_none(analyse: Analyse) -> None:
    analysis = analyse("Which columns explain the murder rate?", states())

    assert "coefficient of violent" in analysis.printed
    assert "state" not in analysis.printed.split("overall test")[1]
    caveats = " ".join(analysis.conclusion.caveats)
    assert "taken because they are there" in caveats
    assert "Few rows for so many terms" in caveats
    is_sound(analysis)


@pytest.mark.usefixtures("undrawn")
def test_predictors_that_go_together_are_told(analyse: Analyse) -> None:
    frame = economy()

    analysis = analyse("Regress TOTEMP on GNP, adjusting for POP", frame)

    exog = np.column_stack([np.ones(16), frame["GNP"], frame["POP"]])
    vif = variance_inflation_factor(exog, 1)
    assert any(f"largest VIF {vif:.1f}" in c for c in analysis.conclusion.caveats)


def test_of_a_wide_table_one_half_of_the_rows_chooses_and_the_other_tests(
    analyse: Analyse,
) -> None:
    rng = np.random.default_rng(4)
    wide = pd.DataFrame(rng.normal(size=(300, 400)), columns=[f"gene {i}" for i in range(400)])
    wide.insert(0, "sample id", np.arange(300) * 7)
    wide["flat"] = 1.0 * (np.arange(300) < 3)
    wide["sparse"] = wide["gene 5"].where(rng.random(300) < 0.3)
    wide["copy of 390"] = 2 * wide["gene 390"] + 1
    wide["tissue"] = np.where(rng.random(300) < 0.5, "liver", "brain")
    wide["growth"] = wide["gene 3"] - 2 * wide["gene 390"] + 2.0 * (wide["tissue"] == "liver")
    wide["growth"] += rng.normal(size=300)

    analysis = analyse("What explains growth?", wide)

    printed = analysis.printed
    chosen = re.findall(r"^chosen: '(.*)' tells", printed, re.MULTILINE)
    assert {"gene 3", "tissue"} < set(chosen)
    assert len({"gene 390", "copy of 390"} & set(chosen)) == 1
    assert len(chosen) == 10
    told = {
        "a number of each row": "sample id",
        "nearly constant": "flat",
        "values missing in many rows": "sparse",
        "much the same as a chosen one": "390",
    }
    for reason, name in told.items():
        assert re.search(rf"^left out, {reason}: n = 1: '[^']*{name}'$", printed, re.MULTILINE)
    choosing = pd.util.hash_pandas_object(pd.read_csv(analysis.folder / "data.csv"), index=False)
    assert named("rows used", printed)["n"] == (choosing % 2 == 1).sum()
    assert analysis.conclusion.text.startswith("**")
    assert "`gene 3`" in analysis.conclusion.text.split("**")[1]
    assert any("the other half" in c.casefold() for c in analysis.conclusion.caveats)
    is_sound(analysis)


def test_a_choice_among_noise_finds_nothing(analyse: Analyse) -> None:
    rng = np.random.default_rng(8)
    noise = pd.DataFrame(rng.normal(size=(120, 60)), columns=[f"gene{i}" for i in range(60)])
    noise["dies"] = np.where(rng.random(120) < 0.4, "yes", "no")

    analysis = analyse("What explains dies?", noise)

    assert analysis.conclusion.text.startswith("**None of ")
    is_sound(analysis)


def test_few_rows_of_many_columns_are_not_guessed_at(analyse: Analyse) -> None:
    rng = np.random.default_rng(8)
    few = pd.DataFrame(rng.normal(size=(20, 60)), columns=[f"gene{i}" for i in range(60)])

    told = analyse("What explains gene7?", few).conclusion

    assert told.outcome == "cannot"
    assert "name the ones that matter" in " ".join([told.text, *told.caveats])


@pytest.mark.usefixtures("undrawn")
def test_an_unclear_effect_of_predictors_that_go_together_is_no_finding(analyse: Analyse) -> None:
    rng = np.random.default_rng(6)
    rooms, side = rng.uniform(1, 9, 90), rng.choice(["n", "s"], 90)
    frame = pd.DataFrame({"rooms": rooms, "area": rooms + rng.normal(0, 0.01, 90), "side": side})
    frame["rent"] = rooms + 3 * (side == "n") + rng.normal(0, 1, 90)

    text = analyse("Regress rent on rooms, area and side", frame).conclusion.text

    assert "of the others that is not clear (predictors go closely together)**" in text


def test_two_outcomes_have_odds(analyse: Analyse) -> None:
    frame = students()

    analysis = analyse("Does GPA affect the GRADE, controlling for PSI?", frame)

    printed = analysis.printed
    model = smf.logit("GRADE ~ GPA + PSI", frame).fit(disp=False)
    for name, term in {"GPA": "GPA", "PSI = 1": "PSI"}.items():
        told = named(f"odds ratio of {name}", printed)
        expected = np.exp([model.params[term], *model.conf_int().loc[term]])
        values = [told[k] for k in ("estimate", "low", "high")]
        assert values == pytest.approx(expected, rel=0.001)
        assert told["p"] == pytest.approx(model.pvalues[term], rel=0.01)
    test = named("likelihood-ratio test", printed)
    assert [test["chi²"], test["p"]] == pytest.approx([model.llr, model.llr_pvalue], rel=0.01)
    yes = frame["GRADE"] == 1
    fitted = model.predict()
    auc = np.mean(fitted[yes][:, None] > fitted[~yes])
    assert named("fit", printed)["AUC"] == pytest.approx(auc, abs=0.006)
    assert any("Few events" in caveat for caveat in analysis.conclusion.caveats)
    is_sound(analysis)


def test_odds_are_told_without_repeats_as_well(analyse: Analyse) -> None:
    frame = pd.concat([students(), students().query("PSI == 1").head(6)])

    analysis = analyse("Does GPA affect the GRADE?", frame)

    for before, rows in (("", frame), ("without exact repeats, ", frame.drop_duplicates())):
        model = smf.logit("GRADE ~ GPA", rows).fit(disp=False)
        told = named(f"{before}odds ratio of GPA", analysis.printed)
        assert told["estimate"] == pytest.approx(np.exp(model.params["GPA"]), rel=0.001)
    assert "Without the 6 rows that repeat another row exactly" in analysis.conclusion.text
    assert f"`GPA` {told['estimate']:.4g} (95 % CI" in analysis.conclusion.text
    is_sound(analysis)


@pytest.mark.usefixtures("undrawn")
def test_what_is_controlled_for_does_not_lead(analyse: Analyse) -> None:
    task = "Does poverty affect murder, controlling for single and region?"

    text = analyse(task, states()).conclusion.text

    headline = text.splitlines()[0]
    assert headline.startswith("**`poverty` ")
    assert "when `single` and `region` are held constant: one more of `poverty`" in headline
    assert "95 % CI" in headline


@pytest.mark.usefixtures("undrawn")
def test_all_levels_of_a_predictor_count_as_one(analyse: Analyse) -> None:
    """Any of many levels is far from the rarest by chance; together they are not."""
    rng = np.random.default_rng(11)
    frame = pd.DataFrame({"team": rng.choice(list("abcdefgh"), 400)})
    frame["won"] = rng.choice(["yes", "no"], 400)
    frame["age"] = rng.normal(30, 5, 400)

    analysis = analyse("Logistic regression of won on team and age", frame)

    frame["y"] = (frame["won"] == "yes").astype(int)
    model = smf.logit("y ~ C(team) + age", frame).fit(disp=False)
    joint = model.wald_test_terms(scalar=True).table.loc["C(team)"]
    told = named("all levels of team", analysis.printed)
    assert list(told.values()) == pytest.approx([joint["statistic"], joint["pvalue"]], rel=0.01)
    assert "**None of `team` and `age` goes clearly with `won = yes`**" in analysis.conclusion.text


@pytest.mark.usefixtures("undrawn")
def test_perfect_separation_has_no_odds(analyse: Analyse) -> None:
    frame = pd.DataFrame({"dose": np.arange(40.0), "cured": ["no"] * 20 + ["yes"] * 20})

    analysis = analyse("Does the dose affect whether they are cured?", frame)

    assert analysis.finished.reason == "cannot"
    assert "no finite ratio" in analysis.conclusion.text


def test_a_target_of_many_words_needs_a_model(analyse: Analyse) -> None:
    frame = states().assign(party=["red", "blue", "green"] * 17)

    analysis = analyse("Regression of party on poverty", frame)

    assert analysis.finished.reason == "cannot"
    assert "needs a model" in analysis.conclusion.text


@pytest.mark.usefixtures("undrawn")
def test_a_finding_that_hangs_on_one_row_is_told(analyse: Analyse) -> None:
    rng = np.random.default_rng(9)
    frame = pd.DataFrame({"rain": rng.normal(50, 9, 40)})
    frame["harvest"] = frame["rain"] / 9 + rng.normal(0, 0.5, 40)
    frame.loc[40] = [120.0, -30.0]

    text = analyse("Does the rain affect the harvest?", frame).conclusion.text

    assert "that on `rain` without the rows of most influence" in text
