"""The request that a turn waits for: opened once, answered once."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from k2_jupyter.events import (
    Answer,
    Approval,
    ApprovalRequest,
    CapRequest,
    Extension,
    QuestionRequest,
    Reply,
    Request,
)
from k2_jupyter.hosts.lab.event_log import EventLog
from k2_jupyter.journal.records import encode
from k2_jupyter.journal.redaction import Redactor
from k2_jupyter.messages import Json

By: TypeAlias = Literal["page", "stop", "restart", "time"]

LIFE_SECONDS = 600.0
"""How long an approval stays open: what it was asked about may be another by then."""
_LOOK_SECONDS = 0.5

_RESTARTED = "The kernel was restarted meanwhile, so this was not approved for the new one."
_LATE = "This is not asked any more."
_OTHER = "That is no answer to this request."


@dataclass(slots=True)
class _Open:
    id: str
    request: Request
    epoch: int
    redactor: Redactor
    closed: threading.Event = field(default_factory=threading.Event)
    answer: Answer = None
    always: bool = False
    late: bool = False


class Requests:
    """Of one conversation. Safe in threads."""

    def __init__(self, log: EventLog, *, life_seconds: float = LIFE_SECONDS) -> None:
        self._log = log
        self._life = life_seconds
        self._open: _Open | None = None
        self._lock = threading.Lock()

    def ask(
        self,
        request: Request,
        redactor: Redactor,
        *,
        epoch: int,
        cell: str | None = None,
        asks: Mapping[str, Json] | None = None,
        stop: threading.Event,
    ) -> tuple[Answer, bool]:
        """Wait until somebody answers; the answer, and whether it is meant for always.

        `epoch` is the kernel's: an approval is for that one only. ``None`` after a stop.
        An approval that nobody gave in time is asked for anew, where somebody is there.
        """
        life = self._life if isinstance(request, ApprovalRequest) else None
        while True:
            opened = _Open(uuid.uuid4().hex, request, epoch, redactor)
            self._add(opened, {"cell": cell, "epoch": epoch, "asks": asks})
            if stop.is_set():  # it was set before there was something to close
                self.stop()
            if not opened.closed.wait(life):
                self._expire(opened)
            if not opened.late:
                return opened.answer, opened.always
            while self._log.is_unread and not stop.wait(_LOOK_SECONDS):
                pass
            if stop.is_set():
                return None, False

    def answer(self, asked: str, given: Mapping[str, Any] | None, epoch: int) -> str:
        """An answer from a page; "" or why it does not count.

        `epoch` is the kernel's now.
        """
        with self._lock:
            opened = self._open
            if opened is None or opened.id != asked:
                return _LATE
            if given is not None and given["type"] != _FITTING[type(opened.request)]:
                return _OTHER
            if isinstance(opened.request, ApprovalRequest) and epoch != opened.epoch:
                self._close(opened, Approval(granted=False, comment=_RESTARTED), "restart")
                return _RESTARTED
            opened.always = bool(given and given.get("always"))
            self._close(opened, _answer(given), "page")
            return ""

    def stop(self) -> None:
        """The turn is to end: nobody answers any more."""
        with self._lock:
            if self._open is not None:
                self._close(self._open, None, "stop")

    def restarted(self) -> None:
        """The kernel is another one: what it was asked for is not there any more."""
        with self._lock:
            opened = self._open
            if opened is not None and isinstance(opened.request, ApprovalRequest):
                self._close(opened, Approval(granted=False, comment=_RESTARTED), "restart")

    def _add(self, opened: _Open, more: Mapping[str, Json]) -> None:
        with self._lock:
            self._open = opened
            event = {"type": "Opened", "id": opened.id, "request": encode(opened.request), **more}
            self._tell(opened, event)

    def _expire(self, opened: _Open) -> None:
        with self._lock:
            if self._open is opened:
                opened.late = True
                self._close(opened, None, "time")

    def _tell(self, opened: _Open, event: Json) -> None:
        redacted = opened.redactor.json(event)
        assert isinstance(redacted, Mapping)  # noqa: S101  it was one
        self._log.add(redacted)

    def _close(self, opened: _Open, answer: Answer, by: By) -> None:
        self._open = None
        opened.answer = answer
        told = None if answer is None else encode(answer)
        self._tell(opened, {"type": "Closed", "id": opened.id, "answer": told, "by": by})
        opened.closed.set()


_FITTING: Mapping[type[Request], str] = {
    ApprovalRequest: "Approval",
    QuestionRequest: "Reply",
    CapRequest: "Extension",
}


def _answer(given: Mapping[str, Any] | None) -> Answer:
    match given:
        case {"type": "Approval", "granted": granted, "comment": comment}:
            said = comment.strip() or ("" if granted else "The user said no.")
            return Approval(granted=granted, comment=said)
        case {"type": "Reply", "text": text}:
            return Reply(text)
        case {"type": "Extension", "extra": extra}:
            return Extension(extra)
    return None
