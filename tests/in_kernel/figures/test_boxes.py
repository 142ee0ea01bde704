from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from k2_jupyter.in_kernel.figures import boxes
from k2_jupyter.in_kernel.figures.boxes import Box

SLANT = math.pi / 4
NUMBERS = st.floats(-50, 50)
BOXES = st.builds(Box, NUMBERS, NUMBERS, st.floats(1, 30), st.floats(1, 30), st.floats(0, math.pi))


def renderer_of(figure: Figure) -> Any:
    return FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (Box(0, 0, 5, 1), Box(9, 0, 5, 1), True),
        (Box(0, 0, 5, 1), Box(11, 0, 5, 1), False),
        (Box(0, 0, 5, 1), Box(0, 3, 5, 1), False),
        # Slanted labels side by side: their upright boxes overlap, they do not.
        (Box(0, 0, 20, 2, SLANT), Box(8, 0, 20, 2, SLANT), False),
        (Box(0, 0, 20, 2, SLANT), Box(5, 0, 20, 2, SLANT), True),
        (Box(0, 0, 20, 2, SLANT), Box(10, 0, 3, 3), False),
        (Box(0, 0, 20, 2, SLANT), Box(8, 8, 3, 3), True),
    ],
)
def test_meeting_is_of_the_rectangles_themselves(one: Box, other: Box, meet: bool) -> None:
    assert one.meets(other) is meet
    assert other.meets(one) is meet


@given(st.lists(BOXES, max_size=12))
def test_the_sweep_finds_what_each_with_each_finds(several: list[Box]) -> None:
    found = {frozenset(pair) for pair in boxes.meeting(several)}
    count = range(len(several))
    assert found == {
        frozenset((i, j)) for i in count for j in count if i < j and several[i].meets(several[j])
    }


@pytest.mark.parametrize("angle", [20, 45, 70, 110, 160, 200, 315])
def test_a_turned_text_is_as_long_as_a_level_one(angle: float) -> None:
    figure = Figure()
    renderer = renderer_of(figure)
    level = boxes.of_text(figure.text(0.5, 0.5, "a rather long label"), renderer)
    turned = figure.text(0.5, 0.5, "a rather long label", rotation=angle)
    found = boxes.of_text(turned, renderer)
    assert found.half_width == pytest.approx(level.half_width, rel=0.05)
    assert found.half_height == pytest.approx(level.half_height, rel=0.25)


def test_empty_lines_above_a_text_take_no_room() -> None:
    figure = Figure()
    renderer = renderer_of(figure)
    plain = boxes.of_text(figure.text(0.5, 0.5, "2020", va="bottom"), renderer)
    lowered = boxes.of_text(figure.text(0.5, 0.5, "\n\n2020", va="bottom"), renderer)
    assert lowered.top == pytest.approx(plain.top, abs=4)


def test_the_share_within_another_box() -> None:
    assert Box(0, 0, 2, 1).share_within(Box(2, 0, 2, 1)) == pytest.approx(0.5)
    assert Box(0, 0, 2, 1).share_within(Box(9, 0, 2, 1)) == 0
