from typing import Any

import altair as alt
import pandas as pd
import pytest

from k2_jupyter.adapters.report.outputs import STILL, show
from k2_jupyter.adapters.report.vega import spec, svg

VEGALITE = "application/vnd.vegalite.v5+json"


@pytest.fixture(scope="module")
def bars() -> Any:
    frame = pd.DataFrame({"x": ["a", "b"], "y": [1, 2]})
    return alt.Chart(frame, title="Two bars").mark_bar().encode(x="x", y="y")


def test_the_chart_of_an_output_is_found_in_json_and_in_html(bars: Any) -> None:
    html = bars._repr_mimebundle_(None, None)
    html = html[0] if isinstance(html, tuple) else html

    assert spec({VEGALITE: bars.to_dict()}) == bars.to_dict()
    assert (spec(html) or {})["mark"]["type"] == "bar"
    assert spec({"text/html": "<b>vega-lite</b>", "text/plain": "x"}) is None


def test_a_chart_is_a_still_picture_that_says_so(bars: Any) -> None:
    output = {"output_type": "display_data", "metadata": {}, "data": {VEGALITE: bars.to_dict()}}

    (shown,) = show([output], "purpose")

    assert shown.kind == "figure"
    assert shown.html.startswith("data:image/svg+xml;base64,")
    assert shown.note == STILL
    assert "Two bars" in shown.alt


@pytest.mark.parametrize(
    "chart",
    [
        {"mark": "no mark at all"},
        {"mark": "bar", "data": {"url": "http://127.0.0.1:1/a.csv"}},
        {"mark": "bar", "data": {"url": "/etc/hostname", "format": {"type": "csv"}}},
    ],
)
def test_what_cannot_be_drawn_or_would_read_elsewhere_gives_nothing(chart: Any) -> None:
    drawn = svg({"$schema": "https://vega.github.io/schema/vega-lite/v5.json", **chart})

    assert 'aria-roledescription="bar"' not in drawn
