"""Runs the analyst's cells in a real kernel, through the real agent and tools."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest

from k2_jupyter.adapters.client_kernel import ClientKernel, kernel_environment
from k2_jupyter.adapters.file_document import FileDocument
from k2_jupyter.agent.limits import Limits
from k2_jupyter.analyst import answer
from k2_jupyter.events import Conclusion, PlanChanged, QuestionRequest, Reply, TurnFinished
from k2_jupyter.hosts.build import Policy, build_agent
from k2_jupyter.hosts.data.files import inspect
from k2_jupyter.messages import AssistantMessage, Message, ToolSpec
from k2_jupyter.models.scripted import Respond, ScriptedModel
from k2_jupyter.notebook.base import Cell, Notebook
from k2_jupyter.notebook.display_text import display_text
from k2_jupyter.notebook.figures.record import RECORD_TYPE
from k2_jupyter.outputs import Display, Stream
from tests.analyst.playing import briefing


@dataclass(frozen=True)
class Analysis:
    """What a turn over a real kernel left behind."""

    finished: TurnFinished
    cells: tuple[Cell, ...]
    plan: dict[str, str]
    """Title → state."""
    questions: tuple[QuestionRequest, ...]
    folder: Path

    @property
    def conclusion(self) -> Conclusion:
        assert self.finished.conclusion is not None, self.finished.detail
        return self.finished.conclusion

    @property
    def printed(self) -> str:
        """All that the cells printed, and the tables that they displayed, as text."""
        texts: list[str] = []
        for output in (output for cell in self.cells for output in cell.outputs):
            if isinstance(output, Stream) and output.name == "stdout":
                texts.append(output.text)
            elif isinstance(output, Display) and output.execution_count is None:
                texts.append(display_text(output.data) if "text/html" in output.data else "")
        return "\n".join(texts)

    @property
    def warned(self) -> str:
        outputs = [output for cell in self.cells for output in cell.outputs]
        return "\n".join(o.text for o in outputs if isinstance(o, Stream) and o.name == "stderr")

    @property
    def faults(self) -> list[object]:
        """Faults that the kernel saw in the figures."""
        outputs = [output for cell in self.cells for output in cell.outputs]
        records = [o.data.get(RECORD_TYPE) for o in outputs if isinstance(o, Display)]
        return [fault for r in records if isinstance(r, dict) for fault in r["faults"]]

    @property
    def code(self) -> list[str]:
        return [cell.source for cell in self.cells if cell.kind == "code"]


Analyse = Callable[..., Analysis]


def _spoiled(words: tuple[str, str]) -> Respond:
    """The analyst, with some words of its cells replaced so that they fail."""

    def respond(messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AssistantMessage:
        said = answer(messages, tools)
        old, new = (json.dumps(part)[1:-1] for part in words)
        calls = (replace(call, arguments=call.arguments.replace(old, new)) for call in said.calls)
        return replace(said, calls=tuple(calls))

    return respond


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the kernel works."""
    return tmp_path_factory.mktemp("analysis")


@pytest.fixture(scope="session")
def kernel(folder: Path) -> Iterator[ClientKernel]:
    """One for all tests."""
    with ClientKernel("python3", folder, kernel_environment(os.environ)) as started:
        yield started


def draws(kernel: ClientKernel, *, drawn: bool) -> None:
    """Whether the kernel draws the figures of its cells."""
    formatter = "get_ipython().display_formatter.formatters['image/png']"
    source = f"{formatter}.enabled = {drawn}"
    for _ in kernel.run("0" * 8, source, timeout=60, stop=threading.Event()):
        pass


@pytest.fixture
def undrawn(kernel: ClientKernel) -> Iterator[None]:
    """No figure is drawn, which is half of the work: for tests of what is said alone."""
    draws(kernel, drawn=False)
    yield
    draws(kernel, drawn=True)


@pytest.fixture(scope="session")
def analyse(folder: Path, kernel: ClientKernel) -> Analyse:
    """``analyse(task, table)``: the real agent and tools, one kernel for all tests.

    The table is a frame, or a file that is looked at as the hosts do. `reply` answers each
    question; `spoil` replaces words in the cells, `facts` in the briefing.
    """

    def run(
        task: str,
        table: pd.DataFrame | Path,
        *,
        reply: str | None = None,
        spoil: tuple[str, str] | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> Analysis:
        if isinstance(table, Path):
            brief = f"<briefing>\n{inspect(table, folder).briefing_line()}\n</briefing>"
        else:
            table.to_csv(folder / "data.csv", index=False)
            columns = list(map(str, table.columns))
            brief = briefing("data.csv", **{"columns": columns, **(facts or {})})
        document = FileDocument(folder / "analysis.ipynb")
        for cell in document.cells():
            document.delete(cell.id, seen=cell.hash)
        agent = build_agent(
            ScriptedModel(_spoiled(spoil) if spoil else answer, name="offline analyst"),
            Notebook(document, kernel),
            limits=Limits(),
            redact=str,
            policy=Policy(),
        )
        events = agent.run(task, threading.Event(), briefing=brief)
        plan: dict[str, str] = {}
        questions = []
        event = next(events)
        while not isinstance(event, TurnFinished):
            said = None
            if isinstance(event, PlanChanged):
                plan = {item.title: item.state for item in event.items}
            if isinstance(event, QuestionRequest):
                questions.append(event)
                said = Reply(reply) if reply else None
            event = events.send(said)
        return Analysis(event, tuple(document.cells()), plan, tuple(questions), folder)

    return run
