"""Plots of ``seaborn.objects``, as a cell of a real kernel shows them."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from k2_jupyter.adapters.client_kernel import ClientKernel, kernel_environment
from k2_jupyter.outputs import Display

HANG = 60.0
RECORD = "application/vnd.k2.figure+json"
IMPORT = "import seaborn.objects as so\ndata = {'x': [1, 2, 3, 3, 3], 'y': [5, 1, 7, 2, 3]}\n"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClientKernel]:
    folder = tmp_path_factory.mktemp("kernel")
    with ClientKernel("python3", folder, kernel_environment(os.environ)) as kernel:
        yield kernel


def record(kernel: ClientKernel, plot: str, media_type: str = "image/png") -> dict[str, Any]:
    events = kernel.run("cell1", IMPORT + plot, timeout=HANG, stop=threading.Event())
    while True:
        try:
            next(events)
        except StopIteration as end:
            (output,) = (one for one in end.value.outputs if isinstance(one, Display))
            assert media_type in output.data
            found = output.data[RECORD]
            assert isinstance(found, dict)
            return found


@pytest.mark.parametrize("way", ["", ".plot()", ".show()"], ids=["Plot", "Plotter", "show"])
def test_a_plot_is_described_however_it_is_shown(kernel: ClientKernel, way: str) -> None:
    found = record(kernel, f"so.Plot(data, x='x', y='y').add(so.Dot()).label(title='Dots'){way}")
    (axes,) = found["axes"]
    assert axes["title"] == "Dots"
    assert [row for one in axes["series"] for row in one["rows"]][:2] == [[1, 5], [2, 1]]


def test_a_vector_drawing_is_described_too(kernel: ClientKernel) -> None:
    found = record(
        kernel,
        "so.Plot.config.display['format'] = 'svg'\nso.Plot(data, x='x', y='y').add(so.Line())",
        "image/svg+xml",
    )
    assert found["axes"][0]["series"][0]["kind"] == "line"
    assert record(kernel, "so.Plot.config.display['format'] = 'png'\nso.Plot().add(so.Dot())")


def test_bars_of_one_collection_are_a_histogram(kernel: ClientKernel) -> None:
    found = record(kernel, "so.Plot(data, x='x').add(so.Bars(), so.Hist(bins=2, binrange=(1, 3)))")
    (bins,) = found["axes"][0]["series"]
    assert bins["kind"] == "histogram"
    assert bins["rows"] == [[1, 2, 1], [2, 3, 4]]
