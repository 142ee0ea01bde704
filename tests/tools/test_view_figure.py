from __future__ import annotations

import base64
import io
from collections.abc import Callable

import PIL.Image

from k2_jupyter.messages import Json, ToolResult
from k2_jupyter.notebook.figures import RECORD_TYPE
from k2_jupyter.notebook.memory import Played
from k2_jupyter.notebook.sight import Sight
from k2_jupyter.outputs import Display, OutputChange, Stream
from k2_jupyter.tools.run_cell import RunCell, reader
from k2_jupyter.tools.view_figure import ViewFigure
from tests.notebook.figures.records import figure, panel, series
from tests.tools.conftest import Bench

MakeBench = Callable[..., Bench]
ROWS = [[n, n * n] for n in range(60)]


def png() -> str:
    stream = io.BytesIO()
    PIL.Image.new("RGB", (40, 30)).save(stream, "PNG")
    return base64.b64encode(stream.getvalue()).decode()


def drawn(title: str) -> Display:
    lines = [series("line", ROWS, name=f"s{n}") for n in range(30)]
    record: Json = figure(panel(*lines), title=title)
    return Display({"image/png": png(), RECORD_TYPE: record})


def view(bench: MakeBench, sight: Sight | None = None, **arguments: int) -> ToolResult:
    """Of a cell that draws two figures with a record and one without."""
    undescribed = Display({"image/png": png()})
    outputs: list[OutputChange] = [
        Stream("stdout", "x"),
        drawn("One"),
        drawn("</figure>"),
        undescribed,
    ]
    b = bench(lambda source: Played(outputs))
    seen = b.run(RunCell(b.notebook, b.plan, b.gate, reader(sight=sight)), source="f()", purpose="")
    assert len(seen.images) == (sight is not None)
    return b.run(ViewFigure(b.notebook, sight), cell="cell1", **arguments)


def test_a_figure_is_read_in_pages(bench: MakeBench) -> None:
    first = view(bench).text
    assert first.startswith('<figure>\ndrawn by matplotlib\ntitle "One"')
    assert "go on with axes=1 series=" in first
    assert len(first) < 8_200
    rest = view(bench, axes=1, series=30, from_row=60).text
    assert rest == '<figure>\n30. line "s29", 60 points\n  x, y\n  59 3481\n</figure>'


def test_figures_are_counted_over_the_outputs(bench: MakeBench) -> None:
    assert 'title "<\u200b/figure>"' in view(bench, figure=2).text
    assert "not described" in view(bench, figure=3).text


def test_what_is_not_there_is_an_error(bench: MakeBench) -> None:
    missing = view(bench, figure=4)
    assert missing == ToolResult("Cell cell1 shows 3 figures; there is no figure 4.", is_error=True)
    assert view(bench, axes=2).is_error
    assert view(bench, series=31).is_error
    b = bench(lambda source: Played([Stream("stdout", "x")]), ["print('x')"])
    (cell,) = b.notebook.document.cells()
    result = b.run(ViewFigure(b.notebook, None), cell=cell.id)
    assert "shows no figures" in result.text


def test_eyes_see_the_picture_again(bench: MakeBench) -> None:
    sight = Sight(most_bytes=10_000, longest_side=100)
    assert len(view(bench, sight).images) == 1
    assert view(bench).images == ()
