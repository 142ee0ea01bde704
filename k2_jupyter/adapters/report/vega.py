"""Vega-Lite charts as still pictures: no library that a strict page allows can redraw them.

Vega itself compiles expressions to JavaScript, which the page's policy forbids. vl-convert
(in the extra ``demo``, as altair's own way to pictures) draws them here without a network.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from k2_jupyter.notebook.figures.vega import spec_in_html

_SECONDS = 30.0
_LONGEST = 20_000_000
_DRAW = (
    "import sys, vl_convert; sys.stdout.buffer.write("
    "vl_convert.vegalite_to_svg(sys.stdin.read(), allowed_base_urls=[]).encode())"
)


def spec(data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The Vega-Lite chart of an output, from its JSON or altair's HTML; None without one."""
    for kind, content in data.items():
        if kind.startswith("application/vnd.vegalite.") and isinstance(content, Mapping):
            return content
    html = data.get("text/html")
    return (spec_in_html(html) or None) if isinstance(html, str) else None


def svg(chart: Mapping[str, Any]) -> str:
    """The chart as an SVG file, drawn in a process of its own; "" where that can't be.

    A chart is a small program that may be anybody's: it gets 30 seconds and no address.
    """
    if importlib.util.find_spec("vl_convert") is None:
        return ""
    text = json.dumps(chart)
    if len(text) > _LONGEST:
        return ""
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _DRAW],
            input=text.encode(),
            capture_output=True,
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace")
