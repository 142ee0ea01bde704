"""The bytes of a response's body: uncompressed, and never more than is asked for at a time."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from k2_jupyter.errors import ModelOutputError

_AT_A_TIME = 65_536


def plain(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The body uncompressed: as it comes, or inflated in pieces of at most 64 kB.

    Nothing compressed is asked for; a gateway may send gzip all the same. Raises
    `ModelOutputError` for another encoding and, while it is read, for what is damaged.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return iter(pieces)
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise ModelOutputError(
            f"The answer is compressed as {encoding!r}, which was not asked for."
        )
    return _inflated(pieces)


def _inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # by its header, gzip or zlib
    try:
        for piece in pieces:
            rest = piece
            while rest and not inflater.eof:
                # Bounded: a kilobyte of gzip can stand for a megabyte.
                yield inflater.decompress(rest, _AT_A_TIME)
                rest = inflater.unconsumed_tail
    except zlib.error as problem:
        raise ModelOutputError(f"The answer's compression is damaged: {problem}.") from None


def bounded(pieces: Iterable[bytes], most: int) -> bytes:
    """The whole body, or its first `most` bytes."""
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) >= most:
            break
    return bytes(body[:most])
