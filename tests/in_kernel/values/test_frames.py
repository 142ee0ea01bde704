"""Tables of pandas and geopandas: what is said, and what of a change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from tests.in_kernel.shells import Biting, Shell


@pytest.fixture
def sales() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "price": [1.0, None, 3.0, 4.0],
            "city": ["Bonn", "Bonn", "Ulm", None],
            "size": pd.Categorical(["s", "l", "s", "s"], categories=["s", "m", "l"], ordered=True),
            "day": pd.date_range("2024-01-01", periods=4),
            "open": [True, False, True, True],
            "token": ["t1", "t2", "t3", "t4"],
            "things": [[1], {}, None, object()],
        }
    )


def test_a_frame_is_told_by_its_schema(shell: Shell, sales: pd.DataFrame) -> None:
    assert shell.line(sales[["price", "size", "open"]]) == (
        "DataFrame, 4 rows × 3 columns: price float64, size category, open bool"
    )


def test_a_frame_that_is_asked_for_has_a_line_a_column(shell: Shell, sales: pd.DataFrame) -> None:
    day = "2024-01-01 00:00:00, 2024-01-02 00:00:00, 2024-01-03 00:00:00, …"
    held = "list (1), dict (1), object (1), first [1], {}, None (in the first 4 rows)"
    assert shell.lines(sales)[1:] == [
        "price: float64, 1 missing; min 1, median 3, max 4; 1, nan, 3, …",
        "city: str, 1 missing; 2 different: 'Bonn' (2), 'Ulm' (1); 'Bonn', 'Bonn', 'Ulm', …",
        "size: category; 3 levels in order: 's' (3), 'l' (1), 'm' (0); 's', 'l', 's', …",
        f"day: datetime64[us]; 2024-01-01 00:00:00 … 2024-01-04 00:00:00; {day}",
        "open: bool; 2 different: True (3), False (1); True, False, True, …",
        "token: str (not shown: by its name a secret)",
        f"things: object, 1 missing, holds {held}",
    ]


def test_a_column_of_objects_is_not_touched(shell: Shell) -> None:
    held = np.empty(3, dtype=object)
    held[0], held[2] = object.__new__(Biting), "x"
    column = pd.Series(held, dtype=object)
    frame = pd.concat([column, column], axis=1)
    for name, value in {"array": held, "column": column, "frame": frame}.items():
        assert shell.line(value, name)
        shell.lines(value)
    assert shell.line(column, "again").endswith("shells.Biting, None, 'x'")
    shell.changes()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda f: f[f.price > 1], "4 → 2 rows"),
        (lambda f: f.assign(tax=0.1), "7 → 8 columns; + column tax float64"),
        (lambda f: f.drop(columns=["day", "city"]), "7 → 5 columns; - column city, day"),
        (lambda f: f.assign(open=f.open.astype("int64")), "column open bool → int64"),
        (lambda f: f.set_index("day"), "7 → 6 columns; - column day; index RangeIndex → Datetime"),
        (
            lambda f: f.set_index(["day", "city"]),
            "7 → 5 columns; - column city, day; index RangeIndex → MultiIndex (day, city)",
        ),
        (lambda f: f.assign(price=f.price * 2), "other values"),
        (lambda f: f.assign(city=f.city.fillna("?")), "other values"),
        (lambda f: f.assign(size=f["size"].cat.codes.map({0: "m", 2: "s"})), "column size cat"),
    ],
)
def test_a_change_says_what_changed(
    shell: Shell, sales: pd.DataFrame, change: Callable[[pd.DataFrame], Any], told: str
) -> None:
    assert str(shell.change(sales, change(sales))).startswith(f"DataFrame: {told}")


@pytest.mark.parametrize("rows", [4, 500_000], ids=["small", "large"])
def test_a_column_changed_in_place_is_seen(shell: Shell, rows: int) -> None:
    frame = pd.DataFrame({"a": np.arange(rows, dtype=float), "b": ["x", "y"] * (rows // 2)})
    shell.user_ns["df"] = frame
    shell.changes()
    assert shell.changes()["changed"] == {}
    frame["a"] *= 2
    assert shell.changes()["changed"] == {"df": "DataFrame: changed in place"}
    frame["b"] = frame["b"].str.upper()
    assert shell.changes()["changed"] == {"df": "DataFrame: changed in place"}


def test_one_cell_of_a_small_frame_changed_is_seen(shell: Shell, sales: pd.DataFrame) -> None:
    shell.user_ns["df"] = sales
    shell.changes()
    cells: list[tuple[int, str, Any]] = [(0, "price", 9.0), (1, "city", "Ulm"), (2, "size", "m")]
    for row, column, value in cells:
        sales.loc[row, column] = value
        assert shell.changes()["changed"] == {"df": "DataFrame: changed in place"}


def test_wide_and_odd_frames_are_bounded(shell: Shell) -> None:
    wide = pd.DataFrame(np.zeros((10, 5_000)), columns=[f"c{n}" for n in range(5_000)])
    assert shell.line(wide, "wide").endswith(" more")
    assert len(shell.line(wide, "again")) <= 300
    assert sum(map(len, shell.lines(wide))) <= 1_500
    twice = pd.DataFrame([[1, 2]], columns=["a", "a"])
    assert "a int64, a (column 1) int64" in shell.line(twice, "twice")
    assert shell.line(pd.DataFrame(), "none") == "DataFrame, 0 rows × 0 columns"
    assert shell.lines(pd.DataFrame())[0] == "DataFrame, 0 rows × 0 columns"


def test_of_a_very_long_frame_a_part_is_read(shell: Shell) -> None:
    frame = pd.DataFrame({"a": np.arange(4_000_000)})
    assert shell.lines(frame)[1:] == [
        "(missing values and statistics from every 4th row)",
        "a: int64; min 0, median 2e+06, max 4e+06; 0, 1, 2, …",
    ]


def test_series_and_indexes(shell: Shell) -> None:
    assert shell.line(pd.Series([1.5, 2], name="q"), "a") == (
        "Series 'q' of float64, 2 values: 1.5, 2"
    )
    index = pd.MultiIndex.from_product([[1, 2], ["a", "b"]], names=["n", "letter"])
    assert shell.line(index, "b") == "MultiIndex (n, letter), 4 entries, (1, 'a') … (2, 'b')"
    assert shell.line(pd.RangeIndex(3), "c") == "RangeIndex, 3 entries, 0 … 2"
    grouped = pd.DataFrame({"a": [1], "b": [2]}).groupby("a")
    assert shell.line(grouped, "d") == ("DataFrameGroupBy by 'a' of DataFrame, 1 rows × 2 columns")
    assert shell.line(pd.Timestamp("2024-01-01"), "e") == "Timestamp = 2024-01-01 00:00:00"
    assert shell.lines(pd.Series([1, 2], index=["u", "v"]))[-1] == "values: u 1, v 2"


class Plain(pd.DataFrame):
    """Adds a method and overrides nothing."""

    def extra(self) -> int:
        return 1


class Sleepy(pd.DataFrame):
    shape = dtypes = property(Biting._bite)


def test_a_subclass_is_read_unless_it_overrides(shell: Shell) -> None:
    assert shell.line(Plain({"a": [1]}), "a") == "Plain, 1 rows × 1 columns: a int64"
    assert "a subclass of pandas.DataFrame" in shell.line(Sleepy({"a": [1]}), "b")
    shell.lines(shell.user_ns["b"])


def test_geometry_has_its_reference_system_sorts_and_bounds(shell: Shell) -> None:
    frame = gpd.GeoDataFrame({"n": [1, 2]}, geometry=[Point(0, 0), Point(1, 2)], crs=4326)
    assert shell.line(frame) == "GeoDataFrame, 2 rows × 2 columns: n int64, geometry geometry"
    assert shell.lines(frame)[1] == "geometry: crs EPSG:4326; Point (2); bounds 0, 0, 1, 2"
    assert shell.lines(frame.geometry)[-1] == shell.lines(frame)[1]
