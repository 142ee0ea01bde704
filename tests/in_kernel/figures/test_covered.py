"""Marks under a legend, and marks under marks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.in_kernel.figures.drawn import record


def panel() -> Axes:
    return Figure().subplots()


def count(axes: Any, code: str) -> int:
    """Marks that the fault of this code counts, 0 without it."""
    found = record(axes.figure)["faults"]
    return sum(fault["count"] for fault in found if fault["code"] == code)


def covered(axes: Any, place: str) -> int:
    axes.legend(loc=place)
    return count(axes, "legend_over_data")


def a_line(axes: Axes) -> None:
    axes.plot(np.arange(101), np.arange(101), label="rise")


def points(axes: Axes) -> None:
    axes.scatter(np.linspace(80, 100, 40), np.linspace(80, 100, 40), label="plots")
    axes.set(xlim=(0, 100), ylim=(0, 100))


def bars(axes: Axes) -> None:
    axes.bar(["a", "b", "c", "d"], [1, 2, 3, 4], label="yield")


def lying_bars(axes: Axes) -> None:
    axes.barh(["a", "b", "c", "d"], [1, 2, 3, 4], label="yield\nof each\nplot")


def area(axes: Axes) -> None:
    axes.fill_between(np.arange(101), np.arange(101), label="rise")


@pytest.mark.parametrize("draw", [a_line, points, bars, lying_bars, area])
def test_a_legend_over_data_is_told_where_it_lies_over_data(draw: Any) -> None:
    upper, lower = panel(), panel()
    draw(upper)
    draw(lower)
    assert covered(upper, "upper right") > 0
    assert covered(lower, "upper left") == 0


def test_the_end_of_a_line_must_be_seen() -> None:
    axes = panel()
    axes.plot([0, 1, 2], [0, 0, 1], label="jump")
    axes.set_ylim(0, 1.05)
    assert covered(axes, "upper right") == 1


def test_a_legend_over_a_pie_is_told() -> None:
    axes = panel()
    axes.pie([9, 1, 1, 1], labels=["a", "b", "c", "d"])
    assert covered(axes, "right") > 0


def test_a_legend_beside_the_axes_covers_nothing() -> None:
    axes = panel()
    a_line(axes)
    axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1))
    assert count(axes, "legend_over_data") == 0


def test_a_legend_of_the_figure_covers_the_data_of_axes() -> None:
    axes = panel()
    points(axes)
    axes.figure.legend(loc="upper right", bbox_to_anchor=(0.88, 0.86))
    assert count(axes, "legend_over_data") > 0


@pytest.mark.parametrize(
    ("number", "how", "found"),
    [
        (20_000, {}, 20_000),
        (20_000, {"alpha": 0.02}, 0),
        (2_000, {"s": 1}, 0),
        (300, {}, 0),
    ],
)
def test_points_in_piles(number: int, how: dict[str, Any], found: int) -> None:
    axes = panel()
    axes.scatter(*np.random.default_rng(1).normal(size=(2, number)), **how)
    axes.set(xlim=(-6, 6), ylim=(-6, 6))
    assert count(axes, "overplotting") == found


def test_few_points_along_a_line_are_no_pile_and_on_few_spots_they_are() -> None:
    close, piled = panel(), panel()
    close.plot(np.arange(400), np.arange(400), "o")
    piled.plot(np.arange(400) % 5, np.arange(400) % 3, "o")
    assert count(close, "overplotting") == 0
    assert count(piled, "overplotting") == 400
