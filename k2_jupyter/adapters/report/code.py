"""Source code and printed text as HTML."""

from __future__ import annotations

import warnings

from markupsafe import Markup
from nbconvert.filters.ansi import ansi2html
from nbconvert.filters.highlight import Highlight2HTML

from k2_jupyter.notebook.text import LineEditor, visible

_LONGEST_HIGHLIGHTED = 200_000
"""Characters; a longer source is shown plain."""
_ESCAPE = "\x1b["


def source(text: str, language: str) -> Markup:
    """A cell's source, highlighted; what would be invisible in it is written as an escape."""
    text = visible(text)
    if len(text) > _LONGEST_HIGHLIGHTED:
        return Markup("<pre>{}</pre>").format(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about a language that it does not know
        return Markup(Highlight2HTML()(text, language))  # noqa: S704 (escaped there)


def printed(text: str) -> Markup:
    r"""Printed text with its colours, after ``\r`` and ``\b``; other controls are escaped."""
    editor = LineEditor()
    shown = editor.feed(text) + editor.rest
    # `visible` would escape the colours too, so it gets what is between them.
    parts = (visible(part) for part in shown.split(_ESCAPE))
    return Markup(ansi2html(_ESCAPE.join(parts)))  # noqa: S704 (escaped there)
