"""The record beside the image: when it is made, what it holds, how large it may be."""

from __future__ import annotations

import json
import math
import struct
from typing import Any

import pytest
from matplotlib.figure import Figure

from k2_jupyter.in_kernel.figures import layout
from k2_jupyter.in_kernel.figures import record as figures
from tests.in_kernel.figures.drawn import image, record


def fail(*_: Any, **__: Any) -> None:
    raise RuntimeError


def test_the_record_says_what_is_drawn() -> None:
    figure = Figure()
    left, right = figure.subplots(1, 2)
    left.plot([1, 2], [3, 4])
    right.bar(["a", "b"], [1, 2])
    left.set(title="Pay", xlabel="year", ylabel="USD")
    figure.suptitle("All")
    found = record(figure)
    assert (found["version"], found["library"], found["title"]) == (1, "matplotlib", "All")
    assert [axes["title"] for axes in found["axes"]] == ["Pay", ""]
    assert [[one["kind"] for one in axes["series"]] for axes in found["axes"]] == [
        ["line"],
        ["bar"],
    ]
    assert found["cut"] == ""


@pytest.mark.parametrize("printing", [{}, {"bbox_inches": None}, {"fmt": "retina"}])
def test_its_size_is_that_of_the_image(printing: dict[str, Any]) -> None:
    figure = Figure(figsize=(3, 2), dpi=100)
    figure.subplots().plot([1, 2])
    size = record(figure, **printing)["size"]
    assert size == list(struct.unpack(">II", image(figure, **printing)[16:24]))


@pytest.mark.parametrize("kind", ["png", "retina", "svg", "pdf", "jpg"])
def test_it_is_there_for_every_format(kind: str) -> None:
    figure = Figure()
    figure.subplots().plot([1, 2])
    assert record(figure, fmt=kind)["axes"][0]["series"][0]["kind"] == "line"


def test_what_nobody_draws_is_not_described() -> None:
    figure = Figure()
    figure.subplots().plot([1, 2])
    figures.before_drawing(figure)
    assert figures.describe(figure) is None
    image(figure)
    assert figures.describe(figure) is None  # it was not watched


def test_it_is_drawn_no_more_often_than_without_us(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = 0
    draw = Figure.draw

    def counted(figure: Figure, renderer: Any) -> None:
        nonlocal drawn
        drawn += 1
        draw(figure, renderer)

    monkeypatch.setattr(Figure, "draw", counted)
    figure = Figure()
    figure.subplots().plot([1, 2])
    image(figure)
    alone, drawn = drawn, 0
    record(figure)
    assert drawn == alone


def test_a_figure_keeps_its_own_bundle() -> None:
    class Own(Figure):
        def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
            return {"text/x-own": "mine"}

    assert figures.before_drawing(Own()) == {"text/x-own": "mine"}


def test_a_layout_that_fails_costs_only_its_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "faults", fail)
    figure = Figure()
    figure.subplots().plot([1, 2])
    found = record(figure)
    assert found["axes"][0]["series"]
    assert {"missing_title", "missing_label"} == {fault["code"] for fault in found["faults"]}
    assert found["cut"] == "its layout could not be read"


def test_axes_that_fail_cost_only_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = Figure()
    left, right = figure.subplots(1, 2)
    left.plot([1, 2])
    right.plot([1, 2])
    monkeypatch.setattr(left, "get_title", fail)
    found = record(figure)["axes"]
    assert found[0]["cut"] == "these axes could not be read"
    assert found[1]["series"]


def test_a_large_figure_loses_rows_then_series_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(figures, "_MAX_SECONDS", 60.0)
    figure = Figure()
    for axes in figure.subplots(5, 5).flat:
        for _ in range(30):
            axes.plot(range(60), label="a name of some length")
    found = record(figure)
    assert len(json.dumps(found)) <= 32_000
    assert len(found["axes"]) == 20
    assert found["cut"] == "5 of 25 axes are not described"
    series = found["axes"][0]["series"]
    assert series
    assert found["axes"][0]["cut"] == f"only the first {len(series)} series are described"
    assert series[0]["left_out"] == 60 - len(series[0]["rows"])


def test_when_time_is_up_the_rest_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "_MAX_SECONDS", 0.0)
    figure = Figure()
    for axes in figure.subplots(1, 3):
        axes.plot([1, 2])
    found = record(figure)
    assert len(found["axes"]) == 1
    assert found["cut"] == "2 of 3 axes are not described; hidden marks were not looked for"


def test_numbers_that_json_has_not_become_null() -> None:
    assert figures._bounded({"axes": [], "size": [math.nan, -math.inf]})["size"] == [None, None]


def test_another_object_is_no_figure() -> None:
    class Odd:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(name)

        @property  # type: ignore[misc]
        def __class__(self) -> type:
            raise AssertionError

    assert not figures._is_figure(Odd())


def test_axes_over_drawn_axes_are_not_empty() -> None:
    figure = Figure()
    axes = figure.subplots()
    axes.bar(["ash", "elm"], [1, 2])
    axes.set(title="Yield", ylabel="t")
    axes.twinx().set_ylabel("share")  # as a mosaic has: only its ticks speak
    figure.add_axes(axes.get_position().bounds).set_yticks([0.5], ["half"])
    assert "empty_axes" not in [fault["code"] for fault in record(figure)["faults"]]
