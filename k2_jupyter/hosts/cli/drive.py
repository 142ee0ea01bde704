"""Drives a turn: shows each event, answers each request."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from k2_jupyter.events import (
    Answer,
    Approval,
    ApprovalRequest,
    CapRequest,
    Event,
    EventStream,
    QuestionRequest,
    TurnFinished,
)
from k2_jupyter.hosts.cli.view import TerminalView


@dataclass(frozen=True, slots=True)
class Driven:
    """How the turn ended, for the exit code."""

    finished: TurnFinished
    unapproved: bool
    """Something needed an approval and nobody was there to give it."""


def drive(events: EventStream[None], view: TerminalView, stop: threading.Event) -> Driven:
    """Play the turn to its end. Ctrl-C at a question of ours sets `stop`."""
    unapproved = False
    answer: Answer = None
    while True:
        event = events.send(answer)
        view.show(event)
        if isinstance(event, TurnFinished):
            return Driven(event, unapproved)
        try:
            answer = _answer(event, view)
        except KeyboardInterrupt:
            stop.set()
            answer = None
        if isinstance(event, ApprovalRequest) and not view.attended:
            unapproved = unapproved or not (isinstance(answer, Approval) and answer.granted)


def _answer(event: Event, view: TerminalView) -> Answer:
    match event:
        case ApprovalRequest(action="restart"):
            return Approval(granted=True)  # the kernel is this command's own
        case ApprovalRequest():
            return view.ask_approval(event)
        case QuestionRequest():
            return view.ask_question(event)
        case CapRequest():
            return view.ask_extension(event)
    return None
