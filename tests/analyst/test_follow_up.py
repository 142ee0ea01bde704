"""A request that goes on from the one before it."""

from __future__ import annotations

import json

import pytest

from k2_jupyter.analyst.conversation import read_turn
from k2_jupyter.analyst.follow_up import Meant, meant
from k2_jupyter.messages import SystemMessage, UserMessage
from tests.analyst.playing import briefing

FIRST = "Does the region affect the price?"
SHOP = briefing("shop.csv", columns=["price", "region", "date"])
NOTHING = "<briefing>\nNotebook: 3 cells of yours.\n</briefing>"


def table(*names: str) -> str:
    lines = [json.dumps({"variable": name, "columns": ["price", "region"]}) for name in names]
    return "<briefing>\n" + "\n".join(lines) + "\n</briefing>"


def read(*requests: tuple[str, str]) -> Meant:
    messages = [UserMessage(f"{task}\n\n{brief}") for task, brief in requests]
    return meant(read_turn([SystemMessage("…"), *messages]).asked)


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ("Now the same without region c", "without region c"),
        ("and the same analysis again, please, excluding 2025.", "excluding 2025"),
        ("What about only the north?", "only the north"),
        ("But without c", "without c"),
        ("The same again", ""),
    ],
)
def test_it_adds_which_rows_are_meant(words: str, rows: str) -> None:
    found = read((FIRST, SHOP), (words, NOTHING))

    assert found.is_known
    assert found.rows == rows
    assert found.task == f"Does the region affect the price {rows}".strip()
    assert [file.path for file in found.files] == ["shop.csv"]


def test_each_adds_to_the_one_before() -> None:
    asked = [(FIRST, SHOP), ("the same without c", SHOP), ("now with a line", SHOP)]
    found = read(*asked, ("and without b as well", SHOP))

    assert found.task.endswith("affect the price without c without b")


@pytest.mark.parametrize(
    "words", ["Now with a line", "The same as a pie chart", "once more, shorter"]
)
def test_other_changes_are_not_known(words: str) -> None:
    assert not read((FIRST, SHOP), (words, SHOP)).is_known


@pytest.mark.parametrize(
    "words",
    [
        "Now compare the price by date",
        "Do the same regions sell more than before?",
        "Now forecast the price",
        "Profile this file",
    ],
)
def test_a_question_of_its_own_stands_alone(words: str) -> None:
    found = read((FIRST, SHOP), (words, SHOP))

    assert (found.task, found.rows, found.is_known) == (words, "", True)


def test_a_table_in_a_variable_is_the_one_of_before_if_it_is_there() -> None:
    before = ("Does the region affect the price?", table("shop"))

    def files(brief: str) -> list[str]:
        return [file.path for file in read(before, ("the same without region c", brief)).files]

    assert files(table("data", "shop")) == ["shop"]
    assert files(table("data")) == ["data"]
    assert files(NOTHING) == []
