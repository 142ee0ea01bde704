"""Figures made by matplotlib's own functions, on random data.

Over 250 lines: one small function a kind of figure, and nothing else.
"""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from tests.in_kernel.figures.corpus_expected import Expected, Made, labelled

Rng = np.random.Generator
DAYS = np.datetime64("2023-03-01") + np.arange(40)


def slope(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.polyfit(x, y, 1)[0])


def two_lines(rng: Rng) -> Made:
    figure, axes = labelled("Two lines", "year", "sales")
    years = np.arange(2000, 2021)
    expected = []
    for name in ("north", "south"):
        sales = rng.normal(50, 10, len(years)).cumsum()
        axes.plot(years, sales, label=name)
        expected += [
            Expected(0, "line", name, "max", sales.max(), str(years[sales.argmax()])),
            Expected(0, "line", name, "min", sales.min(), str(years[sales.argmin()])),
            Expected(0, "line", name, "trend", slope(years, sales)),
            Expected(0, "line", name, "y", sales[7], years[7]),
        ]
    axes.legend()
    return figure, expected


def line_with_gaps(rng: Rng) -> Made:
    figure, axes = labelled("Gaps")
    y = rng.normal(size=30)
    y[[3, 4, 11]] = np.nan
    axes.plot(y)
    return figure, [
        Expected(0, "line", "", "count", 27),
        Expected(0, "line", "", "gaps", 3),
        Expected(0, "line", "", "max", np.nanmax(y), str(int(np.nanargmax(y)))),
    ]


def line_over_days(rng: Rng) -> Made:
    figure, axes = labelled("Days", "day", "visits")
    y = rng.normal(size=len(DAYS)).cumsum()
    axes.plot(DAYS, y)
    axes.tick_params("x", rotation=60)
    return figure, [
        Expected(0, "line", "", "max", y.max(), str(DAYS[y.argmax()])),
        Expected(0, "line", "", "first", y[0], "2023-03-01"),
        Expected(0, "line", "", "trend", slope(np.arange(len(y)), y), "per day"),
    ]


def long_line(rng: Rng) -> Made:
    figure, axes = labelled("Long")
    x, y = np.arange(20_000) / 100, rng.normal(size=20_000).cumsum()
    y[500:520] = np.nan
    axes.plot(x, y)
    known = np.isfinite(y)
    return figure, [
        Expected(0, "line", "", "count", 19_980),
        Expected(0, "line", "", "max", np.nanmax(y), x[np.nanargmax(y)]),
        Expected(0, "line", "", "min", np.nanmin(y), x[np.nanargmin(y)]),
        Expected(0, "line", "", "last", y[-1], "199.99"),
        Expected(0, "line", "", "trend", slope(x[known], y[known])),
        Expected(0, "line", "", "gaps", 20),
    ]


def line_over_categories(rng: Rng) -> Made:
    figure, axes = labelled("Sizes", "size", "share")
    sizes = ["S", "M", "L", "XL"]
    y = rng.random(4)
    axes.plot(sizes, y, marker="o")
    return figure, [
        Expected(0, "line", "", "max", y.max(), sizes[y.argmax()]),
        Expected(0, "line", "", "y", y[2], "L"),
    ]


def steps_and_references(rng: Rng) -> Made:
    figure, axes = labelled("Steps")
    y = rng.random(12) + 1
    level, place = float(rng.random()), 4.5
    axes.step(range(12), y, where="mid", label="level")
    axes.axhline(level, color="k", linestyle="--", label="limit")
    axes.axvline(place, color="r", label="change")
    axes.axline((0, 1), slope=0.25, color="g", label="plan")
    axes.axvspan(2, 3.5, alpha=0.2, color="y", label="pause")
    axes.legend()
    return figure, [
        Expected(0, "line", "level", "max", y.max(), str(y.argmax())),
        Expected(0, "reference line", "limit", "at", level, "y"),
        Expected(0, "reference line", "change", "at", place, "x"),
        Expected(0, "reference line", "plan", "slope", 0.25),
        Expected(0, "fill", "pause", "x to", 3.5),
    ]


def logarithmic(rng: Rng) -> Made:
    figure, axes = labelled("Growth")
    x = np.linspace(1, 100, 25)
    y = 10 ** (x / 30 + rng.normal(0, 0.1, 25))
    axes.semilogy(x, y, "s-")
    return figure, [
        Expected(0, "line", "", "max", y.max(), x[y.argmax()]),
        Expected(0, "line", "", "y", y[3], round(x[3], 6)),
    ]


def stems(rng: Rng) -> Made:
    figure, axes = labelled("Stems")
    y = rng.normal(size=15)
    axes.stem(range(15), y)
    return figure, [
        Expected(0, "line", "", "count", 15),
        Expected(0, "line", "", "max", y.max(), str(y.argmax())),
    ]


def markers_only(rng: Rng) -> Made:
    figure, axes = labelled("Markers")
    x, y = rng.normal(size=(2, 50))
    axes.plot(x, y, "o")
    return figure, [
        Expected(0, "scatter", "", "count", 50),
        Expected(0, "scatter", "", "correlation", np.corrcoef(x, y)[0, 1]),
    ]


def error_bars(rng: Rng) -> Made:
    figure, axes = labelled("Errors")
    x, y, error = np.arange(6), rng.normal(10, 2, 6), rng.uniform(0.5, 1, 6)
    axes.errorbar(x, y, yerr=error, capsize=3, fmt="o-", label="dose")
    axes.legend()
    return figure, [
        Expected(0, "line", "dose", "max", y.max(), str(y.argmax())),
        Expected(0, "error bars", "dose", "low", y[2] - error[2], 2),
        Expected(0, "error bars", "dose", "high", y[5] + error[5], 5),
    ]


def error_bars_along_x(rng: Rng) -> Made:
    figure, axes = labelled("Estimates", "effect", "term")
    effects = rng.normal(size=4)
    errors = rng.uniform(0.1, 0.4, (2, 4))
    axes.errorbar(effects, ["a", "b", "c", "d"], xerr=errors, fmt="s")
    axes.axvline(0, color="0.5")
    return figure, [
        Expected(0, "error bars", "", "x", effects[1], "b"),
        Expected(0, "error bars", "", "low", effects[3] - errors[0, 3], "d"),
        Expected(0, "error bars", "", "high", effects[0] + errors[1, 0], "a"),
        Expected(0, "reference line", "", "at", 0, "x"),
    ]


def bars(rng: Rng) -> Made:
    figure, axes = labelled("Bars", "city", "people")
    cities = ["Aalen", "Bonn", "Celle", "Daun", "Emden"]
    people = rng.integers(10, 99, 5).astype(float) + rng.random(5)
    axes.bar(cities, people)
    return figure, [
        Expected(0, "bar", "", "highest", people.max(), cities[people.argmax()]),
        Expected(0, "bar", "", "lowest", people.min(), cities[people.argmin()]),
        *(Expected(0, "bar", "", "value", people[i], cities[i]) for i in range(5)),
    ]


def level_bars_with_errors(rng: Rng) -> Made:
    figure, axes = labelled("Level bars", "mean", "group")
    groups, means, errors = ["p", "q", "r"], rng.random(3) + 1, rng.random(3) / 3
    axes.barh(groups, means, xerr=errors, capsize=2)
    return figure, [
        Expected(0, "bar", "", "value", means[1], "q"),
        Expected(0, "bar", "", "low", means[0] - errors[0], "p"),
        Expected(0, "bar", "", "high", means[2] + errors[2], "r"),
    ]


def grouped_bars(rng: Rng) -> Made:
    figure, axes = labelled("Grouped", "quarter", "sales")
    quarters, places = ["Q1", "Q2", "Q3", "Q4"], np.arange(4)
    one, two = rng.random((2, 4)) + 0.5
    axes.bar(places - 0.2, one, 0.4, label="2023")
    axes.bar(places + 0.2, two, 0.4, label="2024")
    axes.set_xticks(places, quarters)
    axes.legend()
    return figure, [
        Expected(0, "bar", "2023", "value", one[3], "Q4"),
        Expected(0, "bar", "2024", "value", two[0], "Q1"),
        Expected(0, "bar", "2024", "highest", two.max(), quarters[two.argmax()]),
    ]


def stacked_bars(rng: Rng) -> Made:
    figure, axes = labelled("Stacked", "month", "hours")
    months = ["Jan", "Feb", "Mar"]
    one, two = rng.random((2, 3)) + 0.5
    axes.bar(months, one, label="work")
    axes.bar(months, two, bottom=one, label="travel")
    axes.legend()
    return figure, [
        Expected(0, "bar", "work", "value", one[1], "Feb"),
        Expected(0, "bar", "travel", "value", two[2], "Mar"),
        Expected(0, "bar", "travel", "base", one[2], "Mar"),
    ]


def histogram(rng: Rng) -> Made:
    figure, axes = labelled("Histogram", "value", "count")
    values = rng.gamma(2, 3, 400)
    counts, edges = np.histogram(values, 18)
    axes.hist(values, bins=18)
    middle = counts.argmax()
    return figure, [
        Expected(0, "histogram", "", "bins", 18),
        Expected(0, "histogram", "", "total", 400),
        Expected(0, "histogram", "", "peak", counts[middle]),
        Expected(0, "histogram", "", "count", counts[4], round(edges[4], 9)),
        Expected(0, "histogram", "", "skew", "right"),
    ]


def histograms_side_by_side(rng: Rng) -> Made:
    figure, axes = labelled("Side by side", "value", "count")
    one, two = rng.normal(0, 1, 200), rng.normal(1, 2, 150)
    edges = np.histogram_bin_edges(np.concatenate([one, two]), 10)
    axes.hist([one, two], bins=10, label=["one", "two"])
    axes.legend()
    return figure, [
        Expected(0, "histogram", "one", "peak", np.histogram(one, edges)[0].max()),
        Expected(0, "histogram", "two", "total", 150),
        Expected(0, "histogram", "two", "count", np.histogram(two, edges)[0][3], edges[3]),
    ]


def histogram_outlines(rng: Rng) -> Made:
    figure, axes = labelled("Outlines", "value", "density")
    one, two = rng.normal(size=(2, 300))
    axes.hist(one, bins=12, histtype="step", density=True, label="one")
    axes.hist(two, bins=12, histtype="stepfilled", alpha=0.4, label="two")
    axes.legend()
    densities, _ = np.histogram(one, 12, density=True)
    return figure, [
        Expected(0, "histogram", "one", "peak", densities.max()),
        Expected(0, "histogram", "two", "total", 300),
        Expected(0, "histogram", "two", "bins", 12),
    ]


def level_histogram(rng: Rng) -> Made:
    figure, axes = labelled("Level histogram", "count", "value")
    values = rng.normal(size=250)
    axes.hist(values, bins=9, orientation="horizontal")
    return figure, [
        Expected(0, "histogram", "", "peak", np.histogram(values, 9)[0].max()),
        Expected(0, "histogram", "", "total", 250),
    ]


def stairs(rng: Rng) -> Made:
    figure, axes = labelled("Stairs")
    heights = rng.random(7)
    axes.stairs(heights, np.arange(8) / 2)
    return figure, [
        Expected(0, "histogram", "", "count", heights[2], 1.0),
        Expected(0, "histogram", "", "peak", heights.max()),
    ]


def scatter(rng: Rng) -> Made:
    figure, axes = labelled("Scatter")
    x = rng.normal(size=80)
    y = 2 * x + rng.normal(0, 0.3, 80)
    y[:2] += 9
    axes.scatter(x, y, s=rng.uniform(10, 40, 80))
    return figure, [
        Expected(0, "scatter", "", "count", 80),
        Expected(0, "scatter", "", "correlation", np.corrcoef(x, y)[0, 1]),
        Expected(0, "scatter", "", "trend", slope(x, y)),
        Expected(0, "scatter", "", "outliers", 2),
        Expected(0, "scatter", "", "x mean", x.mean()),
        Expected(0, "scatter", "", "y max", y.max()),
    ]


def large_scatter(rng: Rng) -> Made:
    figure, axes = labelled("Large scatter")
    x = rng.normal(size=5_000)
    y = x + rng.uniform(-0.2, 0.2, 5_000)
    y[:3] += 50
    axes.scatter(x, y, c=y, s=4)
    return figure, [
        Expected(0, "scatter", "", "count", 5_000),
        Expected(0, "scatter", "", "correlation", np.corrcoef(x, y)[0, 1]),
        Expected(0, "scatter", "", "trend", slope(x, y)),
        Expected(0, "scatter", "", "outliers", 3),
        Expected(0, "scatter", "", "y mean", y.mean()),
    ]


def scatter_of_groups(rng: Rng) -> Made:
    figure, axes = labelled("Groups")
    expected = []
    for name in ("red", "blue"):
        x, y = rng.normal(size=(2, 30))
        axes.scatter(x, y, label=name)
        expected.append(Expected(0, "scatter", name, "y mean", y.mean()))
    axes.legend()
    return figure, expected


def boxes(rng: Rng) -> Made:
    figure, axes = labelled("Boxes", "group", "value")
    data = {"a": rng.normal(size=60), "b": rng.normal(2, 3, 60)}
    data["a"][0] = 30
    axes.boxplot(list(data.values()))
    axes.set_xticks([1, 2], list(data))
    quartiles = {name: np.percentile(values, [25, 50, 75]) for name, values in data.items()}
    q1, _, q3 = quartiles["b"]
    inside = data["b"][data["b"] <= q3 + 1.5 * (q3 - q1)]
    return figure, [
        Expected(0, "box", "", "median", quartiles["a"][1], "a"),
        Expected(0, "box", "", "q1", q1, "b"),
        Expected(0, "box", "", "q3", q3, "b"),
        Expected(0, "box", "", "high", inside.max(), "b"),
        Expected(0, "box", "", "outliers", _outside(data["a"]), "a"),
        Expected(0, "box", "", "outliers", _outside(data["b"]), "b"),
    ]


def level_notched_boxes(rng: Rng) -> Made:
    figure, axes = labelled("Notched", "value", "group")
    data = rng.normal(size=(50, 3))
    axes.boxplot(data, notch=True, patch_artist=True, showmeans=True, orientation="horizontal")
    return figure, [
        Expected(0, "box", "", "median", np.median(data[:, 2]), "3"),
        Expected(0, "box", "", "q1", np.percentile(data[:, 0], 25), "1"),
        Expected(0, "box", "", "outliers", sum(map(_outside, data.T))),
    ]


def _outside(values: np.ndarray) -> int:
    q1, q3 = np.percentile(values, [25, 75])
    return int(((values < q1 - 1.5 * (q3 - q1)) | (values > q3 + 1.5 * (q3 - q1))).sum())


def violins(rng: Rng) -> Made:
    figure, axes = labelled("Violins", "group", "value")
    one, two = rng.normal(size=120), rng.normal(3, 2, 150)
    quantiles = [[0.25, 0.75], [0.25, 0.75]]
    axes.violinplot([one, two], showmedians=True, quantiles=quantiles)
    axes.set_xticks([1, 2], ["one", "two"])
    return figure, [
        Expected(0, "violin", "", "low", one.min(), "one"),
        Expected(0, "violin", "", "high", two.max(), "two"),
        Expected(0, "violin", "", "median", np.median(two), "two"),
        Expected(0, "violin", "", "q1", np.percentile(one, 25), "one"),
        Expected(0, "violin", "", "q3", np.percentile(two, 75), "two"),
    ]


def level_violins(rng: Rng) -> Made:
    figure, axes = labelled("Level violins", "value", "group")
    data = [rng.normal(size=80), rng.normal(5, 1, 80)]
    axes.violinplot(data, orientation="horizontal", showmeans=True, showmedians=True)
    return figure, [
        Expected(0, "violin", "", "median", np.median(data[1]), "2"),
        Expected(0, "violin", "", "low", data[0].min(), "1"),
    ]


def matrix(rng: Rng) -> Made:
    figure, axes = labelled("Matrix", "column", "row")
    values = rng.normal(size=(4, 5))
    image = axes.imshow(values)
    axes.set_xticks(range(5), list("vwxyz"))
    axes.set_yticks(range(4), list("abcd"))
    figure.colorbar(image, label="value")
    row, column = np.unravel_index(values.argmax(), values.shape)
    return figure, [
        Expected(0, "heat map", "", "max", values.max(), f"{'abcd'[row]}, {'vwxyz'[column]}"),
        Expected(0, "heat map", "", "x", values[1, 2], "b"),
        Expected(0, "heat map", "", "shape", "4 × 5"),
    ]


def mesh(rng: Rng) -> Made:
    figure, axes = labelled("Mesh")
    values = rng.random((3, 6))
    axes.pcolormesh(np.arange(7) * 10, np.arange(4) * 2, values)
    return figure, [
        Expected(0, "heat map", "", "10 to 20", values[0, 1], "0 to 2"),
        Expected(0, "heat map", "", "min", values.min()),
    ]


def counts_in_two_directions(rng: Rng) -> Made:
    figure, axes = labelled("Two directions")
    x, y = rng.normal(size=(2, 500))
    counts, _, _, _ = axes.hist2d(x, y, bins=(6, 8))
    return figure, [
        Expected(0, "heat map", "", "max", counts.max()),
        Expected(0, "heat map", "", "shape", "8 × 6"),
    ]


def hexagons(rng: Rng) -> Made:
    figure, axes = labelled("Hexagons")
    x, y = rng.normal(size=(2, 800))
    drawn = axes.hexbin(x, y, gridsize=12, mincnt=1)
    return figure, [
        Expected(0, "heat map", "", "total", 800),
        Expected(0, "heat map", "", "max", np.max(np.asarray(drawn.get_array()))),
    ]


def picture(rng: Rng) -> Made:
    figure, axes = labelled("Picture")
    axes.imshow(rng.random((120, 160, 3)))
    return figure, [Expected(0, "image", "", "shape", "160 × 120")]


def band(rng: Rng) -> Made:
    figure, axes = labelled("Band")
    x, middle, width = np.arange(30), rng.normal(size=30).cumsum(), rng.uniform(0.5, 1, 30)
    axes.plot(x, middle, label="mean")
    axes.fill_between(x, middle - width, middle + width, alpha=0.3, label="95 %")
    axes.legend()
    highest = (middle + width).max()
    return figure, [
        Expected(0, "line", "mean", "last", middle[-1], "29"),
        Expected(0, "fill", "95 %", "highest upper edge", highest),
        Expected(0, "fill", "95 %", "low", middle[4] - width[4], 4),
    ]


def stacked_areas(rng: Rng) -> Made:
    figure, axes = labelled("Areas")
    x = np.arange(1990, 2010)
    parts = rng.random((3, 20)) + 0.2
    axes.stackplot(x, parts, labels=["coal", "wind", "sun"])
    axes.legend()
    return figure, [
        Expected(0, "area", name, "max", part.max(), str(x[part.argmax()]))
        for name, part in zip(("coal", "wind", "sun"), parts, strict=True)
    ]


def pie(rng: Rng) -> Made:
    figure, axes = labelled("Pie", "", "")
    sizes = rng.integers(5, 40, 4)
    axes.pie(sizes, labels=["oak", "elm", "fir", "yew"], autopct="%.0f %%")
    shares = 100 * sizes / sizes.sum()
    return figure, [
        Expected(0, "pie", "", "share %", shares[1], "elm"),
        Expected(0, "pie", "", "highest share %", shares.max()),
        Expected(0, "pie", "", "count", 4),
    ]


def donut_with_legend(rng: Rng) -> Made:
    figure, axes = labelled("Donut", "", "")
    sizes = rng.integers(5, 40, 3)
    axes.pie(sizes, wedgeprops={"width": 0.4})
    axes.legend(["one", "two", "three"])
    return figure, [Expected(0, "pie", "", "share %", 100 * sizes[2] / sizes.sum(), "three")]


def contours(rng: Rng) -> Made:
    figure, axes = labelled("Contours")
    levels = [0.2, 0.4, 0.6, 0.8]
    axes.contourf(rng.random((12, 12)), levels=levels)
    return figure, [
        Expected(0, "contour", "", "levels", 4),
        Expected(0, "contour", "", "highest level", 0.8),
    ]


def events(rng: Rng) -> Made:
    figure, axes = labelled("Events")
    places = rng.random(25)
    axes.eventplot(places)
    return figure, [
        Expected(0, "other", "", "count", 25),
        Expected(0, "other", "", "x max", places.max()),
    ]


def arrows(rng: Rng) -> Made:
    figure, axes = labelled("Arrows")
    axes.quiver(*rng.random((4, 9)))
    return figure, [
        Expected(0, "other", "", "drawn as", "arrows"),
        Expected(0, "other", "", "count", 9),
    ]


def on_a_circle(rng: Rng) -> Made:
    figure = Figure()
    axes = figure.add_subplot(projection="polar")
    axes.set_title("Directions")
    speeds = rng.random(8) + 1
    axes.bar(np.arange(8) * np.pi / 4, speeds, width=0.6)
    return figure, [
        Expected(0, "bar", "", "highest", speeds.max()),
        Expected(0, "bar", "", "count", 8),
    ]


def in_space(rng: Rng) -> Made:
    figure = Figure()
    axes = figure.add_subplot(projection="3d")
    axes.set_title("Space")
    axes.scatter(*rng.random((3, 40)))
    return figure, [
        Expected(0, "other", "", "drawn as", "3d scatter"),
        Expected(0, "other", "", "count", 40),
    ]


def twin_axes(rng: Rng) -> Made:
    figure, axes = labelled("Twins", "week", "rain")
    rain, heat = rng.random(10), rng.normal(15, 4, 10)
    axes.bar(range(10), rain, color="C0")
    twin = axes.twinx()
    twin.plot(range(10), heat, color="C1")
    twin.set_ylabel("°C")
    return figure, [
        Expected(0, "bar", "", "highest", rain.max(), str(rain.argmax())),
        Expected(1, "line", "", "max", heat.max(), str(heat.argmax())),
    ]


FIGURES = [
    *(two_lines, line_with_gaps, line_over_days, long_line, line_over_categories),
    *(steps_and_references, logarithmic, stems, markers_only, error_bars, error_bars_along_x),
    *(bars, level_bars_with_errors, grouped_bars, stacked_bars),
    *(histogram, histograms_side_by_side, histogram_outlines, level_histogram, stairs),
    *(scatter, large_scatter, scatter_of_groups, boxes, level_notched_boxes),
    *(violins, level_violins, matrix, mesh, counts_in_two_directions, hexagons, picture),
    *(band, stacked_areas, pie, donut_with_legend, contours, events, arrows),
    *(on_a_circle, in_space, twin_axes),
]
