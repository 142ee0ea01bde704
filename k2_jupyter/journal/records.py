"""Events and answers as JSON, by their dataclass fields."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from k2_jupyter.events import CellFinished
from k2_jupyter.messages import Image, Json
from k2_jupyter.outputs import Display, Output

OUTPUT_CAP = 1_000_000
"""Characters of display data that one record keeps; what is beyond is named by its digest."""


def encode(value: Any) -> Json:
    """Plain JSON for a record of `messages`, `outputs` or `events`, or for what is in one.

    A nested record carries its class name as ``type``; an `Image` or bytes become their
    size and SHA-256; numbers that JSON lacks become text.
    """
    if isinstance(value, Image):
        return {"type": "Image", "media_type": value.media_type, **_digest(value.data)}
    if isinstance(value, bytes):
        return _digest(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {"type": type(value).__name__, **encode_fields(value)}
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    plain = value is None or isinstance(value, (bool, int, str))
    finite = isinstance(value, float) and math.isfinite(value)
    return value if plain or finite else str(value)


def encode_fields(record: Any) -> dict[str, Json]:
    """The fields of one record; long display data of a cell run are cut to `OUTPUT_CAP`."""
    if isinstance(record, CellFinished):
        record = replace(record, outputs=_bounded(record.outputs))
    return {field.name: encode(getattr(record, field.name)) for field in fields(record)}


def _bounded(outputs: tuple[Output, ...]) -> tuple[Output, ...]:
    left = OUTPUT_CAP
    kept: list[Output] = []
    for output in outputs:
        if not isinstance(output, Display):
            kept.append(output)
            continue
        data: dict[str, Json] = {}
        for mime, content in output.data.items():
            text = content if isinstance(content, str) else json.dumps(encode(content))
            if len(text) <= left:
                left -= len(text)
                data[mime] = content
            else:
                data[mime] = {"omitted": _digest(text.encode("utf-8", "surrogatepass"))}
        kept.append(replace(output, data=data))
    return tuple(kept)


def _digest(data: bytes) -> dict[str, Json]:
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
