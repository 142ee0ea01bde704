"""Pictures in outputs: what they are and how large."""

from __future__ import annotations

import base64
import binascii
import struct
from typing import Final

PICTURE_TYPES: Final = ("image/png", "image/jpeg")
"""What is measured and shown to models that can see."""


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
