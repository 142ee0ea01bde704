from __future__ import annotations

import base64
import io
import os
import re
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console

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
    Claim,
    Conclusion,
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
    TurnFinished,
    TurnStarted,
    Waiting,
)
from k2_jupyter.hosts.cli.asking import NOBODY, Terminal
from k2_jupyter.hosts.cli.live_area import LiveArea
from k2_jupyter.hosts.cli.view import TerminalView
from k2_jupyter.messages import AssistantMessage, ToolCall, ToolResult, Usage
from k2_jupyter.outputs import Display, ErrorOutput, Stream

HOSTILE = "\x1b]52;c;ZXZpbA==\x07\x1b]8;;http://sink\x1b\\link\x1b]8;;\x1b\\\x1b[2J\x9b31m\x08[bold]a[/bold]"
PNG = base64.b64encode(
    b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">II", 640, 480) + bytes(9)
).decode()
CALL = ToolCall("c1", "run_cell", "{}")
FINISHED = TurnFinished("done", steps=2, calls=3, usage=Usage(1500, 0, 500), seconds=62)
RISKY = ApprovalRequest("run", ("line 1: starts a process",), ("shell",), "!ls", "digest")


def run_of(*outputs: object, source: str = "x = 1", status: str = "ok") -> list[Event]:
    return [
        CellStarted("c", source, "Look at it"),
        CellFinished("c", status, 1.34, 4, outputs),  # type: ignore[arg-type]
    ]


def shown(events: list[Event], *, live: bool = False, width: int = 100) -> str:
    """What a view writes for these events."""
    file = io.StringIO()
    console = Console(file=file, force_terminal=live, width=width, highlight=False)
    with TerminalView(console, live=live, terminal=Terminal("/nowhere")) as view:
        for event in events:
            view.show(event)
    return file.getvalue()


def visible(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)


def test_the_wait_before_a_retry_is_counted_down() -> None:
    text = visible(shown([Retrying(2, 9.0, "busy"), Waiting(4.0)], live=True))
    assert "trying again in 4 s" in text


@pytest.fixture(autouse=True)
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def every_event(text: str) -> list[Event]:
    return [
        TurnStarted("t", text, text),
        StepStarted(1),
        ReasoningDelta(text),
        Retrying(2, 1.0, text),
        AnswerReceived(AssistantMessage(text, (CALL,), usage=Usage(10, 0, 1))),
        PlanChanged((PlanItem("p1", text, "active"),)),
        *run_of(
            Stream("stdout", text),
            Display({"text/plain": text}),
            Display({text: text}),
            ErrorOutput(text, text, (text,)),
            source=text,
        ),
        CellStarted("d", text, text),
        CellOutput("d", Stream("stdout", text)),
        CallFinished(CALL, 0, ToolResult(text, is_error=True), 0.1),
        Notice(text),
        FINISHED,
    ]


def test_without_a_terminal_each_event_is_a_plain_line() -> None:
    text = shown([StepStarted(1), *run_of(Stream("stdout", "74301\nmore")), Notice("cut")])
    assert text == "step 1\nIn [4] Look at it · 1.3 s · 74301\n! cut\n"


def test_a_wait_of_no_length_is_none() -> None:
    text = shown([Retrying(2, 0.2, "busy"), Retrying(3, 4.4, "busy")])
    assert text == "! busy; again now\n! busy; again in 4 s\n"


@pytest.mark.parametrize("name", ["NO_COLOR", "TERM"])
def test_no_colour_and_dumb_terminals_get_plain_lines(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "dumb")
    assert "\x1b" not in shown(every_event("words"), live=True)


def test_data_can_not_control_a_plain_terminal() -> None:
    text = shown(every_event(HOSTILE))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    assert "[bold]a[/bold]" in text


def test_data_can_not_control_a_live_terminal() -> None:
    text = shown(every_event(HOSTILE), live=True)
    sequences = set(re.findall(r"\x1b(?:\[[0-9;?]*)?(.)", text))
    assert sequences <= set("mKAhl")  # colours, and what the live area redraws itself with
    assert not re.search(r"[\x00-\x09\x0b\x0c\x0e-\x1a\x7f-\x9f]", text)
    assert "sink" not in text
    assert "[bold]a[/bold]" in visible(text)


def test_leaving_the_view_gives_the_cursor_back() -> None:
    file = io.StringIO()
    view = TerminalView(Console(file=file, force_terminal=True), live=True)
    with pytest.raises(KeyboardInterrupt), view:
        raise KeyboardInterrupt
    assert file.getvalue().rfind("\x1b[?25h") > file.getvalue().rfind("\x1b[?25l")


def test_a_finished_cell_is_header_code_and_outputs() -> None:
    text = visible(shown(run_of(Stream("stdout", "hello"), Display({"image/png": PNG})), live=True))
    assert re.search(r"In \[4\] Look at it · 1\.3 s *\r?\n +x = 1 *\r?\n +hello *\r?\n", text)
    assert "[figure 640×480]" in text


def test_long_code_and_output_are_cut() -> None:
    source = "\n".join(f"x{n} = {n}" for n in range(42))
    printed = "".join(f"row {n}\n" for n in range(100))
    text = visible(shown(run_of(Stream("stdout", printed), source=source), live=True))
    assert "… 12 more lines" in text
    assert "… 81 more lines" in text
    assert "row 99" in text
    assert "row 50" not in text


def test_the_live_area_stays_small() -> None:
    area = LiveArea()
    area.plan = tuple(
        PlanItem(f"p{n}", f"item {n} " * 40, "done" if n < 12 else "open") for n in range(30)
    )
    area.step, area.doing, area.aside = 3, "writing… " * 40, "reasoning " * 40
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    lines = [line.rstrip() for line in _render(console, area)]
    assert len(lines) <= 12
    assert any("item 12" in line for line in lines)
    assert any("11 earlier items" in line for line in lines)
    assert any("step 3 · writing…" in line for line in lines)


def _render(console: Console, area: LiveArea) -> list[str]:
    lines = console.render_lines(area, console.options)
    return ["".join(segment.text for segment in line) for line in lines]


def test_a_failing_cell_is_told_once_and_a_refused_call_too() -> None:
    failed = ToolResult("cell c (hash 0) · error", is_error=True)
    refused = ToolResult("Not approved: starts a process", is_error=True)
    error = run_of(ErrorOutput("KeyError", "'a'"), status="error")
    text = shown(
        [
            *(CallStarted(CALL, 0), *error, CallFinished(CALL, 0, failed, 1.0)),
            *(CallStarted(CALL, 0), CallFinished(CALL, 0, refused, 0.0)),
        ]
    )
    assert text == (
        "In [4] Look at it · error · 1.3 s · KeyError: 'a'\n"
        "✗ run_cell: Not approved: starts a process\n"
    )


def test_plan_items_are_told_when_they_change() -> None:
    before = PlanChanged((PlanItem("p1", "Load", "active"), PlanItem("p2", "Test", "open")))
    after = PlanChanged((PlanItem("p1", "Load", "done"), PlanItem("p2", "Test", "open")))
    text = shown([before, after, after])
    assert text == "◐ Load (active)\n○ Test (open)\n● Load (done)\n"


@pytest.mark.parametrize("live", [False, True])
def test_the_end_shows_the_conclusion_its_doubts_and_the_files(live: bool) -> None:
    conclusion = Conclusion(
        "The mean is **4.2**. [here](http://sink)",
        caveats=("few rows",),
        next_steps=("collect more",),
        claims=(Claim("4.2", "c", found=True), Claim("9.9", "c", problem="no such value")),
    )
    file = io.StringIO()
    console = Console(file=file, force_terminal=live, width=100, highlight=False)
    view = TerminalView(console, live=live)
    finished = TurnFinished("done", conclusion, steps=2, calls=3, seconds=62)
    view.finish(finished, [Path.cwd() / "out" / "analysis.ipynb"])
    text = visible(file.getvalue())
    assert "The mean is" in text
    assert "not found in the outputs: 9.9 (no such value)" in text
    assert "not found in the outputs: 4.2" not in text
    assert "few rows" in text
    assert "collect more" in text
    assert "→ out/analysis.ipynb" in text
    assert "2 steps · 3 calls · 1:02" in text
    assert "\x1b]8" not in file.getvalue()


def test_an_end_without_conclusion_tells_the_cause() -> None:
    file = io.StringIO()
    view = TerminalView(Console(file=file, width=100), live=False)
    view.finish(TurnFinished("model", detail="Connection refused. Start it."), [])
    assert "The model could not be reached: Connection refused. Start it." in file.getvalue()


# Questions


class Person:
    """Somebody at a terminal: types the answer when the prompt has appeared."""

    def __init__(self, answers: list[str], *, early: str = "") -> None:
        self._master, slave = os.openpty()
        self.path = os.ttyname(slave)
        self._slave = slave
        self.seen = ""
        os.write(self._master, early.encode())
        self._thread = threading.Thread(target=self._type, args=(answers,))
        self._thread.start()

    def _type(self, answers: list[str]) -> None:
        for answer in answers:
            start = len(self.seen)
            while not re.search(r"(why not:|words:|answer:|stop here\))", self.seen[start:]):
                self.seen += os.read(self._master, 4096).decode(errors="replace")
            os.write(self._master, answer.encode())

    def leave(self) -> None:
        self._thread.join(10)
        os.close(self._slave)
        os.close(self._master)


@pytest.fixture
def person() -> Iterator[Callable[..., tuple[TerminalView, Person]]]:
    people: list[Person] = []

    def sit_down(*answers: str, early: str = "") -> tuple[TerminalView, Person]:
        people.append(Person(list(answers), early=early))
        console = Console(file=io.StringIO())
        return TerminalView(console, live=False, terminal=Terminal(people[-1].path)), people[-1]

    yield sit_down
    for one in people:
        one.leave()


Sit = Callable[..., tuple[TerminalView, Person]]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("y\n", Approval(granted=True)),
        ("YES\n", Approval(granted=True)),
        ("\n", Approval(granted=False, comment="The user said no.")),
        ("n\n", Approval(granted=False, comment="The user said no.")),
        ("use pathlib\n", Approval(granted=False, comment="The user said: use pathlib")),
        ("\x04", Approval(granted=False, comment="The user said no.")),
    ],
)
def test_only_yes_is_yes(person: Sit, typed: str, answer: Approval) -> None:
    view, _ = person(typed)
    assert view.attended
    assert view.ask_approval(RISKY) == answer
    assert not view.asking


def test_what_was_typed_before_the_question_is_no_answer(person: Sit) -> None:
    view, _ = person("n\n", early="y\ny\n")
    assert not view.ask_approval(RISKY).granted


def test_an_approval_shows_reasons_kinds_and_hidden_characters(person: Sit) -> None:
    view, somebody = person("n\n")
    code = "import os\nx = 'a\u202e\u200bb'\x1b]52;c;x\x07\nos.system('id')"
    view.ask_approval(ApprovalRequest("run", ("line 3: starts a process",), ("shell",), code))
    seen = visible(somebody.seen)
    assert "line 3: starts a process" in seen
    assert "(shell)" in seen
    assert "4 hidden characters" in seen
    assert "\\u202e\\u200b" in seen
    assert "\\x1b]52" in seen
    assert "os.system" in seen


def test_a_question_takes_a_number_or_words(person: Sit) -> None:
    question = QuestionRequest("Which currency?", ("USD", "EUR"))
    view, somebody = person("\n", "2\n")
    assert view.ask_question(question) == Reply("EUR")
    assert "1  USD" in somebody.seen
    view, _ = person("7\n")
    assert view.ask_question(question) == Reply("7")


@pytest.mark.parametrize(
    ("typed", "answer"), [("20\n", Extension(20)), ("\n", None), ("-1\n", None), ("inf\n", None)]
)
def test_a_limit_is_raised_by_a_number_only(
    person: Sit, typed: str, answer: Extension | None
) -> None:
    view, _ = person(typed)
    assert view.ask_extension(CapRequest("steps", 300, 300)) == answer


def test_with_nobody_there_nothing_is_approved() -> None:
    view = TerminalView(Console(file=io.StringIO()), live=False, terminal=Terminal("/nowhere"))
    assert not view.attended
    assert view.ask_approval(RISKY) == Approval(granted=False, comment=NOBODY)
    assert view.ask_question(QuestionRequest("Which?")) is None
    assert view.ask_extension(CapRequest("steps", 300, 300)) is None


BACKGROUND = """
import os, pty, sys
from k2_jupyter.hosts.cli.asking import Terminal

def code(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

pid, _ = pty.fork()
if pid:
    sys.exit(code(pid))
foreground = Terminal().attended
inner = os.fork()
if not inner:
    os.setpgid(0, 0)
    os._exit(Terminal().attended)
os._exit(0 if foreground and code(inner) == 0 else 1)
"""


def test_a_job_in_the_background_asks_nobody() -> None:
    assert (
        subprocess.run([sys.executable, "-c", BACKGROUND], timeout=60, check=False).returncode == 0
    )
