from __future__ import annotations

import base64
from collections.abc import Callable

from k2_jupyter.notebook.sight import Sight
from k2_jupyter.outputs import Display, Stream

Bitmap = Callable[..., bytes]


def shown(data: bytes, kind: str = "image/png") -> Display:
    return Display({kind: base64.b64encode(data).decode(), "text/plain": "<Figure>"})


def sight() -> Sight:
    return Sight(most_bytes=10_000, longest_side=500)


def test_a_picture_is_shown_once(bitmap: Bitmap) -> None:
    eyes, one, other = sight(), bitmap(10, 10), bitmap(20, 20)
    first = eyes.look([Stream("stdout", "x"), shown(one), shown(one), shown(other)])
    assert [image.data for image in first] == [one, other]
    assert eyes.look([shown(other), shown(one)]) == ()
    again = eyes.look_again(shown(one))
    assert again is not None
    assert again.data == one


def test_of_many_pictures_the_newest_are_shown(bitmap: Bitmap) -> None:
    pictures = [bitmap(10 + n, 10) for n in range(9)]
    assert [image.data for image in sight().look(map(shown, pictures))] == pictures[-4:]


def test_what_is_no_picture_is_not_shown(bitmap: Bitmap) -> None:
    eyes = sight()
    assert eyes.look([shown(b"no picture"), Display({"image/svg+xml": "<svg/>"})]) == ()
    assert eyes.look_again(Display({"text/plain": "4"})) is None
    assert eyes.look([shown(bitmap(10, 10, "GIF"), "image/gif")])[0].media_type == "image/png"
