"""Figures that a cell of a real kernel shows, in each way a cell can show them."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from k2_jupyter.adapters.client_kernel import ClientKernel, kernel_environment
from k2_jupyter.notebook.base import CellRun
from k2_jupyter.outputs import Display

HANG = 60.0
RECORD = "application/vnd.k2.figure+json"
DRAW = "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\n_ = axes.plot([1, 2])\n"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClientKernel]:
    folder = tmp_path_factory.mktemp("kernel")
    with ClientKernel("python3", folder, kernel_environment(os.environ)) as kernel:
        yield kernel


def run(kernel: ClientKernel, source: str) -> CellRun:
    events = kernel.run("cell1", source, timeout=HANG, stop=threading.Event())
    while True:
        try:
            next(events)
        except StopIteration as end:
            result: CellRun = end.value
            return result


def shown(kernel: ClientKernel, source: str) -> list[dict[str, Any]]:
    result = run(kernel, source)
    assert result.status == "ok", result
    return [dict(output.data) for output in result.outputs if isinstance(output, Display)]


@pytest.mark.parametrize(
    "way",
    ["plt.show()", "pass", "plt.close(figure)\nfigure", "plt.close(figure)\ndisplay(figure)"],
    ids=["show", "end of the cell", "last expression", "display"],
)
def test_the_record_stands_beside_the_image(kernel: ClientKernel, way: str) -> None:
    (figure,) = shown(kernel, DRAW + way)
    assert "image/png" in figure
    assert figure[RECORD]["axes"][0]["series"][0]["kind"] == "line"
    assert figure[RECORD]["size"]


def test_two_figures_of_a_cell_have_a_record_each(kernel: ClientKernel) -> None:
    figures = shown(kernel, f"{DRAW}axes.set_title('a')\nplt.show()\n{DRAW}_ = axes.set_title('b')")
    assert [figure[RECORD]["axes"][0]["title"] for figure in figures] == ["a", "b"]


def test_a_figure_shown_again_is_described_again(kernel: ClientKernel) -> None:
    first, second = shown(
        kernel, f"{DRAW}plt.close()\ndisplay(figure)\naxes.set_title('b')\ndisplay(figure)"
    )
    assert first[RECORD]["axes"][0]["title"] == ""
    assert second[RECORD]["axes"][0]["title"] == "b"


@pytest.mark.parametrize(("kind", "mime"), [("svg", "image/svg+xml"), ("retina", "image/png")])
def test_other_formats_have_it_too(kernel: ClientKernel, kind: str, mime: str) -> None:
    formats = "%config InlineBackend.figure_formats = "
    (figure,) = shown(kernel, f"{formats}['{kind}']\n{DRAW}")
    run(kernel, f"{formats}['png']")
    assert {mime, RECORD} <= set(figure)


def test_only_what_was_asked_for_is_sent(kernel: ClientKernel) -> None:
    show = f"{DRAW}plt.close()\ndisplay(figure, include=[%s])"
    (alone,) = shown(kernel, show % "'image/png'")
    assert set(alone) == {"image/png"}
    (both,) = shown(kernel, show % f"'image/png', '{RECORD}'")
    assert set(both) == {"image/png", RECORD}


def test_an_uncropped_figure_is_cut_at_its_edge(kernel: ClientKernel) -> None:
    option = "%config InlineBackend.print_figure_kwargs = {'bbox_inches': "
    (figure,) = shown(kernel, f"{option}None}}\n{DRAW}_ = axes.set_title('long ' * 40)")
    run(kernel, f"{option}'tight'}}")
    assert "clipped_text" in [fault["code"] for fault in figure[RECORD]["faults"]]


def test_a_figure_that_cannot_be_described_still_shows(kernel: ClientKernel) -> None:
    (figure,) = shown(kernel, f"{DRAW}figure._suptitle = 'no text of matplotlib'\nplt.show()")
    assert "image/png" in figure
    assert RECORD not in figure


def test_an_empty_figure_is_left_alone(kernel: ClientKernel) -> None:
    (figure,) = shown(kernel, "import matplotlib.pyplot as plt\nplt.figure()\nplt.show()")
    assert set(figure) == {"text/plain"}


def test_other_objects_are_shown_as_ever(kernel: ClientKernel) -> None:
    odd = (
        "class Odd:\n    def __getattr__(self, name): return lambda *a, **k: 'x'\n"
        "    def __repr__(self): return 'odd'\nOdd()"
    )
    (output,) = shown(kernel, odd)
    assert output == {"text/plain": "odd"}


def test_it_leaves_no_names_and_says_nothing(kernel: ClientKernel) -> None:
    run(kernel, "%reset -f")
    result = run(kernel, f"import warnings\nwarnings.simplefilter('always')\n{DRAW}plt.show()")
    assert [type(output) for output in result.outputs] == [Display]
    names = "[name for name in dir() if not name.startswith('_')]"
    (names_now,) = shown(kernel, names)
    assert all(ours not in names_now["text/plain"] for ours in ("k2", "describe", "artists"))
