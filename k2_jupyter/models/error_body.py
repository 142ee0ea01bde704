"""What the body of an error says, whatever its shape. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

_DEPTH = 4
_READ = 10_000


@dataclass(frozen=True, slots=True)
class Told:
    """An error in the endpoint's own words; "" for what it does not say."""

    kind: str = ""
    said: str = ""
    code: str = ""
    numbers: str = ""
    """Numbers that stand in fields of their own, as llama.cpp gives them."""

    @property
    def all(self) -> str:
        return f"{self.kind} {self.said} {self.numbers}"


def told_by(body: object, depth: int = 0) -> Told:
    """The shapes ``{"error": {…}}``, ``{…}``, ``{"detail": …}`` and text (also HTML).

    OpenRouter wraps the upstream's own body, as text, in ``metadata.raw``: that one counts.
    """
    if not isinstance(body, Mapping):
        text = body[:_READ] if isinstance(body, str) else ""
        return Told(said=_one_line(re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", text)))
    metadata = body.get("metadata")
    raw = metadata.get("raw") if isinstance(metadata, Mapping) else None
    for inner in (body.get("error"), _parsed(raw)):
        told = told_by(inner, depth + 1) if inner and depth < _DEPTH else Told()
        if told.kind or told.said:
            return replace(told, code=told.code or _text(body.get("code")))
    return _flat(body)


def _flat(body: Mapping[str, Any]) -> Told:
    code, parameter = _text(body.get("code")), _text(body.get("param"))
    said = _text(body.get("message")) or _text(body.get("detail"))
    if parameter and parameter not in said:
        said = f"{said} ({parameter})"
    counts = (name for name in ("n_ctx", "n_prompt_tokens") if name in body)
    numbers = " ".join(f"{name} {body[name]}" for name in counts)
    return Told(_text(body.get("type")) or code, _one_line(said), code, numbers)


def _parsed(text: object) -> Any:
    try:
        return json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return text


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _one_line(text: str) -> str:
    return " ".join(text[:_READ].split())
