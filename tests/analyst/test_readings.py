"""Two readings that are equally good: the user is asked, or the choice is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.analyst.conftest import Analyse
from tests.analyst.playing import play
from tests.analyst.sound import is_sound


@pytest.fixture(scope="module")
def pupils() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    days = pd.Series(pd.date_range("2019-01-01", periods=240, freq="9D"))
    return pd.DataFrame(
        {
            "school": np.tile(["north", "south"], 120),
            "math score": rng.normal(50, 9, 240).round(1),
            "score 2": np.tile([40.0, 60.0], 120) + rng.normal(0, 9, 240).round(1),
            "enrolled": days.dt.strftime("%Y-%m-%d"),
            "tested": (days + pd.Timedelta(700, "D")).dt.strftime("%Y-%m-%d"),
        }
    )


@pytest.mark.parametrize(
    ("task", "choices"),
    [
        ("Does the score differ between the schools?", ("math score", "score 2")),
        ("How did the math score develop over time, by month?", ("enrolled", "tested")),
    ],
)
@pytest.mark.parametrize("answer", [0, 1])
def test_the_answer_is_followed(
    task: str, choices: tuple[str, ...], answer: int, pupils: pd.DataFrame, analyse: Analyse
) -> None:
    analysis = analyse(task, pupils, reply=choices[answer])

    assert analysis.questions[0].choices == choices
    assert choices[1 - answer] not in analysis.conclusion.text
    assert "The task may as well mean" not in "".join(analysis.conclusion.caveats)
    is_sound(analysis)


def test_with_nobody_there_the_first_is_taken_and_said(
    pupils: pd.DataFrame, analyse: Analyse
) -> None:
    analysis = analyse("Does the score differ between the schools?", pupils)

    assert "`math score`" in analysis.conclusion.text
    said = "The task may as well mean `score 2`; `math score` was taken."
    assert said in analysis.conclusion.caveats
    is_sound(analysis)


@pytest.mark.parametrize(
    "task",
    [
        "Does the math score differ between the schools?",
        "Are the scores correlated?",
        "Compare score 2 of north and south",
    ],
)
@pytest.mark.usefixtures("undrawn")
def test_what_is_clear_is_not_asked(task: str, pupils: pd.DataFrame, analyse: Analyse) -> None:
    assert analyse(task, pupils).questions == ()


@pytest.mark.usefixtures("undrawn")
def test_before_and_after_are_one_thing_measured_twice(analyse: Analyse) -> None:
    rng = np.random.default_rng(0)
    before = rng.normal(50, 9, 40).round(1)
    frame = pd.DataFrame({"score_before": before, "score_after": before + 3})

    analysis = analyse("Did the score improve?", frame)

    assert analysis.questions == ()
    assert analysis.conclusion.text.startswith("**`score_after` is higher than `score_before`")


def two_files() -> str:
    lines = '{"path": "a.csv", "columns": ["age", "pay"]}\n{"path": "b.csv", "columns": ["pay"]}'
    return f"<briefing>\n{lines}\nNotebook: 0 cells.\n</briefing>"


@pytest.mark.parametrize(
    ("task", "answer", "asked", "path"),
    [
        ("Describe pay", "b.csv", 1, "b.csv"),
        ("Describe pay", "nobody", 1, "a.csv"),
        ("Describe pay and age", "b.csv", 0, "a.csv"),
        ("Describe the pay in b", "a.csv", 0, "b.csv"),
    ],
)
def test_a_column_in_two_files(task: str, answer: str, asked: int, path: str) -> None:
    told = play(task, two_files(), react={"ask_user": lambda _: answer})

    assert len(told.of("ask_user")) == asked
    assert f"Profile of {path}" in told.of("add_markdown")[0]["source"]


@pytest.mark.parametrize(
    ("task", "word"),
    [
        ("Is the salinity higher in June?", "salinity"),
        ("Compare the salinity of the lakes", "salinity"),
        ("Does rain matter?", "rain"),
    ],
)
def test_what_the_file_does_not_hold_is_said(
    task: str, word: str, pupils: pd.DataFrame, analyse: Analyse
) -> None:
    analysis = analyse(task, pupils)

    assert analysis.conclusion.outcome == "cannot"
    told = " ".join([analysis.conclusion.text, *analysis.conclusion.caveats])
    assert f"“{word}”" in told
    assert "`school`, `math score`, `score 2`, `enrolled` and `tested`" in told


@pytest.mark.parametrize("task", ["Compare the groups", "Which is better?", "Do they differ?"])
def test_a_task_without_any_name_is_offered_readings(
    task: str, pupils: pd.DataFrame, analyse: Analyse
) -> None:
    analysis = analyse(task, pupils, reply="score 2 by school")

    assert "score 2 by school" in analysis.questions[0].choices
    assert analysis.conclusion.text.startswith("**The mean of `score 2` differs")
    is_sound(analysis)
