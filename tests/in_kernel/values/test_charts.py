"""Charts that stand in a variable."""

from __future__ import annotations

import altair as alt
import pandas as pd
import plotly.express as px
from matplotlib.figure import Figure

from tests.in_kernel.shells import Shell


def test_matplotlib(shell: Shell) -> None:
    figure = Figure()
    axes = figure.subplots(1, 2)
    axes[0].plot([1, 2])
    axes[0].set(title="Price", xlabel="day")
    assert shell.line(figure) == "matplotlib Figure, 6.4 × 4.8 in, 2 axes: 'Price'"
    assert shell.lines(figure)[1:] == [
        "matplotlib Axes, title 'Price', x 'day'; 1 line",
        "matplotlib Axes, no texts; empty",
    ]


def test_plotly(shell: Shell) -> None:
    figure = px.scatter(x=[1, 2], y=[1, 2], color=["a", "b"], title="Price")
    assert shell.line(figure) == "plotly Figure, 2 traces (scatter): 'Price'"
    assert shell.lines(figure)[1:] == ["scatter 'a'", "scatter 'b'"]


def test_altair(shell: Shell) -> None:
    chart = alt.Chart(pd.DataFrame({"a": [1]})).mark_bar().encode(x="a:Q")
    assert shell.line(chart.properties(title="Price")) == "altair Chart, mark bar, title 'Price'"
    assert shell.line(chart + chart, "layers") == "altair LayerChart, 2 charts"
