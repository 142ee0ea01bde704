"""What matplotlib draws is told as series, over a corpus of figures on random data."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle

from k2_jupyter.in_kernel.figures import many_points
from k2_jupyter.in_kernel.figures.artists import series_of
from tests.in_kernel.figures.corpus_expected import is_told
from tests.in_kernel.figures.corpus_matplotlib import FIGURES


@pytest.mark.filterwarnings("ignore")  # the libraries' own, about each other
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.full)])
def test_what_the_figures_draw_is_told(seed: int) -> None:
    missing = []
    for place, make in enumerate(FIGURES):
        figure, expected = make(np.random.default_rng([seed, place]))
        figure.draw_without_rendering()
        told = [series_of(axes) for axes in figure.axes]
        json.dumps(told, allow_nan=False)
        name = f"{make.__module__.rpartition('.')[2]}.{make.__name__}"
        missing += [f"{name}: {one}" for one in expected if not is_told(one, told[one.axes])]

    assert not missing, "\n".join(missing)


def kinds_of(axes: Axes) -> list[tuple[str, str, int]]:
    return [(one["kind"], one["name"], one["count"]) for one in series_of(axes)]


def test_what_cannot_be_seen_is_left_out() -> None:
    axes = Figure().subplots()
    axes.plot([1, 2], visible=False)
    axes.plot([], [])
    axes.scatter([], [])
    axes.bar([], [])
    assert series_of(axes) == []


def test_an_artist_that_cannot_be_read_costs_only_itself() -> None:
    class Odd(Line2D):
        def get_marker(self) -> Any:
            raise RuntimeError("odd")

    axes = Figure().subplots()
    axes.add_line(Odd([1, 2], [3, 4]))
    axes.scatter([1, 2, 3], [4, 5, 7])
    axes.pie([1, 2])
    assert kinds_of(axes) == [("pie", "", 2), ("scatter", "", 3), ("other", "", 1)]


def test_what_has_no_axes_is_said_by_its_type() -> None:
    assert [one["facts"] for one in series_of(object())] == [[["drawn as", "object", ""]]]


def test_many_lines_are_counted_behind_the_first() -> None:
    axes = Figure().subplots()
    axes.plot(np.arange(80).reshape(2, 40))
    told = kinds_of(axes)
    assert len(told) == 30
    assert told[-1] == ("other", "", 11)


def test_error_bars_stand_on_their_own_bars() -> None:
    axes = Figure().subplots()
    for name, base, tall in (("low", [0, 0], [1, 2]), ("high", [1, 2], [3, 4])):
        axes.bar(["a", "b"], tall, bottom=base, yerr=0.5, label=name)
    low, high = series_of(axes)
    assert low["columns"] == ["category", "value", "low", "high"]
    assert low["rows"] == [["a", 1, 0.5, 1.5], ["b", 2, 1.5, 2.5]]
    assert high["rows"] == [["a", 3, 3.5, 4.5, 1], ["b", 4, 5.5, 6.5, 2]]


def test_error_bars_drawn_apart_belong_to_the_bars_under_them() -> None:
    axes = Figure().subplots()
    axes.bar(["a", "b"], [1, 2])
    axes.errorbar(["a", "b"], [1, 2], yerr=0.25, fmt="none")
    (bars,) = series_of(axes)
    assert bars["rows"] == [["a", 1, 0.75, 1.25], ["b", 2, 1.75, 2.25]]


def test_a_line_that_only_crosses_a_bar_is_no_error_bar() -> None:
    axes = Figure().subplots()
    axes.bar([0, 1], [1, 2])
    axes.plot([1, 1], [5, 9])
    assert kinds_of(axes) == [("bar", "", 2), ("line", "", 2)]


def test_bars_that_touch_on_numbers_are_bins_and_on_categories_are_bars() -> None:
    numbers, categories = Figure().subplots(1, 2)
    numbers.bar([0.5, 1.5, 2.5], [1, 2, 3], width=1)
    categories.bar(["a", "b", "c"], [1, 2, 3], width=1)
    assert [kinds_of(axes)[0][0] for axes in (numbers, categories)] == ["histogram", "bar"]


def test_grouped_bars_on_whole_numbers_are_bars() -> None:
    axes = Figure().subplots()
    for offset in (-0.2, 0.2):
        axes.bar(np.arange(2010, 2015) + offset, [1, 2, 3, 2, 1], width=0.4)
    assert [kind for kind, _, _ in kinds_of(axes)] == ["bar", "bar"]


def test_a_band_around_a_constant_is_no_violin() -> None:
    axes = Figure().subplots()
    axes.fill_between([1, 2, 3], [-1, -1.2, -1.3], [1, 1.2, 1.3])
    assert kinds_of(axes) == [("fill", "", 3)]


def test_a_closed_line_alone_is_no_box() -> None:
    axes = Figure().subplots()
    axes.plot([0, 1, 1, 0, 0], [0, 0, 1, 1, 0])
    axes.plot([0.5, 0.5], [1, 2])
    assert [kind for kind, _, _ in kinds_of(axes)] == ["line", "line"]


def test_one_color_under_two_names_is_told_by_its_marker() -> None:
    axes = Figure().subplots()
    shapes = [MarkerStyle(marker) for marker in ("o", "X", "o")]
    points = axes.scatter([1, 2, 3], [4, 5, 6], color="C0")
    points.set_paths([one.get_path().transformed(one.get_transform()) for one in shapes])
    handles = [Line2D([], [], color="0.2", linestyle="", marker=marker) for marker in "oX"]
    axes.legend(handles, ["round", "cross"])
    assert kinds_of(axes) == [("scatter", "round", 2), ("scatter", "cross", 1)]


def test_a_legend_of_the_figure_names_series_too() -> None:
    figure = Figure()
    axes = figure.subplots()
    axes.plot([1, 2], color="C1")
    figure.legend([Line2D([], [], color="C1")], ["rain"])
    assert kinds_of(axes) == [("line", "rain", 2)]


def test_hours_are_told_where_they_matter() -> None:
    axes = Figure().subplots()
    axes.plot(np.datetime64("2024-05-01T00", "h") + np.arange(3) * 6, [1, 3, 2])
    (line,) = series_of(axes)
    assert [row[0] for row in line["rows"]] == [
        "2024-05-01T00:00:00",
        "2024-05-01T06:00:00",
        "2024-05-01T12:00:00",
    ]
    assert ["trend", 2, "per day"] in line["facts"]


def test_the_texts_of_a_table_are_told() -> None:
    axes = Figure().subplots()
    axes.table([["north", "12"], ["south", "7"]])
    (table,) = series_of(axes)
    assert table["rows"] == [["north", "12"], ["south", "7"]]


def test_many_points_give_the_facts_of_few() -> None:
    """Numpy's way and the plain one agree; only the rows are fewer."""
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(2, many_points.MANY + 1))
    few, many = Figure().subplots(1, 2)
    few.scatter(x[:-1], y[:-1])
    few.plot(x[:-1], y[:-1])
    many.scatter([*x[:-1], x[0]], [*y[:-1], y[0]])
    many.plot([*x[:-1], np.nan], [*y[:-1], np.nan])
    plain, fast = series_of(few), series_of(many)
    assert [fact[0] for one in plain for fact in one["facts"]] == [
        fact[0] for one in fast for fact in one["facts"]
    ]
    assert plain[1]["facts"] == fast[1]["facts"]


def test_the_lines_inside_a_split_violin_belong_to_the_half_before_them() -> None:
    axes = Figure().subplots()
    axes.set_xticks([0], ["a"])
    y, width = np.linspace(0, 1, 9), np.sin(np.linspace(0.1, 3, 9)) / 3
    for side, (q1, median, q3) in ((-1, (0.2, 0.3, 0.6)), (1, (0.4, 0.5, 0.7))):
        axes.fill_betweenx(y, 0, side * width)
        axes.plot([0, 0], [q1, q3], linewidth=6)
        axes.plot([0], [median], "o")
    (violins,) = series_of(axes)
    assert [row[2:5] for row in violins["rows"]] == [[0.2, 0.3, 0.6], [0.4, 0.5, 0.7]]


def test_bars_of_many_series_are_counted() -> None:
    axes = Figure().subplots()
    for place in range(40):
        axes.bar(["a", "b"], [1, 2], bottom=place, label=f"part {place}")
    *told, rest = series_of(axes)
    assert [one["name"] for one in told] == [f"part {place}" for place in range(25)]
    assert (rest["kind"], rest["count"]) == ("other", 30)
    assert ["drawn as", "bars of 15 more series", ""] in rest["facts"]


def test_a_line_around_a_pole_has_no_slope() -> None:
    axes = Figure().subplots(subplot_kw={"projection": "polar"})
    axes.plot([0, 2, 4], [1, 2, 3])
    (line,) = series_of(axes)
    assert [fact[0] for fact in line["facts"]] == ["first", "last", "min", "max"]
