"""Text of the model while it comes: at most 20 events a second, secrets taken out."""

from __future__ import annotations

import threading
from asyncio import AbstractEventLoop
from collections.abc import Mapping

from k2_jupyter.hosts.lab.event_log import EventLog
from k2_jupyter.journal.redaction import RedactedStream, Redactor

_SECONDS = 0.05


class Deltas:
    """Of one turn. `text` and `end` are called by its thread, the timer by the loop's."""

    def __init__(self, log: EventLog, redactor: Redactor, loop: AbstractEventLoop) -> None:
        self._log = log
        self._redactor = redactor
        self._loop = loop
        self._lock = threading.Lock()
        self._streams = self._new_streams()
        self._kind, self._held = "", ""
        self._is_timed = False
        log.keep_deltas()

    def text(self, kind: str, piece: str) -> None:
        """A `TextDelta` or `ReasoningDelta`."""
        with self._lock:
            if kind != self._kind:
                self._flush()
            self._kind = kind
            self._held += self._streams[kind].feed(piece)
            if not self._is_timed:
                self._is_timed = True
                self._loop.call_soon_threadsafe(self._loop.call_later, _SECONDS, self._at_last)

    def end(self) -> None:
        """Something else comes: what is held back is said before it."""
        with self._lock:
            self._flush()

    def void(self) -> None:
        """The answer is whole, or begins anew."""
        with self._lock:
            self._held = ""
            self._streams = self._new_streams()
            self._log.drop_deltas()

    def close(self) -> None:
        """The turn is over: of an answer that broke off, this is all there will be."""
        with self._lock:
            self._flush()
            for kind, stream in self._streams.items():
                self._kind, self._held = kind, stream.flush()
                self._flush()
            self._log.keep_deltas()

    def _new_streams(self) -> Mapping[str, RedactedStream]:
        return {kind: self._redactor.stream() for kind in ("TextDelta", "ReasoningDelta")}

    def _at_last(self) -> None:
        with self._lock:
            self._is_timed = False
            self._flush()

    def _flush(self) -> None:
        held, self._held = self._held, ""
        if held:
            self._log.add({"type": self._kind, "text": held})
