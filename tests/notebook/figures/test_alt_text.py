from __future__ import annotations

from typing import Any

import pytest

from k2_jupyter.notebook.figures import alt_text, parse
from k2_jupyter.notebook.figures.alt_text import MOST
from tests.notebook.figures.records import axis, figure, panel, series

BARS = series("bar", facts=[["highest", 195_264.2, "EX"], ["lowest", 0.12345, "EN"]])
ENDS = "highest 195,300 at EX, lowest 0.1235 at EN"
LABELS: dict[str, Any] = {"x": axis("level"), "y": axis("salary")}


def alt(content: dict[str, Any]) -> str:
    record = parse(content)
    assert record is not None
    return alt_text(record)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (
            figure(panel(BARS, title="Pay by level.")),
            f"Bar chart: Pay by level.; {ENDS}.",
        ),
        (
            figure(panel(BARS, **LABELS)),
            f"Bar chart: salary by level; {ENDS}.",
        ),
        (
            figure(panel(series("line", name="a"), series("line", name="b"), title="T")),
            "Line chart: T; a, b.",
        ),
        (
            figure(panel(series("scatter", facts=[["trend", 2, "per x"]]), series("line"))),
            "Scatter plot; trend 2 per x.",
        ),
        (
            figure(panel(BARS, title="a"), panel(title="B"), title="Both"),
            f"2 panels: Both. Bar chart: a; {ENDS}. B: nothing is drawn.",
        ),
        (
            figure(panel(BARS, title="a"), panel(BARS)),
            f"2 bar charts. A; {ENDS}. Bar chart; {ENDS}.",
        ),
        (figure(title="Nothing"), "Figure: Nothing."),
    ],
)
def test_a_sentence_says_kind_subject_and_main_facts(content: dict[str, Any], text: str) -> None:
    assert alt(content) == text


def test_a_grid_is_summed_up() -> None:
    panels = [panel(series("histogram"), title=f"level = {n}") for n in range(9)]
    assert alt(figure(*panels, title="Pay")) == (
        "9 histograms: Pay; level = 0, level = 1, level = 2, level = 3, level = 4, level = 5 "
        "and 3 more."
    )


def test_it_is_never_long() -> None:
    bars = [series("bar", name=f"{n} " + "name " * 20) for n in range(9)]
    text = alt(figure(panel(*bars, title="word " * 20)))
    assert len(text) <= MOST
    assert text.endswith(" …")
