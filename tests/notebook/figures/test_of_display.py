from __future__ import annotations

import base64
import json

import pytest

from k2_jupyter.messages import Json
from k2_jupyter.notebook.figures import RECORD_TYPE, figure_of, figure_text
from k2_jupyter.outputs import Display
from tests.notebook.figures.records import figure, panel, series

GIF = base64.b64encode(b"GIF89a\x20\x00\x10\x00" + bytes(10)).decode()


def test_a_picture_with_its_record() -> None:
    display = Display({"image/gif": GIF, RECORD_TYPE: figure(panel(series()), title="T")})
    text = figure_text(display)
    assert text is not None
    assert text.startswith('image/gif, 32 × 16 px\ntitle "T"\n')
    assert figure_of(display) is not None


def test_a_record_without_a_picture() -> None:
    text = figure_text(Display({RECORD_TYPE: figure(panel())}))
    assert text is not None
    assert text.startswith("matplotlib, 640 × 480 px\n")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"image/png": "AAAA"}, "image/png, size unknown\nnot described: the picture came without"),
        ({"image/gif": GIF, RECORD_TYPE: {"version": 9}}, "not described: the picture came"),
        ({"image/svg+xml": "<svg/>"}, "not described: it is a vector drawing"),
        (
            {"application/vnd.bokehjs_exec.v0+json": "", "application/javascript": "x()"},
            "a bokeh figure\nnot described: it is drawn in the browser",
        ),
    ],
)
def test_a_figure_that_cannot_be_described_says_why(data: dict[str, Json], said: str) -> None:
    text = figure_text(Display(data))
    assert text is not None
    assert said in text
    assert "print" in text


BARS: Json = {"type": "bar", "x": ["a", "b"], "y": [1, 2]}
CHART: Json = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "data": {"values": [{"a": "x", "b": 3}]},
    "mark": "bar",
    "encoding": {
        "x": {"field": "a", "type": "nominal"},
        "y": {"field": "b", "type": "quantitative"},
    },
}


@pytest.mark.parametrize(
    "data",
    [
        {"application/vnd.plotly.v1+json": {"data": [BARS], "layout": {}}},
        {"application/vnd.vegalite.v6+json": CHART},
        {"text/html": f"<div id='v'></div><script>vegaEmbed('#v', {json.dumps(CHART)});</script>"},
    ],
)
def test_a_chart_is_described_from_its_json(data: dict[str, Json]) -> None:
    text = figure_text(Display(data))
    assert text is not None
    assert "- bar, " in text
    assert "there is no title" in text


@pytest.mark.parametrize(
    "html",
    [
        "<div id='x'></div><script>Plotly.newPlot('x', [{}])</script>",
        "<iframe srcdoc='map'></iframe> Make this notebook trusted",
    ],
)
def test_what_only_a_browser_can_draw_is_said(html: str) -> None:
    text = figure_text(Display({"text/html": html, "text/plain": "<folium.folium.Map at 0x7f>"}))
    assert text is not None
    assert text.startswith("an interactive display\nnot described: it is drawn in the browser")


def test_a_forged_chart_does_no_harm() -> None:
    axis: Json = {"range": ["a", 3], "title": {"text": [1]}, "type": "linear"}
    layout: Json = {"xaxis": axis, "yaxis": axis, "title": 7}
    plotly: Json = {"data": [BARS, {"type": "bar", "y": "AAAA"}, 7], "layout": layout}
    assert figure_text(Display({"application/vnd.plotly.v1+json": plotly})) is not None
    forged: list[Json] = [None, 7, [], {"data": 3}, {"mark": []}]
    for content in forged:
        figure_text(Display({"application/vnd.plotly.v1+json": content}))
        figure_text(Display({"application/vnd.vegalite.v5+json": content}))


@pytest.mark.parametrize(
    "data",
    [
        {"text/plain": "4"},
        {"text/html": "<script>run()</script><p>5 rows</p>", "text/plain": "<Report>"},
        {"text/html": "<table><tr><td>1</td></tr></table>", "text/plain": "1"},
        {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "IntSlider(value=0)"},
        {"application/vnd.bokehjs_load.v0+json": "", "application/javascript": "x()"},
    ],
)
def test_other_outputs_are_no_figures(data: dict[str, Json]) -> None:
    assert figure_text(Display(data)) is None


def test_a_figure_takes_1500_characters_unless_more_are_asked_for() -> None:
    rows = [[n, n * n] for n in range(60)]
    lines = [series("line", rows, name=f"line {n}", left_out=n + 1) for n in range(4)]
    display = Display({RECORD_TYPE: figure(panel(*lines), title="Pay")})
    text, more = figure_text(display), figure_text(display, 6_000)
    assert text is not None
    assert more is not None
    assert 1_200 < len(text) <= 1_500 < len(more)
