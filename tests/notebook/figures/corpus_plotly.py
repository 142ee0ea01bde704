"""Plotly express figures on random data, and what they are known to draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd
import plotly.express as px

from tests.in_kernel.figures.corpus_expected import Expected

Made: TypeAlias = tuple[Any, list[Expected]]
Maker: TypeAlias = Callable[[np.random.Generator], Made]


def _people(rng: np.random.Generator, count: int = 120) -> Any:
    return pd.DataFrame(
        {
            "group": rng.choice(["alpha", "beta", "gamma"], count),
            "smoker": rng.choice(["Yes", "No"], count),
            "x": rng.normal(10, 3, count),
            "y": rng.gamma(2, 5, count),
        }
    )


def _months(rng: np.random.Generator) -> Any:
    month = pd.date_range("2022-01-01", periods=24, freq="MS")
    return pd.DataFrame({"month": month, "sales": rng.uniform(10, 90, 24).round(2)})


def scatter_by_color(rng: np.random.Generator) -> Made:
    people = _people(rng)
    known = []
    for name, part in people.groupby("group"):
        one = ("scatter", str(name))
        known += [
            Expected(0, *one, "count", len(part)),
            Expected(0, *one, "correlation", part["x"].corr(part["y"])),
            Expected(0, *one, "trend", np.polyfit(part["x"], part["y"], 1)[0]),
            Expected(0, *one, "y max", part["y"].max()),
        ]
    return px.scatter(people, x="x", y="y", color="group", title="Points"), known


def scatter_faceted(rng: np.random.Generator) -> Made:
    people = _people(rng)
    order = ["No", "Yes"]
    figure = px.scatter(people, x="x", y="y", facet_col="smoker", category_orders={"smoker": order})
    known = [
        Expected(place, "scatter", "", "x mean", people.loc[people["smoker"] == name, "x"].mean())
        for place, name in enumerate(order)
    ]
    return figure, known


def scatter_sized(rng: np.random.Generator) -> Made:
    people = _people(rng)
    known = [
        Expected(0, "scatter", "", "x min", people["x"].min()),
        Expected(0, "scatter", "", "y mean", people["y"].mean()),
    ]
    return px.scatter(people, x="x", y="y", size="y", color="x"), known


def line_dated(rng: np.random.Generator) -> Made:
    months = _months(rng)
    peak, low = months.loc[months["sales"].idxmax()], months.loc[months["sales"].idxmin()]
    days = (months["month"] - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)
    known = [
        Expected(0, "line", "", "max", peak["sales"], peak["month"].date().isoformat()),
        Expected(0, "line", "", "min", low["sales"], low["month"].date().isoformat()),
        Expected(0, "line", "", "first", months["sales"].iloc[0], "2022-01-01"),
        Expected(0, "line", "", "trend", np.polyfit(days, months["sales"], 1)[0], "per day"),
    ]
    return px.line(months, x="month", y="sales", title="Sales"), known


def line_with_gaps(rng: np.random.Generator) -> Made:
    values = rng.normal(size=30)
    values[[4, 5, 20]] = np.nan
    known = [
        Expected(0, "line", "", "gaps", 3),
        Expected(0, "line", "", "count", 27),
        Expected(0, "line", "", "max", np.nanmax(values), float(np.nanargmax(values))),
    ]
    return px.line(x=np.arange(30.0), y=values), known


def bars_stacked(rng: np.random.Generator) -> Made:
    people = _people(rng)
    sums: Any = people.groupby(["group", "smoker"], as_index=False)["y"].sum()
    totals = sums.groupby("group")["y"].sum()
    known = [Expected(0, "bar", row.smoker, "value", row.y, row.group) for row in sums.itertuples()]
    last = sums["smoker"].drop_duplicates().iloc[-1]
    known.append(Expected(0, "bar", last, "highest stack", totals.max(), totals.idxmax()))
    return px.bar(sums, x="group", y="y", color="smoker"), known


def bars_from_pieces(rng: np.random.Generator) -> Made:
    people = _people(rng)
    sums: Any = people.groupby("group")["y"].sum()
    known = [Expected(0, "bar", "", "value", value, name) for name, value in sums.items()]
    return px.bar(people, x="group", y="y"), known


def bars_level_with_errors(rng: np.random.Generator) -> Made:
    means: Any = _people(rng).groupby("group")["y"].agg(["mean", "sem"]).reset_index()
    known = []
    for row in means.itertuples():
        known += [
            Expected(0, "bar", "", "value", row.mean, row.group),
            Expected(0, "bar", "", "low", row.mean - row.sem, row.group),
            Expected(0, "bar", "", "high", row.mean + row.sem, row.group),
        ]
    return px.bar(means, x="mean", y="group", error_x="sem", orientation="h"), known


def histogram_of_categories(rng: np.random.Generator) -> Made:
    people = _people(rng)
    means: Any = people.groupby("group")["y"].mean()
    known = [Expected(0, "bar", "", "value", value, name) for name, value in means.items()]
    return px.histogram(people, x="group", y="y", histfunc="avg"), known


def histogram_of_whole_numbers(rng: np.random.Generator) -> Made:
    values = rng.integers(0, 8, 200)
    counts: Any = pd.Series(values).value_counts()
    known = [
        Expected(0, "histogram", "", "count", counts.size),
        Expected(0, "histogram", "", "total", 200),
        Expected(0, "histogram", "", "peak", counts.max()),
    ]
    return px.histogram(x=values), known


def histogram_with_bins(rng: np.random.Generator) -> Made:
    values = rng.normal(0, 1, 300)
    counts, edges = np.histogram(values, np.arange(-4, 4.5, 0.5))
    figure = px.histogram(x=values)
    figure.update_traces(xbins={"start": -4, "end": 4, "size": 0.5})
    peak = int(counts.argmax())
    known = [
        Expected(
            0, "histogram", "", "peak", counts[peak], f"{edges[peak]:g} to {edges[peak + 1]:g}"
        ),
        Expected(0, "histogram", "", "total", counts.sum()),
    ]
    return figure, known


def boxes(rng: np.random.Generator) -> Made:
    people = _people(rng)
    known, outside = [], 0
    for name, part in people.groupby("group")["y"]:
        q1, median, q3 = np.quantile(part, [0.25, 0.5, 0.75], method="hazen")
        far = part[(part > q3 + 1.5 * (q3 - q1)) | (part < q1 - 1.5 * (q3 - q1))]
        known += [
            Expected(0, "box", "", "q1", q1, name),
            Expected(0, "box", "", "median", median, name),
            Expected(0, "box", "", "high", part.drop(far.index).max(), name),
        ]
        outside += len(far)
    known.append(Expected(0, "box", "", "outliers", outside))
    return px.box(people, x="group", y="y"), known


def boxes_level(rng: np.random.Generator) -> Made:
    people = _people(rng)
    known = [
        Expected(0, "box", str(name), "median", part.median(), name)
        for name, part in people.groupby("smoker")["x"]
    ]
    return px.box(people, x="x", color="smoker"), known


def violins(rng: np.random.Generator) -> Made:
    people = _people(rng)
    known = [
        Expected(0, "violin", "", "median", part.median(), name)
        for name, part in people.groupby("group")["x"]
    ]
    return px.violin(people, x="group", y="x", box=True), known


def strips(rng: np.random.Generator) -> Made:
    people = _people(rng)
    known = [
        Expected(0, "scatter", "", "mean", value, name)
        for name, value in people.groupby("group")["y"].mean().items()
    ]
    return px.strip(people, x="group", y="y"), known


def matrix(rng: np.random.Generator) -> Made:
    values: Any = pd.DataFrame(rng.normal(size=(4, 5)), index=list("abcd"), columns=list("vwxyz"))
    at = values.stack().idxmax()
    known = [
        Expected(0, "heat map", "", "max", values.to_numpy().max(), f"{at[0]}, {at[1]}"),
        Expected(0, "heat map", "", "shape", "4 × 5"),
        Expected(0, "heat map", "", "w", values.loc["c", "w"], "c"),
        Expected(0, "heat map", "", "annotated", "yes"),
    ]
    return px.imshow(values, text_auto=True), known


def density(rng: np.random.Generator) -> Made:
    people = _people(rng)
    counts: Any = people.groupby(["group", "smoker"]).size()
    group, smoker = counts.idxmax()
    figure = px.density_heatmap(people, x="group", y="smoker")
    return figure, [Expected(0, "heat map", "count", "max", counts.max(), f"{smoker}, {group}")]


def areas(rng: np.random.Generator) -> Made:
    table: Any = pd.DataFrame({"year": np.arange(2000, 2012), "a": rng.uniform(1, 9, 12), "b": 2.0})
    known = [
        Expected(0, "area", "a", "max", table["a"].max(), table.loc[table["a"].idxmax(), "year"]),
        Expected(0, "area", "b", "last", 2.0),
        Expected(0, "area", "b", "stacked", "yes"),
    ]
    return px.area(table, x="year", y=["a", "b"]), known


def pies(rng: np.random.Generator) -> Made:
    people = _people(rng)
    shares = 100 * people.groupby("group")["y"].sum() / people["y"].sum()
    known = [Expected(0, "pie", "", "share %", value, name) for name, value in shares.items()]
    known.append(Expected(0, "pie", "", "highest share %", shares.max(), shares.idxmax()))
    return px.pie(people, names="group", values="y"), known


def distribution(rng: np.random.Generator) -> Made:
    values = rng.normal(size=50)
    known = [
        Expected(0, "line", "", "first", 1 / 50, values.min()),
        Expected(0, "line", "", "last", 1, values.max()),
    ]
    return px.ecdf(x=values), known


def treemaps(rng: np.random.Generator) -> Made:
    sums: Any = _people(rng).groupby("group", as_index=False)["y"].sum()
    top = sums.loc[sums["y"].idxmax()]
    known = [Expected(0, "other", "", "largest", top["y"], top["group"])]
    return px.treemap(sums, path=["group"], values="y"), known


def polar(rng: np.random.Generator) -> Made:
    values = rng.uniform(1, 9, 6)
    names = [f"side {place}" for place in range(6)]
    known = [Expected(0, "other", "", "r", values[place], name) for place, name in enumerate(names)]
    return px.line_polar(r=values, theta=names), known


MAKERS: Final[tuple[Maker, ...]] = (
    scatter_by_color,
    scatter_faceted,
    scatter_sized,
    line_dated,
    line_with_gaps,
    bars_stacked,
    bars_from_pieces,
    bars_level_with_errors,
    histogram_of_categories,
    histogram_of_whole_numbers,
    histogram_with_bins,
    boxes,
    boxes_level,
    violins,
    strips,
    matrix,
    density,
    areas,
    pies,
    distribution,
    treemaps,
    polar,
)
