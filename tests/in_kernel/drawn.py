"""Figures drawn as a notebook draws them, and their records."""

from __future__ import annotations

from typing import Any

from IPython.core.pylabtools import print_figure
from matplotlib.figure import Figure

from k2_jupyter.in_kernel import figures


def record(figure: Figure, **printing: Any) -> dict[str, Any]:
    """The record that goes beside the image; `printing` as for ``print_figure_kwargs``."""
    figures.before_drawing(figure)
    print_figure(figure, **printing)  # type: ignore[no-untyped-call]
    found = figures.describe(figure)
    assert found is not None
    return found


def codes(figure: Figure, **printing: Any) -> list[str]:
    """The codes of its faults."""
    return [fault["code"] for fault in record(figure, **printing)["faults"]]
