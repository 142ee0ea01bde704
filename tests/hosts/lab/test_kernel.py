"""What becomes of the notebook's kernel and file while a turn runs."""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from pathlib import Path
from typing import Any

import websocket

from tests.hosts.lab.panel import HANG, Lab, Raw
from tests.hosts.lab.script import finish, observed, run, script, told
from tests.loopback import Reply, Server


def session(lab: Lab, path: str) -> Raw:
    _, sessions = lab.ask("GET", "api/sessions")
    found: Raw = next(one for one in sessions if one["path"] == path)
    return found


def test_a_restart_takes_the_approval_away(lab: Lab, endpoint: Server) -> None:
    endpoint.play = script(run("x = 1"), finish(), run("x"), finish())
    with lab.panel(lab.notebook()) as panel:
        panel.finish("Work")
        before = panel.last
        panel.request("Go on")
        opened = panel.until("Opened", after=before)
        kernel = session(lab, panel.path)["kernel"]["id"]
        assert lab.ask("POST", f"api/kernels/{kernel}/restart")[0] == 200
        assert panel.until("KernelChanged", status="restarted")["epoch"] == 1
        closed = panel.until("Closed", after=before)
        assert (closed["by"], closed["answer"]["granted"]) == ("restart", False)
        panel.answer(opened)
        assert panel.told("refused", id=opened["id"])
        panel.until("TurnFinished", after=before)
        assert "restarted meanwhile" in observed(endpoint.requests[-1])
        assert "The kernel was restarted" in told(endpoint.requests[-1])


def test_a_restart_takes_the_task_back(lab: Lab, endpoint: Server) -> None:
    restarted = threading.Event()

    def later(body: dict[str, Any]) -> Any:
        assert restarted.wait(HANG)
        return run("y = 2")

    endpoint.play = script(run("x = 1"), later, run("z = 3"), finish())
    with lab.panel(lab.notebook()) as panel:
        panel.request("Work")
        panel.answer(panel.until("Opened"))
        panel.until("CellFinished")
        before = panel.last
        kernel = session(lab, panel.path)["kernel"]["id"]
        assert lab.ask("POST", f"api/kernels/{kernel}/restart")[0] == 200
        panel.until("KernelChanged", status="restarted")
        restarted.set()
        opened = panel.until("Opened", after=before)
        assert (opened["request"]["code"], opened["epoch"]) == ("y = 2", 1)
        assert opened["asks"]["where"].startswith(panel.path)
        panel.answer(opened)
        assert panel.until("TurnFinished")["reason"] == "done"
        asked = [one for _, one in sorted(panel.events.items()) if one["type"] == "Opened"]
        assert len(asked) == 2


def test_a_shut_down_kernel_ends_the_conversation(lab: Lab, endpoint: Server) -> None:
    endpoint.play = script(Reply(end="silence"))
    with lab.panel(lab.notebook()) as panel:
        panel.request("Work")
        panel.until("StepStarted")
        first = panel.log
        known = session(lab, panel.path)["id"]
        assert lab.ask("DELETE", f"api/sessions/{known}")[0] == 204
        assert panel.until("TurnFinished")["reason"] == "interrupted"
        lab.session(panel.path)
        panel.gone()
        panel.open()
        assert panel.log != first
        assert panel.until("Earlier")["request"] == "Work"


def test_nothing_begins_without_a_kernel(lab: Lab, endpoint: Server) -> None:
    endpoint.play = script(finish("First."), finish("Second."))
    endpoint.bodies.clear()
    with lab.panel(lab.notebook()) as panel:
        known = session(lab, panel.path)["id"]
        assert lab.ask("DELETE", f"api/sessions/{known}")[0] == 204
        with contextlib.suppress(websocket.WebSocketException, OSError):  # the server was first
            panel.request("Too late")
        panel.gone()
        lab.session(panel.path)
        panel.open()
        assert panel.finish("In time")["conclusion"]["text"] == "First."
    assert len(endpoint.bodies) == 1


def test_a_conversation_follows_its_file(lab: Lab, endpoint: Server) -> None:
    endpoint.play = script(finish("Before."), finish("After."))
    with lab.panel(lab.notebook()) as panel:
        panel.finish("One")
        known = session(lab, panel.path)
        moved = f"moved-{panel.path}"
        assert lab.ask("PATCH", f"api/contents/{panel.path}", {"path": moved})[0] == 200
        assert lab.ask("PATCH", f"api/sessions/{known['id']}", {"path": moved})[0] == 200
        with lab.panel(moved) as again:
            assert again.log == panel.log
            before = again.until("TurnFinished")
            assert before["conclusion"]["text"] == "Before."
            assert again.finish("Two")["conclusion"]["text"] == "After."


def test_another_kernel_of_the_notebook_is_used(lab: Lab, endpoint: Server) -> None:
    endpoint.play = script(run("y = 1"), finish(), run("'y' in dir()"), finish())
    with lab.panel(lab.notebook()) as panel:
        panel.finish("Work")
        known = session(lab, panel.path)
        change = {"kernel": {"name": "python3"}}
        assert lab.ask("PATCH", f"api/sessions/{known['id']}", change)[0] == 200
        panel.finish("Look")
        assert panel.until("KernelChanged", status="started")
        assert "False" in observed(endpoint.requests[-1])
        assert told(endpoint.requests[-1]).count("gave the notebook another kernel") == 1


def test_a_kernel_of_another_language(lab: Lab, endpoint: Server) -> None:
    folder = Path(lab.environment["JUPYTER_DATA_DIR"]) / "kernels" / "echo"
    folder.mkdir(parents=True)
    program = Path(__file__).with_name("echo_kernel.py")
    argv = [sys.executable, str(program), "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Echo", "language": "echo"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    endpoint.play = script(run("to be echoed"), finish())
    path = lab.notebook(spec="echo")
    with lab.panel(path) as panel:
        panel.finish("Work")
        assert "to be echoed" in observed(endpoint.requests[-1])
        assert "echo" in panel.until("Notice")["text"]
        before = panel.last
        panel.request("Profile data.csv", model="offline")
        end = panel.until("TurnFinished", after=before)
        assert end["reason"] == "failed"
        assert "Python" in end["detail"]
