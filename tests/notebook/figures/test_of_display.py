from __future__ import annotations

import base64

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


@pytest.mark.parametrize(
    "data",
    [
        {"text/plain": "4"},
        {"text/html": "<table><tr><td>1</td></tr></table>", "text/plain": "1"},
        {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "IntSlider(value=0)"},
        {"application/vnd.bokehjs_load.v0+json": "", "application/javascript": "x()"},
    ],
)
def test_other_outputs_are_no_figures(data: dict[str, Json]) -> None:
    assert figure_text(Display(data)) is None
