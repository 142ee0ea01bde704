"""JavaScript on its way into an output."""

from __future__ import annotations

import ast
import re

from k2_jupyter.tools.triage.names import Names
from k2_jupyter.tools.triage.rules import words

_ACTIVE = re.compile(
    r"<\s*/?\s*(?:script|iframe|object|embed|form|base|meta|link|portal|frameset)\b"
    r"|<[^>]*\son\w+\s*=|(?:javascript|vbscript)\s*:|srcdoc\s*=|data-commandlinker|data:text/html"
    r"|<[^>]+\b(?:src|srcset|xlink:href|formaction|background)\s*=\s*[\"']?\s*(?:https?:)?//",
    re.IGNORECASE,
)
_DECODERS = words("b64decode fromhex decodebytes a85decode b85decode unescape unquote")


def is_active(html: str) -> bool:
    """Whether markup would run a script, open a frame or fetch something."""
    return bool(_ACTIVE.search(html))


def decodes(node: ast.AST) -> bool:
    """Whether an expression makes a text that its source does not show."""
    for part in ast.walk(node):
        match part:
            case ast.Attribute(attr=attr) if attr in _DECODERS:
                return True
            case ast.Name(id="chr" | "bytes" | "bytearray" | "reversed"):
                return True
            case ast.Slice(step=ast.UnaryOp(op=ast.USub())):
                return True
    return False


def shows_active(node: ast.AST, names: Names, depth: int = 3) -> bool:
    """Whether an expression holds active markup, also by the names in it."""
    if decodes(node):
        return True
    for part in ast.walk(node):
        match part:
            case ast.Attribute(attr="read" | "read_text" | "readlines"):
                return True  # what a file holds, nobody has looked at
            case ast.Constant(value=str(text)) if is_active(text):
                return True
            case ast.BinOp() | ast.JoinedStr() | ast.Call() | ast.Name() if any(
                is_active(text.head) for text in names.texts(part)
            ):
                return True
            case ast.Name(id=name) if depth:
                values = [value for value in names.values.get(name, ()) if value is not None]
                if any(shows_active(value, names, depth - 1) for value in values):
                    return True
    return False
