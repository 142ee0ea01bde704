"""The same data drawn by three libraries, and described as the model reads it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import seaborn as sns
from matplotlib.figure import Figure

from k2_jupyter.notebook.figures import RECORD_TYPE, figure_text
from k2_jupyter.outputs import Display
from tests.in_kernel.figures.drawn import record

GROUPS = ["oak", "elm", "ash", "yew"]
Random = np.random.Generator


def bars(rng: Random) -> dict[str, Any]:
    heights = rng.permutation(np.array([31.25, 12.5, 47.75, 22.0]))
    frame = pd.DataFrame({"tree": GROUPS, "height": heights, "margin": rng.uniform(1, 4, 4)})
    figure, axes = _axes("Heights of trees", "tree", "height (m)")
    axes.bar(frame["tree"], frame["height"], yerr=frame["margin"])
    labels = {"height": "height (m)"}
    plotly = px.bar(
        frame, x="tree", y="height", error_y="margin", title="Heights of trees", labels=labels
    )
    chart = alt.Chart(frame, title="Heights of trees").mark_bar()
    altair = chart.encode(x=alt.X("tree", sort=None), y=alt.Y("height", title="height (m)"))
    return {"data": frame, "matplotlib": figure, "plotly": plotly, "altair": altair}


def lines(rng: Random) -> dict[str, Any]:
    years = np.arange(2000, 2015)
    north = np.round(np.linspace(10, 30, 15) + rng.normal(0, 6, 15), 2)
    south = np.round(np.linspace(50, 20, 15) + rng.normal(0, 6, 15), 2)
    frame = pd.DataFrame({"year": years, "north": north, "south": south})
    figure, axes = _axes("Sales", "year", "sales (kEUR)")
    axes.plot(years, north, label="north")
    axes.plot(years, south, label="south")
    axes.legend(title="region")
    tall = frame.melt("year", var_name="region", value_name="sales")
    plotly = px.line(tall, x="year", y="sales", color="region", title="Sales")
    altair = alt.Chart(tall, title="Sales").mark_line().encode(x="year", y="sales", color="region")
    return {"data": frame, "matplotlib": figure, "plotly": plotly, "altair": altair}


def points(rng: Random) -> dict[str, Any]:
    x = rng.normal(40, 10, 90)
    frame = pd.DataFrame({"age": x, "pay": 300 - 3 * x + rng.normal(0, 20, 90)})
    figure, axes = _axes("Pay by age", "age", "pay")
    axes.scatter(frame["age"], frame["pay"])
    plotly = px.scatter(frame, x="age", y="pay", title="Pay by age")
    altair = alt.Chart(frame, title="Pay by age").mark_point().encode(x="age", y="pay")
    return {"data": frame, "matplotlib": figure, "plotly": plotly, "altair": altair}


def boxes(rng: Random) -> dict[str, Any]:
    frame = pd.DataFrame({"tree": np.repeat(GROUPS, 41), "height": rng.normal(20, 3, 164)})
    frame["height"] += frame["tree"].map(dict(zip(GROUPS, rng.permutation(4) * 4, strict=True)))
    frame.loc[[3, 50, 51], "height"] += 40
    figure, axes = _axes("Heights", "tree", "height")
    axes.boxplot([frame["height"][frame["tree"] == tree] for tree in GROUPS])
    axes.set_xticks(range(1, 5), GROUPS)
    plotly = px.box(frame, x="tree", y="height", title="Heights")
    # With 4 n + 1 values this is what the others draw by default.
    plotly.update_traces(quartilemethod="inclusive")
    altair = alt.Chart(frame, title="Heights").mark_boxplot().encode(x="tree", y="height")
    return {"data": frame, "matplotlib": figure, "plotly": plotly, "altair": altair}


def bins(rng: Random) -> dict[str, Any]:
    frame = pd.DataFrame({"age": rng.gamma(4, 5, 400).clip(0, 59.9)})
    figure, axes = _axes("Ages", "age", "people")
    axes.hist(frame["age"], bins=range(0, 61, 5))
    plotly = px.histogram(frame, x="age", title="Ages")
    plotly.update_traces(xbins={"start": 0, "end": 60, "size": 5})
    binned = alt.X("age", bin=alt.Bin(step=5))
    altair = alt.Chart(frame, title="Ages").mark_bar().encode(x=binned, y="count()")
    return {"data": frame, "matplotlib": figure, "plotly": plotly, "altair": altair}


def cells(rng: Random) -> dict[str, Any]:
    values = rng.permutation(np.arange(1.0, 13.0)).reshape(4, 3) * 1.5
    frame = pd.DataFrame(values, index=GROUPS, columns=["spring", "summer", "autumn"])
    figure, axes = _axes("Growth", "season", "tree")
    sns.heatmap(frame, annot=True, ax=axes)
    axes.set(xlabel="season", ylabel="tree")
    plotly = px.imshow(frame, title="Growth", labels={"x": "season", "y": "tree"})
    tall = frame.rename_axis("tree").reset_index()
    tall = tall.melt("tree", var_name="season", value_name="growth")
    chart = alt.Chart(tall, title="Growth").mark_rect()
    altair = chart.encode(x=alt.X("season", sort=None), y=alt.Y("tree", sort=None), color="growth")
    return {"data": frame, "matplotlib": figure, "plotly": plotly, "altair": altair}


def slices(rng: Random) -> dict[str, Any]:
    frame = pd.DataFrame({"tree": GROUPS, "area": rng.permutation([50.0, 25.0, 15.0, 10.0])})
    figure = Figure()
    axes = figure.subplots()
    axes.pie(frame["area"], labels=GROUPS)
    axes.set_title("Area")
    plotly = px.pie(frame, names="tree", values="area", title="Area")
    altair = alt.Chart(frame, title="Area").mark_arc().encode(theta="area", color="tree")
    return {"data": frame, "matplotlib": figure, "plotly": plotly, "altair": altair}


def violins(rng: Random) -> dict[str, Any]:
    frame = pd.DataFrame({"tree": np.repeat(GROUPS, 60), "height": rng.normal(20, 2, 240)})
    frame["height"] += frame["tree"].map(dict(zip(GROUPS, rng.permutation(4) * 9, strict=True)))
    figure, axes = _axes("Heights", "tree", "height")
    sns.violinplot(frame, x="tree", y="height", ax=axes)
    plotly = px.violin(frame, x="tree", y="height", box=True, title="Heights")
    return {"data": frame, "matplotlib": figure, "plotly": plotly}


def panels(rng: Random) -> dict[str, Any]:
    names = [f"plot {number}" for number in range(int(rng.integers(3, 7)))]
    frame = pd.DataFrame({"plot": np.repeat(names, 20)})
    frame["rain"] = rng.uniform(1, 9, len(frame))
    frame["yield"] = frame["rain"] + rng.normal(0, 1, len(frame))
    grid = sns.relplot(frame, x="rain", y="yield", col="plot", height=2)
    grid.set_titles("{col_name}")
    grid.figure.suptitle("Yield")
    plotly = px.scatter(frame, x="rain", y="yield", facet_col="plot", title="Yield")
    chart = alt.Chart(frame).mark_point().encode(x="rain", y="yield")
    altair = chart.facet("plot").properties(title="Yield")
    return {"data": frame, "matplotlib": grid.figure, "plotly": plotly, "altair": altair}


def powers(rng: Random) -> dict[str, Any]:
    frame = pd.DataFrame({"day": range(12), "cells": 3.0 ** np.arange(12) * rng.uniform(1, 2, 12)})
    figure, axes = _axes("Growth of a culture", "day", "cells")
    axes.semilogy(frame["day"], frame["cells"])
    plotly = px.line(frame, x="day", y="cells", log_y=True, title="Growth of a culture")
    chart = alt.Chart(frame, title="Growth of a culture").mark_line()
    altair = chart.encode(x="day", y=alt.Y("cells", scale=alt.Scale(type="log")))
    return {"data": frame, "matplotlib": figure, "plotly": plotly, "altair": altair}


SCENES: Mapping[str, Callable[[Random], dict[str, Any]]] = {
    scene.__name__: scene
    for scene in (bars, lines, points, boxes, bins, cells, slices, violins, panels, powers)
}


def told(drawn: Figure | go.Figure | alt.TopLevelMixin) -> str:
    """What the model reads of it."""
    if isinstance(drawn, Figure):
        display = Display({RECORD_TYPE: record(drawn)})
    elif isinstance(drawn, go.Figure):
        display = Display({"application/vnd.plotly.v1+json": json.loads(drawn.to_json())})
    else:
        display = Display({"text/html": drawn.to_html()})
    text = figure_text(display)
    assert text is not None
    return text


def _axes(title: str, x: str, y: str) -> tuple[Figure, Any]:
    figure = Figure()
    axes = figure.subplots()
    axes.set(title=title, xlabel=x, ylabel=y)
    return figure, axes
