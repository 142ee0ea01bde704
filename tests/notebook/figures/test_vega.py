"""Vega-Lite charts as records."""

from __future__ import annotations

import json
import re
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pytest
import vl_convert

from k2_jupyter.in_kernel.figures import faults
from k2_jupyter.notebook.figures.parsing import parse
from k2_jupyter.notebook.figures.vega import vega_record
from tests.notebook.figures import charts, corpus_altair
from tests.notebook.figures.charts import facts

TABLE = pd.DataFrame({"g": ["a", "b", "a", "b"], "h": list("uuvv"), "n": [1.0, 2.0, 3.0, 8.0]})


def record(chart: Any) -> dict[str, Any]:
    told = vega_record(chart.to_dict() if hasattr(chart, "to_dict") else chart)
    assert told is not None
    json.dumps(told, allow_nan=False)
    return told


def axes(chart: Any, place: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = record(chart)["axes"][place]
    return found


def only(chart: Any) -> dict[str, Any]:
    (told,) = axes(chart)["series"]
    return dict(told)


def base() -> Any:
    return alt.Chart(TABLE)


# The corpus


@pytest.mark.parametrize("seed", [1, 20])
@pytest.mark.parametrize("maker", corpus_altair.MAKERS, ids=lambda maker: maker.__name__)
def test_a_chart_of_the_corpus_is_told(maker: corpus_altair.Maker, seed: int) -> None:
    chart, known = maker(np.random.default_rng(seed))
    told = record(chart)
    assert charts.share_told(told, known) == 1
    assert parse(told) is not None
    codes = {fault["code"] for fault in faults.data_faults(told)}
    assert codes <= {"missing_title"}  # the corpus gives none


def drawn(chart: Any) -> list[dict[str, str]]:
    """What Vega says of each mark that it drew (aria-label)."""
    svg = vl_convert.vegalite_to_svg(chart.to_dict())
    labels = re.findall(r'aria-label="([^"]*; [^"]*)"', svg)
    return [dict(part.split(": ", 1) for part in label.split("; ")) for label in labels]


def number(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


@pytest.mark.parametrize("how", ["mean", "sum", "median", "stdev", "variance", "q1", "q3", "count"])
def test_aggregates_are_those_that_vega_draws(how: Any) -> None:
    values = np.random.default_rng(5).normal(50, 20, 90)
    table = pd.DataFrame({"g": list("abc") * 30, "n": values})
    chart = alt.Chart(table).mark_bar().encode(x="g:N", y=alt.Y("n:Q").aggregate(how).title("it"))
    told = {row[0]: row[1] for row in only(chart)["rows"]}
    vegas = {mark["g"]: number(mark["it"]) for mark in drawn(chart)}
    assert len(vegas) == 3
    assert told == pytest.approx(vegas, rel=1e-5)


@pytest.mark.parametrize("bins", [True, {"maxbins": 25}, {"step": 7}, {"maxbins": 3}])
@pytest.mark.parametrize("scale", [0.013, 1, 4_000])
def test_bins_are_those_that_vega_draws(bins: Any, scale: float) -> None:
    rng = np.random.default_rng(8)
    table = pd.DataFrame({"n": rng.normal(0, scale * (20 if bins == {"step": 7} else 1), 200)})
    if bins == {"step": 7}:
        bins = {"step": 7 * scale}
    channel = alt.X("n:Q", bin=bins, title="bin", axis=alt.Axis(format=".12f"))
    chart = alt.Chart(table).mark_bar().encode(x=channel, y=alt.Y("count()", title="n"))
    told = {round(row[0], 6): row[2] for row in only(chart)["rows"] if row[2]}
    vegas = {round(number(m["bin"].split(" – ")[0]), 6): number(m["n"]) for m in drawn(chart)}
    assert told == pytest.approx(vegas)


@pytest.mark.parametrize("unit", ["year", "yearmonth", "month", "quarter", "day", "hours", "date"])
def test_time_units_are_those_that_vega_draws(unit: str) -> None:
    rng = np.random.default_rng(9)
    moments = pd.Timestamp("2021-01-01") + pd.to_timedelta(rng.integers(0, 20_000, 300), unit="h")
    chart = alt.Chart(pd.DataFrame({"t": moments})).mark_bar().encode(
        x=alt.X(f"{unit}(t):O"), y=alt.Y("count()", title="n")
    )  # fmt: skip
    told = [row[1] for row in only(chart)["rows"]]
    assert sorted(told) == sorted(number(mark["n"]) for mark in drawn(chart))


# Axes, legends, views


def test_titles_are_those_that_vega_lite_writes() -> None:
    for channel, title in (
        ("count():Q", "Count of Records"),
        ("mean(n):Q", "Mean of n"),
        ("n:Q", "n"),
        (alt.Y("n:Q", bin=True), "n (binned)"),
        (alt.Y("n:Q", title="Size"), "Size"),
        (alt.Y("n:Q", axis=alt.Axis(title="Width")), "Width"),
        (alt.Y("n:Q", title=None), ""),
        (alt.Y("yearmonthdate(n):T"), "n (year-month-date)"),
    ):
        assert axes(base().mark_point().encode(x="g:N", y=channel))["y"]["label"] == title


def test_scales_and_limits() -> None:
    chart = base().mark_bar().encode(x="g:N", y="sum(n):Q")
    assert axes(chart)["x"]["ticks"] == ["a", "b"]
    assert axes(chart)["y"]["limits"] == [0, 10]
    cut = axes(base().mark_bar().encode(x="g:N", y=alt.Y("sum(n):Q").scale(zero=False)))
    assert cut["y"]["limits"][0] == 4
    log = axes(base().mark_point().encode(x="g:N", y=alt.Y("n:Q").scale(type="log", domain=[1, 9])))
    assert (log["y"]["scale"], log["y"]["limits"]) == ("log", [1, 9])


def test_colors_and_legend_follow_the_scale() -> None:
    chart = base().mark_bar().encode(x="g:N", y="n:Q", color=alt.Color("h:N", title="Who"))
    assert axes(chart)["legend"] == {"title": "Who", "entries": ["u", "v"]}
    assert [one["color"] for one in axes(chart)["series"]] == ["#4c78a8", "#f58518"]
    scale = alt.Scale(domain=["v", "u"], range=["red", "#00ff00"])
    chart = base().mark_bar().encode(x="g:N", y="n:Q", color=alt.Color("h:N", scale=scale))
    assert [(one["name"], one["color"]) for one in axes(chart)["series"]] == [
        ("v", "#ff0000"),
        ("u", "#00ff00"),
    ]
    mapped = only(base().mark_point().encode(x="n:Q", y="n:Q", color="n:Q"))
    assert mapped["color"] == ""
    assert facts(mapped)["colour"] == ("1 to 8", "n")


@pytest.mark.parametrize(
    ("sort", "order"), [("ascending", "ab"), ("descending", "ba"), ("-y", "ba"), (["b", "a"], "ba")]
)
def test_categories_stand_in_the_order_of_the_axis(sort: Any, order: str) -> None:
    told = only(base().mark_bar().encode(x=alt.X("g:N", sort=sort), y="sum(n):Q"))
    assert [row[0] for row in told["rows"]] == list(order)


def test_facets_share_their_bins_and_stand_in_order() -> None:
    table = pd.DataFrame({"n": [1.0, 2.0, 95.0, 99.0], "h": ["v", "v", "u", "u"]})
    chart = alt.Chart(table).mark_bar().encode(x=alt.X("n:Q", bin=True), y="count()", row="h:N")
    told = record(chart)["axes"]
    assert [one["facet"] for one in told] == ["h = u", "h = v"]
    assert [one["series"][0]["rows"][-1] for one in told] == [[90, 100, 2], [0, 10, 2]]
    wrapped = alt.Chart(table).mark_point().encode(x="n:Q").facet("h:N", columns=1)
    assert [one["facet"] for one in record(wrapped)["axes"]] == ["h = u", "h = v"]


def test_layers_share_axes_and_twins_have_their_own() -> None:
    bars, line = base().mark_bar().encode(x="g:N", y="sum(n):Q"), base().mark_line()
    layers = bars + line.encode(x="g:N", y="max(n):Q")
    told = axes(layers)
    assert told["y"]["label"] == "Sum of n, Max of n"
    assert [one["kind"] for one in told["series"]] == ["bar", "line"]
    assert len(record(layers.resolve_scale(y="independent"))["axes"]) == 2


def test_views_beside_each_other_keep_their_titles() -> None:
    one = base().mark_point().encode(x="n:Q")
    told = record(
        (one.properties(title="left") | one.properties(title="right")).properties(title="top")
    )
    assert told["title"] == "top"
    assert [view["title"] for view in told["axes"]] == ["left", "right"]
    assert record(one.properties(title="alone"))["title"] == "alone"


def test_rules_of_a_datum_are_reference_lines() -> None:
    chart = base().mark_bar().encode(x="g:N", y="sum(n):Q") + base().mark_rule(color="red").encode(
        y=alt.datum(5)
    )  # fmt: skip
    rule = axes(chart)["series"][1]
    assert (rule["kind"], rule["facts"], rule["color"]) == (
        "reference line",
        [["at", 5, "y"]],
        "#ff0000",
    )
    assert axes(chart)["y"]["label"] == "Sum of n"


# Data and transforms


def spec(mark: str = "point", **more: Any) -> dict[str, Any]:
    values = [{"g": "a", "n": 1}, {"g": "b", "n": 5}, {"g": "a", "n": 9}]
    encoding = {"x": {"field": "n", "type": "quantitative"}, "y": {"field": "g", "type": "nominal"}}
    return {"mark": mark, "data": {"values": values}, "encoding": encoding, **more}


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ("datum.n > 1 && datum.g === 'a'", 1),
        ({"field": "g", "equal": "a"}, 2),
        ({"field": "g", "oneOf": ["b", "c"]}, 1),
        ({"field": "n", "range": [2, 9]}, 2),
        ({"field": "n", "lt": 5}, 1),
        ({"not": {"field": "n", "lte": 5}}, 1),
        ({"or": ["datum.n == 1", {"field": "n", "gte": 9}]}, 2),
        ({"param": "brush"}, 3),
    ],
)
def test_filters_are_followed(wanted: Any, count: int) -> None:
    assert only(spec(transform=[{"filter": wanted}]))["count"] == count


def test_transforms_are_followed_in_order() -> None:
    steps = [
        {"calculate": "datum.n * 10", "as": "big"},
        {"aggregate": [{"op": "sum", "field": "big", "as": "n"}], "groupby": ["g"]},
        {"filter": "datum.n > 60"},
    ]
    assert only(spec(transform=steps))["rows"] == [[100, "a"]]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"data": {"url": "data.csv"}}, "data at an address: not computed"),
        ({"data": {"name": "gone"}}, "no data in the chart: not computed"),
        ({"transform": [{"loess": "n", "on": "x"}]}, "transform loess, on: not computed"),
        ({"transform": [{"filter": "warp(datum.n)"}]}, "filter warp(datum.n): not computed"),
        (
            {"mark": {"type": "errorbar", "extent": "ci"}},
            "a confidence interval: bootstrapped, not computed",
        ),
    ],
)
def test_what_cannot_be_followed_is_said_and_not_guessed(more: Any, told: str) -> None:
    view = axes(spec(**more))
    assert view["series"][0]["cut"] == told
    assert view["series"][0]["rows"] == []
    assert view["texts"] == [told]
    assert view["x"]["label"] == "n"


def test_named_data_sets_and_nested_fields_are_found() -> None:
    chart = spec(data={"name": "rows"}, datasets={"rows": [{"deep": {"n": 4}, "g": "a"}]})
    chart["encoding"]["x"]["field"] = "deep.n"
    assert only(chart)["rows"] == [[4, "a"]]


# Marks


def test_a_whisker_ends_at_the_last_value_in_reach() -> None:
    table = pd.DataFrame({"n": [1, 2, 3, 4, 5, 6, 7, 30]})
    reach = only(alt.Chart(table).mark_boxplot().encode(y="n:Q"))
    assert reach["rows"][0][1:] == [1, 2.75, 4.5, 6.25, 7, 1]
    whole = only(alt.Chart(table).mark_boxplot(extent="min-max").encode(y="n:Q"))
    assert whole["rows"][0][1:] == [1, 2.75, 4.5, 6.25, 30, 0]


def test_ranges_and_bands_tell_both_ends() -> None:
    table = pd.DataFrame({"g": ["a", "b"], "low": [1, 2], "high": [4, 9]})
    chart = alt.Chart(table).mark_bar().encode(y="g:N", x="low:Q", x2="high:Q")
    bars = only(chart)
    assert bars["rows"] == [["a", 3, 1], ["b", 7, 2]]
    assert axes(chart)["x"]["label"] == "low, high"
    band = only(alt.Chart(table).mark_area().encode(x="g:N", y="low:Q", y2="high:Q"))
    assert (band["kind"], band["rows"]) == ("fill", [["a", 1, 4], ["b", 2, 9]])


def test_labels_over_a_matrix_are_told() -> None:
    cells = base().encode(x="g:N", y="h:N")
    chart = cells.mark_rect().encode(color="mean(n):Q") + cells.mark_text().encode(text="mean(n):Q")
    assert [one["kind"] for one in axes(chart)["series"]] == ["heat map", "other"]
    assert axes(chart)["series"][1]["rows"][3] == ["b", "v", "8"]


# HTML and forgeries


def test_the_chart_is_found_in_altairs_html() -> None:
    chart = base().mark_bar().encode(x="g:N", y="sum(n):Q").properties(title="<script>")
    html = chart._repr_mimebundle_()["text/html"]
    assert vega_record(html) == record(chart)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "vega-lite",
        "<script>x = {" * 1_000,
        'vega-lite ({"$schema": "x"})',
        None,
        3,
        [],
        {},
        {"mark": 3},
    ],
)
def test_what_is_no_chart_gives_none_or_an_empty_one(content: Any) -> None:
    told = vega_record(content)
    assert told is None or all(one["series"][0]["rows"] == [] for one in told["axes"])


def test_deep_html_is_no_recursion() -> None:
    assert vega_record('vega-lite ({"a": ' + "[" * 200_000) is None


@pytest.mark.parametrize("maker", corpus_altair.MAKERS, ids=lambda maker: maker.__name__)
def test_forged_charts_never_raise(maker: corpus_altair.Maker) -> None:
    chart = maker(np.random.default_rng(3))[0].to_dict()
    chart["datasets"] = {name: rows[:15] for name, rows in chart["datasets"].items()}
    for seed in range(25):
        told = vega_record(charts.forged(chart, seed))
        assert told is None or parse(json.loads(json.dumps(told, allow_nan=False)))


def test_views_within_views_end() -> None:
    chart: dict[str, Any] = spec()
    for _ in range(5_000):
        chart = {"hconcat": [chart, spec()]}
    told = vega_record(chart)
    assert told is not None
    assert 0 < len(told["axes"]) <= 20
    while "hconcat" in chart:  # what is nested this deep cannot be freed at once
        chart = chart["hconcat"].pop(0)
