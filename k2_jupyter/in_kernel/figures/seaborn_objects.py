"""Plots of ``seaborn.objects``: they make their figure while they are shown.

Runs in the user's kernel: standard library only, Python 3.8 and later. Such a plot answers
IPython with an image of a figure that it then throws away; here the figure is kept until its
record is made. Nothing is drawn twice.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from .formatting import ask_about

_MODULE = "seaborn._core.plot"
_figures: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()


def figure_of(thing: Any) -> Any:
    """The figure of a plot that is being shown; None for anything else."""
    kinds = {(kind.__module__, kind.__name__) for kind in type(thing).__mro__}
    if (_MODULE, "Plotter") in kinds:
        return getattr(thing, "_figure", None)
    return _figures.pop(thing, None) if (_MODULE, "Plot") in kinds else None


def keep_figures(display: Any, before_drawing: Callable[[Any], Any]) -> None:
    """Have the figure of each plot watched by `before_drawing` until its image is made."""

    def of_plotter(plotter: Any) -> Any:
        figure = figure_of(plotter)
        if figure is not None:
            before_drawing(figure)
        return {}

    def of_plot(kind: str) -> Callable[[Any], Any]:
        def image(plot: Any) -> Any:
            if _format(plot) != kind:
                return None
            plotter = plot.plot()
            of_plotter(plotter)
            _figures[plot] = figure_of(plotter)
            return getattr(plotter, f"_repr_{kind}_")()

        return image

    ask_about(display.mimebundle_formatter, _MODULE, "Plotter", of_plotter)
    for kind, media_type in (("png", "image/png"), ("svg", "image/svg+xml")):
        ask_about(display.formatters[media_type], _MODULE, "Plot", of_plot(kind))


def _format(plot: Any) -> str:
    """Which image it shows itself as; seaborn < 0.13 knows only PNG."""
    shown = getattr(plot.config, "display", None) if hasattr(plot, "config") else None
    return str(shown["format"]) if shown else "png"
