from __future__ import annotations

from typing import get_args

import pytest

from k2_jupyter.notebook.figures.advice import fault_lines
from k2_jupyter.notebook.figures.parsing import parse
from k2_jupyter.notebook.figures.record import FaultCode
from tests.notebook.figures.records import fault, figure, panel


def lines(*faults: object, panels: int = 1) -> list[str]:
    record = parse(figure(*[panel()] * panels, faults=list(faults)))
    assert record is not None
    return fault_lines(record)


@pytest.mark.parametrize("code", get_args(FaultCode))
def test_each_fault_says_what_to_do(code: str) -> None:
    (bare,) = lines(fault(code))
    (full,) = lines(fault(code, what="x", count=3, of=9, names=["a / b"]))
    for line in (bare, full):
        problem, remedy = line.split(": ", 1)
        assert problem
        assert remedy
        assert "{" not in line


def test_numbers_and_names_are_said() -> None:
    assert lines(fault("overplotting", count=100_000))[0].startswith("100,000 points cover")
    assert '("a / b", "c / d")' in lines(fault("confusable_colors", names=["a / b", "c / d"]))[0]
    assert "on x (40)" in lines(fault("too_many_categories", what="x", count=40))[0]
    assert "in the pie" in lines(fault("too_many_categories", what="pie"))[0]
    assert 'but at "50"' in lines(fault("bars_not_from_zero", what="y", names=["50"]))[0]


def test_the_same_fault_of_several_axes_is_one_line() -> None:
    found = [fault("missing_label", number, what="x") for number in (1, 2, 3, 5)]
    assert lines(*found, fault("missing_label", 2, what="y"), panels=5) == [
        "axes 1 to 3, 5: the x axis has no label: name the quantity and its unit",
        "axes 2: the y axis has no label: name the quantity and its unit",
    ]


def test_a_flood_of_faults_is_cut() -> None:
    every = [fault(code, what=what) for code in get_args(FaultCode) for what in ("x", "y")]
    told = lines(*every)
    assert len(told) == 9
    assert told[-1] == "… 20 more kinds of fault"
