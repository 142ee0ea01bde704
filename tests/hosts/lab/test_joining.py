"""A `%%k2` whose turn is the sidebar's, run as a page runs cells."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from k2_jupyter.messages import AssistantMessage
from tests.hosts.lab.cells import Cells, cells_of, of
from tests.hosts.lab.conftest import KEY
from tests.hosts.lab.panel import HANG, Lab, Panel, Raw, serving_lab
from tests.hosts.lab.script import call, finish, observed, run, script, told
from tests.loopback import Reply, Server

SLEEPS = """
import time
print('sleeps', flush=True)
for _ in range(6000):
    time.sleep(0.01)
"""
SHORT_LEASE = """
%load_ext k2_jupyter
from k2_jupyter.in_kernel.magic import conversation
conversation.LEASE_SECONDS = 4.0
"""


@pytest.fixture(scope="module")
def cells(lab: Lab, kernel: str) -> Iterator[Cells]:
    with cells_of(lab, kernel) as cells:
        asked = cells.send("%load_ext k2_jupyter")
        assert cells.reply(asked)["status"] == "ok"
        yield cells


class Magic:
    """A cell with a `%%k2`, from its start to its claim."""

    def __init__(self, panel: Panel, cells: Cells, request: str, *, options: str = "") -> None:
        self.panel, self.cells = panel, cells
        self.cell, self.code = f"magic{len(panel.cells)}", f"%%k2 {options}\n{request}"
        panel.add(self.cell, self.code)
        self.start()

    def start(self) -> None:
        self.before = self.panel.last
        self.asked = self.cells.send(self.code, cell=self.cell)
        self.turn = self.cells.announced(self.asked)

    def claim(self, **fields: object) -> None:
        said = {"turn": self.turn, "run": self.asked, "cell": self.cell, "code": self.code}
        more = {"model": "", "caps": {}, "images": False}
        self.panel.send(op="claim", **{**said, **more, **fields})


def test_its_turn_is_the_conversations(panel: Panel, cells: Cells, endpoint: Server) -> None:
    endpoint.play = script(
        finish("Before."),
        run("answer = 6 * 7\nprint('from the step')\nanswer"),
        call("inspect_variables", names=["answer"]),
        finish("The answer stands below."),
    )
    panel.finish("In the panel")
    cells.reply(cells.send("given = [1, 2, 3]"))
    magic = Magic(panel, cells, "What is the answer to {given}?")
    after = cells.send("answer + 1")  # as Run All queues it
    magic.claim()
    assert panel.until("Asked", after=magic.before)["request"] == "What is the answer to {given}?"
    assert panel.approve_all(magic.before)["reason"] == "done"
    assert cells.reply(magic.asked)["status"] == "ok"
    assert cells.reply(after)["status"] == "ok"
    # The cell stands below, and is followed by the id of its run, which has outputs of its own.
    ids = [cell["id"] for cell in panel.cells]
    made = panel.cells[ids.index(magic.cell) + 1]
    assert made["source"].startswith("answer = 6 * 7")
    mirror = panel.told("do", what="mirror", cell=made["id"])
    printed = [m for m in cells.messages if m["msg_type"] == "stream"]
    assert {m["parent_header"]["msg_id"] for m in printed} == {mirror["run"]}
    # The model knows what was said before, what the variable is, and what came out.
    assert "In the panel" in told(endpoint.requests[-1])
    assert "given (list" in told(endpoint.requests[-1])
    assert "int = 42" in observed(endpoint.requests[-1])
    assert "from the step" in str(endpoint.requests[-1])
    assert "The answer stands below." in cells.shown(magic.asked)


def test_run_all_replays_what_is_recorded(panel: Panel, cells: Cells, endpoint: Server) -> None:
    endpoint.play = script(run("kept = 1"), finish("It is one."))
    magic = Magic(panel, cells, "Make one")
    magic.claim()
    panel.approve_all(magic.before)
    cells.reply(magic.asked)
    asked = len(endpoint.bodies)
    magic.start()
    magic.claim()
    assert panel.until("TurnFinished", after=magic.before)["conclusion"]["text"] == "It is one."
    assert cells.reply(magic.asked)["status"] == "ok"
    assert "recorded on" in cells.shown(magic.asked)
    assert "It is one." in cells.shown(magic.asked)
    assert len(endpoint.bodies) == asked
    # Where no page claims it: its cells stand in the saved notebook, and run there.
    named = cells.value("__import__('os').environ['JPY_SESSION_NAME']").strip("'")
    saved = [{"cell_type": one["kind"], "source": one["source"]} for one in panel.cells]
    Path(named).write_text(json.dumps({"cells": saved, "nbformat": 4, "nbformat_minor": 5}))
    magic.start()
    assert cells.reply(magic.asked)["status"] == "ok"
    assert "not run again here" in cells.shown(magic.asked)
    assert len(endpoint.bodies) == asked
    # Without its cells there is nothing that Run All would run: the magic itself runs them.
    Path(named).unlink()
    panel.cells = [cell for cell in panel.cells if cell["id"] == magic.cell]
    panel.send(op="changed", cells=[], order=[magic.cell])
    cells.reply(cells.send("del kept"))
    magic.start()
    magic.claim()
    assert cells.reply(magic.asked)["status"] == "ok"
    assert "replayed" in cells.shown(magic.asked)
    assert cells.value("kept") == "1"
    assert len(endpoint.bodies) == asked
    magic.code = magic.code.replace("%%k2", "%%k2 --again")
    magic.start()
    magic.claim()
    panel.approve_all(magic.before)
    cells.reply(magic.asked)
    assert len(endpoint.bodies) > asked


def test_an_interrupt_ends_the_turn(
    panel: Panel, lab: Lab, kernel: str, cells: Cells, endpoint: Server
) -> None:
    endpoint.play = script(run(SLEEPS), finish())
    magic = Magic(panel, cells, "Sleep")
    behind = cells.send("never = 1")
    magic.claim()
    panel.answer(panel.until("Opened", after=magic.before))
    panel.until("CellStarted", after=magic.before)
    mirror = panel.told("do", what="mirror")
    cells.until(lambda message: of(message, mirror["run"]) and "stream" in message["msg_type"])
    assert lab.ask("POST", f"api/kernels/{kernel}/interrupt")[0] == 204
    assert panel.until("TurnFinished", after=magic.before)["reason"] == "interrupted"
    assert panel.until("CellFinished", after=magic.before)["status"] == "interrupted"
    assert cells.reply(magic.asked)["ename"] == "TurnInterrupted"
    assert cells.reply(behind)["status"] == "aborted"


def test_an_interrupt_ends_a_turn_that_thinks(
    panel: Panel, lab: Lab, kernel: str, cells: Cells, endpoint: Server
) -> None:
    endpoint.play = script(Reply(end="silence"))
    magic = Magic(panel, cells, "Think")
    magic.claim()
    panel.until("StepStarted", after=magic.before)
    assert lab.ask("POST", f"api/kernels/{kernel}/interrupt")[0] == 204
    assert panel.until("TurnFinished", after=magic.before)["reason"] == "interrupted"
    assert cells.reply(magic.asked)["ename"] == "TurnInterrupted"


def test_a_stop_in_the_panel_ends_the_cell(panel: Panel, cells: Cells, endpoint: Server) -> None:
    endpoint.play = script(run(SLEEPS), finish())
    magic = Magic(panel, cells, "Sleep, too")
    magic.claim()
    panel.answer(panel.until("Opened", after=magic.before))
    panel.until("CellStarted", after=magic.before)
    panel.told("do", what="mirror")
    panel.send(op="stop")
    assert panel.until("TurnFinished", after=magic.before)["reason"] == "interrupted"
    assert cells.reply(magic.asked)["ename"] == "TurnInterrupted"


def test_a_turn_that_fails_fails_the_cell(panel: Panel, cells: Cells, endpoint: Server) -> None:
    magic = Magic(panel, cells, "Anything")
    magic.claim(model="no-such-model")
    failed = panel.until("TurnFinished", after=magic.before)
    reply = cells.reply(magic.asked)
    assert (failed["reason"], reply["ename"]) == ("failed", "TurnFailed")
    assert "no-such-model" in reply["evalue"]


@pytest.mark.parametrize(
    "said", [{"cell": "unknown"}, {"code": "print('no request')"}, {"turn": "another"}]
)
def test_only_a_cell_of_this_notebook_that_asks_can_join(
    panel: Panel, cells: Cells, endpoint: Server, said: dict[str, str]
) -> None:
    endpoint.play = script(finish("It joined in."))
    magic = Magic(panel, cells, "Nobody's")
    magic.claim(**said)
    # The kernel waits no longer, and its own process may ask nobody.
    assert cells.reply(magic.asked)["status"] == "error"
    assert "Asked" not in {panel.events[n]["type"] for n in panel.events if n > magic.before}
    assert not endpoint.bodies


def test_a_turn_that_runs_is_not_joined(panel: Panel, cells: Cells, endpoint: Server) -> None:
    endpoint.play = script(Reply(end="silence"))
    panel.request("Think")
    panel.until("StepStarted")
    magic = Magic(panel, cells, "Me too")
    magic.claim()
    assert "runs here already" in panel.told("refused", of="claim")["why"]
    cells.reply(magic.asked)
    panel.send(op="stop")
    panel.until("TurnFinished")


def test_a_page_that_comes_back_shows_the_waiting_cell(
    panel: Panel, lab: Lab, cells: Cells, endpoint: Server
) -> None:
    gate = threading.Event()

    def slow(body: dict[str, object]) -> AssistantMessage:
        assert gate.wait(60)
        return finish("It went on.")

    endpoint.play = script(run("went = 'on'"), slow)
    magic = Magic(panel, cells, "Go on without me")
    magic.claim()
    panel.answer(panel.until("Opened", after=magic.before))
    panel.until("CallFinished", after=magic.before)
    panel.drop()
    after = len(panel.received)
    panel.open()
    mirror = panel.told("do", after=after, what="mirror", cell=magic.cell)
    assert mirror["run"] == magic.asked
    [card] = mirror["outputs"]
    assert "answers in the K2 panel" in card["data"]["text/plain"]
    gate.set()
    panel.until("TurnFinished", after=magic.before)
    cells.reply(magic.asked)
    filled = panel.told("do", after=after, what="outputs", cell=magic.cell)
    assert "It went on." in str(filled["outputs"])
    updates = [one for one in cells.messages if one["msg_type"] == "update_display_data"]
    assert updates[-1]["content"]["transient"] == card["transient"]


def test_a_cell_that_the_user_deletes_meanwhile_is_told(
    panel: Panel, lab: Lab, cells: Cells, endpoint: Server
) -> None:
    """While it runs: it runs to its end, and stays away."""
    waits = "from pathlib import Path\nwhile not Path('deleted').exists():\n    pass\nwent = 'on'"
    endpoint.play = script(run(waits), finish("It went on."))
    magic = Magic(panel, cells, "Go on without its cell")
    magic.claim()
    panel.answer(panel.until("Opened", after=magic.before))
    made = panel.told("do", what="mirror")["cell"]
    panel.remove(made)
    panel.send(op="unqueue", id="nothing")
    panel.told("refused", of="unqueue")  # so the deletion was heard of
    (lab.folder / "deleted").touch()
    assert panel.until("TurnFinished", after=magic.before)["reason"] == "done"
    assert cells.reply(magic.asked)["status"] == "ok"
    assert f"The user deleted cell {made}." in told(endpoint.requests[-1])
    assert made not in {cell["id"] for cell in panel.cells}
    assert cells.value("went") == "'on'"


@contextlib.contextmanager
def listening(lab: Lab, kernel: str) -> Iterator[BlockingKernelClient]:
    """A client of the kernel itself, which needs no server."""
    folder = Path(lab.environment["JUPYTER_RUNTIME_DIR"])
    client = BlockingKernelClient(connection_file=str(folder / f"kernel-{kernel}.json"))
    client.load_connection_file()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=HANG)
        yield client
    finally:
        client.stop_channels()


def failure(client: BlockingKernelClient, asked: str) -> Raw:
    """The error with which the run of a request ends."""
    while True:
        message = client.get_iopub_msg(timeout=HANG)
        if message["msg_type"] == "error" and of(message, asked):
            content: Raw = message["content"]
            return content


def value(client: BlockingKernelClient, expression: str) -> str:
    """What it is; what is asked at the moment of an error is aborted."""
    while True:
        asked = {"v": expression}
        reply = client.execute("", user_expressions=asked, reply=True, timeout=HANG)["content"]
        if reply["status"] == "ok":
            return str(reply["user_expressions"]["v"])


def test_a_magic_whose_server_is_gone_ends(tmp_path: Path, endpoint: Server) -> None:
    """The kernel lives on: its magic waits as long as the lease, and says why it ended."""
    endpoint.play = script(run("kept = 'here'"), Reply(end="silence"))
    chosen = {"K2_BASE_URL": endpoint.base_url, "K2_MODEL": "played", "K2_API_KEY": KEY}
    with contextlib.ExitStack() as ends:
        lab = ends.enter_context(serving_lab(tmp_path, **chosen))
        path = lab.notebook(spec=outliving(lab))
        kernel = lab.session(path)["kernel"]["id"]
        cells = ends.enter_context(cells_of(lab, kernel))
        process = int(cells.value("__import__('os').getpid()"))
        ends.callback(kill, process)
        client = ends.enter_context(listening(lab, kernel))
        panel = ends.enter_context(lab.panel(path))
        assert cells.reply(cells.send(SHORT_LEASE))["status"] == "ok"
        magic = Magic(panel, cells, "Think alone")
        magic.claim()
        panel.answer(panel.until("Opened", after=magic.before))
        panel.until("CallFinished", after=magic.before)
        lab.process.kill()
        failed = failure(client, magic.asked)
        assert failed["ename"] == "TurnFailed"
        assert "has not been heard of for 4 s" in failed["evalue"]
        assert "'here'" in value(client, "kept")


def outliving(lab: Lab) -> str:
    """A kernel spec whose kernels do not end with their server; its name."""
    folder = Path(lab.environment["JUPYTER_DATA_DIR"]) / "kernels" / "outliving"
    folder.mkdir(parents=True)
    unwatched = ["env", "-u", "JPY_PARENT_PID", sys.executable]
    argv = [*unwatched, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Outliving", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    return folder.name


def kill(process: int) -> None:
    """Where it still runs."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def test_a_limit_that_is_none_ends_no_turn(panel: Panel, cells: Cells, endpoint: Server) -> None:
    """What the kernel says with a claim is data: once claimed, the magic must be ended."""
    endpoint.play = script(finish())
    magic = Magic(panel, cells, "Take your time", options=f"--max-steps {10**400}")
    magic.claim()
    assert panel.until("TurnFinished", after=magic.before)["reason"] == "done"
    assert cells.reply(magic.asked)["status"] == "ok"


def test_what_is_no_message_is_passed_by(panel: Panel, cells: Cells, endpoint: Server) -> None:
    """A cell can say anything in its kernel's name."""
    told = "kernel.iopub_socket, 'k2_ran', ['no object'], parent=kernel.get_parent()"
    endpoint.play = script(
        run(f"kernel = get_ipython().kernel\nkernel.session.send({told})"), finish()
    )
    magic = Magic(panel, cells, "Say something odd")
    magic.claim()
    assert panel.approve_all(magic.before)["reason"] == "done"
    assert cells.reply(magic.asked)["status"] == "ok"


def test_a_page_that_is_lost_at_the_claim_gets_the_card_later(
    panel: Panel, cells: Cells, endpoint: Server
) -> None:
    gate = threading.Event()

    def slow(body: dict[str, object]) -> AssistantMessage:
        assert gate.wait(HANG)
        return finish("It went on.")

    endpoint.play = script(slow)
    magic = Magic(panel, cells, "Claim and go")
    magic.claim()
    panel.drop()
    after = len(panel.received)
    panel.open()
    panel.until("StepStarted", after=magic.before)
    gate.set()
    cells.reply(magic.asked)
    filled = panel.told("do", after=after, what="outputs", cell=magic.cell)
    assert "It went on." in str(filled["outputs"])


def test_its_undo_leaves_the_variables_to_the_kernel(
    panel: Panel, cells: Cells, endpoint: Server
) -> None:
    endpoint.play = script(run("made_here = 1"), finish())
    magic = Magic(panel, cells, "Make it here")
    magic.claim()
    panel.approve_all(magic.before)
    cells.reply(magic.asked)
    turn = panel.until("Undoable", after=magic.before)["turn"]
    panel.send(op="undo", turn=turn)
    first, *_, last = panel.until("Undone", turn=turn)["lines"]
    assert first == "Cells: 2 removed."
    assert "`%k2 undo` takes back" in last
    assert cells.value("made_here") == "1"
    cells.reply(cells.send("%k2 undo"))
    assert cells.value("'made_here' in dir()") == "False"
