"""Figures made by seaborn, on random data.

Over 250 lines: one small function a kind of figure, and nothing else.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt

from tests.in_kernel.figures.corpus_expected import Expected, Made, labelled

Rng = np.random.Generator


def table(rng: Rng, size: int = 160) -> Any:
    """A frame of two factors, two numbers, a year; `Any`, for stubs know no columns."""
    group = rng.choice(["low", "mid", "top"], size)
    sex = rng.choice(["f", "m"], size)
    x = rng.normal(size=size)
    y = x + rng.normal(size=size) + (group == "top")
    return pd.DataFrame(
        {"group": group, "sex": sex, "x": x, "y": y, "year": rng.integers(2010, 2019, size)}
    )


def bars_of_means(rng: Rng) -> Made:
    figure, axes = labelled("Means")
    data = table(rng)
    sns.barplot(data, x="group", y="y", hue="sex", errorbar="sd", ax=axes)
    spread = data.groupby(["sex", "group"])["y"].agg(["mean", "std"])
    mean, sd = spread.loc[("f", "top")]
    return figure, [
        Expected(0, "bar", "f", "value", mean, "top"),
        Expected(0, "bar", "f", "low", mean - sd, "top"),
        Expected(0, "bar", "f", "high", mean + sd, "top"),
        Expected(0, "bar", "m", "highest", spread.loc["m"]["mean"].max()),
    ]


def bars_coloured_by_category(rng: Rng) -> Made:
    figure, axes = labelled("Coloured")
    data = table(rng)
    sns.barplot(data, x="y", y="group", hue="group", errorbar=None, ax=axes)
    means = data.groupby("group")["y"].mean()
    return figure, [Expected(0, "bar", "", "value", means[name], name) for name in means.index]


def counts(rng: Rng) -> Made:
    figure, axes = labelled("Counts")
    data = table(rng)
    sns.countplot(data, x="group", ax=axes)
    found = data["group"].value_counts()
    return figure, [
        Expected(0, "bar", "", "value", found["mid"], "mid"),
        Expected(0, "bar", "", "highest", found.max()),
    ]


def histogram_with_density(rng: Rng) -> Made:
    figure, axes = labelled("Density")
    data = table(rng)
    sns.histplot(data, x="x", bins=11, kde=True, ax=axes)
    found, edges = np.histogram(data["x"], 11)
    return figure, [
        Expected(0, "histogram", "", "total", 160),
        Expected(0, "histogram", "", "peak", found.max()),
        Expected(0, "histogram", "", "count", found[5], edges[5]),
        Expected(0, "line", "", "count", 200),
    ]


def stacked_histograms(rng: Rng) -> Made:
    figure, axes = labelled("Stacked")
    data = table(rng)
    sns.histplot(data, x="x", hue="sex", multiple="stack", bins=9, ax=axes)
    edges = np.histogram_bin_edges(data["x"], 9)
    return figure, [
        Expected(0, "histogram", name, "peak", np.histogram(part["x"], edges)[0].max())
        for name, part in data.groupby("sex")
    ]


def histogram_steps(rng: Rng) -> Made:
    figure, axes = labelled("Steps")
    data = table(rng)
    sns.histplot(data, x="y", hue="sex", element="step", bins=8, ax=axes)
    sizes = data["sex"].value_counts()
    return figure, [
        Expected(0, "histogram", "f", "total", sizes["f"]),
        Expected(0, "histogram", "m", "bins", 8),
    ]


def counts_of_categories(rng: Rng) -> Made:
    figure, axes = labelled("Categories")
    data = table(rng)
    sns.histplot(data, x="group", shrink=0.8, ax=axes)
    return figure, [
        Expected(0, "bar", "", "value", (data["group"] == "low").sum(), "low"),
    ]


def densities(rng: Rng) -> Made:
    figure, axes = labelled("Densities")
    data = table(rng)
    sns.kdeplot(data, x="x", hue="sex", fill=True, ax=axes)
    return figure, [Expected(0, "area", name, "count", 200) for name in ("f", "m")]


def density_in_two_directions(rng: Rng) -> Made:
    figure, axes = labelled("Two directions")
    sns.kdeplot(table(rng), x="x", y="y", levels=6, ax=axes)
    return figure, [Expected(0, "contour", "", "levels", 6)]


def cumulative(rng: Rng) -> Made:
    figure, axes = labelled("Cumulative")
    data = table(rng)
    sns.ecdfplot(data, x="x", ax=axes)
    return figure, [
        Expected(0, "line", "", "last", 1, data["x"].max()),
        Expected(0, "line", "", "count", 160),
    ]


def rug(rng: Rng) -> Made:
    figure, axes = labelled("Rug")
    data = table(rng)
    sns.rugplot(data, x="x", ax=axes)
    return figure, [
        Expected(0, "other", "", "drawn as", "rug"),
        Expected(0, "other", "", "x min", data["x"].min()),
    ]


def points_by_hue(rng: Rng) -> Made:
    figure, axes = labelled("Hue")
    data = table(rng)
    sns.scatterplot(data, x="x", y="y", hue="sex", size="year", ax=axes)
    expected = []
    for name, part in data.groupby("sex"):
        expected += [
            Expected(0, "scatter", name, "count", len(part)),
            Expected(0, "scatter", name, "correlation", part["x"].corr(part["y"])),
            Expected(0, "scatter", name, "y mean", part["y"].mean()),
        ]
    return figure, expected


def regression(rng: Rng) -> Made:
    figure, axes = labelled("Regression")
    data = table(rng)
    sns.regplot(data, x="x", y="y", n_boot=20, ax=axes)
    slope = np.polyfit(data["x"], data["y"], 1)[0]
    return figure, [
        Expected(0, "scatter", "", "count", 160),
        Expected(0, "line", "", "trend", slope),
        Expected(0, "fill", "", "x from", data["x"].min()),
    ]


def line_with_band(rng: Rng) -> Made:
    figure, axes = labelled("Line with band")
    data = table(rng)
    sns.lineplot(data, x="year", y="y", hue="sex", errorbar="sd", ax=axes)
    part = data[data["sex"] == "m"].groupby("year")["y"].agg(["mean", "std"])
    peak = part["mean"].idxmax()
    year = part.index[2]
    return figure, [
        Expected(0, "line", "m", "max", part["mean"].max(), str(peak)),
        Expected(0, "fill", "m", "low", part.loc[year, "mean"] - part.loc[year, "std"], year),
    ]


def lines_by_style(rng: Rng) -> Made:
    figure, axes = labelled("Style")
    data = table(rng)
    sns.lineplot(data, x="year", y="y", style="group", errorbar=None, ax=axes)
    means = data.groupby(["group", "year"])["y"].mean()
    return figure, [
        Expected(0, "line", name, "max", means[name].max(), str(means[name].idxmax()))
        for name in ("low", "mid", "top")
    ]


def boxes_by_hue(rng: Rng) -> Made:
    figure, axes = labelled("Boxes")
    data = table(rng)
    sns.boxplot(data, x="group", y="y", hue="sex", ax=axes)
    values = data[(data["sex"] == "m") & (data["group"] == "mid")]["y"]
    q1, q3 = values.quantile([0.25, 0.75])
    far = (values < q1 - 1.5 * (q3 - q1)) | (values > q3 + 1.5 * (q3 - q1))
    return figure, [
        Expected(0, "box", "m", "median", values.median(), "mid"),
        Expected(0, "box", "m", "q1", q1, "mid"),
        Expected(0, "box", "m", "low", values[~far].min(), "mid"),
        Expected(0, "box", "m", "outliers", far.sum(), "mid"),
        Expected(0, "box", "f", "count", 3),
    ]


def level_boxes(rng: Rng) -> Made:
    figure, axes = labelled("Level boxes")
    data = table(rng)
    sns.boxplot(data, x="y", y="group", ax=axes)
    values = data[data["group"] == "top"]["y"]
    return figure, [
        Expected(0, "box", "", "median", values.median(), "top"),
        Expected(0, "box", "", "q3", values.quantile(0.75), "top"),
    ]


def letter_values(rng: Rng) -> Made:
    figure, axes = labelled("Letter values")
    data = table(rng)
    sns.boxenplot(data, x="group", y="y", ax=axes)
    values = data[data["group"] == "low"]["y"]
    return figure, [
        Expected(0, "box", "", "median", values.median(), "low"),
        Expected(0, "box", "", "q1", values.quantile(0.25), "low"),
    ]


def violins(rng: Rng) -> Made:
    figure, axes = labelled("Violins")
    data = table(rng)
    sns.violinplot(data, x="group", y="y", cut=0, ax=axes)
    values = data[data["group"] == "mid"]["y"]
    return figure, [
        Expected(0, "violin", "", "low", values.min(), "mid"),
        Expected(0, "violin", "", "q1", values.quantile(0.25), "mid"),
        Expected(0, "violin", "", "median", values.median(), "mid"),
        Expected(0, "violin", "", "count", 3),
    ]


def split_violins(rng: Rng) -> Made:
    figure, axes = labelled("Split violins")
    data = table(rng)
    sns.violinplot(data, x="group", y="y", hue="sex", split=True, inner="quart", ax=axes)
    expected = []
    for sex in ("f", "m"):
        values = data[(data["sex"] == sex) & (data["group"] == "top")]["y"]
        expected += [
            Expected(0, "violin", sex, "q1", values.quantile(0.25), "top"),
            Expected(0, "violin", sex, "median", values.median(), "top"),
            Expected(0, "violin", sex, "q3", values.quantile(0.75), "top"),
        ]
    return figure, expected


def level_violins_with_sticks(rng: Rng) -> Made:
    figure, axes = labelled("Sticks")
    data = table(rng)
    sns.violinplot(data, x="y", y="group", inner="stick", cut=0, ax=axes)
    values = data[data["group"] == "low"]["y"]
    return figure, [Expected(0, "violin", "", "high", values.max(), "low")]


def strips(rng: Rng) -> Made:
    figure, axes = labelled("Strips")
    data = table(rng)
    sns.stripplot(data, x="group", y="y", hue="sex", ax=axes)
    part = data[data["sex"] == "f"]
    return figure, [
        Expected(0, "scatter", "f", "count", len(part)),
        Expected(0, "scatter", "f", "mean", part[part["group"] == "top"]["y"].mean(), "top"),
        Expected(0, "scatter", "f", "points", (part["group"] == "low").sum(), "low"),
    ]


def swarms(rng: Rng) -> Made:
    figure, axes = labelled("Swarms")
    data = table(rng, 60)
    sns.swarmplot(data, x="y", y="group", size=3, ax=axes)
    means = data.groupby("group")["y"].mean()
    return figure, [Expected(0, "scatter", "", "mean", means["mid"], "mid")]


def means_as_points(rng: Rng) -> Made:
    figure, axes = labelled("Points")
    data = table(rng)
    sns.pointplot(data, x="group", y="y", hue="sex", errorbar="sd", capsize=0.1, ax=axes)
    part = data[(data["sex"] == "f") & (data["group"] == "mid")]["y"]
    return figure, [
        Expected(0, "line", "f", "y", part.mean(), "mid"),
        Expected(0, "error bars", "f", "low", part.mean() - part.std(), "mid"),
    ]


def annotated_matrix(rng: Rng) -> Made:
    figure, axes = labelled("Matrix")
    values: Any = pd.DataFrame(rng.normal(size=(3, 4)), index=list("abc"), columns=list("wxyz"))
    sns.heatmap(values, annot=True, ax=axes)
    lowest = values.stack().idxmin()
    return figure, [
        Expected(0, "heat map", "", "min", values.to_numpy().min(), f"{lowest[0]}, {lowest[1]}"),
        Expected(0, "heat map", "", "y", values.loc["b", "y"], "b"),
        Expected(0, "heat map", "", "annotated", "yes"),
    ]


def facets(rng: Rng) -> Made:
    data = table(rng)
    grid = sns.relplot(data, x="x", y="y", hue="sex", col="group", height=2)
    grid.figure.suptitle("Facets")
    plt.close(grid.figure)
    expected = []
    for place, name in enumerate(data["group"].unique()):
        part = data[(data["group"] == name) & (data["sex"] == "m")]
        expected.append(Expected(place, "scatter", "m", "count", len(part)))
        expected.append(Expected(place, "scatter", "m", "x mean", part["x"].mean()))
    return grid.figure, expected


def joint(rng: Rng) -> Made:
    data = table(rng)
    grid = sns.jointplot(data, x="x", y="y", height=4, marginal_kws={"bins": 7})
    grid.figure.suptitle("Joint")
    plt.close(grid.figure)
    return grid.figure, [
        Expected(0, "scatter", "", "correlation", data["x"].corr(data["y"])),
        Expected(1, "histogram", "", "peak", np.histogram(data["x"], 7)[0].max()),
        Expected(2, "histogram", "", "total", 160),
    ]


FIGURES = [
    *(bars_of_means, bars_coloured_by_category, counts),
    *(histogram_with_density, stacked_histograms, histogram_steps, counts_of_categories),
    *(densities, density_in_two_directions, cumulative, rug, points_by_hue, regression),
    *(line_with_band, lines_by_style, boxes_by_hue, level_boxes, letter_values),
    *(violins, split_violins, level_violins_with_sticks, strips, swarms, means_as_points),
    *(annotated_matrix, facets, joint),
]
