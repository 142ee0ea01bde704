"""Runs handed to a magic that waits on the main thread, as a Jupyter server hands them over."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from k2_jupyter.in_kernel.magic.runner import Runner

HANG = 30.0
SETUP = """
from IPython.display import display
from k2_jupyter.in_kernel.magic import ipykernel_names as names
from k2_jupyter.in_kernel.magic.runner import Runner
from k2_jupyter.in_kernel.magic.runs import next_count, run_source
_shell = get_ipython()
_kernel = _shell.kernel

def _step(request):
    with names.without_input(_kernel), names.request_of_its_own(
        _kernel, request["msg_id"], request["cell"], request["source"], next_count(_shell)
    ):
        outcome.append(run_source(_shell, request["source"]))

outcome = []
_runner = Runner(_step)
names.on_control(_kernel, "k2_request", _runner.offer)
"""
WAIT = """
with _runner.open(claimed=False) as _turn:
    display({"application/vnd.k2.turn+json": {"turn": _turn}}, raw=True)
    claimed = _runner.claimed(%s)
    ended = _runner.drive(print, lease=%s) if claimed else None
"""


class Server:
    """A plain client that feeds the runner as the server will."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client
        self.turn = ""

    def wait(self, *, claim: float = HANG, lease: float = HANG) -> str:
        """Start the waiting cell; returns the id of its request."""
        asked = self.client.execute(WAIT % (claim, lease), allow_stdin=True)
        while True:
            message = self.client.get_iopub_msg(timeout=HANG)
            if message["msg_type"] == "display_data":
                self.turn = message["content"]["data"]["application/vnd.k2.turn+json"]["turn"]
                return str(asked)

    def control(self, op: str, **fields: Any) -> dict[str, Any]:
        content = {"turn": self.turn, "op": op, **fields}
        message = self.client.session.msg("k2_request", content)
        self.client.control_channel.send(message)
        while True:
            reply = self.client.control_channel.get_msg(timeout=HANG)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                said: dict[str, Any] = reply["content"]
                return said

    def step(self, source: str, *, until: str = "idle") -> list[dict[str, Any]]:
        """Hand over a run; its messages up to its idle, or up to one of a type."""
        msg_id = uuid.uuid4().hex
        assert self.control("step", source=source, msg_id=msg_id, cell="c1") == {"ok": True}
        seen = []
        while True:
            message = self.client.get_iopub_msg(timeout=HANG)
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            seen.append(message)
            state = message["content"].get("execution_state")
            if until in (state, message["msg_type"]):
                return seen

    def reply(self, asked: str) -> dict[str, Any]:
        while True:
            message = self.client.get_shell_msg(timeout=HANG)
            if message["parent_header"].get("msg_id") == asked:
                content: dict[str, Any] = message["content"]
                return content

    def value(self, expression: str) -> str:
        asked = self.client.execute("", user_expressions={"v": expression})
        text: str = self.reply(asked)["user_expressions"]["v"]["data"]["text/plain"]
        return text


@pytest.fixture(scope="module")
def manager() -> Iterator[KernelManager]:
    manager = KernelManager()
    manager.start_kernel()
    yield manager
    manager.shutdown_kernel(now=True)


@pytest.fixture
def server(manager: KernelManager) -> Iterator[Server]:
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=HANG)
    server = Server(client)
    assert server.reply(client.execute(SETUP))["status"] == "ok"
    yield server
    if server.turn:
        server.control("end")
    client.stop_channels()


def kinds(messages: list[dict[str, Any]]) -> list[str]:
    """The types in their order; a stream is one, in however many pieces a timer flushed it."""
    return [kind for kind, _ in groupby(message["msg_type"] for message in messages)]


def test_a_run_is_a_request_of_its_own_on_the_users_namespace(server: Server) -> None:
    asked = server.wait()
    assert server.control("claim") == {"ok": True}
    seen = server.step("x = 6 * 7\nprint('said')\nx")
    assert kinds(seen) == ["status", "execute_input", "stream", "execute_result", "status"]
    again = server.step("Out[len(In) - 2] + x")
    assert again[2]["content"]["data"]["text/plain"] == "84"
    counts = [messages[1]["content"]["execution_count"] for messages in (seen, again)]
    assert counts[1] == counts[0] + 1
    server.control("end")
    reply = server.reply(asked)
    assert reply["status"] == "ok"
    assert reply["execution_count"] == counts[1]
    assert server.value("x") == "42"
    assert server.value("[o['status'] for o in outcome]") == "['ok', 'ok']"


def test_a_failing_run_is_an_outcome_and_the_turn_goes_on(server: Server) -> None:
    server.wait()
    server.control("claim")
    assert "error" in kinds(server.step("1 / 0"))
    assert kinds(server.step("print(1)"))[2] == "stream"
    server.control("end")
    assert server.value("[o['status'] for o in outcome]") == "['error', 'ok']"


@pytest.mark.parametrize("await_it", [False, True])
def test_an_interrupt_ends_the_run_and_top_level_await_works(
    server: Server, manager: KernelManager, await_it: bool
) -> None:
    asked = server.wait()
    server.control("claim")
    sleep = "await asyncio.sleep(600)" if await_it else "time.sleep(600)"
    server.step(f"import asyncio, time\nprint('sleeps')\n{sleep}", until="stream")
    manager.interrupt_kernel()
    while server.client.get_iopub_msg(timeout=HANG)["msg_type"] != "error":
        pass
    assert server.control("end") == {"ok": True}
    server.reply(asked)
    assert server.value("outcome[-1]['status']") == "'interrupted'"


def test_input_is_answered_with_an_error_at_once(server: Server) -> None:
    server.wait()
    server.control("claim")
    (error,) = [m for m in server.step("input('?')") if m["msg_type"] == "error"]
    assert error["content"]["ename"] == "StdinNotImplementedError"
    server.control("end")


def test_an_interrupt_between_runs_ends_the_magic(server: Server, manager: KernelManager) -> None:
    asked = server.wait()
    server.control("claim")
    manager.interrupt_kernel()
    assert server.reply(asked)["ename"] == "KeyboardInterrupt"
    assert server.control("step", source="1", msg_id="m", cell="c")["ok"] is False


def test_nobody_claims_and_a_late_claim_is_refused(server: Server) -> None:
    asked = server.wait(claim=0.3)
    server.reply(asked)
    assert server.value("claimed") == "False"
    assert server.control("claim") == {"ok": False, "why": "no such turn"}


def test_a_lost_driver_is_noticed(server: Server) -> None:
    asked = server.wait(lease=0.3)
    server.control("claim")
    assert server.reply(asked)["ename"] == "DriverLost"


def test_only_the_open_turn_is_served() -> None:
    ran: list[Any] = []

    def run(request: dict[str, Any]) -> dict[str, Any]:
        ran.append(request)
        return {}

    runner = Runner(run)
    with runner.open(claimed=True) as turn:
        assert runner.offer({"turn": "another", "op": "step"})["ok"] is False
        assert runner.offer({"turn": turn, "op": "step"})["ok"] is True
        assert runner.offer({"turn": turn, "op": "end"})["ok"] is True
        runner.drive(ran.append)
    assert [request["op"] for request in ran] == ["step"]
    assert runner.offer({"turn": turn, "op": "step"})["ok"] is False


def test_a_turn_is_claimed_once_and_in_time() -> None:
    runner = Runner(lambda request: {})
    with runner.open(claimed=False) as turn:
        assert runner.offer({"turn": turn, "op": "step"})["ok"] is False
        assert runner.offer({"turn": turn, "op": "claim"})["ok"] is True
        assert runner.offer({"turn": turn, "op": "claim"})["ok"] is False
        assert runner.claimed(0)  # the claim came in the last moment
        assert runner.offer({"turn": turn, "op": "step"})["ok"] is True
    with runner.open(claimed=False):
        assert runner._take_claim()  # a claim that another thread is about to put in
        assert runner.claimed(0)
    with runner.open(claimed=False) as turn:
        assert not runner.claimed(0)
        for op in ("claim", "step", "end"):
            assert runner.offer({"turn": turn, "op": op})["ok"] is False


def test_however_a_turn_is_left_it_is_over() -> None:
    runner = Runner(lambda request: {})
    with pytest.raises(KeyboardInterrupt), runner.open(claimed=True) as turn:
        raise KeyboardInterrupt
    assert runner.turn is None
    assert runner.offer({"turn": turn, "op": "end"})["ok"] is False


def test_silence_is_measured_from_the_last_sign_of_life() -> None:
    lost = threading.Event()

    def run(request: dict[str, Any]) -> dict[str, Any]:
        lost.wait(0.5)  # longer than the lease: a run's own time is no silence
        runner.offer({**request, "op": "end"})
        return {}

    runner = Runner(run)
    with runner.open(claimed=True) as turn:
        runner.offer({"turn": turn, "op": "step"})
        assert runner.drive(print, lease=0.3)["op"] == "end"
