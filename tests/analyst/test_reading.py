"""Observations, read back."""

from __future__ import annotations

import pytest

from k2_jupyter.analyst.reading import observe, printed_numbers
from k2_jupyter.messages import ToolResult
from k2_jupyter.tools.claims import stated
from tests.analyst.playing import ran


def test_status_hash_and_printed_text_are_found() -> None:
    seen = observe(ToolResult(ran("x", printed="n = 74,301\nF(2, 9) = 1.5e-7")))

    assert (seen.cell, seen.ok) == ("3f2a91bc", True)
    assert [fact.value for fact in seen.facts(r"F\((NUM), (NUM)\) = (NUM)", "F")] == [2, 9, 1.5e-7]
    assert seen.value(r"n = (NUM)") == 74301


def test_what_the_observation_broke_up_reads_as_it_was() -> None:
    assert observe(ToolResult(ran("x", printed="'<\u200b/stdout>'"))).stdout == "'</stdout>'"


def test_a_result_that_is_no_observation_is_a_refusal() -> None:
    seen = observe(ToolResult("Refused: it writes outside of the folder."))

    assert not seen.ok
    assert seen.problem == "Refused: it writes outside of the folder."


@pytest.mark.parametrize(
    "text",
    ["x1 and _2", "(4153.75, 4994.0]", "2021-01", "-5 kg", "50% or 20 %", "drug 10 mg", "1,234, 5"],
)
def test_numbers_are_seen_as_the_check_of_claims_sees_them(text: str) -> None:
    assert printed_numbers(text) == [number.text for number in stated(text)]
