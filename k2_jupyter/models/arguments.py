"""Tool arguments as endpoints send them → the text of a JSON object. Pure.

Only what loses nothing is repaired: a guess at a torn ``source`` would be runnable and
wrong. What can't be repaired goes back to the model as the call's result.
"""

from __future__ import annotations

import json
from typing import Any

_DECODER = json.JSONDecoder(strict=False)  # some models put raw newlines into strings


def as_object(text: str) -> str | None:
    """The text of an object; as received where it is one, ``None`` where there is none.

    Nothing at all and ``null`` are the empty object. Repaired are raw control characters in
    strings, an object encoded twice, and one that was sent twice over.
    """
    if not text.strip() or text.strip() == "null":
        return "{}"
    if isinstance(_loads(text), dict):
        return text
    found = _lenient(text)
    if isinstance(found, str):
        found = _lenient(found)
    if not isinstance(found, dict):
        return None
    try:
        return json.dumps(found, ensure_ascii=False)
    except RecursionError:
        return None


def is_whole(text: str) -> bool:
    """Whether the text is complete JSON of any kind, or stands for the empty object."""
    return not text.strip() or _lenient(text) is not _BROKEN


_BROKEN = object()


def _loads(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _BROKEN


def _lenient(text: str) -> Any:
    """The value of a text that holds one, or the same one several times."""
    text = text.strip()
    try:
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return _BROKEN
    whole = text[:end]
    rest = text[end:].lstrip()
    while rest:
        if not rest.startswith(whole):
            return _BROKEN
        rest = rest[len(whole) :].lstrip()
    return value
