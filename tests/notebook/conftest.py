from __future__ import annotations

import io
import random
from collections.abc import Callable

import PIL.Image
import pytest


@pytest.fixture
def bitmap() -> Callable[..., bytes]:
    """``bitmap(width, height, kind="PNG", mode="RGB", noise=False)``: a real picture."""

    def make(
        width: int, height: int, kind: str = "PNG", *, mode: str = "RGB", noise: bool = False
    ) -> bytes:
        picture = PIL.Image.new(mode, (width, height), "black" if mode == "1" else "teal")
        if noise:  # nothing that a palette or deflate could make small
            data = random.Random(1).randbytes(3 * width * height)
            picture = PIL.Image.frombytes("RGB", (width, height), data)
        stream = io.BytesIO()
        picture.save(stream, kind)
        return stream.getvalue()

    return make
