"""Pictures of two runs, pixel by pixel."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

from k2_jupyter.notebook.pictures import decoded

if TYPE_CHECKING:
    from PIL.Image import Image

_LEVELS = 24
"""Of 255: how far a channel may be off. JPEG and antialiasing stay below, ink does not."""
_SHARE = 0.002
"""Of the pixels. A shifted tick label is about that much of a figure of the usual size."""


def picture_difference(before: str, after: str) -> str:
    """How two base64 pictures differ, in words; "" where they look the same."""
    if before.split() == after.split():
        return ""
    old, new = _opened(before), _opened(after)
    if old is None or new is None:
        return "" if old is new else "a picture that cannot be read"
    if old.size != new.size:
        return f"{old.width} × {old.height} px then, {new.width} × {new.height} px now"
    share = _share(old, new)
    return f"{share:.1%} of the pixels differ" if share > _SHARE else ""


def _opened(content: str) -> Image | None:
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(decoded(content))).convert("RGBA")
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        SyntaxError,  # Pillow's word for a PNG whose chunks are broken
        ValueError,
    ):
        return None
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    return paper.convert("RGB")


def _share(old: Image, new: Image) -> float:
    """The share of pixels that are noticeably different."""
    from PIL import ImageChops

    bands = ImageChops.difference(old, new).split()
    largest = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    counts = largest.histogram()
    return sum(counts[_LEVELS:]) / max(1, sum(counts))
