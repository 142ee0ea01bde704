"""Altair charts on random data, and what they are known to draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import altair as alt
import numpy as np
import pandas as pd

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
            "day": pd.date_range("2022-01-03", periods=count, freq="6D"),
        }
    )


def bars_of_means(rng: np.random.Generator) -> Made:
    people = _people(rng)
    means: Any = people.groupby("group")["y"].mean()
    known = [Expected(0, "bar", "", "value", value, name) for name, value in means.items()]
    known.append(Expected(0, "bar", "", "highest", means.max(), means.idxmax()))
    return alt.Chart(people).mark_bar().encode(x="group:N", y="mean(y):Q"), known


def bars_stacked(rng: np.random.Generator) -> Made:
    people = _people(rng)
    counts: Any = people.groupby(["smoker", "group"]).size()
    totals = people.groupby("group").size()
    known = [
        Expected(0, "bar", smoker, "value", value, group)
        for (smoker, group), value in counts.items()
    ]
    known.append(Expected(0, "bar", "Yes", "highest stack", totals.max(), totals.idxmax()))
    known += [Expected(0, "bar", "No", "base", counts["Yes", name], name) for name in totals.index]
    return alt.Chart(people).mark_bar().encode(x="group:N", y="count()", color="smoker:N"), known


def bars_side_by_side(rng: np.random.Generator) -> Made:
    people = _people(rng)
    sums: Any = people.groupby(["smoker", "group"])["y"].sum()
    chart = alt.Chart(people).mark_bar().encode(
        x="group:N", xOffset="smoker:N", y="sum(y):Q", color="smoker:N"
    )  # fmt: skip
    known = [
        Expected(0, "bar", smoker, "value", value, group) for (smoker, group), value in sums.items()
    ]
    return chart, known


def bars_sorted(rng: np.random.Generator) -> Made:
    people = _people(rng)
    medians = people.groupby("group")["y"].median()
    chart = alt.Chart(people).mark_bar().encode(x="median(y):Q", y=alt.Y("group:N").sort("-x"))
    return chart, [Expected(0, "bar", "", "highest", medians.max(), medians.idxmax())]


def bars_of_shares(rng: np.random.Generator) -> Made:
    people = _people(rng)
    shares = pd.crosstab(people["group"], people["smoker"], normalize="index")
    chart = alt.Chart(people).mark_bar().encode(
        x="group:N", y=alt.Y("count()").stack("normalize"), color="smoker:N"
    )  # fmt: skip
    known = [
        Expected(0, "bar", name, "value", shares.loc[group, name], group)
        for name in shares.columns
        for group in shares.index
    ]
    return chart, known


def histogram(rng: np.random.Generator) -> Made:
    values: Any = pd.DataFrame({"x": rng.uniform(0, 100, 300)})
    counts, _ = np.histogram(values["x"], np.arange(0, 101, 10))
    chart = alt.Chart(values).mark_bar().encode(x=alt.X("x:Q").bin(), y="count()")
    peak = int(counts.argmax())
    known = [
        Expected(0, "histogram", "", "count", 10),
        Expected(0, "histogram", "", "peak", counts[peak], f"{10 * peak} to {10 * peak + 10}"),
        Expected(0, "histogram", "", "total", 300),
    ]
    return chart, known


def lines_by_month(rng: np.random.Generator) -> Made:
    people = _people(rng)
    months = people["day"].dt.strftime("%Y-%m")
    means: Any = people.groupby([people["smoker"], months])["y"].mean()
    chart = alt.Chart(people).mark_line().encode(
        x="yearmonth(day):T", y="mean(y):Q", color="smoker:N"
    )  # fmt: skip
    known = []
    for name in ("No", "Yes"):
        part = means[name]
        known += [
            Expected(0, "line", name, "max", part.max(), part.idxmax()),
            Expected(0, "line", name, "first", part.iloc[0], part.index[0]),
            Expected(0, "line", name, "count", len(part)),
        ]
    return chart, known


def line_of_days(rng: np.random.Generator) -> Made:
    people = _people(rng)
    low = people.loc[people["y"].idxmin()]
    slope = np.polyfit(np.arange(len(people)) * 6.0, people["y"], 1)[0]
    known = [
        Expected(0, "line", "", "min", low["y"], low["day"].date().isoformat()),
        Expected(0, "line", "", "trend", slope, "per day"),
    ]
    return alt.Chart(people).mark_line().encode(x="day:T", y="y:Q"), known


def area_of_months(rng: np.random.Generator) -> Made:
    people = _people(rng)
    sums: Any = people.groupby(people["day"].dt.month)["y"].sum()
    name = pd.Timestamp(2000, int(sums.idxmax()), 1).strftime("%b")
    chart = alt.Chart(people).mark_area().encode(x="month(day):O", y="sum(y):Q")
    return chart, [Expected(0, "area", "", "max", sums.max(), name)]


def points(rng: np.random.Generator) -> Made:
    people = _people(rng)
    known = []
    for name, part in people.groupby("group"):
        known += [
            Expected(0, "scatter", str(name), "count", len(part)),
            Expected(0, "scatter", str(name), "correlation", part["x"].corr(part["y"])),
        ]
    return alt.Chart(people).mark_point().encode(x="x:Q", y="y:Q", color="group:N"), known


def points_faceted(rng: np.random.Generator) -> Made:
    people = _people(rng)
    chart = alt.Chart(people).mark_circle().encode(x="x:Q", y="y:Q", row="smoker:N")
    known = [
        Expected(place, "scatter", "", "y mean", people.loc[people["smoker"] == name, "y"].mean())
        for place, name in enumerate(["No", "Yes"])
    ]
    return chart, known


def points_filtered(rng: np.random.Generator) -> Made:
    people = _people(rng)
    kept = people[(people["x"] > 10) & (people["group"] != "beta")]
    chart = (
        alt.Chart(people)
        .transform_filter("datum.x > 10 && datum.group !== 'beta'")
        .transform_calculate(double="datum.y * 2")
        .mark_point()
        .encode(x="x:Q", y="double:Q")
    )
    known = [
        Expected(0, "scatter", "", "count", len(kept)),
        Expected(0, "scatter", "", "y max", 2 * kept["y"].max()),
    ]
    return chart, known


def ticks(rng: np.random.Generator) -> Made:
    people = _people(rng)
    known = [
        Expected(0, "scatter", "", "mean", value, name)
        for name, value in people.groupby("group")["y"].mean().items()
    ]
    return alt.Chart(people).mark_tick().encode(x="y:Q", y="group:N"), known


def matrix(rng: np.random.Generator) -> Made:
    people = _people(rng)
    means: Any = people.groupby(["smoker", "group"])["y"].mean()
    row, column = means.idxmin()
    chart = alt.Chart(people).mark_rect().encode(x="group:N", y="smoker:N", color="mean(y):Q")
    known = [
        Expected(0, "heat map", "Mean of y", "min", means.min(), f"{row}, {column}"),
        Expected(0, "heat map", "Mean of y", "alpha", means["Yes", "alpha"], "Yes"),
    ]
    return chart, known


def boxes(rng: np.random.Generator) -> Made:
    people = _people(rng)
    known, outside = [], 0
    for name, part in people.groupby("group")["y"]:
        q1, median, q3 = part.quantile([0.25, 0.5, 0.75])
        far = part[(part > q3 + 1.5 * (q3 - q1)) | (part < q1 - 1.5 * (q3 - q1))]
        known += [
            Expected(0, "box", "", "q3", q3, name),
            Expected(0, "box", "", "median", median, name),
            Expected(0, "box", "", "high", part.drop(far.index).max(), name),
        ]
        outside += len(far)
    known.append(Expected(0, "box", "", "outliers", outside))
    return alt.Chart(people).mark_boxplot().encode(x="group:N", y="y:Q"), known


def bars_with_errors(rng: np.random.Generator) -> Made:
    people = _people(rng)
    base = alt.Chart(people).encode(x="group:N")
    rule = alt.Chart(pd.DataFrame({"limit": [8.5]})).mark_rule().encode(y="limit:Q")
    chart = base.mark_bar().encode(y="mean(y):Q") + base.mark_errorbar().encode(y="y:Q") + rule
    known = [Expected(0, "reference line", "", "at", 8.5, "y")]
    for name, part in people.groupby("group")["y"]:
        known += [
            Expected(0, "bar", "", "value", part.mean(), name),
            Expected(0, "error bars", "", "low", part.mean() - part.sem(), name),
        ]
    return chart, known


def bands(rng: np.random.Generator) -> Made:
    people = _people(rng)
    chart = alt.Chart(people).mark_errorband(extent="stdev").encode(x="month(day):O", y="y:Q")
    part = people.loc[people["day"].dt.month == 5, "y"]
    known = [
        Expected(0, "fill", "", "low", part.mean() - part.std(), "May"),
        Expected(0, "fill", "", "high", part.mean() + part.std(), "May"),
    ]
    return chart, known


def pies(rng: np.random.Generator) -> Made:
    people = _people(rng)
    shares = 100 * people["group"].value_counts(normalize=True)
    known = [Expected(0, "pie", "", "share %", value, name) for name, value in shares.items()]
    return alt.Chart(people).mark_arc().encode(theta="count()", color="group:N"), known


def beside(rng: np.random.Generator) -> Made:
    people = _people(rng)
    base = alt.Chart(people)
    left = base.mark_point().encode(x="x:Q", y="y:Q")
    right = base.mark_bar().encode(x="group:N", y="max(y):Q")
    known = [
        Expected(0, "scatter", "", "x mean", people["x"].mean()),
        Expected(1, "bar", "", "highest", people["y"].max()),
    ]
    return left | right, known


def repeated(rng: np.random.Generator) -> Made:
    people = _people(rng)
    chart = alt.Chart(people).mark_bar().encode(
        x=alt.X(alt.repeat("column"), type="nominal"), y="count()"
    ).repeat(column=["group", "smoker"])  # fmt: skip
    known = [
        Expected(place, "bar", "", "highest", people[name].value_counts().max())
        for place, name in enumerate(["group", "smoker"])
    ]
    return chart, known


MAKERS: Final[tuple[Maker, ...]] = (
    bars_of_means,
    bars_stacked,
    bars_side_by_side,
    bars_sorted,
    bars_of_shares,
    histogram,
    lines_by_month,
    line_of_days,
    area_of_months,
    points,
    points_faceted,
    points_filtered,
    ticks,
    matrix,
    boxes,
    bars_with_errors,
    bands,
    pies,
    beside,
    repeated,
)
