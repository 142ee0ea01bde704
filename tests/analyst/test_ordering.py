"""The natural order of levels, by their words and by their numbers."""

from __future__ import annotations

import random

import pytest

from k2_jupyter.analyst.ordering import natural_order

RANKS = [
    "low < medium < high",
    "Never < Sometimes < Often < Always",
    "nie < oft < immer",
    "None < Some < Marked",
    "None < Some < Freq",
    "Strongly disagree < Disagree < Neither agree nor disagree < Agree < Strongly agree",
    "S < M < L < XL",
    "some high school < high school < some college < associate's degree < bachelor's degree",
    "Fair < Good < Very Good < Excellent",
    "not worried < somewhat worried < very worried",
    "low risk < medium risk < high risk",
    "Stage I < Stage II < Stage III",
    "<18 < 18-24 < 25–34 < 65+",
    "under 5 < 5 to 10 < 10 and up",
    "18 to 24 years < 25 to 64 years < 65 years and over",
    "(-0.1, 0.5] < (0.5, 1.0] < (1.0, 2.5]",
    "-10 to -5 < -5 to 0 < 0 to 5",
    "below -10 < -10 to 0 < above 0",
    "Under $10,000 < $10,000 - $20,000 < $100,000+",
    "<10k < 10k-20k < >20k",
    "placebo < 5 mg < 10 mg < 20 mg",
    "0 kids < 1 kid < 2 kids",
    "Up to 1 year < 1 to 3 years < More than 3 years",
    "1st < 2nd < 3rd < 10th",
]
TURNS = [
    "Thur < Fri < Sat < Sun",
    "Jan < Feb < Mar < Dec",
    "before < after",
    "1 - poor < 2 - fair < 10 - great",
    "Site 1 < Site 2 < Site 12",
    "baseline < week 2 < week 10",
]


@pytest.mark.parametrize(
    ("kind", "scale"), [*(("rank", s) for s in RANKS), *(("turn", s) for s in TURNS)]
)
def test_levels_have_their_natural_order_however_they_come(kind: str, scale: str) -> None:
    levels = scale.split(" < ")
    mixed = random.Random(scale).sample(levels, len(levels))

    order = natural_order(mixed)

    assert order is not None
    assert list(order.levels) == levels
    assert order.kind == kind


@pytest.mark.parametrize(
    "levels",
    [
        "usa japan europe",
        "a b c",
        "male female",
        "M L",
        "single married",
        "low blue high",
        "medium moderate high",
        "MO MI",
    ],
)
def test_levels_without_an_order_have_none(levels: str) -> None:
    assert natural_order(levels.split()) is None


@pytest.mark.parametrize(
    "levels", [["6-12 months", "1-2 years"], ["Q1 2020", "Q2 2019"], ["5 mg", "1 g", "2 g"]]
)
def test_numbers_of_different_things_give_no_order(levels: list[str]) -> None:
    assert natural_order(levels) is None


def test_what_lies_on_no_scale_comes_last_and_ends_the_ranking() -> None:
    order = natural_order(["Don't know", "high", "low", "medium"])

    assert order is not None
    assert order.levels == ("low", "medium", "high", "Don't know")
    assert order.kind == "turn"


def test_a_control_comes_before_what_is_compared_with_it() -> None:
    order = natural_order(["drug", "placebo", "acupuncture"])

    assert order is not None
    assert order.levels == ("placebo", "acupuncture", "drug")
    assert order.kind == "reference"
