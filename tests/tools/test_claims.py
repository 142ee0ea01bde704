"""Planted wrong numbers are caught; right ones pass as people print them."""

from __future__ import annotations

import pytest

from k2_jupyter.events import Claim
from k2_jupyter.notebook.base import Cell
from k2_jupyter.outputs import Display, Stream
from k2_jupyter.tools.claims import check, look_up, stated

PRINTED = """\
n = 74301
F(2, 74298) = 324.347, p = 1.234e-140
share of duplicates: 0.5338
       n    mean  median
EN   284   50.25   48.10
SE    12  -3.417   99.00

difference = -5.24
"""


def cell(text: str = PRINTED, source: str = "report(df)", cell_id: str = "c1") -> Cell:
    return Cell(cell_id, "code", source, (Stream("stdout", text),))


def verdict(conclusion: str, number: str, label: str = "", within: Cell | None = None) -> Claim:
    """The checked claim for the one number of a conclusion."""
    looked_at = within or cell()
    (claim,) = check(conclusion, [Claim(number, "c1", label)], {"c1": looked_at}.get)
    return claim


@pytest.mark.parametrize(
    ("conclusion", "number", "label"),
    [
        ("F was 324.35.", "324.35", "F"),
        ("F was about 324.", "324", "F"),
        ("There are 74,301 rows.", "74,301", ""),
        ("About 74k rows.", "74k", ""),
        ("About 53 % are duplicates.", "53 %", ""),
        ("About 53.4% are duplicates.", "53.4%", ""),
        ("p = 1.2e-140", "1.2e-140", ""),
        ("p = 1.2 × 10^-140", "1.2 × 10^-140", ""),
        ("p < 0.001", "0.001", "p"),
        ("p < 0.001", "< 0.001", "p"),
        ("median > 60", "60", "median"),
        ("It fell by 5.2.", "5.2", ""),
        ("It changed by −5.2.", "−5.2", ""),
        ("EN has 284 rows.", "284", "EN"),
        ("The smallest cell has 12 rows.", "12", "n"),
        ("1. The mean is 50.25.", "50.25", ""),
        ("The mean is $50.25.", "$50.25", ""),
        ("The mean is 50.25 cm.", "50.25 cm", ""),
        ("p < .001", ".001", "p"),
        ("About 74 thousand rows.", "74 thousand", ""),
        ("About 53 percent.", "53 percent", ""),
        ("EUR74,301 in all.", "EUR74,301", ""),
    ],
)
def test_a_number_that_the_output_shows_is_found(conclusion: str, number: str, label: str) -> None:
    assert verdict(conclusion, number, label).problem == ""


@pytest.mark.parametrize(
    ("conclusion", "number", "label", "problem"),
    [
        ("F was 324.36.", "324.36", "F", "not in the outputs"),
        ("F was 325.", "325", "F", "not in the outputs"),
        ("F was 3243.5.", "3243.5", "F", "not in the outputs"),
        ("n was 74,302.", "74,302", "", "not in the outputs"),
        ("About 54 %.", "54 %", "", "not in the outputs"),
        ("It rose by +5.2.", "+5.2", "", "not in the outputs"),
        ("p > 0.05", "0.05", "p", "no word of its label"),
        ("p < 1e-200", "1e-200", "p", "no word of its label"),
        ("The share is > 0.9.", "0.9", "share", "no word of its label"),
        ("mean > 60", "60", "mean", "no word of its label"),
        ("The rate is .92.", ".92", "", "not in the outputs"),
        ("USD118,000 were paid.", "USD118,000", "", "not in the outputs"),
        ("It has 99_999 rows.", "99_999", "", "not in the outputs"),
        ("With 77% confidence, yes.", "77%", "", "not in the outputs"),
        ("5000. That is the mean.", "5000", "", "not in the outputs"),
        ("The number of them is 12.", "12", "number of the", "no word of its label"),
        ("EN has 12 rows.", "12", "EN", "no word of its label"),
        ("We have 284 of them.", "284", "", "no word of its label"),
        ("F was 324.35.", "324.4", "F", "no claim names a cell"),
    ],
)
def test_a_planted_number_is_caught(conclusion: str, number: str, label: str, problem: str) -> None:
    claim = verdict(conclusion, number, label)
    assert not claim.found
    assert problem in claim.problem


def test_a_cell_that_does_not_exist_backs_nothing() -> None:
    (claim,) = check("F was 324.35.", [Claim("324.35", "c9", "F")], {"c1": cell()}.get)
    assert "no cell 'c9'" in claim.problem


@pytest.mark.parametrize(
    ("source", "printed", "stated"),
    [
        ("print('F = 324.35')", "F = 324.35", "324.35"),
        ("print(f'F = {324.3468:.2f}')", "F = 324.35", "324.35"),
        ("print('F =', 12_000)", "F = 12000", "12,000"),
        ("print('F =', .75)", "F = 0.75", "0.75"),
        ("print('F =', 0.534)", "F = 0.534", "53 %"),
        ("print('F =', 0x177)", "F = 375", "375"),
        ("%time print('F =', 324.35)", "F = 324.35", "324.35"),
        ("print('F =', -324.35)", "F = -324.35", "-324.35"),
    ],
)
def test_a_value_written_into_the_source_proves_nothing(
    source: str, printed: str, stated: str
) -> None:
    claim = verdict(f"F was {stated}.", stated, "F", cell(f"{printed}\n", source))
    assert "literally in the source" in claim.problem


def test_how_a_value_is_formatted_is_no_literal() -> None:
    shown = cell("share 0.1%, F = 2.00\n", "print(f'share {share:.1%}, F = {F:.2f}')")
    assert verdict("The share is 0.1 %.", "0.1 %", "share", shown).problem == ""
    assert verdict("F is 2.00.", "2.00", "F", shown).problem == ""


def test_numbers_that_no_float_holds_do_no_harm() -> None:
    text = "It is 1e999 or 1e-999, " + "9" * 400
    shown = cell("x = 1e999\n", f"y = {'9' * 400}\nz = 1e999")
    assert len(check(text, [Claim("1e999", "c1", "x")], {"c1": shown}.get)) == 3


def test_a_right_claim_wins_over_a_wrong_one_for_the_same_number() -> None:
    cells = {"c1": cell(), "c2": cell("nothing here\n", cell_id="c2")}
    offered = [Claim("324.35", "c2", "F"), Claim("324.35", "c1", "F")]
    (claim,) = check("F was 324.35, yes 324.35.", offered, cells.get)
    assert claim.found
    assert claim.cell == "c1"


def test_tables_count_whether_they_were_shown_as_text_or_as_html() -> None:
    html = "<style>td {width: 99.5px}</style><table><tr><td>mean</td><td>12.75</td></tr></table>"
    shown = Cell("c1", "code", "t", (Display({"text/html": html, "text/plain": "<Styler>"}),))
    assert verdict("The mean is 12.75.", "12.75", "", shown).found
    assert not verdict("The width is 99.5.", "99.5", "", shown).found


def test_identifiers_ordinals_list_marks_and_interval_levels_are_no_findings() -> None:
    text = "1. K2 saw `x1` and col_2 in the 2nd part (95 % CI), 95% confidence."
    assert stated(text) == ()
    assert [number.text for number in stated("2020–2025, 3 of 4")] == ["2020", "2025", "3", "4"]


def test_without_claims_the_words_beside_a_number_are_its_label() -> None:
    found = look_up("EN has 284 rows and F is 324.35, not 999.5.", [cell()])
    assert [(claim.number, claim.found, claim.cell) for claim in found] == [
        ("284", True, "c1"),
        ("324.35", True, "c1"),
        ("999.5", False, ""),
    ]
