"""Questions of a turn, put to the user through the front end's own prompt."""

from __future__ import annotations

import queue
import threading
import uuid

from k2_jupyter.events import (
    Answer,
    Approval,
    ApprovalRequest,
    CapRequest,
    Event,
    Notice,
    QuestionRequest,
    Reply,
)
from k2_jupyter.hosts.extension import extension
from k2_jupyter.hosts.magic.card import Card
from k2_jupyter.in_kernel.magic.pipe import Message, Pipe
from k2_jupyter.settings import shown_preferences

NOBODY = "Nobody is there to approve."
_SILENT = (
    "The prompt was closed without an answer, so nobody is asked any more in this turn. "
    "`headless = true` in {preferences} lets plain cells run where nobody can be asked."
)
_YES = ("y", "yes")
_NO = ("", "n", "no")


class User:
    """Who sits at the front end, if anybody does."""

    def __init__(
        self,
        pipe: Pipe,
        answers: queue.SimpleQueue[Message | None],
        stop: threading.Event,
        *,
        there: bool,
        headless: bool,
    ) -> None:
        """`headless`: the user's own configuration stands for the approval of plain cells."""
        self._pipe, self._answers, self._stop = pipe, answers, stop
        self._there, self._headless = there, headless
        self.always = False
        """Whether the user said that plain cells need no approval any more."""

    def answer(self, event: Event, card: Card) -> Answer:
        """To a request; ``None`` to any other event, and where nobody answers."""
        match event:
            case ApprovalRequest():
                return self._approval(event, card)
            case QuestionRequest():
                text = self._ask(card, card.question(event))
                return None if text is None else Reply(card.chosen(event, text))
            case CapRequest():
                return extension(event, self._ask(card, card.cap(event)))
        return None

    def _approval(self, request: ApprovalRequest, card: Card) -> Approval:
        plain = request.action == "run" and not request.kinds
        if plain and self._headless and not self._there:
            return Approval(granted=True, comment="Allowed by the user's own configuration.")
        answer = self._ask(card, card.approval(request))
        if answer is None:
            return Approval(granted=False, comment=NOBODY)
        if answer.lower() == "always" and plain:
            self.always = True
            return Approval(granted=True)
        if answer.lower() in _YES:
            return Approval(granted=True)
        said = "The user said no." if answer.lower() in _NO else f"The user said: {answer}"
        return Approval(granted=False, comment=said)

    def _ask(self, card: Card, prompt: str) -> str | None:
        """What the user types; ``None`` where nobody can, or on a stop."""
        if not self._there:
            return None
        asked = uuid.uuid4().hex
        self._pipe.send("ask", id=asked, prompt=prompt)
        while not self._stop.is_set():
            try:
                message = self._answers.get(timeout=0.2)
            except queue.Empty:
                continue
            if message is None:
                return None
            if message["id"] == asked:
                if message["text"] is not None:
                    return str(message["text"]).strip()
                self._there = False
                card.show(Notice(_SILENT.format(preferences=shown_preferences())))
                return None
        return None
