"""From iopub messages to output changes: redacted, and gathered where they come in bursts."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Protocol

from k2_jupyter.messages import Json
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

BURST_SECONDS = 0.05
"""Least time between two changes of printed text."""
BURST_CHARACTERS = 16_000
"""Most text of one change; the whole is in the run's outputs and its spool."""


class StreamRedactor(Protocol):
    """Removes secrets from text that comes in pieces; holds back what may be half of one."""

    def feed(self, text: str, /) -> str: ...
    def flush(self) -> str: ...


class Redactor(Protocol):
    """Removes secrets from text."""

    def text(self, text: str, /) -> str: ...
    def stream(self) -> StreamRedactor: ...


def change_of(message: dict[str, Any]) -> OutputChange | None:
    """The output change that an iopub message means, if it means one."""
    content = message["content"]
    match message["msg_type"]:
        case "stream":
            name: StreamName = "stderr" if content.get("name") == "stderr" else "stdout"
            return Stream(name, str(content.get("text", "")))
        case "display_data" | "execute_result":
            return Display(
                content.get("data", {}),
                content.get("metadata", {}),
                (content.get("transient") or {}).get("display_id"),
                content.get("execution_count"),
            )
        case "update_display_data":
            shown = (content.get("transient") or {}).get("display_id")
            return shown and UpdateDisplay(
                shown, content.get("data", {}), content.get("metadata", {})
            )
        case "error":
            return ErrorOutput(
                str(content.get("ename", "")),
                str(content.get("evalue", "")),
                tuple(map(str, content.get("traceback", ()))),
            )
        case "clear_output":
            return ClearOutput(bool(content.get("wait")))
    return None


class Redaction:
    """Takes the secrets out of one run's changes, in their order."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._open: tuple[StreamName, StreamRedactor] | None = None

    def feed(self, change: OutputChange) -> Iterator[OutputChange]:
        """The changes that can be shown by now."""
        if isinstance(change, Stream):
            if self._open is None or self._open[0] != change.name:
                yield from self.flush()
                self._open = change.name, self._redactor.stream()
            text = self._open[1].feed(change.text)
            if text:
                yield Stream(change.name, text)
            return
        yield from self.flush()
        yield self._redacted(change)

    def flush(self) -> Iterator[OutputChange]:
        """What was held back."""
        if self._open is not None:
            name, stream = self._open
            self._open = None
            text = stream.flush()
            if text:
                yield Stream(name, text)

    def held(self) -> Stream | None:
        """What `flush` would give now; nothing is let go."""
        if self._open is None:
            return None
        name, stream = self._open
        return Stream(name, copy.copy(stream).flush())

    def _redacted(self, change: OutputChange) -> OutputChange:
        text = self._redactor.text
        match change:
            case Display(data, metadata, display_id, count):
                return Display(self._data(data), self._data(metadata), display_id, count)
            case UpdateDisplay(display_id, data, metadata):
                return UpdateDisplay(display_id, self._data(data), self._data(metadata))
            case ErrorOutput(ename, evalue, traceback):
                return ErrorOutput(text(ename), text(evalue), tuple(map(text, traceback)))
        return change

    def _data(self, data: Any) -> dict[str, Json]:
        return {kind: self._content(kind, content) for kind, content in data.items()}

    def _content(self, kind: str, content: Json) -> Json:
        if isinstance(content, str):
            is_picture = kind.startswith(("image/", "audio/", "video/")) and kind != "image/svg+xml"
            return content if is_picture else self._redactor.text(content)
        if isinstance(content, dict):
            return {name: self._content("", value) for name, value in content.items()}
        if isinstance(content, (list, tuple)):
            return [self._content("", value) for value in content]
        return content


def with_held(outputs: tuple[Output, ...], held: Stream | None) -> tuple[Output, ...]:
    """The outputs, and the text that is held back behind them."""
    if held is None or not held.text:
        return outputs
    last = outputs[-1] if outputs else None
    if isinstance(last, Stream) and last.name == held.name:
        return (*outputs[:-1], replace(last, text=last.text + held.text))
    return (*outputs, held)


class Bursts:
    """Gathers printed text, so that a flood is a few changes a second and not thousands."""

    def __init__(self) -> None:
        self._name: StreamName = "stdout"
        self._texts: list[str] = []
        self._size = 0
        self._held = 0
        self._last = 0.0

    @property
    def waiting(self) -> bool:
        """Whether text is held."""
        return bool(self._texts)

    def add(self, change: OutputChange, now: float) -> Iterator[OutputChange]:
        """Take a change; yields what is to be shown now."""
        if not isinstance(change, Stream):
            yield from self.flush(now)
            yield change
            return
        if change.name != self._name:
            yield from self.flush(now)
            self._name = change.name
        self._texts.append(change.text)
        self._size += len(change.text)
        self._held += len(change.text)
        if self._held > 8 * BURST_CHARACTERS:
            self._texts = self._ends()
            self._held = BURST_CHARACTERS
        yield from self.due(now)

    def due(self, now: float) -> Iterator[OutputChange]:
        """What has waited long enough."""
        if self._texts and now - self._last >= BURST_SECONDS:
            yield from self.flush(now)

    def flush(self, now: float) -> Iterator[OutputChange]:
        """What is held."""
        if self._texts:
            texts = self._texts
            if self._size > BURST_CHARACTERS:
                head, tail = self._ends()
                hidden = self._size - BURST_CHARACTERS
                texts = [head, f"\n… {hidden} characters are not shown here …\n", tail]
            self._texts, self._size, self._held, self._last = [], 0, 0, now
            yield Stream(self._name, "".join(texts))

    def _ends(self) -> list[str]:
        text, half = "".join(self._texts), BURST_CHARACTERS // 2
        return [text[:half], text[-half:]]
