"""Intent before act: writes what a turn does to its journal, before it is done.

When the intent to run a cell is passed on (`CellStarted`) or an answer in, it is on the disk
and everything before it as well: also the intent of the call, which is not waited for apart. A
finished call is handed to the disk at once and not waited for: the next intent's sync covers
it, so the agent never acts on a result that could be lost.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from types import TracebackType
from typing import Any, TypeVar

from k2_jupyter.errors import JournalError
from k2_jupyter.events import (
    Answer,
    ApprovalRequest,
    CallFinished,
    CallStarted,
    CapRequest,
    CellOutput,
    CellStarted,
    Event,
    EventStream,
    QuestionRequest,
    ReasoningDelta,
    TextDelta,
    TurnFinished,
    Waiting,
)
from k2_jupyter.journal.journal import Journal
from k2_jupyter.journal.records import encode_fields

T = TypeVar("T")

UNANSWERED = "NoAnswer"
"""Type of the record of a request to which the host sent ``None``."""

_PASSING = (TextDelta, ReasoningDelta, Waiting, CellOutput)
_INTENTS = (CallStarted, CellStarted, TurnFinished)
_WAITED_FOR = (CellStarted, TurnFinished)
_REQUESTS = (ApprovalRequest, QuestionRequest, CapRequest)


def recorded(events: EventStream[T], journal: Journal) -> EventStream[T]:
    """`events`, each in the journal before it is passed on, each answer before it goes in.

    Where the journal can't be written, `JournalError` is raised inside `events` instead of
    the event passing, so that it can end the turn in order. What it then yields passes
    without being recorded, as nobody could act on it, unless it is an intent again.
    """
    return _Recorded(events, journal)


class _Recorded(Generator[Event, Answer, T]):
    """The three ways into a generator; `close` is inherited and comes by `throw`."""

    def __init__(self, events: EventStream[T], journal: Journal) -> None:
        self._events = events
        self._journal = journal
        self._request = 0
        """Number of the record of the request that waits for its answer, or 0."""
        self._broken = False

    def send(self, value: Answer) -> Event:
        request, self._request = self._request, 0
        if request:
            try:
                self._record_answer(request, value)
            except JournalError as problem:
                return self._refuse(problem)
        return self._pass(self._events.send(value))

    def throw(
        self,
        typ: Any,
        val: BaseException | object = None,
        tb: TracebackType | None = None,
    ) -> Event:
        self._request = 0
        error = typ if isinstance(typ, BaseException) else typ()
        return self._pass(self._events.throw(error))

    def _pass(self, event: Event) -> Event:
        if isinstance(event, _PASSING):
            return event
        try:
            self._record(event)
        except JournalError as problem:
            if isinstance(event, TurnFinished):
                return replace(event, detail=f"{event.detail} {problem}".strip())
            if not self._broken or isinstance(event, (*_INTENTS, *_REQUESTS)):
                return self._refuse(problem)
        return event

    def _refuse(self, problem: JournalError) -> Event:
        if self._broken:
            self._events.close()
            raise problem
        self._broken = True
        return self._pass(self._events.throw(problem))

    def _record(self, event: Event) -> None:
        number = self._journal.write(type(event).__name__, encode_fields(event))
        if isinstance(event, _WAITED_FOR):
            self._journal.sync()
        elif isinstance(event, CallFinished):
            self._journal.sync_soon()
        elif isinstance(event, _REQUESTS):
            self._request = number

    def _record_answer(self, request: int, answer: Answer) -> None:
        kind = UNANSWERED if answer is None else type(answer).__name__
        fields = {} if answer is None else encode_fields(answer)
        self._journal.write(kind, {"request": request, **fields})
        self._journal.sync()
