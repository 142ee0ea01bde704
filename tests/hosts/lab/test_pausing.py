"""A turn is paused between two calls, goes on, and finds a kernel that is another by now."""

from __future__ import annotations

from typing import Any

from k2_jupyter.agent.limits import Deadline, Stop
from tests.hosts.lab.panel import Lab, Panel
from tests.hosts.lab.script import finish, observed, run, script, told
from tests.loopback import Server

GATED = "import pathlib, time\nwhile not pathlib.Path({gate!r}).exists():\n    time.sleep(0.01)"


def paused(lab: Lab, panel: Panel, *, after: int = 0) -> None:
    """Pause the turn while its first cell runs."""
    panel.request("Work")
    panel.answer(panel.until("Opened"))
    panel.until("CellStarted")
    panel.send(op="pause")
    panel.until("Paused", state="wanted")
    (lab.folder / f"{panel.path}.gate").touch()
    panel.until("Paused", state="here")


def gated(panel: Panel) -> str:
    return f"x = 1\n{GATED.format(gate=panel.path + '.gate')}"


def test_the_present_call_ends_and_the_next_waits(lab: Lab, panel: Panel, endpoint: Server) -> None:
    endpoint.play = script(run(gated(panel)), run("print(x + 1)"), finish())
    paused(lab, panel)
    assert panel.until("CallFinished")["result"]["is_error"] is False
    assert len(endpoint.bodies) == 1
    panel.send(op="continue")
    assert panel.until("TurnFinished")["reason"] == "done"
    assert panel.until("Paused", state="over")
    assert "2" in observed(endpoint.requests[-1])
    assert len([one for one in panel.events.values() if one["type"] == "Opened"]) == 1


def test_a_stop_ends_a_pause(lab: Lab, panel: Panel, endpoint: Server) -> None:
    endpoint.play = script(run(gated(panel)), finish())
    paused(lab, panel)
    panel.send(op="stop")
    assert panel.until("TurnFinished")["reason"] == "interrupted"


def test_where_nothing_runs_there_is_nothing_to_pause(panel: Panel) -> None:
    panel.send(op="pause")
    assert panel.told("refused", of="pause")


def restarted(lab: Lab, panel: Panel) -> None:
    """The user restarts the kernel and goes on; the server has seen both."""
    _, sessions = lab.ask("GET", "api/sessions")
    kernel = next(one["kernel"]["id"] for one in sessions if one["path"] == panel.path)
    before = panel.last
    status, _ = lab.ask("POST", f"api/kernels/{kernel}/restart")
    assert status == 200
    panel.until("KernelChanged", after=before, status="started")
    panel.send(op="continue")


def asked_again(panel: Panel) -> dict[str, Any]:
    """The card that names the cells."""
    panel.until("Paused", state="over")
    over = next(n for n, one in panel.events.items() if one.get("state") == "over")
    return panel.until("Opened", after=over)


def test_in_a_new_kernel_the_cells_run_first_with_the_users_yes(
    lab: Lab, panel: Panel, endpoint: Server
) -> None:
    endpoint.play = script(run(gated(panel)), run("print(x + 1)"), finish())
    paused(lab, panel)
    restarted(lab, panel)
    card = asked_again(panel)
    assert panel.cells[0]["id"] in "".join(card["request"]["reasons"])
    assert card["request"]["code"] == gated(panel)
    panel.answer(card)
    assert panel.until("TurnFinished")["reason"] == "done"
    assert "Run again just now" in told(endpoint.requests[-1])
    assert "2" in observed(endpoint.requests[-1])


def test_without_the_users_yes_nothing_runs_again(lab: Lab, panel: Panel, endpoint: Server) -> None:
    endpoint.play = script(run(gated(panel)), run("print('x' in globals())"), finish())
    paused(lab, panel)
    restarted(lab, panel)
    no = {"type": "Approval", "granted": False, "comment": "", "always": False}
    before = panel.last
    panel.answer(asked_again(panel), **no)
    assert panel.approve_all(before + 1)["reason"] == "done"
    assert "none of the cells" in told(endpoint.requests[-1])
    assert "False" in observed(endpoint.requests[-1])


def test_a_turn_that_is_stopped_at_that_question_asks_it_when_it_goes_on(
    lab: Lab, panel: Panel, endpoint: Server
) -> None:
    endpoint.play = script(run(gated(panel)), run("print(x + 1)"), finish())
    paused(lab, panel)
    restarted(lab, panel)
    asked_again(panel)
    panel.send(op="stop")
    panel.until("TurnFinished", reason="interrupted")
    before = panel.last
    panel.send(op="resume", turn=panel.until("TurnStarted")["turn"])
    card = panel.until("Opened", after=before)
    assert card["request"]["code"] == gated(panel)
    panel.answer(card)
    assert panel.until("TurnFinished", after=before)["reason"] == "done"
    assert "2" in observed(endpoint.requests[-1])


def test_a_stop_ends_a_cell_that_runs_again(lab: Lab, panel: Panel, endpoint: Server) -> None:
    """As it ends any other: the page hears of its end, and no page follows it any more."""
    ran, again = (lab.folder / f"{panel.path}.{name}" for name in ("ran", "again"))
    endless = f"pathlib.Path({again.name!r}).touch()\n    while True:\n        time.sleep(0.01)"
    once = f"if pathlib.Path({ran.name!r}).exists():\n    {endless}"
    source = f"{gated(panel)}\n{once}\npathlib.Path({ran.name!r}).touch()"
    endpoint.play = script(run(source), finish())
    paused(lab, panel)
    restarted(lab, panel)
    panel.answer(asked_again(panel))
    before = panel.last
    panel.wait(again.exists)
    panel.send(op="stop")
    assert panel.until("TurnFinished", after=before)["reason"] == "interrupted"
    assert panel.until("CellFinished", after=before, within=1)["status"] == "interrupted"


def test_a_pause_counts_for_no_limit() -> None:
    stop = Stop()
    deadline = Deadline(stop, 0.0)
    assert deadline.is_set()
    stop.held += 60.0
    assert not deadline.is_set()
