import pytest

from k2_jupyter.notebook.compare.text import (
    Move,
    drawing_difference,
    markup_difference,
    text_difference,
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\n", "a  \nb"),
        ("mean 0.30000000000000004", "mean 0.3"),
        ("p = 1.234567e-08", "p = 1.2345671e-08"),
        ("x 1,234.5", "x   1,234.5"),
        ("0.0", "1e-17"),
        ("nan -inf", "nan -inf"),
        ("10 %\r100 %", "100 %"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("<Axes at 0x7f12345678>", "<Axes at 0x7f99999999>"),
        ("CPU times: user 3 ms\nWall time: 4 ms", "CPU times: user 5 ms\nWall time: 9.1 s"),
        (
            "1.2 µs ± 3 ns per loop (mean ± std. dev. of 7 runs)",
            "1.9 µs ± 8 ns per loop (mean ± std. dev. of 7 runs)",
        ),
        ("/tmp/ipykernel_12/345.py:3: W", "/tmp/ipykernel_99/1.py:3: W"),
        ("Cell In[3], line 1", "Cell In[7], line 1"),
        (
            "Date:   Sun, 22 Nov 2026   Prob: 0.1\nTime:   10:00:00   AIC: 3.2",
            "Date:   Mon, 23 Nov 2026   Prob: 0.1\nTime:   11:12:13   AIC: 3.2",
        ),
        ("5%|█ | 1/20 [00:01<00:19, 1.0it/s]", "5%|█ | 1/20 [00:02<00:38, 0.5it/s]"),
    ],
)
def test_what_differs_by_nature_is_no_difference(before: str, after: str) -> None:
    assert text_difference(before, after) == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("n = 3", "n = 4"),
        ("n = 1000000", "n = 1000001"),
        ("x 0.12", "x 0.13"),
        ("x 1.0000", "x 1.0001"),
        ("p < 0.05", "p > 0.05"),
        ("column_1", "column_2"),
        ("yes", "no"),
        ("1", "1.0"),
        ("nan", "0.5"),
        ("2026-11-22", "2026-11-23"),
        ("a", "a\nb"),
    ],
)
def test_what_says_something_else_is_found(before: str, after: str) -> None:
    assert text_difference(before, after)
    assert text_difference(after, before)


def test_the_first_line_that_differs_is_told() -> None:
    found = text_difference("same\nmean 3.5\n", "same\nmean 3.6\nmore")

    assert found == "line 2: `mean 3.5` then, `mean 3.6` now"
    assert text_difference("a", "a\nb") == "line 2: nothing then, `b` now"


def test_of_long_lines_the_part_that_differs_is_told() -> None:
    found = text_difference("a" * 500 + "b" * 500, "a" * 500 + "c" * 500)

    assert f"`…{'a' * 20}{'b' * 60}…` then, `…{'a' * 20}{'c' * 60}…` now" in found


def test_long_and_invisible_text_is_told_within_a_line() -> None:
    found = text_difference("x" * 500, "y\x07" * 500)

    assert "\x07" not in found
    assert len(found) < 300


def test_of_html_only_what_is_seen_counts() -> None:
    before = "<style>#T_ab12c {}</style><table id='T_ab12c'><tr><td>1.5</td></tr></table>"
    after = "<style>#T_f00d1 {}</style><table id='T_f00d1'><tr><td>1.5</td></tr></table>"

    assert markup_difference(before, after) == ""
    assert "1.6" in markup_difference(before, after.replace("1.5", "1.6"))


def test_html_without_text_is_compared_by_its_source() -> None:
    chart = "<div id='altair-viz-{}'></div><script>draw({})</script>"

    assert markup_difference(chart.format("a" * 32, 1), chart.format("b" * 32, 1)) == ""
    assert markup_difference(chart.format("a" * 32, 1), chart.format("a" * 32, 2))


def test_a_drawing_is_compared_without_its_ids_and_date() -> None:
    svg = "<dc:date>{}</dc:date><clipPath id='p{}'/><path d='M 0 {}'/>"

    before = svg.format("2026-01-01", "0a1b2c3d4e", 5)
    assert drawing_difference(before, svg.format("2026-02-02", "ffffffffff", 5)) == ""
    assert drawing_difference(before, svg.format("2026-01-01", "0a1b2c3d4e", 6))


def test_a_folder_that_moved_is_the_same_folder() -> None:
    move = Move("/scratch/x", "/home/me/out")

    assert move.undo("saved /scratch/x/a.csv") == "saved /home/me/out/a.csv"
    assert Move().undo("as it is") == "as it is"
