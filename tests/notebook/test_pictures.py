from __future__ import annotations

import io
import random
from collections.abc import Callable

import PIL.Image
import pytest

from k2_jupyter.messages import Image
from k2_jupyter.notebook.pictures import decoded, fitted, picture_line, pixel_size

Bitmap = Callable[..., bytes]
FORMATS = ["PNG", "JPEG", "WEBP", "GIF"]


def small(data: bytes) -> Image | None:
    return fitted(data, most_bytes=5_000, longest_side=200)


def shape(image: Image | None) -> tuple[int, int]:
    assert image is not None
    with PIL.Image.open(io.BytesIO(image.data)) as picture:
        assert PIL.Image.MIME[picture.format or ""] == image.media_type
        return picture.size


@pytest.mark.parametrize("form", FORMATS)
def test_the_header_tells_the_size(bitmap: Bitmap, form: str) -> None:
    assert pixel_size(bitmap(300, 170, form)) == (300, 170)


def test_lossless_and_transparent_webp() -> None:
    for options in ({"lossless": True}, {}):
        stream = io.BytesIO()
        PIL.Image.new("RGBA", (31, 17), (1, 2, 3, 4)).save(stream, "WEBP", **options)
        assert pixel_size(stream.getvalue()) == (31, 17)


def test_what_is_no_picture_has_no_size(bitmap: Bitmap) -> None:
    assert picture_line("image/png", "not base64!") == "image/png, size unknown"
    assert decoded("äöü") == b""
    for form in FORMATS:
        assert pixel_size(bitmap(300, 170, form)[:9]) is None


@pytest.mark.parametrize(("form", "kind"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_a_picture_that_fits_stays_as_it_is(bitmap: Bitmap, form: str, kind: str) -> None:
    data = bitmap(100, 50, form)
    assert small(data) == Image(kind, data)


@pytest.mark.parametrize("form", ["WEBP", "GIF"])
def test_other_formats_become_png(bitmap: Bitmap, form: str) -> None:
    image = small(bitmap(100, 50, form))
    assert image is not None
    assert image.media_type == "image/png"
    assert shape(image) == (100, 50)


def test_a_wide_picture_keeps_its_proportions(bitmap: Bitmap) -> None:
    assert shape(small(bitmap(1_000, 500))) == (200, 100)


def test_what_png_cannot_make_small_becomes_jpeg(bitmap: Bitmap) -> None:
    image = small(bitmap(400, 400, noise=True))
    assert image is not None
    assert image.media_type == "image/jpeg"
    assert len(image.data) <= 5_000
    assert max(shape(image)) >= 50


def test_transparent_parts_become_white_in_a_jpeg() -> None:
    dots = random.Random(1).randbytes(4 * 200 * 200)
    picture = PIL.Image.frombytes("RGBA", (200, 200), dots)
    picture.paste((0, 0, 0, 0), (0, 0, 100, 200))
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    image = small(stream.getvalue())
    assert image is not None
    assert image.media_type == "image/jpeg"
    with PIL.Image.open(io.BytesIO(image.data)) as flat:
        assert min(flat.convert("L").crop((0, 0, 20, 40)).tobytes()) > 240


def test_a_bomb_is_not_decoded(bitmap: Bitmap) -> None:
    bomb = bitmap(8_000, 7_000, mode="1")
    assert len(bomb) < 100_000
    assert small(bomb) is None


@pytest.mark.parametrize("form", FORMATS)
def test_broken_pictures_are_none(bitmap: Bitmap, form: str) -> None:
    data, dice = bitmap(60, 40, form, noise=True), random.Random(3)
    assert small(data) is not None
    assert small(data[: len(data) // 2]) is None
    for _ in range(300):
        broken = bytearray(data)
        for _ in range(dice.randint(1, 9)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        small(bytes(broken))  # whatever comes of it, nothing is raised
