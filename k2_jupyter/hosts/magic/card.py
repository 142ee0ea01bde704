"""The magic's own output: a turn as one card, HTML beside plain text.

It is drawn anew from what has happened so far, so that its last state is a complete page
part that needs no kernel.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from k2_jupyter.events import (
    AnswerReceived,
    ApprovalRequest,
    CallStarted,
    CapRequest,
    CellFinished,
    CellStarted,
    Event,
    Notice,
    PlanChanged,
    PlanItem,
    QuestionRequest,
    ReasoningDelta,
    Retrying,
    StepStarted,
    TextDelta,
    TurnFinished,
    TurnStarted,
    Waiting,
)
from k2_jupyter.hosts.extension import prompt, reached
from k2_jupyter.hosts.magic.card_html import MARKS, checked, drawn, lists
from k2_jupyter.in_kernel.magic.pipe import Pipe
from k2_jupyter.messages import Usage
from k2_jupyter.models.profiles import Prices
from k2_jupyter.notebook.text import visible
from k2_jupyter.tools.finish import marked

_INTERVAL = 0.1
"""Least seconds between two drawings."""
ENDS = {
    "done": "done",
    "cannot": "could not do it",
    "limit": "stopped at a limit",
    "interrupted": "interrupted",
    "model": "the model could not be reached",
    "failed": "failed",
}


@dataclass(slots=True)
class _Question:
    title: str
    lines: Sequence[str] = ()
    code: str = ""


@dataclass(slots=True)
class _Cell:
    title: str
    status: str = "active"
    mark: str = "▸"
    said: str = "running…"


@dataclass(slots=True)
class Card:
    """What a turn has come to, shown over the pipe."""

    pipe: Pipe
    request: str
    origin: str = ""
    """Where the answer comes from, where that is not the model now."""
    prices: Prices | None = None
    model: str = ""
    state: str = "starting…"
    announced: str = "started"
    """What a screen reader is told; changes with a cell, a question and the end only."""
    plan: tuple[PlanItem, ...] = ()
    text: str = ""
    reasoning: str = ""
    cells: dict[str, _Cell] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    steps: int = 0
    waiting: _Question | None = None
    finished: TurnFinished | None = None
    told: list[str] = field(default_factory=list)
    """The text form: lines are only added, as a terminal can't take any back."""
    _stale: bool = False
    _started: float = field(default_factory=time.monotonic)
    _drawn: float = 0.0

    def show(self, event: Event) -> None:
        """Take an event; drawn now, or with one of the next."""
        taken = _TAKEN.get(type(event))
        if taken is None:
            return
        self.waiting = None
        taken(self, event)
        if not isinstance(event, _FLEETING) or time.monotonic() - self._drawn >= _INTERVAL:
            self._draw()

    # Requests: each shows itself and returns the prompt

    def approval(self, request: ApprovalRequest) -> str:
        """The exact code, and why it is asked."""
        title = "May this cell be changed?" if request.action == "edit" else "May this run?"
        self._wait(_Question(title, request.reasons, visible(request.code)))
        always = "" if request.kinds else ", always = plain cells in this notebook"
        return f"K2: y = yes, n = no, or say why not{always}: "

    def question(self, request: QuestionRequest) -> str:
        """The question and its choices."""
        lines = [f"{number} {choice}" for number, choice in enumerate(request.choices, 1)]
        self._wait(_Question(request.question, lines))
        return "K2: a number, or your own words: " if request.choices else "K2: your answer: "

    def chosen(self, request: QuestionRequest, text: str) -> str:
        """A choice by its number, or the words themselves."""
        if text.isascii() and text.isdigit() and 1 <= int(text) <= len(request.choices):
            return request.choices[int(text) - 1]
        return text

    def cap(self, request: CapRequest) -> str:
        """Which limit is reached."""
        self._wait(_Question(f"The limit is reached: {reached(request)}."))
        return f"K2: {prompt(request)} "

    def _wait(self, question: _Question) -> None:
        self.waiting, self.state = question, "waiting for your answer…"
        self.announced = self.state
        self.told += ["", question.title, *question.lines]
        self.told += [question.code] if question.code else []
        self._draw()

    # Drawing

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        text = "\n".join(visible(line) for line in self.told)
        html, parts = drawn(self)
        self.pipe.send("card", html=html, text=text, parts=parts)

    def facts(self) -> list[str]:
        """Steps, tokens, cost and time so far."""
        seconds = time.monotonic() - self._started
        facts = [f"step {self.steps}"] if self.steps else []
        if self.usage.input_tokens:
            facts.append(f"{self.usage.input_tokens + self.usage.output_tokens:,} tokens")
            if self.prices is not None:
                facts.append(f"${self.prices.of(self.usage):.3f}")
        return [*facts, f"{seconds:.0f} s"]

    # Events

    def _turn(self, event: TurnStarted) -> None:
        self.model = event.model
        self.told = [" · ".join(filter(None, ["K2", event.model, self.origin]))]

    def _step(self, event: StepStarted) -> None:
        self.steps, self.state = event.number, "waiting for the model…"
        self._stale = True

    def _writes(self, event: TextDelta) -> None:
        self._fresh()
        self.state = "writing…"
        self.text += event.text

    def _thinks(self, event: ReasoningDelta) -> None:
        self._fresh()
        self.state = "thinking…"
        self.reasoning += event.text

    def _fresh(self) -> None:
        """The step before is shown until this one has something to say."""
        if self._stale:
            self._stale, self.text, self.reasoning = False, "", ""

    def _retries(self, event: Retrying) -> None:
        self.text = self.reasoning = ""
        wait = f"in {event.seconds:.0f} s" if event.seconds >= 0.5 else "now"
        self.state = f"trying again {wait}: {event.reason}"

    def _waits(self, event: Waiting) -> None:
        _, _, reason = self.state.partition(": ")
        self.state = f"trying again in {event.seconds:.0f} s: {reason}"

    def _answered(self, event: AnswerReceived) -> None:
        self.usage += event.message.usage
        if event.message.text:
            self._fresh()
            self.text = event.message.text

    def _called(self, event: CallStarted) -> None:
        self.state = f"{event.call.name.replace('_', ' ')}…"

    def _runs(self, event: CellStarted) -> None:
        title = event.purpose or "a cell"
        self.cells[event.cell] = _Cell(title)
        self.state = self.announced = f"running “{title}”"

    def _ran(self, event: CellFinished) -> None:
        cell = self.cells.setdefault(event.cell, _Cell("a cell"))
        good = event.status == "ok"
        cell.status, cell.mark = ("ok", "✓") if good else ("error", "✗")
        cell.said = f"{event.seconds:.1f} s" if good else event.status
        self.told.append(f"{cell.mark} {cell.title} {cell.said}")

    def _planned(self, event: PlanChanged) -> None:
        before = {item.id: item.state for item in self.plan}
        self.plan = event.items
        self.told += [
            f"{MARKS[item.state]} {item.title}"
            for item in event.items
            if before.get(item.id) != item.state
        ]

    def _noticed(self, event: Notice) -> None:
        self.notices.append(event.text)
        self.told.append(f"! {event.text}")

    def _finishes(self, event: TurnFinished) -> None:
        self.finished = event
        self.state = self.announced = ENDS[event.reason]
        self.text = self.reasoning = ""
        if event.detail:
            self.notices.append(event.detail)
        self.told += ["", *(f"! {line}" for line in [event.detail] if line), f"K2: {self.state}"]
        if event.conclusion:
            self.told += ["", marked(event.conclusion.text, event.conclusion.claims)]
            for title, lines in lists(event.conclusion):
                self.told += ["", title, *(f"- {line}" for line in lines)]
            numbers = checked(event)
            self.told += ["", numbers] if numbers else []


_FLEETING = (TextDelta, ReasoningDelta, AnswerReceived, CallStarted, CellFinished)
"""Soon followed by another: drawn with that one where they come fast."""
_TAKEN: dict[type[Any], Callable[[Card, Any], None]] = {
    TurnStarted: Card._turn,
    StepStarted: Card._step,
    TextDelta: Card._writes,
    ReasoningDelta: Card._thinks,
    Retrying: Card._retries,
    Waiting: Card._waits,
    AnswerReceived: Card._answered,
    CallStarted: Card._called,
    CellStarted: Card._runs,
    CellFinished: Card._ran,
    PlanChanged: Card._planned,
    Notice: Card._noticed,
    TurnFinished: Card._finishes,
}
