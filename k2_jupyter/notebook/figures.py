"""Pictures in outputs: their size, and the facts that a kernel sent beside them."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Mapping, Sequence
from typing import Final

from k2_jupyter.messages import Json
from k2_jupyter.notebook.text import neutral

PICTURE_TYPES: Final = ("image/png", "image/jpeg")
"""What is measured and shown to models that can see."""
FACTS_TYPE: Final = "application/vnd.k2.figure+json"
"""What `in_kernel/figures.py` sends beside an image."""


def picture_line(media_type: str, content: str) -> str:
    """Media type and size of a picture in base64."""
    size = pixel_size(decoded(content))
    return f"{media_type}, {size[0]} × {size[1]} px" if size else f"{media_type}, size unknown"


def decoded(content: str) -> bytes:
    """Base64 as bytes; nothing where it is none."""
    try:
        return base64.b64decode(content)
    except (binascii.Error, ValueError):
        return b""


def pixel_size(data: bytes) -> tuple[int, int] | None:
    """Width and height that the header of a PNG or JPEG names."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data[:2] != b"\xff\xd8":
        return None
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # a start of frame
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def figure_facts(facts: Json) -> list[str]:
    """Lines about a figure, from what a cell sent with it: checked, for any cell can."""
    if not isinstance(facts, Mapping):
        return []
    lines = []
    suptitle = facts.get("suptitle")
    if isinstance(suptitle, str) and suptitle:
        lines.append(f"title {_quoted(suptitle)}")
    axes = facts.get("axes")
    if isinstance(axes, Sequence) and not isinstance(axes, str):
        named = [one for one in axes[:20] if isinstance(one, Mapping)]
        lines += [f"axes {number}: {_axes(one)}" for number, one in enumerate(named, 1)]
    return lines


_COUNTED = ("lines", "bars", "collections", "images")


def _axes(axes: Mapping[str, Json]) -> str:
    words = [
        f"{word} {_quoted(text)}"
        for word, text in (
            ("title", axes.get("title")),
            ("x", axes.get("xlabel")),
            ("y", axes.get("ylabel")),
        )
        if isinstance(text, str) and text
    ]
    if axes.get("has_data") is False:
        return ", ".join(["EMPTY, nothing is drawn", *words])
    for kind in _COUNTED:
        number = axes.get(kind)
        if isinstance(number, int) and number >= 0:
            words.append(f"{number or 'no'} {kind if number != 1 else kind[:-1]}")
    return ", ".join(words)


def _quoted(text: str) -> str:
    text = neutral(text[:120].replace("\n", " ")).replace('"', "'")
    return f'"{text}"'
