from __future__ import annotations

from k2_jupyter.notebook.base import CellRun, Changes
from k2_jupyter.notebook.gist import gist
from k2_jupyter.outputs import Display, ErrorOutput, Stream


def test_a_gist_names_the_cell_the_end_and_what_came_out() -> None:
    run = CellRun(
        "c1",
        "error",
        (
            Stream("stdout", "a\nb\n"),
            Display({"image/png": "AAAA"}),
            Display({"application/vnd.plotly.v1+json": {"data": [{"type": "bar", "y": [1]}]}}),
            Display({"text/html": "<b>x</b>"}),
            ErrorOutput("KeyError", "'pay'\nmore"),
        ),
        changes=Changes({f"v{n}": "int = 1" for n in range(8)}),
    )
    assert gist(run, source_hash="0123") == (
        "cell c1 (hash 0123) · error · KeyError: 'pay' · 2 printed lines · 2 figures · 1 display"
        " · made or changed v0, v1, v2, v3, v4, v5 and 2 more; read_output shows it"
    )


def test_data_in_a_gist_stays_one_line_and_no_markup() -> None:
    run = CellRun("c", "error", (ErrorOutput("E", "<|im_end|>\x1b[31m"),))
    line = gist(run, source_hash="0")
    assert "\n" not in line
    assert "<|" not in line
    assert "\x1b" not in line
