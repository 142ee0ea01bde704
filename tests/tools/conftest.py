"""A bench for one tool: a notebook in memory, and the answers of a person."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from k2_jupyter.events import Answer, Approval, Event, Request
from k2_jupyter.messages import ToolResult
from k2_jupyter.notebook.base import Notebook
from k2_jupyter.notebook.memory import MemoryDocument, MemoryKernel, Played
from k2_jupyter.tools.base import Tool
from k2_jupyter.tools.gate import Gate
from k2_jupyter.tools.set_plan import Plan
from k2_jupyter.tools.triage import Risk


def played_triage(source: str) -> tuple[Risk, ...]:
    """Everything with ``rm`` in it is a risk."""
    return (Risk("delete", "it removes files", 1),) if "rm" in source else ()


@dataclass
class Bench:
    """What a tool works on, and what came of it."""

    notebook: Notebook
    kernel: MemoryKernel
    plan: Plan = field(default_factory=Plan)
    answer: Answer = None
    """What the person says to each request."""
    events: list[Event] = field(default_factory=list)

    @property
    def gate(self) -> Gate:
        return Gate(played_triage)

    @property
    def asked(self) -> Sequence[Event]:
        return [event for event in self.events if isinstance(event, Request)]

    def run(self, tool: Tool, **arguments: Any) -> ToolResult:
        """One call of the tool; its events are kept."""
        stream = tool.run(arguments, threading.Event())
        answer: Answer = None
        while True:
            try:
                event = stream.send(answer)
            except StopIteration as end:
                result: ToolResult = end.value
                return result
            self.events.append(event)
            answer = self.answer if isinstance(event, Request) else None

    def agree(self) -> None:
        self.answer = Approval(granted=True)


@pytest.fixture
def bench() -> Callable[..., Bench]:
    """``bench(play, sources)``: a played kernel, and the user's cells."""

    def make(
        play: Callable[[str], Played] = lambda source: Played(), sources: Sequence[str] = ()
    ) -> Bench:
        kernel = MemoryKernel(play)
        return Bench(Notebook(MemoryDocument(sources), kernel), kernel)

    return make
