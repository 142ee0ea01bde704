"""Figures with one fault each (by its code), and figures without any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

Maker: TypeAlias = Callable[[np.random.Generator], Figure]

FAULTY: list[tuple[str, Maker, dict[str, Any]]] = []
"""Code, maker, how it is printed."""
CLEAN: list[Maker] = []


def faulty(code: str, **printing: Any) -> Callable[[Maker], Maker]:
    def keep(maker: Maker) -> Maker:
        FAULTY.append((code, maker, printing))
        return maker

    return keep


def clean(maker: Maker) -> Maker:
    CLEAN.append(maker)
    return maker


def one_panel(**size: Any) -> Axes:
    return Figure(**size).subplots()


def whole(axes: Axes) -> Figure:
    figure = axes.figure
    assert isinstance(figure, Figure)
    return figure


def titled(
    axes: Axes, title: str = "Yield by plot", x: str = "plot", y: str = "yield (kg)"
) -> Figure:
    axes.set(title=title, xlabel=x, ylabel=y)
    return whole(axes)


def people(rng: np.random.Generator) -> pd.DataFrame:
    height = rng.normal(170, 9, 240)
    return pd.DataFrame(
        {
            "height": height,
            "weight": 0.9 * height - 80 + rng.normal(0, 8, 240),
            "wait": rng.gamma(3, 1, 240),
            "region": rng.choice(["north", "south", "east"], 240),
            "smoker": rng.choice(["Yes", "No"], 240),
            "day": pd.Categorical(rng.choice(["Thu", "Fri", "Sat", "Sun"], 240)),
        }
    )


# One fault each


@faulty("empty_axes")
def second_panel_empty(rng: np.random.Generator) -> Figure:
    figure = Figure(figsize=(9, 4))
    left, right = figure.subplots(1, 2)
    left.plot(rng.random(9))
    titled(right)
    return titled(left)


@faulty("empty_axes")
def filter_left_nothing(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.scatter([], [])
    axes.plot([], [])
    return titled(axes)


@faulty("missing_title")
def no_title(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.plot(rng.random(9))
    return titled(axes, title="")


@faulty("missing_title")
def panels_without_title(rng: np.random.Generator) -> Figure:
    figure = Figure(figsize=(9, 4))
    for axes in figure.subplots(1, 2):
        axes.hist(rng.normal(size=90))
        titled(axes, title="")
    return figure


@faulty("missing_label")
def no_y_label(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.scatter(rng.random(30), rng.random(30))
    return titled(axes, y="")


@faulty("missing_label")
def coded_groups(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.bar(["A", "B", "C"], rng.random(3))
    return titled(axes, x="")


@faulty("missing_legend")
def nameless_lines(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    for _ in range(3):
        axes.plot(rng.random(9))
    return titled(axes)


@faulty("missing_legend")
def legend_forgotten(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.bar(np.arange(4) - 0.2, rng.random(4), width=0.4, label="before")
    axes.bar(np.arange(4) + 0.2, rng.random(4), width=0.4, label="after")
    return titled(axes)


@faulty("overlapping_tick_labels")
def long_names(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.bar([f"category {place}" for place in range(18)], rng.random(18))
    return titled(axes)


@faulty("overlapping_tick_labels")
def slanted_names(rng: np.random.Generator) -> Figure:
    axes = one_panel(figsize=(4, 3))
    axes.bar([f"category {place}" for place in range(30)], rng.random(30))
    axes.tick_params(axis="x", rotation=45)
    return titled(axes)


@faulty("overlapping_text")
def panels_too_close(rng: np.random.Generator) -> Figure:
    figure = Figure()
    for axes in figure.subplots(2, 2).flat:
        axes.plot(rng.random(9))
        titled(axes)
    return figure


@faulty("overlapping_text")
def names_of_points(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    points = rng.normal(size=(30, 2))
    axes.scatter(*points.T)
    for place, point in enumerate(points):
        axes.annotate(f"point {place}", point)
    return titled(axes)


@faulty("clipped_text", bbox_inches=None)
def title_too_long(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.plot(rng.random(9))
    return titled(axes, title="yields of all plots, " * 6)


@faulty("clipped_text", bbox_inches=None)
def label_below_the_edge(rng: np.random.Generator) -> Figure:
    axes = one_panel(figsize=(4, 2))
    axes.bar(["a rather long name", "another long name"], rng.random(2))
    axes.tick_params(axis="x", rotation=90)
    return titled(axes)


@faulty("overplotting")
def cloud(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.scatter(*rng.normal(size=(2, 20_000)))
    return titled(axes)


@faulty("overplotting")
def few_spots(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.plot(rng.integers(1, 6, 400), rng.integers(1, 6, 400), "o")
    return titled(axes)


@faulty("too_many_categories")
def many_slices(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.pie(rng.random(14) + 0.5, labels=[f"part {place}" for place in range(14)])
    return titled(axes, x="", y="")


@faulty("too_many_categories")
def many_bars(rng: np.random.Generator) -> Figure:
    axes = one_panel(figsize=(18, 4))
    axes.bar([f"name {place}" for place in range(45)], rng.random(45))
    axes.tick_params(axis="x", rotation=90)
    return titled(axes)


@faulty("repeated_colors")
def more_lines_than_colors(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    for place in range(12):
        axes.plot(rng.random(9) + place, label=f"line {place}")
    axes.legend(bbox_to_anchor=(1.02, 1), loc="upper left")
    return titled(axes)


@faulty("repeated_colors")
def same_blue(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.scatter(*rng.random((2, 20)), color="tab:blue", label="before")
    axes.scatter(*rng.random((2, 20)) + 1, color="tab:blue", label="after")
    axes.legend(bbox_to_anchor=(1.02, 1), loc="upper left")
    return titled(axes)


@faulty("confusable_colors")
def red_and_green(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.plot(rng.random(9), color="red", label="loss")
    axes.plot(rng.random(9) + 2, color="green", label="gain")
    axes.legend(bbox_to_anchor=(1.02, 1), loc="upper left")
    return titled(axes)


@faulty("confusable_colors")
def two_grays(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.plot(rng.random(9), color="#808080", label="loss")
    axes.plot(rng.random(9) + 2, color="#888888", label="gain")
    axes.legend(bbox_to_anchor=(1.02, 1), loc="upper left")
    return titled(axes)


@faulty("legend_over_data")
def legend_in_the_middle(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.scatter(*rng.normal(size=(2, 300)), label="plots")
    axes.legend(loc="center")
    return titled(axes)


@faulty("legend_over_data")
def legend_over_bars(_: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.bar([f"p{place}" for place in range(6)], [5, 4, 6, 5, 6, 6], label="yield of the plot")
    axes.legend(loc="upper right")
    return titled(axes)


@faulty("log_scale_wanted")
def orders_of_magnitude(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.plot(np.exp(np.arange(40) / 3))
    return titled(axes)


@faulty("log_scale_wanted")
def long_tail(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.hist(rng.lognormal(0, 2.2, 3_000), bins=40)
    return titled(axes)


@faulty("bars_not_from_zero")
def cut_bars(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.bar(["north", "south", "east"], [95, 97, 99])
    axes.set_ylim(90, 100)
    return titled(axes)


@faulty("bars_not_from_zero")
def cut_lying_bars(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.barh([1, 2, 3], [95, 97, 99])
    axes.set_xlim(90, 100)
    return titled(axes)


# No fault


@clean
def line(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.plot(rng.normal(size=30).cumsum())
    return titled(axes)


@clean
def three_lines(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    for slope, name in enumerate(("low", "middle", "high"), 1):
        axes.plot(slope * np.arange(30) + rng.normal(size=30), label=name)
    axes.legend()
    return titled(axes)


@clean
def dates_without_label(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.plot(pd.date_range("2020", periods=36, freq="MS"), rng.normal(size=36).cumsum())
    whole(axes).autofmt_xdate()
    return titled(axes, x="")


@clean
def series_of_pandas(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    index = pd.date_range("2020-01-01", periods=300)
    pd.Series(rng.normal(size=300).cumsum(), index=index).plot(ax=axes)
    return titled(axes)


@clean
def bars_with_values(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.bar_label(axes.bar(["north", "south", "east"], rng.random(3)), fmt="%.2f")
    return titled(axes)


@clean
def lying_bars(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.barh([f"country {place}" for place in range(15)], rng.random(15))
    return titled(axes)


@clean
def stacked_bars(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    data = people(rng)
    pd.crosstab(data["day"], data["smoker"]).plot.bar(stacked=True, rot=0, ax=axes)
    axes.legend(bbox_to_anchor=(1.02, 1), loc="upper left", title="smoker")
    return titled(axes)


@clean
def a_color_a_day(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    sns.barplot(people(rng), x="day", y="wait", hue="day", ax=axes)
    return titled(axes)


@clean
def floating_bars(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.barh(["plan", "build", "test"], [3, 4, 5], left=[5, 7, 9])
    axes.set_xlim(4, 15)
    return titled(axes)


@clean
def bars_on_log_scale(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.bar(["north", "south", "east"], [3, 300, 30_000], log=True)
    return titled(axes)


@clean
def skewed_histogram(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.hist(rng.exponential(3, 500), bins=30)
    return titled(axes)


@clean
def scatter_by_color(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    data = people(rng)
    drawn = axes.scatter(data["height"], data["weight"], c=data["wait"])
    whole(axes).colorbar(drawn, label="wait (min)")
    return titled(axes)


@clean
def regression(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    sns.regplot(people(rng), x="height", y="weight", ax=axes, line_kws={"color": "crimson"})
    return titled(axes)


@clean
def boxes(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    sns.boxplot(people(rng), x="day", y="wait", ax=axes)
    return titled(axes)


@clean
def violins(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    sns.violinplot(people(rng), x="day", y="wait", hue="day", ax=axes)
    return titled(axes)


@clean
def correlations(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    table = people(rng).select_dtypes("number").corr()
    sns.heatmap(table, annot=True, ax=axes, cbar_kws={"label": "r"})
    axes.set_title("Correlations")
    return whole(axes)


@clean
def photograph(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.imshow(rng.random((40, 40, 3)))
    axes.axis("off")
    axes.set_title("A field")
    return whole(axes)


@clean
def facets(rng: np.random.Generator) -> Figure:
    grid = sns.FacetGrid(people(rng), col="day", row="smoker", margin_titles=True, hue="region")
    grid.map(sns.scatterplot, "height", "weight")
    grid.add_legend()
    figure: Figure = grid.figure
    return figure


@clean
def joint(rng: np.random.Generator) -> Figure:
    grid = sns.jointplot(people(rng), x="height", y="weight")
    grid.figure.suptitle("Height and weight", y=1.02)
    figure: Figure = grid.figure
    return figure


@clean
def pairs(rng: np.random.Generator) -> Figure:
    grid = sns.pairplot(people(rng)[["height", "weight", "smoker"]], hue="smoker")
    grid.figure.suptitle("Pairs", y=1.02)
    figure: Figure = grid.figure
    return figure


@clean
def shared_axes(rng: np.random.Generator) -> Figure:
    figure = Figure(layout="constrained")
    panels = figure.subplots(2, 2, sharex=True, sharey=True)
    for axes in panels.flat:
        axes.plot(rng.normal(size=20))
    figure.suptitle("Four plots")
    figure.supxlabel("day")
    figure.supylabel("yield (kg)")
    return figure


@clean
def unused_panel(rng: np.random.Generator) -> Figure:
    figure = Figure(figsize=(9, 7))
    *used, unused = figure.subplots(2, 2).flat
    for axes in used:
        axes.plot(rng.random(20))
        titled(axes)
    unused.axis("off")
    figure.tight_layout()
    return figure


@clean
def twin_axes(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.plot(rng.random(20), color="tab:blue")
    twin = axes.twinx()
    twin.plot(100 * rng.random(20), color="tab:orange")
    twin.set_ylabel("rain (mm)")
    return titled(axes)


@clean
def inset(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    values = rng.random(200)
    axes.plot(values)
    axes.set_ylim(0, 3)
    axes.inset_axes((0.6, 0.7, 0.35, 0.25)).plot(values[:20])
    return titled(axes)


@clean
def four_slices(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    axes.pie([3, 4, 5, 6], labels=["north", "south", "east", "west"], autopct="%.0f%%")
    axes.set_title("Shares")
    return whole(axes)


@clean
def years_in_order(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    for place, color in enumerate(sns.color_palette("viridis", 6), 1):
        axes.plot(place * np.arange(20), color=color, label=str(2000 + place))
    axes.legend()
    return titled(axes)


@clean
def dashes_instead_of_colors(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    for place, style in enumerate(("-", "--", ":"), 1):
        axes.plot(place * np.arange(20), style, color="black", label=f"rule {place}")
    axes.legend()
    return titled(axes)


@clean
def dashes_of_seaborn(rng: np.random.Generator) -> Figure:
    axes = one_panel()
    data = people(rng).groupby(["day", "region"], observed=True, as_index=False)["wait"].mean()
    sns.lineplot(data, x="day", y="wait", style="region", color="black", ax=axes)
    axes.legend(bbox_to_anchor=(1.02, 1), loc="upper left")
    return titled(axes)


@clean
def polar(rng: np.random.Generator) -> Figure:
    figure = Figure()
    axes = figure.add_subplot(projection="polar")
    axes.plot(np.linspace(0, 6, 50), rng.random(50))
    axes.set_title("Wind")
    return figure


def close() -> None:
    """Forget the figures that seaborn made by pyplot."""
    plt.close("all")
