"""Long texts lose whole lines, whole rows and whole columns."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pytest

from k2_jupyter.notebook.cutting import cut
from k2_jupyter.notebook.tables import tables_in


def frame(rows: int, columns: int) -> pd.DataFrame:
    values = {f"col{c}": [(r * 7 + c * 3) % 11 - 4.5 for r in range(rows)] for c in range(columns)}
    return pd.DataFrame(values)


def is_part_of(line: str, whole: str) -> bool:
    """Is a cut line made of the beginning and the end of a whole one?"""
    head, _, tail = line.partition(" … ")
    return whole.startswith(head) and whole.endswith(tail)


def test_what_fits_stays_as_it_is() -> None:
    assert cut("a\nb", 3) == "a\nb"


def test_rows_go_from_the_middle_and_the_header_stays() -> None:
    lines = frame(500, 3).to_string().split("\n")
    text = cut("\n".join(lines), 1_500).split("\n")
    marker = next(at for at, line in enumerate(text) if line.startswith("…"))
    assert text[:marker] == lines[:marker]
    after = text[marker + 1 :]
    out = len(lines) - marker - len(after)
    assert text[marker] == f"… {out} rows left out; read_output pages them …"
    assert after == lines[-len(after) :]
    assert len(after) > marker


def test_columns_go_from_the_middle_of_every_row() -> None:
    lines = frame(30, 60).to_string().split("\n")
    text = cut("\n".join(lines), 4_000).split("\n")
    (marker,) = [line for line in text if line.startswith("…")]
    assert marker.endswith("columns left out; read_output pages them …")
    for line in text:
        if line is not marker:
            assert any(is_part_of(line, whole) for whole in lines)
    names = text[0].replace("…", "").split()
    assert names[0] == "col0"
    assert names[-1] == "col59"
    assert f"{60 - len(names)} columns" in marker


@pytest.mark.parametrize("many", [1, 2, 7, 20])
def test_of_a_few_long_lines_each_is_seen(many: int) -> None:
    lines = [f"{number} {'-' * 20_000} {number}" for number in range(many)]
    text = cut("\n".join(lines), 10_000)
    assert len(text) <= 10_000
    for number, line in enumerate(text.split("\n")):
        assert line.startswith(f"{number} -")
        assert line.endswith(f"- {number}")


def test_a_table_of_which_the_beginning_is_cut_off_has_its_header_again() -> None:
    first, second = frame(100, 2), frame(100, 3).rename(columns=str.upper)
    text = cut(f"{first.to_string()}\n\n{second.to_string()}", 1_200).split("\n")
    after = next(at for at, line in enumerate(text) if line.startswith("…")) + 1
    assert text[after].split() == ["COL0", "COL1", "COL2"]


def test_a_drawn_table_keeps_its_frame() -> None:
    with pl.Config(tbl_rows=200, tbl_cols=20, tbl_width_chars=2_000):
        lines = str(pl.DataFrame({f"c{n}": range(100) for n in range(20)})).split("\n")
    text = cut("\n".join(lines), 3_000).split("\n")
    assert text[0] == "shape: (100, 20)"
    assert text[2].startswith("│ c0")
    assert text[-1].startswith("└")
    rows = [line for line in text[2:] if line.startswith("│")]
    assert len({len(row) for row in rows}) == 1
    assert all(row.endswith("│") for row in rows)


def test_a_long_line_loses_characters_and_says_how_many() -> None:
    text = cut("[" + "1234, " * 5_000 + "]", 500)
    head, _, rest = text.partition("… ")
    number, _, tail = rest.partition(" characters left out …")
    assert len(head) + int(number) + len(tail) == 30_002
    assert text.startswith("[1234")
    assert text.endswith("]")


def test_the_end_of_a_text_gets_the_larger_part() -> None:
    text = cut("\n".join(f"message {n}" for n in range(5_000)), 1_000).split("\n")
    marker = next(at for at, line in enumerate(text) if line.startswith("…"))
    assert 10 < marker < len(text) - marker
    assert "lines (" in text[marker]


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("      a    b\nx  1.0  2.0\ny  1.5  2.5", 1),
        ("        v\n     mean  std\nk\na     1.0  2.0\nb     1.0  2.0", 3),
        ("| a   | b   |\n|-----|-----|\n| 1   | 2   |\n| 3   | 4   |", 2),
        ("+-----+-----+\n| a   | b   |\n+=====+=====+\n| 1   | 2   |\n+-----+-----+", 3),
    ],
)
def test_the_header_of_a_table(text: str, header: int) -> None:
    (table,) = tables_in(text.split("\n"))
    assert table.header == header


@pytest.mark.parametrize(
    "text",
    [
        "These are words\nof more lines\nand no table",
        "def f(x):\n    return x\n\nprint(f(1))",
        "one\ntwo\nthree\nfour",
    ],
)
def test_no_table_where_nothing_is_aligned(text: str) -> None:
    assert tables_in(text.split("\n")) == ()
