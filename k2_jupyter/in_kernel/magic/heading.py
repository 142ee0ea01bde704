"""What stands above a run's outputs: its title, and its code in a fold.

Colours are those of the front end's own editor; where it names none, the text's own.
"""

from __future__ import annotations

import html
from typing import Any

_BOX = (
    "margin:10px 0 2px;max-width:64em;font-family:var(--jp-ui-font-family,system-ui,sans-serif);"
    "font-size:14px;color:var(--jp-content-font-color1,inherit)"
)
_CODE = (
    "margin:6px 0 2px;padding:8px 12px;overflow:auto;font-size:13px;line-height:1.35;"
    "color:inherit;border:1px solid var(--jp-border-color2,rgba(128,128,128,.5));"
    "border-radius:3px;background:var(--jp-cell-editor-background,transparent)"
)
_COLOURS = (
    ("Comment", "comment"),
    ("Keyword.Constant", "atom"),
    ("Keyword", "keyword"),
    ("Operator.Word", "keyword"),
    ("Operator", "operator"),
    ("Literal.String", "string"),
    ("Literal.Number", "number"),
    ("Name.Function", "def"),
    ("Name.Class", "def"),
)
"""The first whose kind of token fits, by the name of the editor's variable."""
_LONGEST = 20_000


def heading(title: str, source: str) -> str:
    """As HTML; both are escaped."""
    return (
        f'<details class="k2-run" style="{_BOX}"><summary style="cursor:pointer">'
        f'<span role="heading" aria-level="4" style="font-weight:600">{html.escape(title)}</span>'
        f'</summary><pre tabindex="0" aria-label="Code" style="{_CODE}">{_code(source)}</pre>'
        "</details>"
    )


def _code(source: str) -> str:
    if len(source) > _LONGEST:
        return html.escape(source)
    from pygments.lexers.python import PythonLexer

    tokens = PythonLexer(stripnl=False, ensurenl=False).get_tokens(source)
    return "".join(_coloured(kind, text) for kind, text in tokens)


def _coloured(kind: Any, text: str) -> str:
    name = ".".join(kind)
    for known, variable in _COLOURS:
        if name.startswith(known):
            colour = f"var(--jp-mirror-editor-{variable}-color,inherit)"
            return f'<span style="color:{colour}">{html.escape(text)}</span>'
    return html.escape(text)
