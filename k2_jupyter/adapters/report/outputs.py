"""The outputs of a cell as clean HTML: of each, the richest form that is safe to show."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from markupsafe import Markup

from k2_jupyter.adapters.report import charts, code, markdown, vega
from k2_jupyter.adapters.report.sanitize import clean
from k2_jupyter.notebook.figures import RECORD_TYPE, alt_text, figure_of, for_readers
from k2_jupyter.notebook.text import visible
from k2_jupyter.outputs import Display

OutputKind = Literal["text", "stderr", "error", "html", "figure", "chart", "notice"]

NOT_SHOWN = "Interactive output, not shown here."
NOT_REDRAWN = "A chart of a kind that is not redrawn here."
STILL = "An interactive chart in the notebook, a still picture here."
_UNREADABLE = "An image that cannot be read."
_LONGEST_NAME = 200
"""Characters of a text form that names an interactive output rather than spelling it out."""
_SIGNATURES = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
}
_INTERACTIVE = (charts.PLOTLY_TYPE, "application/vnd.vega", "application/vnd.bokehjs")
_STATIC = {"text/html", "text/markdown", "text/latex", "text/plain", RECORD_TYPE}
_TAG = re.compile(r"<(?!img|table|hr)[^>]*>")


@dataclass(frozen=True, slots=True)
class Shown:
    """One output, ready to stand in the page."""

    kind: OutputKind
    html: str
    """A `Markup` if it is clean markup; of a figure its ``src``, of a chart the ``src`` of
    its picture or "", of a notice its words."""
    alt: str = ""
    width: int | None = None
    """CSS pixels, where the notebook says so."""
    told: tuple[str, ...] = ()
    """What a figure shows in lines of text, where its record says it."""
    chart: Markup = charts.NOTHING
    """JSON for the library that redraws it."""
    note: str = ""
    """What a reader should know of how the figure is shown."""


def show(outputs: Sequence[Mapping[str, Any]], alt: str) -> list[Shown]:
    """What a reader sees of a code cell's outputs, neighbouring prints as one.

    `outputs` as in notebook format 4; `alt` describes figures that do not say what they show.
    """
    shown: list[Shown] = []
    for output in _joined(outputs):
        match output["output_type"]:
            case "stream":
                kind: OutputKind = "stderr" if output["name"] == "stderr" else "text"
                if text := output["text"].strip("\n"):
                    shown.append(Shown(kind, code.printed(text)))
            case "error":
                lines = output["traceback"] or [f"{output['ename']}: {output['evalue']}"]
                shown.append(Shown("error", code.printed("\n".join(lines))))
            case _:
                if one := _display(output["data"], output.get("metadata", {}), alt):
                    shown.append(one)
    return shown


def _joined(outputs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    joined: list[dict[str, Any]] = []
    for output in outputs:
        one = {key: _whole(value) if key == "text" else value for key, value in output.items()}
        last = joined[-1] if joined else {}
        same = one["output_type"] == "stream" == last.get("output_type")
        if same and one["name"] == last["name"]:
            last["text"] += one["text"]
        else:
            joined.append(one)
    return joined


def _display(data: Mapping[str, Any], metadata: Mapping[str, Any], alt: str) -> Shown | None:
    texts = {kind: _whole(content) for kind, content in data.items()}
    picture = _picture(texts, metadata, alt)
    if chart := charts.chart(texts.get(charts.PLOTLY_TYPE)):
        still = picture.html if picture and picture.kind == "figure" else ""
        return _described(Shown("chart", still, alt, chart=chart), texts)
    if picture is None and (spec := vega.spec(texts)) and (drawn := vega.svg(spec)):
        picture = replace(_figure("image/svg+xml", drawn, alt, None), note=STILL)
    if picture is not None:
        return _described(picture, texts)
    if charts.PLOTLY_TYPE in texts:
        return _described(Shown("notice", NOT_REDRAWN), texts)
    for kind, convert in _CONVERTERS.items():
        content = texts.get(kind)
        if isinstance(content, str) and _TAG.sub("", shown := convert(content)).strip():
            return Shown("html", shown)
    return _plain(texts)


def _picture(texts: Mapping[str, Any], metadata: Mapping[str, Any], alt: str) -> Shown | None:
    """The picture of an output; of an interactive one it says that it stands still."""
    for media_type in (*_SIGNATURES, "image/svg+xml"):
        if isinstance(content := texts.get(media_type), str):
            figure = _figure(media_type, content, alt, _width(metadata, media_type))
            still = any(kind.startswith(_INTERACTIVE) for kind in texts)
            return replace(figure, note=STILL) if still else figure
    return None


def _described(figure: Shown, texts: Mapping[str, Any]) -> Shown:
    """With the alt text and the description that its record gives."""
    record = figure_of(Display(texts))
    if record is None:
        return figure
    return replace(figure, alt=alt_text(record), told=tuple(for_readers(record)))


def _plain(texts: Mapping[str, Any]) -> Shown | None:
    twin = texts.get("text/plain")
    twin = twin.strip("\n") if isinstance(twin, str) else ""
    if set(texts) - _STATIC or "<script" in str(texts.get("text/html", "")).lower():
        name = twin if len(twin) <= _LONGEST_NAME and "\n" not in twin else ""
        return Shown("notice", f"{NOT_SHOWN} {visible(name)}".strip())
    return Shown("text", code.printed(twin)) if twin else None


def _latex(source: str) -> Markup:
    if made := markdown.formula(source):
        return Markup("<p>{}</p>").format(made)
    return Markup("<p>{}</p>").format(visible(source))


_CONVERTERS: dict[str, Callable[[str], Markup]] = {
    "text/html": clean,
    "text/markdown": markdown.render,
    "text/latex": _latex,
}


def _figure(media_type: str, content: str, alt: str, width: int | None) -> Shown:
    if media_type == "image/svg+xml":
        # As an image an SVG neither runs scripts nor loads anything.
        encoded = base64.b64encode(content.encode("utf-8", "replace")).decode("ascii")
        return Shown("figure", f"data:image/svg+xml;base64,{encoded}", alt, width)
    try:
        picture = base64.b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError):
        picture = b""
    if not picture.startswith(_SIGNATURES[media_type]):
        return Shown("notice", _UNREADABLE)
    encoded = base64.b64encode(picture).decode("ascii")
    return Shown("figure", f"data:{media_type};base64,{encoded}", alt, width)


def _width(metadata: Mapping[str, Any], media_type: str) -> int | None:
    own = metadata.get(media_type)
    width = own.get("width") if isinstance(own, Mapping) else None
    fits = isinstance(width, (int, float)) and 16 <= width <= 4_000
    return int(width) if fits and width is not None else None


def _whole(content: object) -> Any:
    """Text that the format may hold as a list of lines."""
    if isinstance(content, list) and all(isinstance(line, str) for line in content):
        return "".join(content)
    return content
