"""What the series of a record say of the marks they stand for."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from k2_jupyter.in_kernel.figures import arithmetic, series
from k2_jupyter.in_kernel.figures import facts as facts_of


def facts(told: dict[str, Any]) -> dict[str, tuple[Any, str]]:
    return {name: (value, at) for name, value, at in told["facts"]}


def test_a_line_tells_its_ends_extremes_trend_and_gaps() -> None:
    told = series.line([1, 2, 3, 4, 5], [2.0, None, 8.0, float("nan"), 4.0], name="a")
    assert facts(told) == {
        "first": (2, "1"),
        "last": (4, "5"),
        "min": (2, "1"),
        "max": (8, "3"),
        "trend": (pytest.approx(0.5), "per x"),
        "gaps": (2, ""),
    }
    assert told["count"] == 3
    assert told["rows"][1] == [2, None]


def test_a_line_over_dates_shows_them_and_is_steep_by_their_numbers() -> None:
    told = series.line(
        [0, 1, 2], [5, 7, 9], labels=["2024-01-01", "2024-01-02", "2024-01-03"], per="day"
    )
    assert facts(told)["max"] == (9, "2024-01-03")
    assert facts(told)["trend"] == (2, "per day")
    assert told["rows"][0] == ["2024-01-01", 5]


def test_a_long_line_keeps_its_extremes() -> None:
    ys = np.zeros(5_000)
    ys[1_234], ys[4_321] = 7.5, -3.5
    told = series.line(np.arange(5_000), ys)
    assert [1_234, 7.5] in told["rows"]
    assert [4_321, -3.5] in told["rows"]
    assert len(told["rows"]) <= 60
    assert told["left_out"] == 5_000 - len(told["rows"])


def test_categories_on_a_line_have_no_trend() -> None:
    assert "trend" not in facts(series.line(["a", "b", "c"], [1, 2, 3]))


def test_a_scatter_tells_range_correlation_and_outliers() -> None:
    xs = np.arange(50.0)
    ys = 3 * xs + 1
    ys[10] = 400
    told = series.scatter(xs, ys, sizes=[1, 9])
    known = facts(told)
    assert known["x max"] == (49, "")
    assert known["y max"] == (400, "10")
    assert known["correlation"][0] == pytest.approx(np.corrcoef(xs, ys)[0, 1], rel=1e-5)
    assert known["outliers"] == (1, "10, 400")
    assert known["size"] == ("1 to 9", "")


def test_a_strip_of_points_tells_means_by_category() -> None:
    for told in (
        series.scatter(["a", "a", "b"], [1, 3, 8]),
        series.scatter([1, 3, 8], ["a", "a", "b"]),
    ):
        assert ["mean", 2, "a"] in told["facts"]
        assert ["mean", 8, "b"] in told["facts"]


def test_bars_tell_heights_errors_and_bases() -> None:
    told = series.bars(["a", "b"], [2, 5], lows=[1, 4], highs=[3, 7], bases=[0, 1])
    assert told["columns"] == ["category", "value", "low", "high", "base"]
    assert told["rows"] == [["a", 2, 1, 3, 0], ["b", 5, 4, 7, 1]]
    assert facts(told) == {"highest": (5, "b"), "lowest": (2, "a")}


def test_a_histogram_tells_peak_median_and_skew() -> None:
    told = series.histogram([0, 10, 20, 30, 40], [60, 25, 10, 5])
    assert facts(told) == {
        "bins": (4, ""),
        "total": (100, ""),
        "peak": (60, "0 to 10"),
        "median": (5, "by the bins"),
        "skew": ("right", "by the bins"),
    }
    mirrored = facts(series.histogram([0, 10, 20, 30, 40], [5, 10, 25, 60]))
    assert mirrored["skew"][0] == "left"


def test_boxes_tell_their_outliers() -> None:
    told = series.boxes([("a", 1, 2, 3, 4, 5, [9.5]), ("b", 2, 3, 6, 7, 8, [])])
    assert facts(told)["highest median"] == (6, "b")
    assert facts(told)["outlier values"] == ("9.5", "a")
    assert told["rows"][0] == ["a", 1, 2, 3, 4, 5, 1]


def test_a_violin_without_quartiles_tells_where_it_is_widest() -> None:
    told = series.violins([("a", 0, 9, None, None, None, 4.2)])
    assert facts(told)["highest mode"] == (4.2, "a")
    assert "highest median" not in facts(told)


def test_a_large_heat_map_tells_means_instead_of_cells() -> None:
    values = np.arange(100.0).reshape(10, 10)
    told = series.heat_map(list("abcdefghij"), range(10), values)
    assert facts(told)["max"] == (99, "9, j")
    assert ["0", 4.5, "row"] in told["rows"]
    assert ["j", 54, "column"] in told["rows"]
    small = series.heat_map(["a", "b"], ["x"], [[1, None]])
    assert small["rows"] == [["x", 1, None]]
    assert small["count"] == 1


def test_slices_tell_their_shares() -> None:
    assert series.pie(["a", "b"], [1, 3])["rows"] == [["a", 1, 25], ["b", 3, 75]]


def test_a_band_tells_where_it_is_widest() -> None:
    told = series.fill(["a", "b"], [0, 1], [4, 9])
    assert facts(told)["highest width"] == (8, "b")
    assert facts(told)["x from"] == ("a", "")


def test_error_bars_tell_the_longest() -> None:
    told = series.error_bars([1, 2], [5, 6], [4, 4], [6, 9])
    assert facts(told)["highest length"] == (5, "2")
    assert told["rows"][1] == [2, 6, 4, 9]


EMPTY = [
    series.line([], []),
    series.scatter([], []),
    series.bars([], []),
    series.histogram([], []),
    series.boxes([]),
    series.violins([]),
    series.heat_map([], [], []),
    series.error_bars([], [], [], []),
    series.fill([], [], []),
    series.pie([], []),
    series.contour([]),
]


@pytest.mark.parametrize("told", EMPTY, ids=lambda told: told["kind"])
def test_nothing_drawn_is_a_series_too(told: dict[str, Any]) -> None:
    assert told["count"] == 0
    assert told["rows"] == []


def test_all_is_plain_json() -> None:
    odd = [np.float64("inf"), np.int64(3), None, float("nan"), 10**400]
    made = [
        series.line(odd, odd),
        series.scatter(odd, odd),
        series.bars(odd, odd, lows=odd, highs=[]),
        series.histogram([*odd, 1], odd),
        series.reference_line("y", np.float64(2)),
        series.image(3, 4, np.float64(0), None),
        series.other("map", 3, name="n" * 500),
    ]
    text = json.dumps(made, allow_nan=False)
    assert "n" * 121 not in text


@pytest.mark.parametrize("module", [arithmetic, facts_of, series])
def test_it_imports_nothing_but_the_standard_library(module: Any) -> None:
    tree = ast.parse(Path(module.__file__).read_text("utf-8"), feature_version=(3, 8))
    names = {
        name
        for node in ast.walk(tree)
        for name in (
            ["." if node.level else node.module]
            if isinstance(node, ast.ImportFrom)
            else [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    assert names <= {"__future__", "collections.abc", "itertools", "math", "typing", "."}
