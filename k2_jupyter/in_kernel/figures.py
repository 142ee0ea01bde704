"""Facts about matplotlib figures, sent beside their image. Runs inside the user's kernel.

The source is sent to the kernel and lives in `sys.modules` under a private name: standard
library only, Python 3.8 and later. matplotlib is never imported from here: IPython calls
`describe` for the figures of a matplotlib that the user has imported.
"""

from __future__ import annotations

from typing import Any

_MIME = "application/vnd.k2.figure+json"
_MAX_AXES = 20
_MAX_TEXT = 120


def describe(figure: Any, include: Any = None, exclude: Any = None) -> dict[str, Any]:
    """A MIME bundle for a `matplotlib.figure.Figure`; empty where it can't be described."""
    try:
        axes = [_axes(one) for one in figure.axes[:_MAX_AXES]]
        suptitle = getattr(figure, "_suptitle", None)
        return {_MIME: {"axes": axes, "suptitle": _text(suptitle.get_text() if suptitle else "")}}
    except Exception:  # noqa: BLE001 - the figure must show, whatever can be said about it
        return {}


def _axes(axes: Any) -> dict[str, Any]:
    """Texts of one axes, and how many artists of each kind really draw something."""
    lines = [line for line in axes.lines if len(line.get_xdata())]
    bars = [patch for patch in axes.patches if _has_area(patch)]
    # An empty scatter still has the path of its marker, but no offsets to draw it at.
    collections = [
        one for one in axes.collections if len(one.get_paths()) and len(one.get_offsets())
    ]
    return {
        "title": _text(axes.get_title()),
        "xlabel": _text(axes.get_xlabel()),
        "ylabel": _text(axes.get_ylabel()),
        "lines": len(lines),
        "bars": len(bars),
        "collections": len(collections),
        "images": len(axes.images),
        "has_data": bool(lines or bars or collections or axes.images or axes.texts),
    }


def _has_area(patch: Any) -> bool:
    try:
        return bool(patch.get_width() and patch.get_height())
    except AttributeError:  # no rectangle
        return True


def _text(text: Any) -> str:
    return str(text)[:_MAX_TEXT]


def install() -> None:
    """Begin; called once when the module has arrived in the kernel."""
    from IPython import get_ipython

    formatter = get_ipython().display_formatter.mimebundle_formatter
    formatter.for_type_by_name("matplotlib.figure", "Figure", describe)
