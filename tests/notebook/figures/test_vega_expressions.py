"""Vega expressions, as JavaScript would compute them."""

from __future__ import annotations

import math
from typing import Any

import pytest

from k2_jupyter.notebook.figures.vega_expressions import UnknownExpression, expression

DATUM = {"n": 7, "s": "text", "none": None, "a b": 2.5, "day": "2024-03-31T12:00:00"}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("-datum.n % 4", -3),
        ("datum['a b'] * 2", 5),
        ("datum.n > 5 && datum.s == 'text'", True),
        ("datum.n < 5 || datum.none", None),
        ("datum.n > 5 ? 'big' : 'small'", "big"),
        ("!datum.none", True),
        ("'n = ' + datum.n", "n = 7"),
        ("datum.n === '7'", False),
        ("datum.n == '7'", True),
        ("datum.missing == null", True),
        ("round(2.5) + floor(-1.5)", 1),
        ("pow(2, 10) + sqrt(16) + abs(-1)", 1029),
        ("min(3, datum.n, 5) + max(1, 2)", 5),
        ("year(datum.day) * 100 + month(datum.day)", 202402),
        ("quarter(datum.day)", 1),
        ("isValid(datum.none)", False),
        ("if(datum.n == 7, upper('yes'), 'no')", "YES"),
        ("1e3 + .5", 1000.5),
        ("'it\\'s'", "it's"),
    ],
)
def test_expressions_are_computed(source: str, value: Any) -> None:
    assert expression(source)(DATUM) == value


@pytest.mark.parametrize("source", ["1 / 0", "log(0)", "datum.s * 2", "0 % 0", "sqrt(-1)"])
def test_what_is_no_number_is_not_a_number(source: str) -> None:
    assert math.isnan(expression(source)(DATUM))


@pytest.mark.parametrize(
    "source",
    ["", "datum", "window.location", "datum.n = 3", "sample(3)", "1 +", "((1)", "a", "`x`",
     "datum.n.deeper", "(" * 500 + "1" + ")" * 500, "-" * 500 + "1", "1" * 5_000, None, 3],
)  # fmt: skip
def test_what_is_not_known_is_refused(source: Any) -> None:
    with pytest.raises(UnknownExpression):
        expression(source)
