"""Pictures in outputs: what they are, how large, and as small as a model may get them."""

from __future__ import annotations

import base64
import binascii
import io
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from k2_jupyter.messages import Image, Json

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

PICTURE_TYPES: Final = ("image/png", "image/jpeg", "image/webp", "image/gif")
"""Bitmaps, the preferred first: what is measured and shown to models that can see."""
MOST_PIXELS = 50_000_000
"""A header that names more is not decoded: it may be a bomb of a few bytes."""
_SENT_AS_THEY_ARE = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8"}
_JPEG_QUALITIES = (85, 70, 55)
_SHRINK, _TIMES = 0.7, 8


def picture_in(data: Mapping[str, Json]) -> tuple[str, str] | None:
    """Media type and base64 of the first bitmap of an output."""
    for media_type in PICTURE_TYPES:
        content = data.get(media_type)
        if isinstance(content, str):
            return media_type, content
    return None


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
    """Width and height that the header of a PNG, JPEG, GIF or WebP names."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
        return width, height
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp_size(data)
    return _jpeg_size(data) if data[:2] == b"\xff\xd8" else None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    """RFC 9649 §2.5 to §2.7: the first chunk is lossy, lossless or extended."""
    if len(data) < 30:
        return None
    chunk = data[12:16]
    if chunk == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        return width, int.from_bytes(data[27:30], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", data[26:30])
    return (width & 0x3FFF, height & 0x3FFF) if chunk == b"VP8 " else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # a start of frame
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def fitted(data: bytes, *, most_bytes: int, longest_side: int) -> Image | None:
    """The picture as PNG or JPEG within these limits; ``None`` where it can't be decoded.

    One that fits stays as it is. Otherwise it becomes smaller in pixels, then a palette,
    then JPEG on white, then smaller still. Of an animation the first frame.
    """
    size = pixel_size(data)
    if size is None or not 0 < size[0] * size[1] <= MOST_PIXELS:
        return None
    picture = _opened(data)
    if picture is None or picture.width * picture.height > MOST_PIXELS:
        return None
    small = len(data) <= most_bytes and max(picture.size) <= longest_side
    kinds = (kind for kind, start in _SENT_AS_THEY_ARE.items() if data.startswith(start))
    if small and (kind := next(kinds, "")):
        return Image(kind, data)
    picture.thumbnail((longest_side, longest_side))
    return next((one for one in _encodings(picture) if len(one.data) <= most_bytes), None)


def _opened(data: bytes) -> Picture | None:
    import PIL.Image

    try:
        picture = PIL.Image.open(io.BytesIO(data))
        picture.load()
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    # What decoders raise on broken files, besides Pillow's own errors (found by fuzzing).
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        IndexError,
        KeyError,
        TypeError,
        OverflowError,
        MemoryError,
        struct.error,
        zlib.error,
        PIL.Image.DecompressionBombError,
    ):
        return None


def _encodings(picture: Picture) -> Iterator[Image]:
    """Ever smaller forms."""
    yield Image("image/png", _png(picture))
    yield Image("image/png", _png(picture.quantize(256)))
    flat = _on_white(picture)
    for _ in range(_TIMES):
        for quality in _JPEG_QUALITIES:
            stream = io.BytesIO()
            flat.save(stream, "JPEG", quality=quality, optimize=True)
            yield Image("image/jpeg", stream.getvalue())
        flat = flat.resize((max(1, int(flat.width * _SHRINK)), max(1, int(flat.height * _SHRINK))))


def _png(picture: Picture) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _on_white(picture: Picture) -> Picture:
    import PIL.Image

    if picture.mode == "RGB":
        return picture
    flat = PIL.Image.new("RGB", picture.size, "white")
    flat.paste(picture, mask=picture.getchannel("A"))
    return flat
