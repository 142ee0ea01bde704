"""The record of a matplotlib figure, sent beside its image. Runs inside the user's kernel.

Standard library only, Python 3.8 and later; matplotlib is never imported from here. IPython
asks its formatters one after another within one display: `before_drawing` stands in front of
them and watches the figure's ``draw_event``, the image's formatter draws, and the formatter of
our MIME type, the last, sends what was seen. Nothing is drawn a second time, and ticks, texts
and legends are where the image has them. A figure that nobody draws is not described.
"""

from __future__ import annotations

import json
import time
import warnings
import weakref
from collections.abc import Callable
from typing import Any

from . import artists, covered, faults, layout, seaborn_objects
from . import axes as around
from .formatting import ask_about

MIME = "application/vnd.k2.figure+json"
_MAX_AXES = 20
_MAX_SERIES = 30
_MAX_SIZE = 32_000
_MAX_SECONDS = 0.5
"""For the layout, and again for the rest; after that the remainder is left out. Both together
take 0.05 usually: this is for machines with other work."""


_UNREAD: dict[str, Any] = {
    "title": "",
    "facet": "",
    "projection": "",
    "x": None,
    "y": None,
    "legend": None,
    "texts": [],
    "series": [],
    "cut": "these axes could not be read",
}


class _Drawing:
    """What was seen while a figure was drawn."""

    def __init__(self) -> None:
        self.size: list[int] | None = None
        """Pixels of the image; None until it is drawn."""
        self.faults: list[dict[str, Any]] = []
        self.cut = ""

    def drawn(self, event: Any) -> None:
        """Look at the layout; called by matplotlib at the end of each drawing."""
        if "draw_path" in getattr(event.renderer, "__dict__", ()):
            return  # a rehearsal, to find the size of the cropped image: it draws nothing
        figure = event.canvas.figure
        self.size = list(map(round, event.renderer.get_canvas_width_height()))
        seen = _quietly(_layout_faults, figure, event.renderer)
        self.faults, self.cut = ([], "its layout could not be read") if seen is None else seen


_drawings: weakref.WeakKeyDictionary[Any, _Drawing] = weakref.WeakKeyDictionary()


def before_drawing(figure: Any) -> Any:
    """Watch the figure being drawn. Its MIME bundle is its own, or empty."""
    _quietly(_watch, figure)
    own = getattr(type(figure), "_repr_mimebundle_", None)
    return {} if own is None else own(figure)


def describe(figure: Any) -> dict[str, Any] | None:
    """The record of a figure that was drawn since `before_drawing`, else None."""
    drawing = _drawings.pop(figure, None)
    if drawing is None or drawing.size is None:
        return None
    found: dict[str, Any] | None = _quietly(_record, figure, drawing)
    return found


def _watch(figure: Any) -> None:
    # matplotlib holds methods weakly: with the drawing, the watch is gone.
    _drawings[figure] = drawing = _Drawing()
    figure.canvas.mpl_connect("draw_event", drawing.drawn)


def _quietly(act: Callable[..., Any], *arguments: Any) -> Any:
    """Its value; None where it fails: the figure must show, whatever can be said about it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return act(*arguments)
    except Exception:  # noqa: BLE001
        return None


# The record


def _record(figure: Any, drawing: _Drawing) -> dict[str, Any]:
    deadline = time.monotonic() + _MAX_SECONDS
    panels = around.panels(figure)
    drawn = panels[:_MAX_AXES]
    described: list[dict[str, Any]] = []
    for axes in drawn:
        if described and time.monotonic() > deadline:
            break
        described.append(_quietly(_axes_record, axes) or dict(_UNREAD))
    around.add_facets(drawn, described)
    record = {
        "version": 1,
        "library": "matplotlib",
        "title": around.figure_title(figure),
        "size": drawing.size,
        "axes": described,
    }
    left = len(panels) - len(described)
    cuts = [f"{left} of {len(panels)} axes are not described"] if left else []
    record["cut"] = "; ".join(filter(None, [*cuts, drawing.cut]))
    drawn = drawn[: len(described)]
    told = [one for one in drawing.faults if one["axes"] <= len(described)]
    return _bounded({**record, "faults": _data_faults(record, drawn) + told})


def _axes_record(axes: Any) -> dict[str, Any]:
    return around.describe(axes, series=artists.series_of(axes))


def _layout_faults(figure: Any, renderer: Any) -> tuple[list[dict[str, Any]], str]:
    """What is found, and what was not looked for."""
    deadline = time.monotonic() + _MAX_SECONDS
    panels = around.panels(figure)[:_MAX_AXES]
    found = layout.faults(figure, renderer, panels)
    if time.monotonic() > deadline:
        return found, "hidden marks were not looked for"
    return [*found, *covered.faults(figure, renderer, panels)], ""


def _data_faults(record: dict[str, Any], panels: list[Any]) -> list[dict[str, Any]]:
    """Without what the figure itself excuses."""
    insets = {inset for axes in panels for inset in around.insets(axes)}
    return [
        fault
        for fault in faults.data_faults(record)
        if fault["axes"] == 0 or not _is_excused(fault["code"], panels[fault["axes"] - 1], insets)
    ]


def _is_excused(code: str, axes: Any, insets: set[Any]) -> bool:
    if code == "overplotting":  # `covered` has seen how the points lie
        return True
    if code == "missing_label":  # an inset magnifies a part of its axes
        return axes in insets
    if code == "empty_axes":  # seaborn's pair plots draw the diagonal on axes over the axes
        return any(
            twin.bbox.bounds == axes.bbox.bounds and twin.has_data()
            for twin in axes.figure.axes
            if twin is not axes and twin.get_visible()
        )
    return code in ("repeated_colors", "confusable_colors") and around.legend_differs(axes)


def _bounded(record: dict[str, Any]) -> dict[str, Any]:
    """As plain JSON of at most `_MAX_SIZE` characters: rows go first, then series."""
    rows, most = 60, _MAX_SERIES
    while True:
        text = json.dumps(record, default=str)
        if len(text) <= _MAX_SIZE or not most:
            found: dict[str, Any] = json.loads(text, parse_constant=lambda _: None)
            return found
        rows, most = (rows // 2, most) if rows else (0, most // 2)
        for axes in record["axes"]:
            for series in axes["series"]:
                _shorten(series, rows)
            if len(axes["series"]) > most:
                axes["cut"] = f"only the first {most} series are described"
                del axes["series"][most:]


def _shorten(series: dict[str, Any], most: int) -> None:
    """Keep so many rows, evenly."""
    rows = series["rows"]
    if len(rows) > most:
        kept = [rows[i * len(rows) // most] for i in range(most)]
        series.update(rows=kept, left_out=series["left_out"] + len(rows) - most)


# In IPython


def _is_figure(thing: Any) -> bool:
    """Without asking the object itself: it may answer to anything."""
    kinds = type(thing).__mro__
    return any((k.__module__, k.__name__) == ("matplotlib.figure", "Figure") for k in kinds)


def _formatter(parent: Any) -> Any:
    from IPython.core.formatters import BaseFormatter
    from traitlets import Unicode

    class FigureFormatter(BaseFormatter):
        """Knows figures by itself: the inline backend forgets those that were registered."""

        format_type = Unicode(MIME)

        def __call__(self, thing: Any) -> dict[str, Any] | None:
            figure = thing if _is_figure(thing) else seaborn_objects.figure_of(thing)
            return None if figure is None else describe(figure)

    return FigureFormatter(parent=parent)


def install() -> None:
    """Begin; called once when the module has arrived in the kernel."""
    from IPython import get_ipython

    display = get_ipython().display_formatter
    ask_about(display.mimebundle_formatter, "matplotlib.figure", "Figure", before_drawing)
    seaborn_objects.keep_figures(display, before_drawing)
    display.formatters[MIME] = _formatter(display)
