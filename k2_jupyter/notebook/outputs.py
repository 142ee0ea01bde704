"""Applies what a kernel sends to what a cell keeps, within bounds.

Printed text is kept as head and tail with a marker between; the whole of it goes to a
spool file, which is made only when something is left out. Images and other rich content
are kept up to a limit and named where they are not.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from k2_jupyter.messages import Json
from k2_jupyter.notebook.text import LineEditor, valid_unicode
from k2_jupyter.outputs import (
    ClearOutput,
    Display,
    ErrorOutput,
    Output,
    OutputChange,
    Stream,
    StreamName,
    UpdateDisplay,
)

TEXT_LIMIT = 512_000
"""Bytes of printed text that a cell keeps, as JSON."""
MEDIA_LIMIT = 10_000_000
"""Bytes of rich content that a cell keeps, as JSON."""
SPOOL_LIMIT = 64_000_000
"""Bytes of the spool file."""
OUTPUT_LIMIT = 1_000
"""Outputs that a cell keeps: the first and the last half of them."""
_PIECE = 8_192
_PLAIN_LIMIT = 100_000


class Spool:
    """A file of its owner's with printed text, up to a limit."""

    def __init__(self, path: Path, limit: int = SPOOL_LIMIT) -> None:
        self.path = path
        self._left = limit
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)

    def write(self, text: str) -> None:
        """Append text; what is beyond the limit is dropped. Raises `OSError`."""
        if self._left > 0:
            data = valid_unicode(text[: self._left]).encode()[: self._left]
            os.write(self._file, data)
            self._left -= len(data)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)


class _Printed:
    """A stream output in the making."""

    def __init__(self, name: StreamName) -> None:
        self.name = name
        self.editor = LineEditor()
        self.head: list[str] = []
        self.tail: deque[str] = deque()

    def text(self, marker: str = "") -> str:
        return "".join((*self.head, marker, *self.tail, self.editor.rest))


_Entry: TypeAlias = _Printed | Display | ErrorOutput


class OutputCollector:
    """The outputs of one cell run."""

    def __init__(
        self,
        *,
        spool: Path | None = None,
        text_limit: int = TEXT_LIMIT,
        media_limit: int = MEDIA_LIMIT,
    ) -> None:
        self._spool_path = spool
        self._spool: Spool | None = None
        self._text_limit = text_limit
        self._media_limit = media_limit
        self._updates: dict[str, UpdateDisplay] = {}
        self._clear_pending = False
        self._clear()

    def _clear(self) -> None:
        self._entries: list[_Entry] = []
        self._head_left = self._text_limit // 2
        self._tail_left = self._text_limit // 2
        self._tails: deque[tuple[_Printed, int]] = deque()
        self._cut_in: _Printed | None = None
        self._lines_out = self._characters_out = self._outputs_out = 0
        self._media_left = self._media_limit

    def apply(self, change: OutputChange) -> None:
        """Take what the kernel sent, in its order."""
        if isinstance(change, ClearOutput):
            self._clear_pending = change.wait
            if not change.wait:
                self._clear()
        elif isinstance(change, UpdateDisplay):
            self._update(change)
        else:
            if self._clear_pending:
                self._clear_pending = False
                self._clear()
            self._append(change)

    @property
    def outputs(self) -> tuple[Output, ...]:
        """What the cell keeps."""
        kept = [self._finished(entry) for entry in self._entries]
        if self._outputs_out:
            note = f"… {self._outputs_out} outputs left out …\n"
            kept.insert(OUTPUT_LIMIT // 2, Stream("stdout", note))
        return tuple(output for output in kept if not isinstance(output, Stream) or output.text)

    @property
    def updates(self) -> tuple[UpdateDisplay, ...]:
        """The newest update of each display that is not of this cell."""
        return tuple(self._updates.values())

    def close(self) -> Path | None:
        """End the collection; returns the spool file, if there is one."""
        if self._spool is None:
            return None
        for entry in self._entries:
            if isinstance(entry, _Printed) and entry.editor.rest:
                self._write(entry.editor.rest)
        if self._spool is None:
            return None
        self._spool.close()
        return self._spool.path

    def _append(self, output: Output) -> None:
        if isinstance(output, Stream):
            self._print(output)
            return
        entry = self._bounded(output) if isinstance(output, Display) else _bounded_error(output)
        self._add(entry)

    def _add(self, entry: _Entry) -> None:
        self._entries.append(entry)
        if len(self._entries) > OUTPUT_LIMIT:
            self._outputs_out += 1
            dropped = self._entries.pop(OUTPUT_LIMIT // 2)
            if isinstance(dropped, _Printed):
                dropped.tail.clear()
                dropped.head.clear()

    # Printed text

    def _print(self, output: Stream) -> None:
        last = self._entries[-1] if self._entries else None
        if not isinstance(last, _Printed) or last.name != output.name:
            last = _Printed(output.name)
            self._add(last)
        text = last.editor.feed(output.text)
        if self._spool is not None:
            self._write(text)
        text = self._to_head(last, text)
        if text:
            self._to_tail(last, text)

    def _to_head(self, printed: _Printed, text: str) -> str:
        """Keep the beginning of `text` while the head has room; returns the others."""
        while text and self._head_left > 0:
            end = text.find("\n", _PIECE) + 1 if len(text) > _PIECE else len(text)
            piece = text[: end if 0 < end <= 2 * _PIECE else _PIECE]
            size = _size(piece)
            if size > self._head_left:
                self._head_left = 0
                break
            self._head_left -= size
            printed.head.append(piece)
            text = text[len(piece) :]
        return text

    def _to_tail(self, printed: _Printed, text: str) -> None:
        if self._cut_in is None:
            self._cut_in = printed
        for start in range(0, len(text), _PIECE):
            piece = text[start : start + _PIECE]
            size = _size(piece)
            if size > self._tail_left:
                self._start_spool(text[start:])
            printed.tail.append(piece)
            self._tails.append((printed, size))
            self._tail_left -= size
            while self._tail_left < 0:
                self._drop_oldest_piece()

    def _drop_oldest_piece(self) -> None:
        printed, size = self._tails.popleft()
        self._tail_left += size
        if printed.tail:  # else it was dropped as an output
            piece = printed.tail.popleft()
            self._lines_out += piece.count("\n")
            self._characters_out += len(piece)

    def _finished(self, entry: _Entry) -> Output:
        if not isinstance(entry, _Printed):
            return entry
        marker = ""
        if entry is self._cut_in and self._characters_out:
            marker = left_out(self._lines_out, self._characters_out)
        return Stream(entry.name, entry.text(marker))

    def _start_spool(self, coming: str) -> None:
        """Begin the spool file with all that was printed so far."""
        if self._spool is not None or self._spool_path is None:
            return
        try:
            self._spool = Spool(self._spool_path)
        except OSError:
            self._spool_path = None
            return
        for entry in self._entries:
            if isinstance(entry, _Printed):
                self._write("".join((*entry.head, *entry.tail)))
        self._write(coming)

    def _write(self, text: str) -> None:
        if self._spool is None:
            return
        try:
            self._spool.write(text)
        except OSError:  # a full disk: the run matters more than what the model may page
            self._spool.close()
            self._spool = self._spool_path = None

    # Rich content

    def _update(self, update: UpdateDisplay) -> None:
        own = False
        for index, entry in enumerate(self._entries):
            if isinstance(entry, Display) and entry.display_id == update.display_id:
                self._media_left += _data_size(entry.data)
                changed = replace(entry, data=update.data, metadata=update.metadata)
                self._entries[index] = self._bounded(changed)
                own = True
        if not own:
            self._updates.pop(update.display_id, None)
            self._updates[update.display_id] = update

    def _bounded(self, display: Display) -> Display:
        data = dict(display.data)
        plain = data.get("text/plain")
        if isinstance(plain, str) and len(plain) > _PLAIN_LIMIT:
            data["text/plain"] = head_and_tail(plain, _PLAIN_LIMIT)
        left_over = []
        for media_type in sorted(data, key=lambda name: _size(data[name]), reverse=True):
            size = _data_size(data)
            if size <= self._media_left:
                break
            left_over.append(
                f"[{media_type}, {_size(data.pop(media_type)) / 1e6:.1f} MB: left out]"
            )
        self._media_left -= _data_size(data)
        if left_over:
            shown = data.get("text/plain")
            lines = [shown] if isinstance(shown, str) else []
            data["text/plain"] = "\n".join(lines + left_over)
        return replace(display, data=data)


def left_out(lines: int, characters: int) -> str:
    """The line that stands where text was cut."""
    return f"\n… {lines} lines ({characters} characters) left out; read_output pages them …\n"


def head_and_tail(text: str, limit: int) -> str:
    """Cut the middle of a text, so that about `limit` characters stay."""
    if len(text) <= limit:
        return text
    head, tail = text[: limit // 2], text[-(limit // 2) :]
    middle = text[len(head) : len(text) - len(tail)]
    return head + left_out(middle.count("\n"), len(middle)) + tail


def _bounded_error(error: ErrorOutput) -> ErrorOutput:
    traceback = error.traceback
    if sum(map(len, traceback)) > _PLAIN_LIMIT:
        traceback = (head_and_tail("\n".join(traceback), _PLAIN_LIMIT),)
    return ErrorOutput(
        head_and_tail(error.ename, 1_000), head_and_tail(error.evalue, 20_000), traceback
    )


def _size(content: Json) -> int:
    """Bytes in a notebook file, at most."""
    return len(json.dumps(content))


def _data_size(data: Mapping[str, Json]) -> int:
    return sum(_size(content) for content in data.values())
