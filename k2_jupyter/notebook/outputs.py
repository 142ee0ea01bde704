"""Applies what a kernel sends to what a cell keeps, within bounds.

Printed text is kept as head and tail with a marker between; the whole of it goes to a
spool file, which is made only when something is left out. Images and other rich content
are kept up to a limit and named where they are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from k2_jupyter.messages import Json
from k2_jupyter.notebook.printed import Printed, PrintedText, json_size, left_out
from k2_jupyter.outputs import (
    ClearOutput,
    Display,
    ErrorOutput,
    Output,
    OutputChange,
    Stream,
    UpdateDisplay,
)

TEXT_LIMIT = 512_000
"""Bytes of printed text that a cell keeps, as JSON."""
MEDIA_LIMIT = 10_000_000
"""Bytes of rich content that a cell keeps, as JSON."""
OUTPUT_LIMIT = 1_000
"""Outputs that a cell keeps: the first and the last half of them."""
_PLAIN_LIMIT = 100_000


_Entry: TypeAlias = Printed | Display | ErrorOutput


class OutputCollector:
    """The outputs of one cell run."""

    def __init__(
        self,
        *,
        spool: Path | None = None,
        text_limit: int = TEXT_LIMIT,
        media_limit: int = MEDIA_LIMIT,
    ) -> None:
        self._printed = PrintedText(text_limit, spool)
        self._media_limit = media_limit
        self._updates: dict[str, UpdateDisplay] = {}
        self._clear_pending = False
        self._clear()

    def _clear(self) -> None:
        self._printed.clear()
        self._entries: list[_Entry] = []
        self._outputs_out = 0
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
        kept = [
            self._printed.output(entry) if isinstance(entry, Printed) else entry
            for entry in self._entries
        ]
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
        return self._printed.close()

    def _append(self, output: Output) -> None:
        last = self._entries[-1] if self._entries else None
        if isinstance(output, Stream):
            if not isinstance(last, Printed) or last.name != output.name:
                begun = self._printed.begin(output.name)
                self._add(last, begun)
                last = begun
            self._printed.feed(last, output.text)
        elif isinstance(output, Display):
            self._add(last, self._bounded(output))
        else:
            self._add(last, _bounded_error(output))

    def _add(self, last: _Entry | None, entry: _Entry) -> None:
        if isinstance(last, Printed):
            self._printed.seal(last)
        self._entries.append(entry)
        if len(self._entries) > OUTPUT_LIMIT:
            self._outputs_out += 1
            dropped = self._entries.pop(OUTPUT_LIMIT // 2)
            if isinstance(dropped, Printed):
                self._printed.drop(dropped)

    def _update(self, update: UpdateDisplay) -> None:
        own = False
        for index, entry in enumerate(self._entries):
            if isinstance(entry, Display) and entry.display_id == update.display_id:
                changed = replace(entry, data=update.data, metadata=update.metadata)
                self._entries[index] = self._exchanged(entry, changed)
                own = True
        if not own:
            before = self._updates.pop(update.display_id, None)
            shown = self._exchanged(before, Display(update.data))
            self._updates[update.display_id] = replace(update, data=shown.data)

    def _exchanged(self, before: Display | UpdateDisplay | None, after: Display) -> Display:
        if before is not None:
            self._media_left += sum(map(json_size, before.data.values()))
        return self._bounded(after)

    def _bounded(self, display: Display) -> Display:
        data = dict(display.data)
        plain = data.get("text/plain")
        if isinstance(plain, str) and len(plain) > _PLAIN_LIMIT:
            data["text/plain"] = head_and_tail(plain, _PLAIN_LIMIT)
        sizes = {media_type: json_size(content) for media_type, content in data.items()}
        too_large = []
        while sum(sizes.values()) > self._media_left:
            largest = max(sizes, key=sizes.__getitem__)
            too_large.append(f"[{largest}, {sizes.pop(largest) / 1e6:.1f} MB: left out]")
            del data[largest]
        self._media_left -= sum(sizes.values())
        if too_large:
            shown = data.get("text/plain")
            lines = [shown] if isinstance(shown, str) else []
            data["text/plain"] = "\n".join(lines + too_large)
        return replace(display, data=data)


def updated(output: Output, display_id: str, data: Mapping[str, Json]) -> Output:
    """The output, with new content if it is that display."""
    if isinstance(output, Display) and output.display_id == display_id:
        return replace(output, data=data)
    return output


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
