"""Server-sent events → JSON values (WHATWG HTML, "Server-sent events", 9.2.5 and 9.2.6).

The client's own reader closes the connection at ``[DONE]``, so that every step would make a
new one (a handshake a step over TLS), and builds typed objects that nobody here uses.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from k2_jupyter.errors import ModelOutputError
from k2_jupyter.models.answer import StreamError

_LONGEST = 16_000_000
"""Bytes of one line, which an event is: a completion that comes in one piece fits."""


_DECODER = json.JSONDecoder()


def values(pieces: Iterable[bytes]) -> Iterator[object]:
    """The value of each event, up to ``[DONE]``; what follows that is left unread.

    Raises `StreamError` for an event named ``error``, `ValueError` for one that is not JSON,
    `ModelOutputError` for one without end.
    """
    name, data = "", []
    for lines in _lines(pieces):
        for ended in lines:
            line = ended.removesuffix(b"\r")
            if line:
                field, _, text = line.partition(b":")
                text = text.removeprefix(b" ")
                if field == b"data":
                    data.append(text)
                elif field == b"event":
                    name = text.decode("utf-8", "replace")
                continue
            if data:
                payload = data[0] if len(data) == 1 else b"\n".join(data)
                if payload.strip() == b"[DONE]":
                    return
                value = _parsed(payload.decode("utf-8"))
                if name == "error":
                    raise StreamError(value)
                yield value
                data = []
            name = ""


def _lines(pieces: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The lines that end in each piece; an unended last one is dropped, as its event is."""
    begun: list[bytes] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > _LONGEST:
            raise ModelOutputError(f"An event of the stream is longer than {_LONGEST:,} bytes.")
        if b"\n" not in piece:
            begun.append(piece)
            continue
        lines = (b"".join(begun) + piece if size > len(piece) else piece).split(b"\n")
        rest = lines.pop()
        begun, size = [rest], len(rest)
        yield lines


def _parsed(text: str) -> object:
    """As `json.loads`, whose search for white space costs as much as to read a short event."""
    if text.startswith("{"):
        value, end = _DECODER.raw_decode(text)
        if end == len(text):
            return value
    return json.loads(text)
