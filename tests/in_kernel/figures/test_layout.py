"""Texts in the drawn image: which overlap, which are cut, and what is meant to be so."""

from __future__ import annotations

from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.in_kernel.figures.drawn import record

LAYOUT = ("overlapping_tick_labels", "overlapping_text", "clipped_text")


def faults(figure: Any, **printing: Any) -> list[dict[str, Any]]:
    found = record(figure, **printing)["faults"]
    return [fault for fault in found if fault["code"] in LAYOUT]


def panel(**size: Any) -> Axes:
    axes = Figure(**size).subplots()
    axes.plot([0, 1], [0, 1])
    return axes


def test_overlapping_tick_labels_are_counted() -> None:
    axes = panel()
    axes.set_xticks([0, 0.5, 0.52, 1], ["none", "half of it", "a bit more", "all"])
    assert faults(axes.figure) == [
        {"code": "overlapping_tick_labels", "axes": 1, "what": "x", "count": 2, "of": 4}
    ]


@pytest.mark.parametrize(("rotation", "found"), [(0, 12), (45, 0), (90, 0)])
def test_turned_labels_need_less_room(rotation: int, found: int) -> None:
    axes = panel()
    axes.set_xticks(range(12), [f"the month {place}" for place in range(12)], rotation=rotation)
    assert sum(fault["count"] for fault in faults(axes.figure)) == found


def test_labels_that_are_not_drawn_are_not_in_the_way() -> None:
    axes = panel()
    axes.set_xticks([0, 0.01, 1], ["a label", "another", "far"])
    axes.tick_params(labelbottom=False)
    assert faults(axes.figure) == []


def test_a_text_on_a_text_is_told_by_name_with_its_axes() -> None:
    axes = panel()
    axes.text(0.5, 0.2, "n = 12")
    axes.text(0.51, 0.21, "p < 0.05")
    (fault,) = faults(axes.figure)
    assert (fault["code"], fault["axes"], fault["count"]) == ("overlapping_text", 1, 2)
    assert set(fault["names"]) == {"n = 12", "p < 0.05"}


def test_a_text_under_the_legend_is_told() -> None:
    axes = panel()
    axes.plot([0, 1], [1, 1], label="goal")
    axes.legend(loc="lower right")
    axes.text(0.95, 0.0, "n = 12")
    assert [set(fault["names"]) for fault in faults(axes.figure)] == [{"the legend", "n = 12"}]


def test_the_title_of_a_figure_meets_that_of_its_axes() -> None:
    axes = panel()
    axes.set_title("Rising")
    axes.figure.suptitle("All", y=0.92)
    assert [set(fault["names"]) for fault in faults(axes.figure)] == [{"All", "Rising"}]


def test_a_label_in_the_neighbour_is_told_and_twins_are_no_neighbours() -> None:
    figure = Figure()
    left, right = figure.subplots(1, 2)
    right.set_yticks([0, 0.5], ["a long name", "a very long name"])
    assert [(fault["axes"], fault["names"]) for fault in faults(figure)] == [
        (0, ["a long name", "a very long name"])
    ]
    axes = panel()
    axes.twinx().set_yticks([0, 0.5], ["a long name", "a very long name"])
    axes.inset_axes((0.5, 0.1, 0.4, 0.4)).set_title("inset")
    assert faults(axes.figure) == []
    del left


def test_what_the_image_has_not_is_clipped() -> None:
    axes = panel(figsize=(3, 2))
    axes.set_ylabel("a label that is longer than the figure is high")
    assert faults(axes.figure) == []  # the image is cropped around the texts
    (fault,) = faults(axes.figure, bbox_inches=None)
    assert (fault["code"], fault["axes"]) == ("clipped_text", 1)
    assert fault["names"][0] == "a label that is longer than the figure is high"


def test_texts_that_end_at_the_frame_by_wish_are_not_clipped() -> None:
    axes = panel()
    axes.text(0.98, 0.5, "runs out of the frame and of the figure", clip_on=True)
    axes.annotate("outside", (5, 5), annotation_clip=True)
    assert faults(axes.figure, bbox_inches=None) == []
