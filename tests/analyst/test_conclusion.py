"""How findings are worded, over tables that show one thing each."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from k2_jupyter.analyst.work import LONGEST_TITLE, headed
from tests.analyst.conftest import Analyse

pytestmark = pytest.mark.usefixtures("undrawn")


def harvest() -> pd.DataFrame:
    """Fields of five soils and four crops, three rows each: the soils differ, nothing else."""
    rng = np.random.default_rng(0)
    frame = pd.MultiIndex.from_product(
        [list("abcde"), ["rye", "oat", "hay", "pea"], range(3)], names=["soil", "crop", "plot"]
    ).to_frame(index=False)
    frame["yield"] = rng.normal(80, 9, 60).round(1) + 30 * (frame["soil"] == "a")
    return frame


def test_a_size_is_told_of_effects_that_are_there(analyse: Analyse) -> None:
    text = analyse("Compare the yield by soil and crop", harvest()).conclusion.text

    assert "the effect is large" in text
    interaction = text.split("does not clearly differ by `crop`")[1]
    assert re.search(r"partial eta² = 0\.\d+; with HC3", interaction)


def test_both_factors_are_told_of(analyse: Analyse) -> None:
    frame = harvest()
    frame.loc[frame["crop"] == "hay", "yield"] += 40

    text = analyse("Is the yield affected by soil and crop?", frame).conclusion.text

    assert (
        "**Yes: the mean of `yield` differs between the groups of `soil` (highest: `soil = a`)"
        in text
    )
    assert "The mean differs by `crop`" in text


def test_a_second_factor_leads_where_the_first_says_nothing(analyse: Analyse) -> None:
    frame = harvest()
    frame["yield"] -= 30 * (frame["soil"] == "a")
    frame.loc[frame["crop"] == "hay", "yield"] += 40

    headline = analyse("Compare the yield by soil and crop", frame).conclusion.text.splitlines()[0]

    assert headline.startswith("**The mean of `yield` differs by `crop`, not clearly by `soil`**")
    assert re.search(r"`crop`: partial eta² = 0\.\d+, F = ", headline)


@pytest.mark.parametrize(
    ("task", "start"),
    [
        ("Do men earn more than women (pay by sex)?", "**The mean"),
        ("Does the pay differ by sex?", "**Yes: the mean"),
        ("How does the pay vary by sex?", "**The mean"),
        ("Is the pay higher in winter?", "**The mean"),
    ],
)
def test_only_a_question_whether_is_answered_by_yes(
    task: str, start: str, analyse: Analyse
) -> None:
    pay = np.arange(80) % 7 + np.repeat([0, 5], 40)
    frame = pd.DataFrame({"pay": pay / 3, "sex": ["man"] * 40 + ["woman"] * 40})

    text = analyse(task, frame).conclusion.text

    assert text.startswith(start)
    assert "highest: `sex = woman`" in text


def test_thin_groups_are_counted_and_the_smallest_is_named(analyse: Analyse) -> None:
    frame = harvest().drop(index=7)

    caveats = analyse("Compare the yield by soil and crop", frame).conclusion.caveats

    assert (
        "20 of 20 combinations have fewer than 30 rows: their means are uncertain. The smallest "
        "is `soil = a, crop = hay`, with 2 rows."
    ) in caveats


def test_the_means_of_a_list_have_the_same_decimals(analyse: Analyse) -> None:
    frame = harvest()
    frame["yield"] += 100 * (frame["soil"] == "b").astype(int) + 1000 * (frame["soil"] == "c")

    text = analyse("Compare the yield by soil", frame[frame["soil"] < "e"]).conclusion.text

    means = re.findall(r"^- `soil = .`: (\S+) \((\S+) to (\S+); n", text, re.MULTILINE)
    assert len(means) == 4
    assert len({len(number.partition(".")[2]) for row in means for number in row}) == 1
    assert means[-1][0].startswith("1,0")


def test_a_single_row_is_told_as_one(analyse: Analyse) -> None:
    frame = pd.concat([harvest(), harvest().head(1)], ignore_index=True)
    frame.loc[30, "yield"] = np.nan

    told = analyse("Compare the yield by soil", frame).conclusion

    assert "Without the one row that repeats another row exactly" in told.text
    assert "One row without a usable value was left out." in told.caveats


def test_a_level_of_a_single_row_is_left_out_and_told_of(analyse: Analyse) -> None:
    frame = pd.concat([harvest(), pd.DataFrame({"soil": ["z"], "crop": ["rye"], "yield": [500]})])

    told = analyse("Compare the yield by soil", frame).conclusion

    assert "soil = z" not in told.text
    assert any(c.startswith("One level holds a single row and was left out") for c in told.caveats)


def test_tests_that_disagree_give_no_plain_yes_and_heavy_tails_are_told(analyse: Analyse) -> None:
    """Welch and the ranks see that one group spends little; one large bill hides it from F."""
    rng = np.random.default_rng(2)
    spent = {"a": 9 + rng.random(40), "b": 9 + rng.random(40), "c": 1 + rng.random(40)}
    spent["b"][0] = 900
    frame = pd.DataFrame([(shop, x) for shop, xs in spent.items() for x in xs])
    frame.columns = pd.Index(["shop", "spend"])

    told = analyse("Does spend differ by shop?", frame).conclusion

    assert "**Perhaps (the tests do not agree): the mean of `spend` differs" in told.text
    assert any("`spend` has heavy tails" in caveat for caveat in told.caveats)


@pytest.mark.parametrize("cut", [None, "1982-03-01"])
def test_a_last_period_with_fewer_rows_that_stops_early_is_called_incomplete(
    analyse: Analyse, cut: str | None
) -> None:
    days = pd.date_range("1977-01-01", "1982-12-31", freq="5D")
    days = days[(days < pd.Timestamp(cut or "1983-01-01")) & (days.year != 1980)]
    frame = pd.DataFrame({"day": days.astype(str), "level": np.arange(len(days)) % 17 + 0.5})
    frame["site"] = np.where(np.arange(len(days)) % 2, "north", "south")

    told = analyse("Compare the level by site over the years", frame).conclusion

    assert any("1982 is probably incomplete" in c for c in told.caveats) == (cut is not None)
    assert f"in {1981 if cut else 1982} (n = 73)" in told.text


@pytest.mark.parametrize(
    ("task", "title"),
    [
        ("Compare the price by region", "# Compare the price by region"),
        ("Compare prices: by region, and plot", "# Compare prices\n\n> Compare prices: by region"),
        ("Is it 3.5 by x?", "# Is it 3.5 by x?"),
        ("Is y? Show it", "# Is y?\n\n> Is y? Show it"),
        ("One\nTwo, three", "# One Two\n\n> One\n> Two, three"),
    ],
)
def test_the_title_is_the_first_clause_and_the_task_stands_below(task: str, title: str) -> None:
    assert headed(task).startswith(title)


def test_a_long_first_clause_is_cut_between_words() -> None:
    title, _, quote = headed("compare " + "words and " * 40).partition("\n")

    assert len(title) <= LONGEST_TITLE + 2
    assert title.endswith("…")
    assert "> compare words" in quote


def test_a_last_period_with_more_rows_than_the_one_before_is_complete(analyse: Analyse) -> None:
    days = pd.date_range("1977-01-01", "1982-06-30", freq="5D")
    days = days.repeat(np.where(days.year == 1982, 4, 1))
    frame = pd.DataFrame({"day": days.astype(str), "level": np.arange(len(days)) % 17 + 0.5})
    frame["site"] = np.where(np.arange(len(days)) % 2, "north", "south")

    told = analyse("Compare the level by site over the years", frame).conclusion

    assert not any("incomplete" in caveat for caveat in told.caveats)
