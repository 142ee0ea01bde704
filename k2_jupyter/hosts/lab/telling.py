"""A turn's events on their way to the pages."""

from __future__ import annotations

from k2_jupyter.events import (
    AnswerReceived,
    CallStarted,
    CellOutput,
    Event,
    ReasoningDelta,
    Request,
    Retrying,
    StepStarted,
    TextDelta,
    TurnFinished,
)
from k2_jupyter.hosts.lab.deltas import Deltas
from k2_jupyter.hosts.lab.event_log import EventLog
from k2_jupyter.hosts.lab.spent import Spent
from k2_jupyter.hosts.lab.told import told
from k2_jupyter.journal.redaction import Redactor


class Teller:
    """Puts each event into the log, redacted; requests are told where they are opened."""

    def __init__(self, log: EventLog, redactor: Redactor, deltas: Deltas, spent: Spent) -> None:
        self._log = log
        self._redactor = redactor
        self._deltas = deltas
        self._spent = spent

    def tell(self, event: Event) -> None:
        """One event, in its order."""
        match event:
            case TextDelta(text) | ReasoningDelta(text):
                self._deltas.text(type(event).__name__, text)
                return
            case CellOutput():  # the mirrored cell shows it
                return
            case AnswerReceived() | Retrying():
                self._deltas.void()
            case TurnFinished():
                self._deltas.close()
            case _:
                self._deltas.end()
        if not isinstance(event, Request):
            encoded = self._redactor.json(told(event))
            assert isinstance(encoded, dict)  # noqa: S101  an event is encoded as an object
            self._log.add(encoded)
        self._count(event)

    def _count(self, event: Event) -> None:
        match event:
            case StepStarted():
                self._spent.step()
            case CallStarted():
                self._spent.call()
            case AnswerReceived(message):
                self._spent.answer(message.usage)
                self._log.add(self._spent.event())
