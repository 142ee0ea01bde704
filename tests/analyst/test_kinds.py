"""Which analysis a task asks for, over tables that were made up."""

from __future__ import annotations

import pytest

from k2_jupyter.analyst.candidates import is_measurement
from k2_jupyter.analyst.intent import kind_of
from k2_jupyter.analyst.kinds import is_earlier, settle
from k2_jupyter.analyst.mentions import held_constant, mentions
from k2_jupyter.analyst.table import Table
from tests.analyst.tables import (
    BIRDS,
    CARS,
    DEMO,
    SALARIES,
    SHOP,
    WEATHER,
    code,
    number,
    table,
    words,
)

SHIP = table(
    code("survived", 0, 1),
    code("pclass", 1, 2, 3),
    words("sex", "male", "female"),
    number("age", 88),
    number("fare"),
    words("embarked", "S", "C", "Q"),
)
SCORES = table(
    words("patient", "p1", "p2", distinct=1000),
    number("score_before"),
    number("score_after"),
    words("arm", "a", "b"),
)
VISITS = table(
    words("patient", "p1", "p2", distinct=500), number("pain"), words("visit", "pre", "post")
)
CHURN = table(
    words("customerID", "c1", "c2", distinct=1000),
    number("tenure_months", 72),
    words("Contract", "month-to-month", "one year"),
    words("Churn", "Yes", "No"),
)


@pytest.mark.parametrize(
    ("task", "where", "kind"),
    [
        (DEMO, SALARIES, "comparison"),
        ("Compare the tip by day and sex", SHOP, "comparison"),
        ("Is the tip higher for smokers?", SHOP, "comparison"),
        ("Compare the fare by class", SHIP, "comparison"),
        ("Compare bill size across islands", BIRDS, "comparison"),
        ("Compare temp_max by weather over the years", WEATHER, "comparison"),
        ("Compare mpg between the quartiles of the weight", CARS, "comparison"),
        ("Did the score improve from before to after?", SCORES, "paired"),
        ("Compare score_before and score_after", SCORES, "paired"),
        ("Did the points drop from before to after?", SCORES, "paired"),
        ("Does the pain change between the visits?", VISITS, "paired"),
        ("Does origin affect survival?", CARS, "association"),
        ("Did women survive more often than men?", SHIP, "association"),
        ("chi-square test of sex and embarked", SHIP, "association"),
        ("Are company size and remote ratio independent?", SALARIES, "association"),
        ("Do customers with month-to-month contracts churn more?", CHURN, "association"),
        ("How are the numeric columns correlated?", BIRDS, "correlation"),
        ("Does tip correlate with the total bill?", SHOP, "correlation"),
        ("Does weight affect mpg?", CARS, "regression"),
        ("Is mpg related to weight and origin?", CARS, "regression"),
        ("Does age affect survival?", SHIP, "regression"),
        ("Which factors explain the fare?", SHIP, "regression"),
        ("What drives churn?", CHURN, "regression"),
        ("Predict survived from age", SHIP, "regression"),
        ("What drives the tip?", SHOP, "regression"),
        ("How did temp_max change over time?", WEATHER, "trend"),
        ("Is there seasonality in temp_max?", WEATHER, "trend"),
        ("Show me temp_max by month", WEATHER, "trend"),
        ("How did salaries develop from 2020 to 2025?", SALARIES, "trend"),
        ("Show me how temp_max changed", WEATHER, "trend"),
        ("What correlates most with the tip?", SHOP, "regression"),
        ("Which columns distinguish who survived?", SHIP, "regression"),
    ],
)
def test_the_kind_follows_from_words_and_types(task: str, where: Table, kind: str) -> None:
    assert settle(task, where) == kind


@pytest.mark.parametrize("task", ["Predict survived from age", "Explain survived using fare, age"])
def test_what_is_told_from_others_is_the_target(task: str) -> None:
    roles = {m.column.name: m.role for m in mentions(task, SHIP.columns)}

    assert roles.pop("survived") == "target"
    assert set(roles.values()) == {"factor"}


@pytest.mark.parametrize("behind", ["controlling for age", "adjusted for age and class"])
def test_what_is_held_is_no_target(behind: str) -> None:
    roles = {
        m.column.name: m.role for m in mentions(f"Does sex affect life, {behind}?", SHIP.columns)
    }

    assert roles["sex"] == "factor"
    assert roles["age"] == "factor"


@pytest.mark.parametrize(
    "task",
    [
        "Does fare affect survival, controlling for sex and age?",
        "Controlling for sex and age, does the fare affect survival?",
        "Does fare affect survival given sex and the age?",
        "Does fare affect survival, adjusted for every traveller's sex and age?",
        "Is survival related to fare when adjusted for both age and sex",
    ],
)
def test_what_the_task_holds_constant_is_known(task: str) -> None:
    assert held_constant(task, mentions(task, SHIP.columns)) == {"sex", "age"}


@pytest.mark.parametrize(
    "names", [("Prewt", "Postwt"), ("bp_pre", "bp_post"), ("weight before", "weight after")]
)
def test_columns_of_two_occasions_are_paired(names: tuple[str, str]) -> None:
    early, late = map(number, names)

    assert is_earlier(early, late)
    assert not is_earlier(late, early)
    task = f"Did it change from {names[0]} to {names[1]}?"
    assert settle(task, table(early, late)) == "paired"


@pytest.mark.parametrize("names", [("price", "postage"), ("preheat", "postage"), ("x", "y")])
def test_other_columns_are_no_occasions(names: tuple[str, str]) -> None:
    assert not is_earlier(*map(number, names))


@pytest.mark.parametrize(
    "task",
    ["Does fare affect survival?", "Does the fare that was given affect survival, sex and age?"],
)
def test_without_such_words_nothing_is_held(task: str) -> None:
    assert held_constant(task, mentions(task, SHIP.columns)) == frozenset()


@pytest.mark.parametrize(
    "task",
    [
        "Adjusting for age and sex, does the fare affect survival?",
        "Holding constant age and sex, fare affects survival",
    ],
)
def test_what_is_held_first_is_no_target(task: str) -> None:
    roles = {m.column.name: m.role for m in mentions(task, SHIP.columns)}

    assert roles == {"survived": "target", "fare": "factor", "age": "factor", "sex": "factor"}
    assert held_constant(task, mentions(task, SHIP.columns)) == {"sex", "age"}


def test_occasions_are_an_analysis_whatever_they_are_of() -> None:
    columns = ["patient_id", "bp_before", "bp_after"]

    assert kind_of("Did blood pressure drop from before to after?", columns) == "analysis"


def test_a_number_of_each_row_is_no_measurement() -> None:
    column = number("customer_no", distinct=1000)

    assert not is_measurement(column, rows=1000)
