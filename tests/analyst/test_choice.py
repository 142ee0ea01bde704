"""Which columns a task means, over tables that were made up."""

from __future__ import annotations

import pytest

from k2_jupyter.analyst.choice import Choice, Impossible, Unclear, choose
from k2_jupyter.analyst.mentions import mentions
from k2_jupyter.analyst.table import Table
from tests.analyst.tables import (
    BIRDS,
    CARS,
    DEMO,
    FARM,
    SALARIES,
    SHOP,
    WEATHER,
    code,
    number,
    table,
    words,
)


@pytest.mark.parametrize(
    ("task", "where", "target", "factor", "second"),
    [
        (
            DEMO,
            SALARIES, "salary_in_usd", "remote_ratio", "experience_level",
        ),
        ("Is pay different for SE and EX?", SALARIES, "salary_in_usd", "experience_level", None),
        ("Compare the wages by firm size", SALARIES, "salary_in_usd", "company_size", None),
        ("Does the tip depend on the day?", SHOP, "tip", "day", None),
        ("Do women and men tip differently?", SHOP, "tip", "sex", None),
        ("Compare the total bill across days and smokers", SHOP, "totalBill", "day", "smoker"),
        ("What is the effect of smoking on the tips?", SHOP, "tip", "smoker", None),
        ("Does body mass differ between species?", BIRDS, "body_mass_g", "species", None),
        ("Do the species differ in body mass, and does it differ by sex?", BIRDS, "body_mass_g",
         "species", "sex"),
        ("Compare temp_max by weather", WEATHER, "temp_max", "weather", None),
        ("Compare bodymass by sex and island", BIRDS, "body_mass_g", "sex", "island"),
        ("Is the tip larger on Fri?", SHOP, "tip", "day", None),
        ("Do absences differ in 4a?", table(number("absent_days"), words("class", "4a", "4b"),
         words("club", "a", "b")), "absent_days", "class", None),
        ("Does watring raise the mpg?", table(*CARS.columns, words("watering", "a", "b")), "mpg",
         "watering", None),
        ("Is the mpg higher with watering?", table(number("mpg"), words("feed", "high", "low"),
         words("watering", "a", "b")), "mpg", "watering", None),
        ("Compare the fliper length of the speceis", BIRDS, "flipper_length_mm", "species", None),
        ("Vergleiche: does Dünger change the Ertrag?", FARM, "Ertrag pro Hektar (kg)",
         "Dünger 'neu'", None),
        ("Is mpg affected by cylinders and origin?", CARS, "mpg", "cyl", "origin"),
        ("Does the number of cylinders influence consumption?", CARS, "mpg", "cyl", None),
        ("Is mpg associated with the cylinders and the origin?", CARS, "mpg", "cyl", "origin"),
        ("What is the influence of the weight on mpg?", CARS, "mpg", "weight", None),
        ("Compare the mpg by origin", table(number("Miles_per_Gallon"), CARS.columns[3]),
         "Miles_per_Gallon", "origin", None),
        ("Which day gets the highest tips?", SHOP, "tip", "day", None),
        ("Examine whether GDP per capita affects life expectancy",
         table(number("lifeExp"), number("pop"), number("gdpPercap", distinct=1000)),
         "lifeExp", "gdpPercap", None),
    ],
)  # fmt: skip
def test_columns_are_found_by_words_values_and_roles(
    task: str, where: Table, target: str, factor: str, second: str | None
) -> None:
    choice = choose(task, where)

    assert isinstance(choice, Choice)
    assert (choice.target, choice.factor, choice.second) == (target, factor, second)


@pytest.mark.parametrize(
    ("task", "levels"),
    [
        ("Is body mass different for Adelie and Gentoo?", ("Adelie", "Gentoo")),
        ("Is body mass different for Adelie, Gentoo and Chinstrap?", ()),
        ("Compare body mass by species: Adelie is heavy, Gentoo too", ()),
    ],
)
def test_of_levels_that_are_named_only_these_are_compared(task: str, levels: object) -> None:
    choice = choose(task, BIRDS)

    assert isinstance(choice, Choice)
    assert (choice.factor, choice.levels) == ("species", levels)


def test_a_word_belongs_to_the_column_that_it_explains_best() -> None:
    firms = table(*SALARIES.columns, words("company_type", "Ltd", "Inc"))
    choice = choose("Compare the salary by company size", firms)

    assert isinstance(choice, Choice)
    assert (choice.factor, choice.second) == ("company_size", None)


def test_years_give_the_time() -> None:
    choice = choose("Compare salary by remote ratio from 2020 to 2025", SALARIES)

    assert isinstance(choice, Choice)
    assert choice.time == "work_year"


@pytest.mark.parametrize(
    ("task", "time"),
    [
        ("Compare temp_max by weather", None),
        ("Compare temp_max by weather and show the trend", "date"),
        ("Compare temp_max by weather since 2012", "date"),
        ("Compare temp_max by weather over the years", "date"),
    ],
)
def test_a_trend_is_told_where_the_task_speaks_of_time(task: str, time: str | None) -> None:
    choice = choose(task, WEATHER)

    assert isinstance(choice, Choice)
    assert (choice.time, choice.trend) == (time, time is not None)


def test_a_dashboard_without_a_second_factor_filters_by_time() -> None:
    choice = choose("Compare temp_max by weather in a dashboard", WEATHER)

    assert isinstance(choice, Choice)
    assert (choice.time, choice.trend) == ("date", False)


@pytest.mark.parametrize(("task", "period"), [("by month", "M"), ("per quarter", "Q")])
def test_dates_can_be_the_factor(task: str, period: str) -> None:
    choice = choose(f"Compare Ertrag {task}", FARM)

    assert isinstance(choice, Choice)
    assert (choice.factor, choice.period) == ("Datum", period)


def test_a_measurement_as_factor_is_cut_into_quarters() -> None:
    choice = choose("Does weight affect mpg?", CARS)

    assert isinstance(choice, Choice)
    assert (choice.target, choice.factor, choice.binned) == ("mpg", "weight", True)


def test_equally_good_targets_are_asked_about() -> None:
    unclear = choose("Compare bill size across islands", BIRDS)

    assert isinstance(unclear, Unclear)
    assert [r.target for r in unclear.readings] == ["bill_length_mm", "bill_depth_mm"]


def test_without_a_word_for_a_column_the_readings_are_offered() -> None:
    unclear = choose("Compare the groups", SHOP)

    assert isinstance(unclear, Unclear)
    assert len(unclear.readings) == 4


def test_categories_have_no_mean() -> None:
    assert isinstance(choose("Does origin affect survival?", CARS), Impossible)


def test_a_constant_factor_is_replaced_and_said() -> None:
    constant = table(words("plant", "north"), *SHOP.columns)
    choice = choose("Compare the tip by plant and day", constant)

    assert isinstance(choice, Choice)
    assert (choice.factor, choice.left_out) == ("day", ("plant",))


def test_a_constant_factor_alone_is_not_replaced() -> None:
    constant = table(words("plant", "north"), *SHOP.columns)

    assert isinstance(choose("Does the tip depend on the plant?", constant), Impossible)


def test_columns_are_not_compared_with_each_other() -> None:
    visits = table(code("patient", *range(5)), number("before"), number("after"))

    assert isinstance(choose("Is there a difference between before and after?", visits), Impossible)


def test_a_target_that_the_task_does_not_name_is_a_guess() -> None:
    shops = table(number("spend"), words("channel", "mail", "seo"))
    guess, named = (choose(f"Compare {word} by channel", shops) for word in ("rates", "spend"))

    assert isinstance(guess, Choice)
    assert isinstance(named, Choice)
    assert (guess.target, guess.guessed, named.guessed) == ("spend", ("spend",), ())


def test_a_factor_with_a_value_for_each_row_has_no_groups() -> None:
    keys = table(words("customer", "a", "b", "c", distinct=1000), *SHOP.columns)

    assert isinstance(choose("Compare the tip by customer", keys), Impossible)


def test_a_constant_target_is_not_replaced() -> None:
    flat = table(number("yield", 1), *BIRDS.columns)

    assert isinstance(choose("Does the yield differ by island?", flat), Impossible)


def test_a_column_that_turned_out_unusable_is_avoided() -> None:
    choice = choose("Compare the tip by day and sex", SHOP, without=frozenset({"day"}))

    assert isinstance(choice, Choice)
    assert (choice.factor, choice.second) == ("sex", None)


FLOWERS = table(
    *(number(f"{part} {size} (cm)") for part in ("sepal", "petal") for size in ("length", "width"))
)


@pytest.mark.parametrize(
    ("task", "names"),
    [
        ("sepal length and petal width", ["sepal length (cm)", "petal width (cm)"]),
        ("petal width, sepal width", ["petal width (cm)", "sepal width (cm)"]),
        ("the width of the petals", ["petal width (cm)"]),
    ],
)
def test_a_name_is_said_by_words_that_stand_together(task: str, names: list[str]) -> None:
    said = [mention.column.name for mention in mentions(task, FLOWERS.columns)]

    assert said == names


@pytest.mark.parametrize(
    ("names", "meant"),
    [
        (("husband_wage", "wife_wage"), "husband_wage"),
        (("wage", "husband wage"), "husband wage"),
        (("wagew", "wageh"), "wageh"),
        (("wage", "hwage"), "hwage"),
        (("wage", "huswage"), "huswage"),
    ],
)
def test_a_possessive_belongs_to_the_name(names: tuple[str, str], meant: str) -> None:
    task = "Does the husband\u2019s wage affect hours?"

    said = mentions(task, [*map(number, names), number("hours")])

    assert {mention.column.name: mention.role for mention in said} == {
        meant: "factor",
        "hours": "target",
    }


def test_of_two_words_that_one_name_begins_with_none_is_taken_twice() -> None:
    said = mentions("Do smokers tip more?", SHOP.columns)

    assert [mention.column.name for mention in said] == ["smoker", "tip"]
