from __future__ import annotations

from typing import Any

import pytest
from matplotlib.figure import Figure

from k2_jupyter.in_kernel.figures import describe


def axes_of(figure: Figure) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = describe(figure)["application/vnd.k2.figure+json"]["axes"]
    return found


def test_texts_and_artists_are_counted() -> None:
    figure = Figure()
    axes = figure.subplots()
    axes.plot([1, 2], [3, 4])
    axes.bar(["a", "b"], [1, 2])
    axes.set(title="Pay", xlabel="year", ylabel="USD")
    figure.suptitle("All")
    facts = describe(figure)["application/vnd.k2.figure+json"]
    assert facts["suptitle"] == "All"
    assert facts["axes"] == [
        {
            "title": "Pay",
            "xlabel": "year",
            "ylabel": "USD",
            "lines": 1,
            "bars": 2,
            "collections": 0,
            "images": 0,
            "has_data": True,
        }
    ]


@pytest.mark.parametrize("method", ["plot", "bar", "hist", "scatter", "boxplot", "violinplot"])
def test_something_drawn_is_data(method: str) -> None:
    figure = Figure()
    axes = figure.subplots()
    data = ([1, 2, 3], [4, 5, 6])
    getattr(axes, method)(*(data if method in ("plot", "bar", "scatter") else data[:1]))
    assert axes_of(figure)[0]["has_data"]


def test_nothing_drawn_is_no_data() -> None:
    figure = Figure()
    blank, empty = figure.subplots(1, 2)
    empty.plot([], [])
    empty.bar([], [])
    empty.scatter([], [])
    assert [axes["has_data"] for axes in axes_of(figure)] == [False, False]
    del blank


def test_what_cannot_be_described_is_still_shown() -> None:
    assert describe(object()) == {}
