"""Words that mean the same, and words that do not."""

from __future__ import annotations

import pytest

from k2_jupyter.analyst.words import likeness, pieces


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("salary", "salaries"),
        ("smoker", "smoking"),
        ("pay", "wages"),
        ("gender", "sex"),
        ("women", "female"),
        ("treatment", "treatments"),
        ("experience", "experienced"),
        ("flipper", "fliper"),
    ],
)
def test_forms_synonyms_and_misspellings_are_alike(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one) >= 0.7


@pytest.mark.parametrize(
    ("one", "other"), [("salary", "remote"), ("sex", "six"), ("age", "wage"), ("day", "pay")]
)
def test_other_words_are_not(one: str, other: str) -> None:
    assert likeness(one, other) == 0


def test_names_fall_into_their_words() -> None:
    assert pieces("totalBill_in-USD (2024)") == ["total", "bill", "in", "usd", "2024"]
