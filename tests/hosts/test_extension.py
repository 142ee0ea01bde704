"""A limit as a person reads it, and what may be typed."""

from __future__ import annotations

import pytest

from k2_jupyter.events import CapRequest, Extension
from k2_jupyter.hosts.extension import extension, prompt, reached

TOKENS = CapRequest("tokens", 1_234_567, 1_000_000, offered=500_000)


def test_a_limit_in_words() -> None:
    assert reached(TOKENS) == "1,234,567 of 1,000,000 new tokens"
    assert prompt(TOKENS) == "How many more new tokens? (y = 500,000, Enter = stop here)"
    dollars = CapRequest("dollars", 2.504, 2.5, "day")
    assert reached(dollars) == "2.5 of 2.5 US dollars today"
    assert prompt(dollars) == "How many more US dollars? (Enter = stop here)"


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("y", Extension(500_000)),
        (" YES ", Extension(500_000)),
        ("20", Extension(20)),
        ("1,000", Extension(1_000)),
        ("", None),
        (None, None),
        ("n", None),
        ("-1", None),
        ("inf", None),
        ("nan", None),
    ],
)
def test_what_was_typed(typed: str | None, answer: Extension | None) -> None:
    assert extension(TOKENS, typed) == answer


def test_yes_to_nothing_in_particular_is_no() -> None:
    assert extension(CapRequest("steps", 1, 1), "y") is None
