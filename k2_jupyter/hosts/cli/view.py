"""A turn in the terminal: a live area at the bottom, finished things above it.

Without a terminal (or with ``NO_COLOR``, or a dumb one) it is a plain line an event.
Whatever came from the model or from data is stripped of control characters and never read
as markup. Longer than other files because it has one short method for each event.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from k2_jupyter.events import (
    AnswerReceived,
    Approval,
    ApprovalRequest,
    CallFinished,
    CallStarted,
    CapRequest,
    CellFinished,
    CellOutput,
    CellStarted,
    Event,
    Extension,
    Notice,
    PlanChanged,
    PlanItem,
    QuestionRequest,
    ReasoningDelta,
    Reply,
    Retrying,
    StepStarted,
    TextDelta,
    TurnFinished,
    TurnStarted,
    Waiting,
)
from k2_jupyter.hosts.cli import cell_block, ending
from k2_jupyter.hosts.cli.asking import Terminal
from k2_jupyter.hosts.cli.cell_block import first_line, last_line, plain
from k2_jupyter.hosts.cli.live_area import MARKS, LiveArea
from k2_jupyter.hosts.extension import reached
from k2_jupyter.notebook.rerun import Verification
from k2_jupyter.outputs import Stream

_DOING = {
    "set_plan": "planning…",
    "run_cell": "running a cell…",
    "edit_cell": "changing a cell…",
    "delete_cell": "deleting a cell…",
    "add_markdown": "writing text…",
    "read_notebook": "reading the notebook…",
    "read_output": "reading an output…",
    "inspect_variables": "looking at variables…",
    "restart_kernel": "restarting the kernel…",
    "finish": "checking the conclusion…",
}
_TAIL = 400


class TerminalView:
    """Shows events, asks the person, draws the end. A context manager: leaving it gives the
    terminal back in order, whatever happened."""

    def __init__(self, console: Console, *, live: bool, terminal: Terminal | None = None) -> None:
        rich = live and console.is_terminal and not console.is_dumb_terminal
        self._rich = rich and "NO_COLOR" not in os.environ
        self._console = console
        self._terminal = terminal or Terminal()
        self._area = LiveArea()
        self._live: Live | None = None
        self._cells: dict[str, CellStarted] = {}
        self._incoming = ""
        self._cell_shown = False
        """The present call has run a cell; its end needs no line of its own."""
        self.asking = False
        """While a question stands; Ctrl-C is an answer then."""

    @property
    def attended(self) -> bool:
        """Whether there is a person to ask."""
        return self._terminal.attended

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def _start(self) -> None:
        if self._rich:
            self._live = Live(
                self._area, console=self._console, refresh_per_second=8, transient=True
            )
            self._live.start(refresh=True)

    def _stop(self) -> None:
        live, self._live = self._live, None
        if live is not None:
            live.stop()

    def show(self, event: Event) -> None:
        """Show one event; requests are shown when they are asked."""
        shown = _SHOWN.get(type(event))
        if shown is not None:
            shown(self, event)

    def note(self, text: str) -> None:
        """A line for the user."""
        self._line(f"! {plain(text)}", "yellow")

    def progress(self, text: str) -> None:
        """What takes time now, outside of a turn."""
        self._now(plain(text))
        if not self._rich:
            self._line(plain(text))

    def verified(self, found: Verification) -> None:
        """What came of running the notebook again."""
        first, *differences = ending.rerun(found)
        self._line(first, "green" if found.equal else "yellow")
        for line in differences:
            self._line(f"  {line}", "yellow")

    def finish(self, finished: TurnFinished, paths: Sequence[Path]) -> None:
        """The end: conclusion, what is doubtful about it, and the files."""
        self._stop()
        draw = ending.rich if self._rich else ending.plain_text
        for part in draw(finished, self._area.plan, paths):
            self._console.print(part, markup=False, soft_wrap=not self._rich)

    # Requests

    def ask_approval(self, request: ApprovalRequest) -> Approval:
        """Yes only from a person at the controlling terminal."""
        answer: Approval = self._ask(self._terminal.approval, request)
        said = "approved" if answer.granted else f"not approved. {plain(answer.comment)}"
        self._line(f"  {'; '.join(map(plain, request.reasons))}: {said}", "yellow")
        return answer

    def ask_question(self, request: QuestionRequest) -> Reply | None:
        """The person's words; ``None`` where nobody is there."""
        answer: Reply | None = self._ask(self._terminal.reply, request)
        said = "nobody is there to answer" if answer is None else plain(answer.text)
        self._line(f"? {first_line(request.question)} → {said}", "magenta")
        return answer

    def ask_extension(self, request: CapRequest) -> Extension | None:
        """More of what ran out, or ``None``: the turn ends."""
        answer: Extension | None = self._ask(self._terminal.extension, request)
        more = "stopping" if answer is None else f"{answer.extra:,.10g} more"
        self._line(f"! the limit is reached, {reached(request)}: {more}", "yellow")
        return answer

    def _ask(self, ask: Callable[[Any], Any], request: object) -> Any:
        if not self.attended:
            return ask(request)
        running = self._live is not None
        self._stop()
        self.asking = True
        try:
            return ask(request)
        finally:
            self.asking = False
            if running:
                self._start()

    # Events

    def _turn(self, event: TurnStarted) -> None:
        self._area.started = time.monotonic()
        self._line(f"answered by {plain(event.model)}", "dim")

    def _step(self, event: StepStarted) -> None:
        self._area.step = event.number
        self._now("waiting for the model…")
        if not self._rich:
            self._line(f"step {event.number}")

    def _reasoning(self, event: ReasoningDelta) -> None:
        self._now("thinking…", event.text)

    def _text(self, event: TextDelta) -> None:
        self._now("writing…", event.text)

    def _retry(self, event: Retrying) -> None:
        self._now(f"trying again, attempt {event.attempt}…")
        wait = f"in {event.seconds:.0f} s" if event.seconds >= 0.5 else "now"
        self._line(f"! {first_line(event.reason)}; again {wait}", "yellow")

    def _wait(self, event: Waiting) -> None:
        self._now(f"trying again in {event.seconds:.0f} s…")

    def _answer(self, event: AnswerReceived) -> None:
        self._area.usage += event.message.usage
        text = plain(event.message.text).strip()
        if text and event.message.calls:  # without calls it is the conclusion
            self._line(text if self._rich else first_line(text), "italic")

    def _call(self, event: CallStarted) -> None:
        self._cell_shown = False
        self._now(_DOING.get(event.call.name, "working…"))

    def _result(self, event: CallFinished) -> None:
        if event.result.is_error and not self._cell_shown:
            self._line(f"✗ {plain(event.call.name)}: {first_line(event.result.text)}", "yellow")

    def _cell(self, event: CellStarted) -> None:
        self._cells[event.cell] = event
        purpose = first_line(event.purpose)
        self._now(f"running: {purpose}" if purpose else "running a cell…", event.source[:_TAIL])

    def _output(self, event: CellOutput) -> None:
        if isinstance(event.change, Stream):
            self._now(self._area.doing, event.change.text)

    def _ran(self, event: CellFinished) -> None:
        self._cell_shown = True
        started = self._cells.pop(event.cell, CellStarted(event.cell, ""))
        if self._rich:
            # In one piece: the live area is drawn again after each print.
            self._console.print(Group(*cell_block.block(started, event)), soft_wrap=False)
        else:
            summary = cell_block.summary(event)
            line = cell_block.header(started, event)
            self._line(f"{line} · {summary}" if summary else line)

    def _plan(self, event: PlanChanged) -> None:
        before = {item.id: item for item in self._area.plan}
        self._area.plan = tuple(
            PlanItem(item.id, first_line(item.title), item.state, item.cells)
            for item in event.items
        )
        for item in self._area.plan:
            known = before.get(item.id)
            changed = known is None or known.state != item.state
            if changed and not self._rich:
                self._line(f"{MARKS[item.state][0]} {item.title} ({item.state})")
            elif changed and item.state == "active":
                self._line(f"\n◐ {item.title}", "bold cyan")

    def _notice(self, event: Notice) -> None:
        self.note(event.text)

    def _now(self, doing: str, incoming: str | None = None) -> None:
        """What the live area says; `incoming` adds to what is coming in at present."""
        if doing != self._area.doing or incoming is None:
            self._incoming = ""
        self._area.doing = doing
        self._incoming = (self._incoming + (incoming or ""))[-_TAIL:]
        self._area.aside = last_line(self._incoming)

    def _line(self, text: str, style: str = "none") -> None:
        shown = Text(text, style=style if self._rich else "none")
        self._console.print(shown, soft_wrap=not self._rich)


_SHOWN: dict[type[Any], Callable[[TerminalView, Any], None]] = {
    TurnStarted: TerminalView._turn,
    StepStarted: TerminalView._step,
    ReasoningDelta: TerminalView._reasoning,
    TextDelta: TerminalView._text,
    Retrying: TerminalView._retry,
    Waiting: TerminalView._wait,
    AnswerReceived: TerminalView._answer,
    CallStarted: TerminalView._call,
    CallFinished: TerminalView._result,
    CellStarted: TerminalView._cell,
    CellOutput: TerminalView._output,
    CellFinished: TerminalView._ran,
    PlanChanged: TerminalView._plan,
    Notice: TerminalView._notice,
}
