"""OpenRouter's ``reasoning_details``: the pieces of a stream → the list to send back. Pure.

Each piece is an object; those that go on from the one before have its ``type`` and
``index``. The whole has to go back as the model made it, signatures included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_GROWING = ("text", "summary", "data")


def put_together(pieces: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """One object for each run of pieces that belong together."""
    whole: list[dict[str, Any]] = []
    for piece in pieces:
        last = whole[-1] if whole else None
        if last is None or _place(last) != _place(piece) or piece.get("index") is None:
            whole.append(dict(piece))
            continue
        for name, value in piece.items():
            if name in _GROWING and isinstance(value, str):
                last[name] = (last.get(name) or "") + value
            elif value is not None:
                last[name] = value
    return tuple(whole)


def _place(piece: Mapping[str, Any]) -> tuple[Any, Any]:
    return piece.get("type"), piece.get("index")
