from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

import pytest

from k2_jupyter.errors import ModelOutputError
from k2_jupyter.models.bodies import bounded, plain

TEXT = b"data: 1\n\n" * 1_000


@pytest.mark.parametrize("size", [1, 7, 100_000])
@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT)),
        (" GZip ", gzip.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)),
    ],
)
def test_a_body_comes_as_it_was_however_it_is_cut(encoding: str, body: bytes, size: int) -> None:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    assert b"".join(plain(pieces, encoding)) == TEXT


def test_a_bomb_is_read_no_further_than_is_asked_for() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    pieces = plain([bomb], "gzip")
    assert len(bounded(pieces, 1_000)) == 1_000
    assert max(len(piece) for piece in pieces) <= 65_536


def test_reading_stops_at_the_bound() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 100

    assert bounded(endless(), 250) == b"x" * 250


@pytest.mark.parametrize(("encoding", "body"), [("br", b"x"), ("gzip", b"no gzip at all")])
def test_what_cannot_be_read_says_so(encoding: str, body: bytes) -> None:
    with pytest.raises(ModelOutputError, match="compress"):
        list(plain([body], encoding))
