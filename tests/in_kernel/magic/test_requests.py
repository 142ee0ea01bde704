"""Descriptions in requests; the requests of `%k2 fix` and `%k2 explain`."""

from __future__ import annotations

import sys

import pandas as pd
import pytest

from k2_jupyter.in_kernel.magic import requests
from k2_jupyter.in_kernel.magic.ends import TurnFailed


def test_a_named_variable_is_described_and_not_copied() -> None:
    frame = pd.DataFrame({"city": [f"Town{n}" for n in range(5000)], "n": range(5000)})
    request = "Which {df} is larger?"
    text = requests.described(request, requests.named(request, {"df": frame}))
    assert text.startswith("Which df (DataFrame, 5000 rows × 2 columns")
    assert "Town4999" not in text
    assert len(text) < 600


@pytest.mark.parametrize(
    "text", ["{other}", "{{df}}", "${df}$", r"\frac{df}{2}", "{df.head()}", "x_{df}", "{_df}"]
)
def test_other_braces_stay(text: str) -> None:
    assert requests.named(text, {"df": 1, "_df": 1}) == {}
    assert requests.described(text, {"df": "int = 1"}) == text


def test_a_secret_is_not_told() -> None:
    assert "hunter2" not in str(requests.named("{api_key}", {"api_key": "hunter2" * 5}))


def test_fix_needs_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sys, "last_value", raising=False)
    with pytest.raises(requests.NothingToSay):
        requests.fix(["1"])


def test_a_turn_that_failed_is_no_error_of_a_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "last_value", TurnFailed("refused"), raising=False)
    with pytest.raises(requests.NothingToSay, match="K2's own"):
        requests.fix(["1"])


def test_explain_takes_the_last_cell_that_is_no_request() -> None:
    cells = ["", "a = 1", "%%k2\nwhat is a?", "%k2 status", "%k2 explain"]
    assert "```python\na = 1\n```" in requests.explain(cells)
    with pytest.raises(requests.NothingToSay):
        requests.explain(["", "%k2 explain"])


def test_a_cell_with_fences_stays_one_block() -> None:
    assert "````python\ns = '''```'''\n````" in requests.explain(["s = '''```'''"])
