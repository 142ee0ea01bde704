"""Plotly figures as records."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import pytest
from plotly.offline import get_plotlyjs
from plotly.subplots import make_subplots

from k2_jupyter.in_kernel.figures import faults
from k2_jupyter.notebook.figures.parsing import parse
from k2_jupyter.notebook.figures.plotly import plotly_record
from tests.notebook.figures import charts, corpus_plotly
from tests.notebook.figures.charts import facts


def record(figure: Any) -> dict[str, Any]:
    told = plotly_record(charts.plotly_json(figure))
    assert told is not None
    json.dumps(told, allow_nan=False)
    return told


def axes(figure: Any, place: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = record(figure)["axes"][place]
    return found


def only(figure: Any) -> dict[str, Any]:
    (told,) = axes(figure)["series"]
    return dict(told)


# The corpus


@pytest.mark.parametrize("seed", [1, 20])
@pytest.mark.parametrize("maker", corpus_plotly.MAKERS, ids=lambda maker: maker.__name__)
def test_a_figure_of_the_corpus_is_told(maker: corpus_plotly.Maker, seed: int) -> None:
    figure, known = maker(np.random.default_rng(seed))
    told = record(figure)
    assert charts.share_told(told, known) == 1
    assert parse(told) is not None
    codes = {fault["code"] for fault in faults.data_faults(told)}
    assert codes <= {"missing_title"}  # plotly express gives none


# Axes, legends, facets


def test_titles_scales_and_limits_are_as_in_the_layout() -> None:
    figure = px.scatter(
        x=[1, 10, 100], y=[1, 2, 3], log_x=True, range_x=[1, 1000], title="<b>T</b>"
    )
    told = record(figure)
    assert (told["title"], told["library"]) == ("T", "plotly")
    assert told["axes"][0]["x"]["scale"] == "log"
    assert told["axes"][0]["x"]["limits"] == pytest.approx([1, 1000])


def test_facets_are_axes_with_the_labels_that_they_share() -> None:
    table = pd.DataFrame(
        {"x": [1, 2, 3, 4], "y": [1, 2, 3, 4], "sex": list("mfmf"), "day": list("aabb")}
    )
    told = record(px.scatter(table, x="x", y="y", facet_col="sex", facet_row="day"))
    assert [one["facet"] for one in told["axes"]] == [
        "sex = m, day = a",
        "sex = f, day = a",
        "sex = m, day = b",
        "sex = f, day = b",
    ]
    assert {one["x"]["label"] for one in told["axes"]} == {"x"}
    assert {one["y"]["label"] for one in told["axes"] if one["y"]} == {"y"}


def test_titles_of_subplots_are_titles_of_their_axes() -> None:
    figure = make_subplots(rows=2, cols=2, subplot_titles=["a", "b", "c", "d"])
    for place in range(3):
        figure.add_bar(x=["u"], y=[place], row=place // 2 + 1, col=place % 2 + 1)
    told = record(figure)["axes"]
    assert [one["title"] for one in told] == ["a", "b", "c", "d"]
    assert told[3]["series"] == []  # and this one is empty


def test_a_second_y_axis_is_an_axes_of_its_own() -> None:
    figure = make_subplots(specs=[[{"secondary_y": True}]])
    figure.add_bar(x=[1], y=[2], name="left")
    figure.add_scatter(x=[1], y=[9], name="right", secondary_y=True)
    assert [[s["name"] for s in one["series"]] for one in record(figure)["axes"]] == [
        ["left"],
        ["right"],
    ]


def test_the_legend_is_what_the_browser_shows() -> None:
    figure = go.Figure([go.Scatter(y=[1, 2], name="a"), go.Scatter(y=[2, 1])])
    figure.update_layout(legend_title_text="who")
    assert axes(figure)["legend"] == {"title": "who", "entries": ["a", "trace 1"]}
    assert axes(go.Figure(go.Scatter(y=[1, 2], name="a")))["legend"] is None
    figure.update_layout(showlegend=False)
    assert axes(figure)["legend"] is None


def test_hidden_traces_are_not_drawn() -> None:
    figure = go.Figure([go.Scatter(y=[1, 2], visible="legendonly"), go.Bar(y=[3])])
    assert [one["kind"] for one in axes(figure)["series"]] == ["bar"]


def test_colors_come_from_trace_template_and_colorway() -> None:
    figure = go.Figure([go.Bar(y=[1]), go.Bar(y=[1], marker_color="rgba(255, 0, 0, 0.5)")])
    figure.update_layout(template="none", colorway=["steelblue"])
    assert [one["color"] for one in axes(figure)["series"]] == ["#4682b4", "#ff0000"]
    assert only(px.scatter(x=[1, 2], y=[1, 2], color=[0.5, 2.5]))["color"] == ""


def test_a_category_axis_keeps_the_wanted_order() -> None:
    order = {"x": ["low", "mid", "high"]}
    figure = px.bar(x=["high", "low", "mid"], y=[3, 1, 2], category_orders=order)
    assert [row[0] for row in only(figure)["rows"]] == order["x"]
    assert axes(figure)["x"]["ticks"] == order["x"]


def test_lines_regions_and_notes_on_the_axes() -> None:
    figure = px.scatter(x=[1, 2, 3], y=[4, 5, 6])
    figure.add_hline(y=5, line_color="red", annotation_text="limit")
    figure.add_vline(x="2")
    figure.add_vrect(x0=1, x1=2)
    told = axes(figure)
    assert told["texts"] == ["limit"]
    lines = [one for one in told["series"] if one["kind"] == "reference line"]
    assert [one["facts"] for one in lines] == [[["at", 5, "y"]], [["at", 2, "x"]]]
    assert lines[0]["color"] == "#ff0000"
    assert ["x", "1 to 2", ""] in told["series"][-1]["facts"]


def test_an_animation_is_told_by_its_first_frame() -> None:
    table = pd.DataFrame({"x": [1, 2, 3], "y": [4, 5, 6], "year": [2000, 2001, 2002]})
    told = record(px.scatter(table, x="x", y="y", animation_frame="year"))
    assert told["axes"][0]["series"][0]["count"] == 1
    assert "3 frames (2000, 2001, 2002)" in told["cut"]


# Traces


def test_typed_arrays_are_decoded() -> None:
    trace: Any = {
        "type": "heatmap",
        "z": {"dtype": "i2", "bdata": "AQACAAMABAAFAAYA", "shape": "2, 3"},
    }
    told = plotly_record({"data": [trace], "layout": {}})
    assert told is not None
    assert [row[1:] for row in told["axes"][0]["series"][0]["rows"]] == [[1, 2, 3], [4, 5, 6]]


def test_a_trace_without_x_stands_at_its_places() -> None:
    told = only(go.Figure(go.Scatter(y=[5, 9, 7], mode="lines", x0=10, dx=5)))
    assert facts(told)["max"] == (9, "15")


def test_stacks_begin_on_each_other_and_signs_apart() -> None:
    figure = go.Figure([go.Bar(x=["a", "b"], y=[1, -2]), go.Bar(x=["a", "b"], y=[4, 3])])
    figure.update_layout(barmode="relative")
    assert [row[2] for row in axes(figure)["series"][1]["rows"]] == [1, 0]
    figure.update_layout(barmode="stack")
    assert [row[2] for row in axes(figure)["series"][1]["rows"]] == [1, -2]
    figure.update_layout(barmode="group")
    assert axes(figure)["series"][1]["columns"] == ["category", "value"]


def test_bars_between_dates_tell_both() -> None:
    table = pd.DataFrame({"task": ["a"], "start": ["2024-01-01"], "end": ["2024-01-04"]})
    told = only(px.timeline(table, x_start="start", x_end="end", y="task"))
    assert told["rows"] == [["a", 3, "2024-01-01", "2024-01-04"]]


def test_a_band_is_the_fill_between_two_lines() -> None:
    figure = go.Figure(
        [
            go.Scatter(x=[1, 2], y=[0, 1], mode="lines"),
            go.Scatter(x=[1, 2], y=[4, 7], fill="tonexty", mode="lines", name="band"),
        ]
    )
    band = axes(figure)["series"][1]
    assert (band["kind"], band["rows"]) == ("fill", [[1, 0, 4], [2, 1, 7]])


def test_error_bars_of_all_kinds_have_ends() -> None:
    for error, ends in (
        ({"type": "data", "array": [1, 2], "arrayminus": [0.5, 1]}, [[3.5, 5], [8, 11]]),
        ({"type": "constant", "value": 2}, [[2, 6], [7, 11]]),
        ({"type": "percent", "value": 50}, [[2, 6], [4.5, 13.5]]),
        ({"type": "sqrt"}, [[2, 6], [6, 12]]),
    ):
        figure = go.Figure(go.Scatter(x=[1, 2], y=[4, 9], mode="markers", error_y=error))
        told = axes(figure)["series"][1]
        assert [row[2:] for row in told["rows"]] == ends


@pytest.mark.parametrize(
    ("method", "q1", "q3"), [("linear", 2.25, 5.75), ("exclusive", 2, 6), ("inclusive", 2.5, 5.5)]
)
def test_quartiles_by_each_method(method: str, q1: float, q3: float) -> None:
    told = only(go.Figure(go.Box(y=[1, 2, 3, 4, 5, 6, 7], quartilemethod=method, name="a")))
    assert told["rows"] == [["a", 1, q1, 4, q3, 7, 0]]


def test_boxes_without_points_reach_the_extremes() -> None:
    data = [1, 2, 3, 4, 5, 99]
    assert facts(only(go.Figure(go.Box(y=data, name="a"))))["outliers"][0] == 1
    told = only(go.Figure(go.Box(y=data, name="a", boxpoints=False)))
    assert told["rows"][0][5] == 99
    assert facts(told)["outliers"][0] == 0


def test_given_boxes_are_told_as_given() -> None:
    box = go.Box(x=["a"], q1=[2], median=[3], q3=[4], lowerfence=[1], upperfence=[5])
    assert only(go.Figure(box))["rows"] == [["a", 1, 2, 3, 4, 5, 0]]


def test_a_violin_is_widest_where_the_data_are_dense() -> None:
    rng = np.random.default_rng(4)
    values = np.concatenate([rng.normal(0, 1, 900), rng.normal(20, 1, 100)])
    row = only(px.violin(y=values))["rows"][0]
    assert row[6] == pytest.approx(0, abs=0.5)
    assert row[1] < values.min() < values.max() < row[5]


def test_contours_tell_their_levels() -> None:
    levels = {"start": 0, "end": 8, "size": 2}
    told = only(go.Figure(go.Contour(z=[[0, 1], [2, 9]], contours=levels)))
    assert [row[0] for row in told["rows"]] == [0, 2, 4, 6, 8]
    assert facts(told)["surface max"] == (9, "1, 1")


OTHERS = [
    (go.Choropleth(locations=["DEU", "FRA"], z=[1, 2]), ("largest", 2)),
    (go.Scatter3d(x=[1, 2], y=[3, 4], z=[5, 6]), ("z max", 6)),
    (go.Scattergeo(lat=[48.1, 50], lon=[11.5, 8]), ("lat min", 48.1)),
    (go.Indicator(value=42, mode="number"), ("value", 42)),
    (go.Sunburst(labels=["all", "a"], parents=["", "all"], values=[9, 4]), ("largest", 9)),
    (
        go.Sankey(node={"label": ["a", "b"]}, link={"source": [0], "target": [1], "value": [7]}),
        ("largest", 7),
    ),
    (go.Candlestick(x=["2024-01-01"], open=[1], high=[4], low=[0.5], close=[2]), ("high max", 4)),
    (go.Parcoords(dimensions=[{"label": "w", "values": [1, 5]}]), ("range", "1 to 5")),
    (go.Barpolar(theta=["n", "s"], r=[3, 8]), ("largest", 8)),
]


@pytest.mark.parametrize(("trace", "fact"), OTHERS, ids=lambda one: getattr(one, "type", ""))
def test_other_kinds_are_named_with_their_numbers(trace: Any, fact: tuple[str, Any]) -> None:
    told = only(go.Figure(trace))
    assert facts(told)["drawn as"] == (trace.type, "")
    assert facts(told)[fact[0]][0] == fact[1]


def test_bins_that_are_not_known_are_not_guessed() -> None:
    told = only(px.histogram(x=[1, 10, 100], log_x=True))
    assert (told["kind"], told["rows"]) == ("other", [])
    assert "not computed" in told["cut"]


# What the browser computes


def histograms(seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    days = pd.to_timedelta(rng.integers(0, 700, 200), unit="D")
    table = pd.DataFrame(
        {
            "group": rng.choice(list("ab"), 200),
            "number": rng.normal(size=200),
            "whole": rng.integers(0, 12, 200),
            "many": rng.poisson(40, 200),
            "rounded": rng.normal(size=200).round(1),
            "day": pd.Timestamp("2023-01-05") + days,
        }
    )
    table["month"] = table["day"].dt.to_period("M").dt.to_timestamp()
    columns = [name for name in table if name != "group"]
    made = {f"{name} auto": px.histogram(table, x=name) for name in columns}
    made |= {f"{name} seven": px.histogram(table, x=name, nbins=7) for name in columns}
    made |= {f"{name} faceted": px.histogram(table, x=name, facet_col="group") for name in columns}
    made["cumulative"] = go.Figure(go.Histogram(x=table["number"], cumulative_enabled=True))
    return made


@pytest.mark.browser
def test_bins_are_those_that_plotly_js_draws(tmp_path: Path) -> None:
    figures = {name: charts.plotly_json(one) for name, one in histograms(6).items()}
    page = tmp_path / "page.html"
    page.write_text(
        f"<script>{get_plotlyjs()}</script><pre id=told></pre><script>"
        f"const figures = {json.dumps(figures)}, told = {{}};"
        "(async () => { for (const name in figures) {"
        " const div = document.body.appendChild(document.createElement('div'));"
        " await Plotly.newPlot(div, figures[name].data, figures[name].layout);"
        " told[name] = div.calcdata.map(bars => bars.map(bar => bar.s)); div.remove(); }"
        " document.getElementById('told').textContent = JSON.stringify(told); })()</script>"
    )
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    wait = "--virtual-time-budget=60000"
    shown = subprocess.run([*command, wait, str(page)], capture_output=True, text=True, check=True)
    drawn = json.loads(shown.stdout.partition('id="told">')[2].partition("</pre>")[0])
    for name, figure in figures.items():
        told = plotly_record(figure)
        assert told is not None
        mine = [[row[2] for row in s["rows"]] for one in told["axes"] for s in one["series"]]
        assert (name, sorted(mine)) == (name, sorted(drawn[name]))


# Bounds and forgeries


def test_a_hundred_traces_stay_within_bounds() -> None:
    figure = go.Figure([go.Scatter(y=list(range(500)), name="n" * 200) for _ in range(100)])
    told = record(figure)
    assert len(json.dumps(told, ensure_ascii=False).encode()) <= 32_000
    assert "70 of 100 series are not described" in told["axes"][0]["cut"]


def test_a_trace_that_cannot_be_read_leaves_the_others() -> None:
    broken: Any = {"type": "box", "y": [1, 2], "quartilemethod": {}, "x": [[[]], {}]}
    told = plotly_record({"data": [broken, {"type": "bar", "y": [3]}], "layout": {"xaxis": 3}})
    assert told is not None
    assert "bar" in [one["kind"] for one in told["axes"][0]["series"]]


@pytest.mark.parametrize("content", [None, [], "x", {}, {"data": 3}, {"data": [], "layout": {}}])
def test_what_is_no_figure_gives_none(content: Any) -> None:
    assert plotly_record(content) is None


@pytest.mark.parametrize("maker", corpus_plotly.MAKERS, ids=lambda maker: maker.__name__)
def test_forged_figures_never_raise(maker: corpus_plotly.Maker) -> None:
    figure = charts.plotly_json(maker(np.random.default_rng(3))[0])
    for seed in range(15):
        told = plotly_record(charts.forged(figure, seed))
        assert told is None or parse(json.loads(json.dumps(told, allow_nan=False)))


def test_deep_nesting_is_no_recursion() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    trace = {"type": "heatmap", "z": deep, "x": deep}
    told = plotly_record({"data": [trace], "layout": {"title": deep}})
    assert told is None or told["title"] == ""
    while deep:  # what is nested this deep cannot be freed at once
        deep = deep.pop()
