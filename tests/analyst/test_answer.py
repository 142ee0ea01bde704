"""What the analyst does with a task, before any cell has run."""

from __future__ import annotations

import re

import pytest

from k2_jupyter.analyst import CATALOGUE, answer
from k2_jupyter.messages import SystemMessage
from k2_jupyter.tools.claims import stated
from tests.analyst.playing import briefing, play, ran

FILE = briefing("shop.csv", columns=["price", "region", "date"])


@pytest.mark.parametrize("task", ["What can you do?", "Which analyses do you know?", "help"])
def test_a_question_about_itself_is_answered_in_words(task: str) -> None:
    told = play(task, FILE)

    assert not told.calls
    assert "no language model" in told.text
    assert "k2 run" in told.text


@pytest.mark.parametrize(
    "task",
    [
        "Forecast the price for next year",
        "Train a classifier for the region",
        "Translate the column names into German",
        "Download the newest prices from the web",
        "Cluster the shops",
        "Sing a song",
        "Fit a mixed multilevel model of the price",
        "Cox regression of the price",
        "Explain what this cell does\n\n```python\ncompare(price, region)\n```",
    ],
)
def test_what_rules_cannot_do_needs_a_model(task: str) -> None:
    told = play(task, FILE)

    assert [name for name, _ in told.calls] == ["finish"]
    assert told.finish["outcome"] == "cannot"
    assert "needs a model" in told.finish["conclusion"]
    assert "Profile this file" in told.finish["conclusion"]
    assert not stated(told.finish["conclusion"])


def test_a_word_that_names_a_column_is_no_task() -> None:
    told = play("Compare the forecast by region", briefing("a.csv", columns=["forecast", "region"]))

    assert told.calls[0][0] == "set_plan"


@pytest.mark.parametrize(
    "task",
    [
        "which region sells most?",
        "Are prices higher in the north than in the south?",
        "Is there any evidence that the price is related to the region?",
        "Do regions pay differently?",
        "boxplot of price per region",
        "In which region is it cheapest?",
        "what's in this file?",
        "Tell me about the data",
    ],
)
def test_questions_are_asked_in_many_ways(task: str) -> None:
    assert play(task, FILE).calls[0][0] == "set_plan"


def test_without_data_it_asks_for_a_file() -> None:
    told = play("Compare the price by region")

    assert told.finish["outcome"] == "cannot"
    assert "--data FILE" in told.finish["conclusion"]


def test_without_run_cell_it_only_plans() -> None:
    told = play("Compare the price by region", FILE, tools=("ask_user", "finish", "set_plan"))

    assert [name for name, _ in told.calls] == ["set_plan"]
    states = [item["state"] for item in told.calls[0][1]["items"]]
    assert states == ["done", *["open"] * (len(states) - 1)]
    assert "Nothing was run" in told.text


def test_the_plan_comes_first_and_says_who_works() -> None:
    told = play("Compare the price by region", FILE)

    name, arguments = told.calls[0]
    assert name == "set_plan"
    assert "rule-based (no language model)" in arguments["items"][0]["title"]


def test_ids_count_over_the_conversation() -> None:
    told = play("Compare the price by region", FILE)

    names = [name for name, _ in told.calls]
    assert told.ids == [f"functions.{name}:{i}" for i, name in enumerate(names)]


def test_the_file_that_the_task_speaks_of_is_taken() -> None:
    other = briefing("staff.csv", columns=["wage", "team"]).splitlines()[2]
    both = FILE.replace("\nNotebook", f"\n{other}\nNotebook")
    told = play("Compare the wage by team", both, react={"run_cell": lambda a: ran(a["source"])})

    sources = " ".join(arguments["source"] for arguments in told.of("run_cell"))
    assert "staff.csv" in sources
    assert "shop.csv" not in sources


def test_a_conversation_without_a_user_message_asks_nothing() -> None:
    with pytest.raises(ValueError, match="without a user message"):
        answer([SystemMessage("…")], [])


EXAMPLE = re.compile(r'"([^"…]+)"')
RENT = ["rent", "area", "city", "year", "sales", "score before", "score after", "smoking", "region"]


@pytest.mark.parametrize("example", EXAMPLE.findall(CATALOGUE))
def test_what_the_catalogue_offers_is_taken(example: str) -> None:
    told = play(" ".join(example.split()), briefing("a.csv", columns=RENT))

    assert told.calls[0][0] == "set_plan"
