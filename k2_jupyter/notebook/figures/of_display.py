"""From an output to its figure record, whatever it was drawn with."""

from __future__ import annotations

from typing import Final

from k2_jupyter.notebook.figures.description import ROOM, describe
from k2_jupyter.notebook.figures.record import RECORD_TYPE, FigureRecord, parse
from k2_jupyter.notebook.pictures import picture_in, picture_line
from k2_jupyter.outputs import Display

_BOKEH: Final = "application/vnd.bokehjs_exec.v0+json"
_WAY_OUT = "draw it with matplotlib, plotly or altair, or print its numbers"
_IN_BROWSER = f"it is drawn in the browser and cannot be read here: {_WAY_OUT}"
_NO_RECORD = (
    "the picture came without a description (of another library, or from an older run): "
    "print the numbers that you need"
)
_NO_BITMAP = "it is a vector drawing without a description: print the numbers that you need"


def figure_of(display: Display) -> FigureRecord | None:
    """The record that came with the output, or the one made from its chart's JSON."""
    return parse(display.data.get(RECORD_TYPE))


def figure_text(display: Display, room: int = ROOM) -> str | None:
    """What the model reads of a figure; ``None`` where the output is no figure.

    The first line names the picture; a figure that cannot be described says why.
    """
    record, picture = figure_of(display), picture_in(display.data)
    if picture is not None:
        head = picture_line(*picture)
        told = f"not described: {_NO_RECORD}"
    elif "image/svg+xml" in display.data:
        head, told = "image/svg+xml", f"not described: {_NO_BITMAP}"
    elif _BOKEH in display.data:
        head, told = "a bokeh figure", f"not described: {_IN_BROWSER}"
    elif record is not None:
        size = f", {record.size[0]} × {record.size[1]} px" if record.size else ""
        head = f"{record.library or 'figure'}{size}"
    else:
        return None
    if record is not None:
        told = describe(record, room - len(head))
    return f"{head}\n{told}"
