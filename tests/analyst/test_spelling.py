"""Levels that are written in several ways."""

from __future__ import annotations

import pytest

from k2_jupyter.analyst.spelling import look_alikes, spellings, tidied
from tests.analyst.tables import table, words


@pytest.mark.parametrize(
    ("levels", "joined"),
    [
        ({"male": 9, "Male ": 2, "MALE": 1}, {"Male ": "male", "MALE": "male"}),
        ({"New York": 5, "new  york": 1}, {"new  york": "New York"}),
        ({"yes": 5, "?": 1, " ": 2}, {"?": "", " ": ""}),
        ({"M": 5, " M": 1, "m": 2}, {" M": "M"}),
        ({"mV": 5, "MV": 5}, {}),
        ({"kPa": 5, "KPA": 5}, {}),
        ({"No ": 5, "Yes": 5}, {}),
        ({"McDonald": 5, "MCDONALD": 2}, {"MCDONALD": "McDonald"}),
    ],
)
def test_only_spellings_of_one_thing_are_joined(
    levels: dict[str, int], joined: dict[str, str]
) -> None:
    assert spellings(levels, "column") == joined


def test_case_tells_things_apart_where_the_column_says_so() -> None:
    assert spellings({"Shh": 1, "SHH": 1}, "gene_symbol") == {}
    assert spellings({"Shh": 1, "SHH": 2}, "person") == {"Shh": "SHH"}


def test_the_table_is_told_as_it_is_after_joining() -> None:
    raw = words("answer", "yes", "YES", "no ", "?")

    (column,) = tidied(table(raw)).columns

    assert column.levels == {"yes": 200, "no": 100}
    assert (column.distinct, column.missing) == (2, 100)


def test_a_table_that_is_tidy_keeps_what_was_joined() -> None:
    once = tidied(table(words("answer", "yes", "YES", "no")))

    assert tidied(once) == once
    assert once.columns[0].spellings == {"YES": "yes"}


def test_of_a_column_with_unknown_levels_nothing_is_joined() -> None:
    raw = words("city", "Rome", "ROME", "rome", distinct=90)

    assert tidied(table(raw)).columns == (raw,)


def test_levels_that_look_alike_are_found() -> None:
    assert look_alikes({"a": 1, "A": 2, "b": 3}) == [("A", "a")]
