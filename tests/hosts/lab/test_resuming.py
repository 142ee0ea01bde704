"""A turn that was cut off, by a stop or by the end of its server, goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from k2_jupyter.notebook.base import source_hash
from tests.hosts.lab.conftest import KEY
from tests.hosts.lab.panel import HANG, Lab, Panel, Raw, serving_lab
from tests.hosts.lab.script import finish, observed, run, script, told
from tests.loopback import Reply, Server

ROOT = Path(__file__).parents[3]
NO = {"type": "Approval", "granted": False, "comment": "", "always": False}
KINDS = [
    "JournalOpened 1",
    "Message 1",
    "TurnStarted 1",
    "KernelLife 1",
    "StepStarted 1",
    "StepStarted 2",
    "AnswerReceived 2",
    "CallStarted 2",
    "ApprovalRequest 1",
    "Approval 1",
    "CellChanged 1",
    "CellChanged 2",
    "CellStarted 2",
    "CellFinished 1",
    "CellFinished 2",
    "CallFinished 1",
    "CallFinished 2",
    "TurnFinished 1",
]
ALWAYS = ("CellStarted 2", "CellFinished 1", "CallFinished 2")


def counting(letter: str) -> str:
    """A cell that leaves a trace of each of its runs."""
    return f"{letter} = 1\nwith open('ran.txt', 'a') as file:\n    file.write('{letter}')"


@contextmanager
def server(folder: Path, endpoint: Server, kill_after: str = "") -> Iterator[Lab]:
    environment = {
        "K2_BASE_URL": endpoint.base_url,
        "K2_MODEL": "played",
        "K2_API_KEY": KEY,
        "K2_TEST_KILL_AFTER": kill_after,
        "PYTHONPATH": str(ROOT),
    }
    with serving_lab(folder, beside=["tests.hosts.lab.killing"], **environment) as lab:
        yield lab


def killed(folder: Path, endpoint: Server, kill_after: str) -> Panel:
    """The page as it is when its server was killed in the middle of a turn."""
    with server(folder, endpoint, kill_after) as lab:
        panel = Panel(lab, lab.notebook())
        panel.open()
        panel.request("Work")
        answered: set[str] = set()
        while lab.process.poll() is None:
            opened = [one for one in panel.events.values() if one["type"] == "Opened"]
            for one in opened:
                if one["id"] not in answered:
                    answered.add(one["id"])
                    panel.answer(one)
            panel.wait(lambda: lab.process.poll() is not None or _unanswered(panel, answered))
        panel.gone()
    return panel


def _unanswered(panel: Panel, answered: set[str]) -> bool:
    return any(
        one["type"] == "Opened" and one["id"] not in answered for one in [*panel.events.values()]
    )


def back(panel: Panel, lab: Lab) -> Raw:
    """The page finds another server, and the turn among the earlier ones."""
    panel.lab = lab
    lab.session(panel.path)
    panel.open()
    return panel.until("Earlier")


def decided(panel: Panel, *, rerun: bool, unknown: str) -> Raw:
    """Answer what is asked until the turn has ended."""
    answered: set[str] = set()

    def due() -> list[Raw]:
        events = [*panel.events.values()]
        opened = [one for one in events if one["type"] == "Opened" and one["id"] not in answered]
        return opened or [one for one in events if one["type"] == "TurnFinished"]

    while (event := panel.wait(due)[0])["type"] == "Opened":
        answered.add(event["id"])
        if event["request"]["type"] == "QuestionRequest":
            panel.answer(event, type="Reply", text=unknown)
        elif "kernel is new" in "".join(event["request"]["reasons"]) and not rerun:
            panel.answer(event, **NO)
        else:
            panel.answer(event)
    return event


def runs(folder: Path) -> str:
    """The cells that ran, in order."""
    file = folder / "content" / "ran.txt"
    return file.read_text() if file.exists() else ""


@pytest.mark.parametrize(
    "kill_after",
    [
        pytest.param(kind, marks=[] if kind in ALWAYS else [pytest.mark.full], id=kind)
        for kind in KINDS
    ],
)
def test_no_cell_runs_twice_after_a_kill(tmp_path: Path, endpoint: Server, kill_after: str) -> None:
    endpoint.play = script(run(counting("a")), run(counting("b")), finish("Resumed."))
    panel = killed(tmp_path, endpoint, kill_after)
    before = runs(tmp_path)
    with server(tmp_path, endpoint) as lab:
        try:
            turn = back(panel, lab)
            if turn["reason"] == "done":
                assert kill_after == "TurnFinished 1"
                return
            panel.send(op="resume", turn=turn["turn"])
            if kill_after == "JournalOpened 1":
                assert "had not begun" in panel.told("refused", of="resume")["why"]
                return
            end = decided(panel, rerun=False, unknown="Go on without it")
            assert end["conclusion"]["text"] == "Resumed."
        finally:
            panel.close()
    after = runs(tmp_path)
    assert after.startswith(before)
    assert len(after) == len(set(after))
    questions = [
        one["request"]["question"]
        for one in panel.events.values()
        if one["type"] == "Opened" and one["request"]["type"] == "QuestionRequest"
    ]
    assert len(questions) == kill_after.startswith("CellStarted")
    assert all("Outcome unknown" in question for question in questions)


def test_with_the_users_yes_the_variables_are_there_again(tmp_path: Path, endpoint: Server) -> None:
    looks = run("print(a + b)")
    endpoint.play = script(run(counting("a")), run(counting("b")), looks, finish("Resumed."))
    panel = killed(tmp_path, endpoint, "StepStarted 3")
    panel.cells.clear()  # the page was closed, and its file never saved
    with server(tmp_path, endpoint) as lab:
        turn = back(panel, lab)
        assert turn["reason"] == "interrupted"
        panel.send(op="resume", turn=turn["turn"])
        end = decided(panel, rerun=True, unknown="")
        assert end["reason"] == "done"
        panel.close()
    assert runs(tmp_path) == "abab"
    assert "2" in observed(endpoint.requests[-1])
    code = [cell for cell in panel.cells if cell["kind"] == "code"]
    sources = [cell["source"] for cell in code]
    assert sources == [counting("a"), counting("b"), "print(a + b)"]
    assert [cell["metadata"]["k2"]["hash"] for cell in code] == [*map(source_hash, sources)]


def test_a_stopped_turn_goes_on_in_the_same_kernel(
    lab: Lab, panel: Panel, endpoint: Server
) -> None:
    asked = threading.Event()

    def silent(body: dict[str, Any]) -> Reply:
        asked.set()
        return Reply(end="silence")

    endpoint.play = script(run("x = 6"), silent)
    panel.request("Work")
    panel.answer(panel.until("Opened"))
    assert asked.wait(HANG)
    panel.send(op="stop")
    panel.until("TurnFinished", reason="interrupted")
    turn = panel.until("TurnStarted")["turn"]
    endpoint.play = script(run("x = 6"), run("print(x * 7)"), finish())
    before = panel.last
    panel.send(op="resume", turn=turn)
    assert panel.approve_all(before)["reason"] == "done"
    assert "42" in observed(endpoint.requests[-1])
    assert "still the same" in told(endpoint.requests[-1])
    assert [cell["source"] for cell in panel.cells[:2]] == ["x = 6", "print(x * 7)"]
    panel.send(op="resume", turn=turn)
    assert panel.told("refused", of="resume")


def test_a_turn_that_is_undone_does_not_go_on(panel: Panel, endpoint: Server) -> None:
    """Its cells are not there: the record tells of a work that the user took back."""
    endpoint.play = script(run("x = 6"), Reply(end="silence"))
    panel.request("Work")
    panel.answer(panel.until("Opened"))
    panel.until("StepStarted", number=2)
    panel.send(op="stop")
    turn = panel.until("Undoable")["turn"]
    panel.send(op="undo", turn=turn)
    panel.until("Undone", turn=turn)
    panel.send(op="resume", turn=turn)
    assert "is undone" in panel.told("refused", of="resume", id=turn)["why"]
    assert panel.cells == []
