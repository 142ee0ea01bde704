"""What the rich forms of real libraries say as text, and that hostile HTML does no harm."""

from __future__ import annotations

import time

import itables
import pandas as pd
import pytest
from great_tables import GT

from k2_jupyter.notebook.html_text import html_text

SALES = pd.DataFrame({"name": ["a", "b", "c"], "v": [1.23456, 2.5, -7.0], "n": [1000, 20000, 3]})
NESTED = pd.DataFrame(
    {"g": ["x", "x", "y", "y"], "k": [1, 2, 1, 2], "c": [0.5, 0.25, 3.0, 4.0]}
).set_index(["g", "k"])
GROUPED = SALES.groupby("name").agg({"v": ["mean", "max"], "n": ["min"]})
HANG = 20.0


def styled(frame: pd.DataFrame) -> str:
    return str(frame.style.format(precision=2).to_html())


def test_a_styled_frame_has_the_numbers_as_shown() -> None:
    styler = SALES.style.format({"v": "{:.1%}", "n": "{:,}"}).set_caption("Sales").hide()
    assert html_text(styler.to_html()) == (
        "Sales\n"
        "name        v       n\n"
        "a      123.5%   1,000\n"
        "b      250.0%  20,000\n"
        "c     -700.0%       3\n"
    )


def test_a_name_over_several_columns_stands_over_each() -> None:
    lines = html_text(styled(GROUPED)).split("\n")
    assert lines[0].split() == ["v", "v", "n"]
    assert lines[1].split() == ["mean", "max", "min"]
    assert lines[3].split() == ["a", "1.23", "1.23", "1000"]


def test_an_index_that_spans_rows_stands_in_each() -> None:
    rows = [line.split() for line in html_text(styled(NESTED)).strip().split("\n")]
    assert rows[-3:] == [["x", "2", "0.25"], ["y", "1", "3.00"], ["y", "2", "4.00"]]


def test_a_great_table_with_title_groups_and_footnote() -> None:
    table = (
        GT(SALES.assign(kind=["p", "p", "q"]), groupname_col="kind")
        .tab_header(title="Sales", subtitle="2024")
        .fmt_currency("n")
        .fmt_number("v", decimals=1)
        .tab_spanner(label="Numbers", columns=["v", "n"])
        .tab_source_note("Source: 5 shops")
    )
    assert html_text(table.as_raw_html()) == (
        "Sales\n2024\n"
        "name  Numbers     Numbers\n"
        "name        v           n\n"
        "p\n"
        "a         1.2   $1,000.00\n"
        "b         2.5  $20,000.00\n"
        "q\n"
        "c        −7.0       $3.00\n"
        "Source: 5 shops\n"
    )


@pytest.mark.parametrize("frame", [SALES, NESTED, GROUPED])
def test_an_itable_is_read_from_its_data(frame: pd.DataFrame) -> None:
    lines = html_text(itables.to_html_datatable(frame)).split("\n")
    told = frame.to_string(sparsify=False).split("\n")
    if frame is SALES:
        assert lines[0].split() == ["name", "v", "n"]
        assert lines[1].split() == ["a", "1.23456", "1000"]
    else:
        assert lines[-1].split() == told[-1].split()
        assert len(lines) == len(told)


def test_other_html_is_its_visible_text() -> None:
    html = (
        "<h3>Result</h3><p>the <b>mean</b> is 5 &lt; 6</p><ul><li>one<li>two</ul>"
        "<script>alert('no')</script><style>p {color: red}</style>"
        "<div style='display: none'>hid<div>den</div></div><img src='data:,' alt='a bar'>tail"
    )
    assert html_text(html) == "Result\nthe mean is 5 < 6\none\ntwo\n[picture: a bar]tail"


def test_a_table_in_a_table_is_text_of_its_cell() -> None:
    html = "<table><tr><td>a<table><tr><td>1<td>2</table><td>b</table>after"
    assert html_text(html) == "a 1 2  b\n\nafter"


def test_unfinished_html_is_read_as_far_as_it_goes() -> None:
    assert html_text("<table><tr><td>1<td>2<tr><td>3") == "1  2\n3\n"
    assert html_text("<td>5</td> and <b") == "5 and"


HOSTILE = [
    "<!--" * 200_000,
    "<" * 500_000,
    "<a b='" * 200_000,
    "<!" * 300_000,
    "</" * 300_000,
    "<![CDATA[" * 100_000,
    "&#x" * 200_000,
    "<table>" * 100_000 + "x",
    "<table>" + "<tr><td colspan=1000 rowspan=65534>x" * 20_000,
    "<table><tr>" + "<td>" * 200_000,
    "<td colspan=99999999999 rowspan=-1>x</td>",
    "<div hidden>" * 100_000,
    '"data_json": "' + "[" * 100_000 + '"',
    '"data_json": "' + "\\" * 100_000,
    '"data_json": "[1, {}, [[[2]]], null]"',
    '<script>"data_json": "{}", "table_html": "<table><table>"</script>',
]


@pytest.mark.parametrize("html", HOSTILE)
def test_hostile_html_is_bounded(html: str) -> None:
    begun = time.monotonic()
    assert len(html_text(html)) <= len(html) + 100
    assert time.monotonic() - begun < HANG
