"""Scales, limits, ticks, legends, texts and facets of axes, as they were drawn."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from matplotlib.figure import Figure

from tests.in_kernel.figures.drawn import record


def panels(axes: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = record(axes.figure)["axes"]
    return found


def first(axes: Any) -> dict[str, Any]:
    return panels(axes)[0]


def test_an_axis_is_told_as_drawn() -> None:
    axes = Figure().subplots()
    axes.plot([0, 10], [1, 1000])
    axes.set(xlabel="day", xlim=(10, 0), yscale="log", ylim=(1, 1000), xticks=[0, 5, 10])
    found = first(axes)
    assert found["x"] == {
        "label": "day",
        "scale": "linear",
        "limits": [10, 0],
        "ticks": ["0", "5", "10"],
    }
    assert found["y"]["scale"] == "log"
    assert found["y"]["ticks"] == ["10^0", "10^1", "10^2", "10^3"]


def named_ticks(axes: Any) -> None:
    axes.plot([0, 1], [1, 2])
    axes.set_xticks([0, 1], ["low", "high"])


def bars_of_pandas(axes: Any) -> None:
    pd.Series([1, 2], index=["low", "high"]).plot.bar(ax=axes)


def cells_of_seaborn(axes: Any) -> None:
    sns.heatmap(pd.DataFrame([[1, 2], [3, 4]], columns=["low", "high"]), ax=axes)


@pytest.mark.parametrize(
    "draw",
    [lambda axes: axes.bar(["low", "high"], [1, 2]), named_ticks, bars_of_pandas, cells_of_seaborn],
)
def test_names_at_the_ticks_make_categories(draw: Any) -> None:
    axes = Figure().subplots()
    draw(axes)
    found = first(axes)["x"]
    assert (found["scale"], found["limits"], found["ticks"]) == ("category", None, ["low", "high"])


def test_ticks_set_to_their_own_values_are_numbers() -> None:
    axes = Figure().subplots()
    axes.plot([-1, 1], [1, 2])
    axes.set_xticks([-1, 1], ["\N{MINUS SIGN}1", "1"])
    assert first(axes)["x"]["scale"] == "linear"


@pytest.mark.parametrize("by_pandas", [False, True])
def test_limits_of_dates_are_dates(by_pandas: bool) -> None:
    axes = Figure().subplots()
    values = pd.Series(range(31), index=pd.date_range("2024-01-01", periods=31))
    if by_pandas:
        values.plot(ax=axes)
    else:
        axes.plot(values.index, values)
        axes.set_xlim(values.index[0], values.index[-1])
    found = first(axes)["x"]
    assert (found["scale"], found["limits"]) == ("date", ["2024-01-01", "2024-01-31"])


def test_of_many_ticks_a_dozen_is_told() -> None:
    axes = Figure(figsize=(20, 3)).subplots()
    axes.bar([f"n{place}" for place in range(40)], range(40))
    ticks = first(axes)["x"]["ticks"]
    assert len(ticks) == 12
    assert (ticks[0], ticks[-1]) == ("n0", "n39")


def test_what_is_not_drawn_is_no_axis() -> None:
    figure = Figure()
    hidden, pie, polar = (figure.add_subplot(1, 3, 1 + i, polar=i == 2) for i in range(3))
    hidden.plot([1, 2])
    hidden.axis("off")
    pie.pie([1, 2])
    polar.plot([1, 2])
    found = record(figure)["axes"]
    assert [(axes["x"], axes["y"]) for axes in found] == [(None, None)] * 3
    assert [axes["projection"] for axes in found] == ["", "", "polar"]


def test_labels_and_ticks_of_inner_panels_are_not_told() -> None:
    figure = Figure()
    panels = figure.subplots(2, 1, sharex=True)
    for axes in panels:
        axes.plot([1, 2])
    figure.supylabel("cost")
    upper, lower = record(figure)["axes"]
    assert upper["x"]["ticks"] == []
    assert lower["x"]["ticks"]
    assert (upper["y"]["label"], lower["y"]["label"]) == ("cost", "cost")


def test_a_legend_of_the_figure_serves_all_axes() -> None:
    figure = Figure()
    left, right = figure.subplots(1, 2)
    (line,) = left.plot([1, 2])
    right.plot([1, 2], label="own")
    right.legend(title="mine")
    figure.legend([line], ["a"])
    legends = [axes["legend"] for axes in record(figure)["axes"]]
    assert legends == [
        {"title": "", "entries": ["a"]},
        {"title": "mine", "entries": ["own"]},
    ]


def test_a_color_bar_is_told_where_its_colors_are() -> None:
    figure = Figure()
    axes = figure.subplots()
    figure.colorbar(axes.scatter([1, 2], [1, 2], c=[0, 30]), label="°C")
    (found,) = record(figure)["axes"]
    assert found["texts"] == ["colour bar: °C from 0 to 30"]


def test_annotations_and_factors_are_texts_and_numbers_in_cells_are_not() -> None:
    figure = Figure()
    left, right = figure.subplots(1, 2)
    left.plot([1e9, 2e9], [1, 2])
    left.text(1e9, 1, "n = 12")
    sns.heatmap([[1, 2], [3, 4]], annot=True, cbar=False, ax=right)
    texts = [axes["texts"] for axes in record(figure)["axes"]]
    assert texts == [["at the x axis: 1e9", "n = 12"], []]


def test_titles_at_all_places_and_insets() -> None:
    axes = Figure().subplots()
    axes.plot([1, 2])
    axes.set_title("A", loc="left")
    axes.set_title("cost")
    axes.inset_axes((0.5, 0.5, 0.3, 0.3)).plot([1, 2])
    axes.secondary_xaxis("top")
    found = panels(axes)
    assert [one["title"] for one in found] == ["A cost", ""]


def test_margin_titles_name_the_facet_of_each_panel() -> None:
    data = pd.DataFrame({"x": np.arange(8), "g": list("aabb") * 2, "h": ["p"] * 4 + ["q"] * 4})
    grid = sns.FacetGrid(data, row="g", col="h", margin_titles=True)
    grid.map(sns.scatterplot, "x", "x")
    found = [(axes["title"], axes["facet"]) for axes in record(grid.figure)["axes"]]
    plt.close(grid.figure)
    assert found == [
        ("h = p", "g = a"),
        ("h = q", "g = a"),
        ("", "h = p | g = b"),
        ("", "h = q | g = b"),
    ]
