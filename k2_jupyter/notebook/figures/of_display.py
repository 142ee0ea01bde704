"""From an output to its figure record, whatever it was drawn with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from k2_jupyter.in_kernel.figures.faults import data_faults
from k2_jupyter.messages import Json
from k2_jupyter.notebook.display_text import display_text
from k2_jupyter.notebook.figures.description import ROOM, describe
from k2_jupyter.notebook.figures.parsing import parse
from k2_jupyter.notebook.figures.plotly import plotly_record
from k2_jupyter.notebook.figures.reading import UNREADABLE
from k2_jupyter.notebook.figures.record import RECORD_TYPE, FigureRecord
from k2_jupyter.notebook.figures.vega import vega_record
from k2_jupyter.notebook.pictures import picture_in, picture_line
from k2_jupyter.outputs import Display

_PLOTLY: Final = "application/vnd.plotly.v1+json"
_VEGA_LITE = re.compile(r"application/vnd\.vegalite\.v\d+\+json")
_BOKEH: Final = "application/vnd.bokehjs_exec.v0+json"
_SCRIPTED = re.compile(r"<(?:script|iframe|canvas)\b", re.IGNORECASE)
_SAYS_NOTHING = re.compile(r"\s*(?:<[^\n]*>|[\w.]+\(\.\.\.\))?\s*")
_WAY_OUT = "draw it with matplotlib, plotly or altair, or print its numbers"
_IN_BROWSER = f"it is drawn in the browser and cannot be read here: {_WAY_OUT}"
_NO_RECORD = (
    "the picture came without a description (of another library, or from an older run): "
    "print the numbers that you need"
)
_NO_BITMAP = "it is a vector drawing without a description: print the numbers that you need"


def figure_of(display: Display) -> FigureRecord | None:
    """The record that came with the output, or the one made from its chart's JSON."""
    record = parse(display.data.get(RECORD_TYPE))
    if record is not None:
        return record
    made = _from_chart(display.data)
    return parse({**made, **_faults(made)}) if made else None


def _from_chart(data: Mapping[str, Json]) -> dict[str, Any] | None:
    if _PLOTLY in data:
        return plotly_record(data[_PLOTLY])
    for media_type, content in data.items():
        if _VEGA_LITE.fullmatch(media_type):
            return vega_record(content)
    html = data.get("text/html")
    return vega_record(html) if isinstance(html, str) and "vega-lite" in html else None


def _faults(made: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"faults": data_faults(made)}
    except UNREADABLE:  # a forged chart may have numbers where texts belong
        return {"cut": made.get("cut") or "faults could not be looked for"}


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
    elif record is None and _is_scripted(display.data):
        head, told = "an interactive display", f"not described: {_IN_BROWSER}"
    elif record is not None:
        size = f", {record.size[0]} × {record.size[1]} px" if record.size else ""
        head = f"{record.library or 'figure'}{size}"
    else:
        return None
    if record is not None:
        told = describe(record, room - len(head))
    return f"{head}\n{told}"


def _is_scripted(data: Mapping[str, Json]) -> bool:
    """HTML whose content a script makes in the browser; tables that can be read are none."""
    html = data.get("text/html")
    if not isinstance(html, str) or not _SCRIPTED.search(html):
        return False
    return "<iframe" in html or bool(_SAYS_NOTHING.fullmatch(display_text(data)))
