"""Figures drawn as a notebook draws them, and their records."""

from __future__ import annotations

from typing import Any

from IPython.core import pylabtools
from matplotlib.figure import Figure

from k2_jupyter.in_kernel.figures import record as figures


def image(figure: Figure, **printing: Any) -> bytes:
    """As the inline backend draws it; `printing` as for its ``print_figure_kwargs``."""
    draw: Any = pylabtools.print_figure
    found: bytes = draw(figure, **printing)
    return found


def record(figure: Figure, **printing: Any) -> dict[str, Any]:
    """The record that goes beside the image."""
    figures.before_drawing(figure)
    image(figure, **printing)
    found = figures.describe(figure)
    assert found is not None
    return found


def codes(figure: Figure, **printing: Any) -> list[str]:
    """The codes of its faults."""
    return [fault["code"] for fault in record(figure, **printing)["faults"]]
