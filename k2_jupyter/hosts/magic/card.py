"""The magic's own output: a turn as one card, HTML beside plain text.

It is drawn anew from what has happened so far, so that its last state is a complete page
part that needs no kernel. Styles stand at the elements: a notebook that is not trusted
loses style sheets. Everything from the model or from data is escaped.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

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
)
from k2_jupyter.in_kernel.magic.pipe import Pipe
from k2_jupyter.messages import Usage
from k2_jupyter.notebook.text import visible

if TYPE_CHECKING:
    from jinja2 import Template

_INTERVAL = 0.1
"""Least seconds between two drawings."""
_TAIL = 2_000
MARKS = {"open": "○", "active": "◐", "done": "●", "failed": "✗", "dropped": "–"}
_ENDS = {
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
    mark: str = "▸"
    said: str = "running…"


@dataclass(slots=True)
class Card:
    """What a turn has come to, shown over the pipe."""

    pipe: Pipe
    request: str
    model: str = ""
    state: str = "starting…"
    plan: tuple[PlanItem, ...] = ()
    text: str = ""
    reasoning: str = ""
    cells: dict[str, _Cell] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    steps: int = 0
    waiting: _Question | None = None
    finished: TurnFinished | None = None
    _started: float = field(default_factory=time.monotonic)
    _drawn: float = 0.0
    _said: str = ""

    def show(self, event: Event) -> None:
        """Take an event; drawn now, or with one of the next."""
        taken = _TAKEN.get(type(event))
        if taken is None:
            return
        self.waiting = None
        taken(self, event)
        fleeting = isinstance(event, (TextDelta, ReasoningDelta))
        if not fleeting or time.monotonic() - self._drawn >= _INTERVAL:
            self._draw()

    def close(self, finished: TurnFinished) -> None:
        """The last drawing; it stays in the notebook."""
        self.finished, self.waiting = finished, None
        self.state = _ENDS[finished.reason]
        self.text = self.reasoning = ""
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
        used = f"{request.used:g} of {request.allowed:g} {request.limit}"
        self._wait(_Question(f"The limit is reached: {used}."))
        return f"K2: how many more {request.limit}? (Enter = stop here) "

    def _wait(self, question: _Question) -> None:
        self.waiting = question
        self._draw()

    # Drawing

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        self.pipe.send("card", html=self.html(), text=self._plain_text())

    def html(self) -> str:
        """The card as a page part; every text in it is escaped."""
        conclusion = self.finished.conclusion if self.finished else None
        return _template().render(
            state=self.state,
            model=self.model,
            facts=self._facts(),
            plan=self.plan,
            marks=MARKS,
            text=self.text[-_TAIL:],
            reasoning=self.reasoning[-_TAIL:],
            cells=self.cells.values(),
            notices=[*self.notices, *self._detail()],
            question=self.waiting,
            conclusion=_markdown(conclusion.text) if conclusion else "",
            caveats=conclusion.caveats if conclusion else (),
            checked=_checked(self.finished),
        )

    def _plain_text(self) -> str:
        """Lines that are only added to, for front ends that show text."""
        lines = [
            f"K2 · {self.model}",
            *(f"{c.mark} {c.title} {c.said}" for c in self.cells.values()),
        ]
        if self.waiting:
            lines += [self.waiting.title, *self.waiting.lines, self.waiting.code]
        lines += [*self.notices, *self._detail()]
        if self.finished:
            lines.append(f"K2: {self.state}")
            if self.finished.conclusion:
                lines += ["", self.finished.conclusion.text, *self.finished.conclusion.caveats]
        return "\n".join(visible(line) for line in lines)

    def _facts(self) -> list[str]:
        seconds = time.monotonic() - self._started
        facts = [f"step {self.steps}"]
        if self.usage.input_tokens:
            facts.append(f"{self.usage.input_tokens + self.usage.output_tokens:,} tokens")
        return [*facts, f"{seconds:.0f} s"]

    def _detail(self) -> list[str]:
        detail = self.finished.detail if self.finished else ""
        return [detail] if detail else []

    # Events

    def _turn(self, event: TurnStarted) -> None:
        self.model = event.model

    def _step(self, event: StepStarted) -> None:
        self.steps, self.state = event.number, "waiting for the model…"
        self.text = self.reasoning = ""

    def _writes(self, event: TextDelta) -> None:
        self.state = "writing…"
        self.text += event.text

    def _thinks(self, event: ReasoningDelta) -> None:
        self.state = "thinking…"
        self.reasoning += event.text

    def _retries(self, event: Retrying) -> None:
        self.text = self.reasoning = ""
        self.state = f"trying again in {event.seconds:.0f} s: {event.reason}"

    def _answered(self, event: AnswerReceived) -> None:
        self.usage += event.message.usage
        self.text = event.message.text

    def _called(self, event: CallStarted) -> None:
        self.state = f"{event.call.name.replace('_', ' ')}…"

    def _runs(self, event: CellStarted) -> None:
        self.cells[event.cell] = _Cell(event.purpose or "a cell")

    def _ran(self, event: CellFinished) -> None:
        cell = self.cells.setdefault(event.cell, _Cell("a cell"))
        cell.mark = "✓" if event.status == "ok" else "✗"
        cell.said = f"{event.seconds:.1f} s" if event.status == "ok" else event.status

    def _planned(self, event: PlanChanged) -> None:
        self.plan = event.items

    def _noticed(self, event: Notice) -> None:
        self.notices.append(event.text)


def _checked(finished: TurnFinished | None) -> str:
    claims = finished.conclusion.claims if finished and finished.conclusion else ()
    if not claims:
        return ""
    found = sum(claim.found for claim in claims)
    return f"{found} of {len(claims)} numbers found in the outputs of the cells."


def _markdown(text: str) -> Any:
    from k2_jupyter.adapters.report.markdown import render

    return render(text)


@cache
def _template() -> Template:
    from jinja2 import Environment

    source = files("k2_jupyter.hosts.magic").joinpath("card.html.j2").read_text("utf-8")
    return Environment(autoescape=True).from_string(source)


_TAKEN: dict[type[Any], Callable[[Card, Any], None]] = {
    TurnStarted: Card._turn,
    StepStarted: Card._step,
    TextDelta: Card._writes,
    ReasoningDelta: Card._thinks,
    Retrying: Card._retries,
    AnswerReceived: Card._answered,
    CallStarted: Card._called,
    CellStarted: Card._runs,
    CellFinished: Card._ran,
    PlanChanged: Card._planned,
    Notice: Card._noticed,
}
