"""What a display says in words: its plain text, or what its rich form shows."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

from k2_jupyter.messages import Json
from k2_jupyter.notebook.html_text import html_text

TEXT_TYPES: Final = ("text/plain", "text/html", "text/markdown", "text/latex", "application/json")
"""Media types that `display_text` reads."""
_REPR = r"<[\w.]+(?:\[[^<>]*\])?(?: object)?(?: at 0x[0-9a-fA-F]+)?>"
_NO_TEXT = re.compile(
    rf"\s*(?:{_REPR}|<[^<>\n]* at 0x[0-9a-fA-F]+>|\w+\(.*{_REPR}.*\))?\s*", re.DOTALL
)
"""Nothing, a repr that tells the class only, or one of all the parts of an object."""


def display_text(data: Mapping[str, Json]) -> str:
    """The text of a MIME bundle: of the richer types only where ``text/plain`` tells nothing.

    So a styled frame or a great table is read with the numbers as it shows them. What the
    model reads and what its claims are checked against is this same text.
    """
    plain = _text(data, "text/plain")
    if not _NO_TEXT.fullmatch(plain):
        return plain
    rich = (
        _text(data, "text/markdown")
        or html_text(_text(data, "text/html"))
        or _text(data, "text/latex")
    )
    if not rich and "application/json" in data:
        rich = json.dumps(data["application/json"], ensure_ascii=False, default=str)
    return rich or plain


def _text(data: Mapping[str, Json], media_type: str) -> str:
    """nbformat allows a text as a list of its lines."""
    content = data.get(media_type)
    if isinstance(content, list | tuple) and all(isinstance(line, str) for line in content):
        return "".join(map(str, content))
    return content if isinstance(content, str) else ""
