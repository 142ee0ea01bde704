"""Figures made by pandas and statsmodels, on random data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
from matplotlib import pyplot as plt
from statsmodels.graphics.factorplots import interaction_plot
from statsmodels.graphics.tsaplots import plot_acf

from tests.in_kernel.figures.corpus_expected import Expected, Made, labelled

Rng = np.random.Generator


def monthly(rng: Rng) -> Made:
    figure, axes = labelled("Monthly", "month", "value")
    months = pd.date_range("2019-01-31", periods=36, freq="ME")
    values = pd.Series(rng.normal(size=36).cumsum(), index=months)
    values.plot(ax=axes)
    peak = values.idxmax()
    return figure, [
        Expected(0, "line", "", "max", values.max(), f"{peak:%Y-%m}"),
        Expected(0, "line", "", "trend", np.polyfit(range(36), values, 1)[0], "per month"),
    ]


def columns(rng: Rng) -> Made:
    figure, axes = labelled("Columns", "fruit", "tons")
    data = pd.DataFrame(rng.random((3, 2)), index=["fig", "kiwi", "plum"], columns=["2023", "2024"])
    data.plot.bar(ax=axes)
    return figure, [
        Expected(0, "bar", "2023", "value", data.loc["kiwi", "2023"], "kiwi"),
        Expected(0, "bar", "2024", "highest", data["2024"].max(), data["2024"].idxmax()),
    ]


def level_stack(rng: Rng) -> Made:
    figure, axes = labelled("Level stack", "tons", "fruit")
    data = pd.DataFrame(rng.random((3, 2)), index=["fig", "kiwi", "plum"], columns=["a", "b"])
    data.plot.barh(stacked=True, ax=axes)
    return figure, [
        Expected(0, "bar", "b", "value", data.loc["plum", "b"], "plum"),
        Expected(0, "bar", "b", "base", data.loc["plum", "a"], "plum"),
    ]


def histograms(rng: Rng) -> Made:
    figure, axes = labelled("Histograms", "value", "count")
    data = pd.DataFrame({"a": rng.normal(size=90), "b": rng.normal(2, 1, 90)})
    data.plot.hist(bins=12, alpha=0.5, ax=axes)
    _, edges = np.histogram(data.to_numpy(), 12)
    return figure, [
        Expected(0, "histogram", "a", "total", 90),
        Expected(0, "histogram", "b", "peak", np.histogram(data["b"], edges)[0].max()),
    ]


def boxes(rng: Rng) -> Made:
    figure, axes = labelled("Boxes", "column", "value")
    data = pd.DataFrame({"a": rng.normal(size=90), "b": rng.normal(2, 1, 90)})
    data.plot.box(ax=axes)
    return figure, [
        Expected(0, "box", "", "median", data["b"].median(), "b"),
        Expected(0, "box", "", "q1", data["a"].quantile(0.25), "a"),
    ]


def density(rng: Rng) -> Made:
    figure, axes = labelled("Density", "value", "density")
    pd.Series(rng.normal(size=60), name="x").plot.kde(ax=axes)
    return figure, [Expected(0, "line", "x", "count", 1_000)]


def areas(rng: Rng) -> Made:
    figure, axes = labelled("Areas", "step", "value")
    data = pd.DataFrame(rng.random((12, 2)), columns=["a", "b"])
    data.plot.area(ax=axes)
    return figure, [
        Expected(0, "area", "a", "max", data["a"].max(), str(data["a"].idxmax())),
        Expected(0, "area", "b", "max", data["b"].max(), str(data["b"].idxmax())),
    ]


def pie(rng: Rng) -> Made:
    figure, axes = labelled("Pie", "", "")
    sizes: Any = pd.Series(rng.integers(3, 20, 4), index=list("wxyz"))
    sizes.plot.pie(ax=axes, ylabel="")
    return figure, [
        Expected(0, "pie", "", "share %", 100 * sizes["y"] / sizes.sum(), "y"),
    ]


def points(rng: Rng) -> Made:
    figure, axes = labelled("Points", "x", "y")
    data = pd.DataFrame(rng.normal(size=(70, 3)), columns=["x", "y", "z"])
    data.plot.scatter("x", "y", c="z", colormap="viridis", ax=axes)
    return figure, [
        Expected(0, "scatter", "", "correlation", data["x"].corr(data["y"])),
        Expected(0, "scatter", "", "x max", data["x"].max()),
    ]


def means_of_groups(rng: Rng) -> Made:
    figure, axes = labelled("Groups", "group", "mean")
    data = pd.DataFrame({"g": rng.choice(list("abcd"), 80), "y": rng.normal(size=80)})
    means = data.groupby("g")["y"].mean()
    means.plot(ax=axes, marker="o")
    return figure, [Expected(0, "line", "y", "max", means.max(), means.idxmax())]


def quantiles(rng: Rng) -> Made:
    figure, axes = labelled("Quantiles", "theory", "sample")
    values = rng.normal(size=64)
    sm.qqplot(values, line="s", ax=axes)
    return figure, [
        Expected(0, "scatter", "", "count", 64),
        Expected(0, "scatter", "", "y max", values.max()),
    ]


def autocorrelation(rng: Rng) -> Made:
    figure, axes = labelled("Autocorrelation", "lag", "r")
    values = rng.normal(size=120).cumsum()
    plot_acf(values, lags=12, ax=axes)
    r = sm.tsa.acf(values, nlags=12)
    return figure, [
        Expected(0, "line", "", "y", r[3], 3),
        Expected(0, "line", "", "min", r.min(), str(r.argmin())),
    ]


def interaction(rng: Rng) -> Made:
    figure, axes = labelled("Interaction")
    data = pd.DataFrame(
        {"dose": rng.choice(["d1", "d2", "d3"], 90), "sex": rng.choice(["f", "m"], 90)}
    )
    data["y"] = rng.normal(size=90)
    interaction_plot(data["dose"], data["sex"], data["y"], ax=axes)
    means = data.groupby(["sex", "dose"])["y"].mean()
    return figure, [Expected(0, "line", "m", "y", means[("m", "d2")], "d2")]


def mean_differences(rng: Rng) -> Made:
    figure, axes = labelled("Differences")
    one = rng.normal(size=40)
    two = one + rng.normal(0, 0.2, 40)
    sm.graphics.mean_diff_plot(one, two, ax=axes)
    return figure, [
        Expected(0, "scatter", "", "y mean", (one - two).mean()),
        Expected(0, "reference line", "", "at", (one - two).mean(), "y"),
    ]


def pairs(rng: Rng) -> Made:
    data = pd.DataFrame(rng.normal(size=(50, 2)), columns=["u", "v"])
    figure = plt.figure()
    grid = pd.plotting.scatter_matrix(data, ax=figure.subplots(2, 2))
    plt.close(figure)
    figure.suptitle("Pairs")
    assert grid.shape == (2, 2)
    return figure, [
        Expected(0, "histogram", "", "total", 50),
        Expected(1, "scatter", "", "count", 50),
    ]


FIGURES = [
    *(monthly, columns, level_stack, histograms, boxes, density, areas, pie, points),
    *(means_of_groups, quantiles, autocorrelation, interaction, mean_differences, pairs),
]
