"""The events of one conversation, numbered, for pages that come and go."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from k2_jupyter.journal.records import encode
from k2_jupyter.messages import Json

_TEXTS = ("TextDelta", "ReasoningDelta")
_DELTAS = (*_TEXTS, "Waiting")


class Page(Protocol):
    """One browser tab; may be called from any thread, and never waits."""

    def send(self, message: Mapping[str, Json]) -> None: ...

    def dismiss(self) -> None:
        """Its conversation is over; it may ask for another."""
        ...


@dataclass(slots=True)
class _Entry:
    time: str
    event: Mapping[str, Json] | None
    """``None``: what it said is said better by a later event."""


class EventLog:
    """Numbered from 1, without gaps; a page that has missed some asks for them by number.

    Of a row of dropped events it gets the last number, as ``Gone`` with the ``first`` one.
    Safe in threads. Whoever sends under its lock keeps the order of numbers.
    """

    def __init__(self) -> None:
        self.id = uuid.uuid4().hex
        """Another server's life has another log: a page with a foreign id starts anew."""
        self._entries: list[_Entry] = []
        self._deltas: list[int] = []
        self._pages: list[Page] = []
        self._lock = threading.RLock()

    @property
    def last(self) -> int:
        """The number of the newest event; 0 for none."""
        return len(self._entries)

    @property
    def is_unread(self) -> bool:
        """Is no page there?"""
        return not self._pages

    def add(self, event: Mapping[str, Json]) -> None:
        """Number an event and send it to all pages."""
        with self._lock:
            self._entries.append(_Entry(now(), event))
            if event["type"] in _DELTAS:
                self._deltas.append(len(self._entries) - 1)
            message = self._message(len(self._entries))
            for page in self._pages:
                page.send(message)

    def keep_deltas(self) -> None:
        """The answer has broken off: its pieces so far are all that there will be of it."""
        with self._lock:
            self._drop(lambda event: event["type"] not in _TEXTS)

    def drop_deltas(self) -> None:
        """The pieces of an answer so far are void, or the whole has come."""
        with self._lock:
            self._drop(lambda event: True)

    def attach(self, page: Page, log: str | None, since: int) -> int:
        """Send what the page lacks, and from now on all that comes; the first number sent.

        `log` and `since` are what the page has: events up to that number of that log.
        """
        with self._lock:
            known = since if log == self.id and 0 <= since <= self.last else 0
            first = known + 1
            for number in range(known + 1, self.last + 1):
                if self._entries[number - 1].event is not None:
                    page.send(self._message(number))
                elif number == self.last or self._entries[number].event is not None:
                    page.send(self._gone(first, number))
                else:
                    continue
                first = number + 1
            self._pages.append(page)
            return known + 1

    def detach(self, page: Page) -> None:
        """The page is gone. Twice is fine."""
        with self._lock:
            self._pages = [one for one in self._pages if one is not page]

    def dismiss(self) -> None:
        """The conversation is over: all pages go."""
        with self._lock:
            for page in self._pages:
                page.dismiss()
            self._pages = []

    def _drop(self, is_void: Callable[[Mapping[str, Json]], bool]) -> None:
        for at in self._deltas:
            event = self._entries[at].event
            if event is not None and is_void(event):
                self._entries[at].event = None
        self._deltas.clear()

    def _message(self, number: int) -> dict[str, Json]:
        entry = self._entries[number - 1]
        return {"op": "event", "seq": number, "time": entry.time, "event": entry.event}

    def _gone(self, first: int, last: int) -> dict[str, Json]:
        """One message for a whole row of dropped events."""
        return {**self._message(last), "event": {"type": "Gone", "first": first}}


def now() -> str:
    """The server's time, as pages get it: ISO 8601 in UTC, with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def as_text(message: Mapping[str, Json]) -> str:
    """JSON that a browser reads: what JSON lacks (NaN in a cell's output) becomes text."""
    try:
        return json.dumps(message, allow_nan=False, separators=(",", ":"))
    except ValueError:
        return json.dumps(encode(message), allow_nan=False, separators=(",", ":"))
