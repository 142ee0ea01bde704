"""Facts about matplotlib figures, sent beside their image. Runs inside the user's kernel.

The source is sent to the kernel and lives in `sys.modules` under a private name; standard
library only, Python 3.8 and later. matplotlib itself is never imported from here: IPython
calls `describe` for figures of a matplotlib that the user has imported.
"""

_MIME = "application/vnd.k2.figure+json"
_MAX_AXES = 20
_MAX_TEXT = 120


def describe(figure, include=None, exclude=None):
    """A MIME bundle for a `matplotlib.figure.Figure`."""
    try:
        axes = [_axes(one) for one in figure.axes[:_MAX_AXES]]
        title = getattr(figure, "_suptitle", None)
        facts = {"axes": axes, "suptitle": _text(title.get_text() if title else "")}
    except Exception:  # noqa: BLE001 - a figure must show, whatever can be said about it
        return {}
    return {_MIME: facts}


def _axes(axes):
    lines = [line for line in axes.lines if len(line.get_xdata())]
    collections = [
        one for one in axes.collections if len(one.get_paths()) or len(one.get_offsets())
    ]
    patches = (
        [patch for patch in axes.patches if patch.get_width() and patch.get_height()]
        if all(hasattr(patch, "get_width") for patch in axes.patches)
        else list(axes.patches)
    )
    return {
        "title": _text(axes.get_title()),
        "xlabel": _text(axes.get_xlabel()),
        "ylabel": _text(axes.get_ylabel()),
        "lines": len(lines),
        "bars": len(patches),
        "collections": len(collections),
        "images": len(axes.images),
        "has_data": bool(axes.has_data() and (lines or patches or collections or axes.images)),
    }


def _text(text):
    return str(text)[:_MAX_TEXT]


def _install():
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        formatter = shell.display_formatter.mimebundle_formatter
        formatter.for_type_by_name("matplotlib.figure", "Figure", describe)


_install()
