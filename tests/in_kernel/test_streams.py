from __future__ import annotations

from k2_jupyter.in_kernel import streams
from k2_jupyter.in_kernel.streams import PIECE


class Recorder:
    """A kernel's stream: what is between two flushes goes into one message."""

    pub_thread = object()

    def __init__(self) -> None:
        self.messages: list[str] = [""]

    def write(self, text: str) -> int:
        self.messages[-1] += text
        return len(text)

    def flush(self) -> None:
        self.messages.append("")


def test_no_message_is_larger_than_two_pieces_and_nothing_is_lost() -> None:
    stream = Recorder()
    streams._in_pieces(stream)
    texts = ["x" * 10, "y" * 3 * PIECE, "z" * (PIECE - 5), "w" * 10, ""]
    assert [stream.write(text) for text in texts] == list(map(len, texts))
    assert "".join(stream.messages) == "".join(texts)
    assert max(map(len, stream.messages)) <= 2 * PIECE


def test_a_stream_is_changed_once() -> None:
    stream = Recorder()
    streams._in_pieces(stream)
    first = stream.write
    streams._in_pieces(stream)
    assert stream.write is first
