"""Plotly's JSON from an output, so that our own copy of its library can redraw the chart.

The JSON may come from anybody. What reaches the page is data for the library alone: no
address that it would load, no style, no controls that change the chart by a script's words.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, Final

from markupsafe import Markup

from k2_jupyter.adapters.report.sanitize import IMAGE_URL

PLOTLY_TYPE: Final = "application/vnd.plotly.v1+json"
NOTHING: Final = Markup("")
_TRACES = frozenset(
    """
    bar box contour heatmap histogram histogram2d histogram2dcontour image pie scatter
    scatterternary violin
    """.split()  # noqa: SIM905 (as the library's own README lists them)
)
_SAME_AS: Final = {"scattergl": "scatter", "heatmapgl": "heatmap"}
"""Traces of the full library that only draw faster."""
_MOST_POINTS = 20_000
"""Of a scatter that was meant for WebGL; more would make an SVG that nobody can scroll."""
_LONGEST = 8_000_000
_DEEPEST = 40
_LEFT_OUT = frozenset(
    """
    updatemenus sliders images uirevision stream geojson geo mapbox map topojsonURL scene
    __proto__ constructor prototype
    """.split()  # noqa: SIM905
)
"""Keys that bring controls, pictures from elsewhere and maps, or that mean something to
JavaScript itself."""
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^>]*)>")
_MARKUP = frozenset(("b", "i", "em", "strong", "sub", "sup", "br", "u", "s"))
_HREF = re.compile(r"""\bhref\s*=\s*(["'])(https?://[^"'<>\s]+)\1""", re.IGNORECASE)


def chart(content: object) -> Markup:
    """JSON for a data block of the page; empty where the library can't draw it.

    Raises nothing, whatever `content` is.
    """
    data = _data(content) if isinstance(content, Mapping) else None
    if data is None:
        return NOTHING
    try:
        text = json.dumps(data, separators=(",", ":"))
    except RecursionError:
        return NOTHING
    # No "<" in it: neither a script's end nor a comment can begin inside the block.
    text = text.replace("<", "\\u003c")
    return Markup(text) if len(text) <= _LONGEST else NOTHING  # noqa: S704


def _data(content: Mapping[str, Any]) -> dict[str, Any] | None:
    traces, layout = content.get("data"), content.get("layout", {})
    if not isinstance(traces, (list, tuple)) or not traces or not isinstance(layout, Mapping):
        return None
    drawn = [_trace(one) for one in traces]
    return None if None in drawn else {"data": drawn, "layout": _clean(layout)}


def _trace(content: object) -> Any:
    """A trace of the library's kinds; None for another."""
    if not isinstance(content, Mapping):
        return None
    kind = content.get("type", "scatter")
    if not isinstance(kind, str):
        return None
    if kind in _SAME_AS and _points(content) > _MOST_POINTS:
        return None
    kind = _SAME_AS.get(kind, kind)
    return _clean({**content, "type": kind}) if kind in _TRACES else None


def _points(trace: Mapping[str, Any]) -> int:
    return max((_length(trace.get(axis)) for axis in ("x", "y")), default=0)


def _length(values: object) -> int:
    if isinstance(values, Mapping):  # a typed array in base64, of at most 8 bytes a number
        return len(str(values.get("bdata", ""))) * 3 // 4 // 8
    return len(values) if isinstance(values, (list, tuple)) else 0


def _clean(value: Any, depth: int = 0) -> Any:
    """The value without what the page must not get."""
    if depth > _DEEPEST:
        return None
    if isinstance(value, Mapping):
        return {
            str(key): cleaned
            for key, one in value.items()
            if key not in _LEFT_OUT and (cleaned := _entry(str(key), one, depth)) is not None
        }
    if isinstance(value, (list, tuple)):
        return [_clean(one, depth + 1) for one in value]
    if isinstance(value, str):
        return _text(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _entry(key: str, value: Any, depth: int) -> Any:
    if key == "source":
        return value if isinstance(value, str) and IMAGE_URL.fullmatch(value) else None
    if key.endswith("src") and isinstance(value, str):
        return None
    return _clean(value, depth + 1)


def _text(text: str) -> str:
    """Text as the library shows it, with plain formatting and https links only.

    It reads a few tags in texts, and copies their ``style`` into the page.
    """
    return _TAG.sub(_tag, text) if "<" in text else text


def _tag(match: re.Match[str]) -> str:
    closing, name, rest = match[1], match[2].lower(), match[3]
    if name in _MARKUP:
        return f"<{closing}{name}>"
    if name == "a":
        link = _HREF.search(rest)
        return "</a>" if closing else f'<a href="{link[2]}">' if link else "<a>"
    return "\u200b"  # not nothing: what stands around it could make a tag
