"""Printed text within bounds: head and tail are kept, the whole goes to a spool file."""

from __future__ import annotations

import json
import os
from collections import deque
from pathlib import Path

from k2_jupyter.notebook.text import LineEditor, valid_unicode
from k2_jupyter.outputs import Stream, StreamName

SPOOL_LIMIT = 64_000_000
"""Bytes of a spool file."""
_PIECE = 8_192


class Printed:
    """A stream output in the making."""

    def __init__(self, name: StreamName) -> None:
        self.name = name
        self.editor = LineEditor()
        self.head: list[str] = []
        self.tail: deque[str] = deque()


class PrintedText:
    """What one cell prints, on both streams.

    `limit` is in bytes as the notebook file has them. The spool file is made only when
    something has to be left out; it begins with what was printed before.
    """

    def __init__(self, limit: int, spool: Path | None) -> None:
        self._limit = limit
        self._spool_path = spool
        self._spool: Spool | None = None
        self.clear()

    def clear(self) -> None:
        """Forget what the cell shows; the spool file keeps it."""
        self._all: list[Printed] = []
        self._head_left = self._limit // 2
        self._tail_left = self._limit // 2
        self._tails: deque[tuple[Printed, int]] = deque()
        self._cut_in: Printed | None = None
        self._lines_out = self._characters_out = 0

    def begin(self, name: StreamName) -> Printed:
        """A new stream output."""
        printed = Printed(name)
        self._all.append(printed)
        return printed

    def feed(self, printed: Printed, text: str) -> None:
        """Take what was printed."""
        self._keep(printed, printed.editor.feed(text))

    def seal(self, printed: Printed) -> None:
        """Something else was put out: the unfinished line stays as it is."""
        rest = printed.editor.rest
        printed.editor = LineEditor()
        self._keep(printed, rest)

    def drop(self, printed: Printed) -> None:
        """Leave out a stream output."""
        self._all.remove(printed)
        printed.head.clear()
        printed.tail.clear()

    def output(self, printed: Printed) -> Stream:
        """The stream output as it stands."""
        head = "".join(printed.head)
        tail = "".join((*printed.tail, printed.editor.rest))
        if printed is not self._cut_in or not self._characters_out:
            return Stream(printed.name, head + tail)
        first, last = _whole_lines(head, tail)
        out = head[len(first) :] + tail[: len(tail) - len(last)]
        lines, characters = self._lines_out + out.count("\n"), self._characters_out + len(out)
        return Stream(printed.name, first + left_out(lines, characters) + last)

    def close(self) -> Path | None:
        """End the spool file; returns its path, if there is one."""
        for printed in self._all:
            self.seal(printed)
        spool, self._spool = self._spool, None
        if spool is None:
            return None
        spool.close()
        return spool.path

    def _keep(self, printed: Printed, text: str) -> None:
        self._write(text)
        text = self._to_head(printed, text)
        if text:
            self._to_tail(printed, text)

    def _to_head(self, printed: Printed, text: str) -> str:
        """Keep the beginning of a text while the head has room; returns the others."""
        start = 0
        while start < len(text) and self._head_left > 0:
            end = text.find("\n", start + _PIECE) + 1 or len(text)
            piece = text[start : end if end - start <= 2 * _PIECE else start + _PIECE]
            size = json_size(piece)
            if size > self._head_left:
                self._head_left = 0
                break
            self._head_left -= size
            printed.head.append(piece)
            start += len(piece)
        return text[start:]

    def _to_tail(self, printed: Printed, text: str) -> None:
        if self._cut_in is None:
            self._cut_in = printed
        for start in range(0, len(text), _PIECE):
            piece = text[start : start + _PIECE]
            size = json_size(piece)
            if size > self._tail_left and self._spool_path is not None:
                self._start_spool(self._spool_path, text[start:])
            printed.tail.append(piece)
            self._tails.append((printed, size))
            self._tail_left -= size
            while self._tail_left < 0:
                self._drop_oldest_piece()

    def _drop_oldest_piece(self) -> None:
        printed, size = self._tails.popleft()
        self._tail_left += size
        if printed.tail:  # else the whole output was dropped
            piece = printed.tail.popleft()
            self._lines_out += piece.count("\n")
            self._characters_out += len(piece)

    def _start_spool(self, path: Path, coming: str) -> None:
        """Begin the file with all that is still kept, and what comes now."""
        self._spool_path = None
        try:
            self._spool = Spool(path)
        except OSError:
            return
        for printed in self._all:
            self._write("".join((*printed.head, *printed.tail)))
        self._write(coming)

    def _write(self, text: str) -> None:
        if self._spool is None:
            return
        try:
            self._spool.write(text)
        except OSError:  # a full disk: the run matters more than what may be paged of it
            self._spool.close()
            self._spool = None


def _whole_lines(head: str, tail: str) -> tuple[str, str]:
    """Both without a line that was cut in two, unless that is most of what was kept."""
    stop, start = head.rfind("\n") + 1, tail.find("\n") + 1
    return (
        head[:stop] if 2 * stop > len(head) else head,
        tail[start:] if 2 * start < len(tail) else tail,
    )


class Spool:
    """A file for its owner only, which takes text up to a limit."""

    def __init__(self, path: Path, limit: int = SPOOL_LIMIT) -> None:
        """Begin the file anew. Raises `OSError`."""
        self.path = path
        self._left = limit
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        self._file = os.open(path, flags, 0o600)

    def write(self, text: str) -> None:
        """Append text; what is beyond the limit is dropped. Raises `OSError`."""
        if self._left > 0:
            data = valid_unicode(text[: self._left]).encode()[: self._left]
            os.write(self._file, data)
            self._left -= len(data)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)


def left_out(lines: int, characters: int) -> str:
    """What stands where text was cut, a line of its own."""
    return f"\n… {lines} lines ({characters} characters) left out; read_output pages them …\n"


def json_size(content: object) -> int:
    """Bytes in a notebook file, at most."""
    return len(json.dumps(content))
