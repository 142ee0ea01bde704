"""Who serves a `%%k2`: a page's server that claims it in time, else the agent's own process."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import psutil
import pytest

from tests.hosts.magic.front_end import HANG, FrontEnd
from tests.hosts.magic.models import Runs, request

ANNOUNCED = "application/vnd.k2.turn+json"
Asked = Callable[..., FrontEnd]


class Page:
    """A page and its server: a plain client, which uses the control channel."""

    def __init__(self, front: FrontEnd) -> None:
        self.front = front
        self.turn = ""

    def control(self, op: str, **fields: Any) -> dict[str, Any]:
        client = self.front.client
        message = client.session.msg("k2_request", {"turn": self.turn, "op": op, **fields})
        client.control_channel.send(message)
        while True:
            reply = client.control_channel.get_msg(timeout=HANG)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                content: dict[str, Any] = reply["content"]
                return content

    def announced(self, kind: str, content: dict[str, Any]) -> bool:
        if kind != "display_data" or ANNOUNCED not in content["data"]:
            return False
        self.turn = content["data"][ANNOUNCED]["turn"]
        return True


@pytest.fixture
def front(asked: Asked) -> FrontEnd:
    return asked(Runs(), JPY_SESSION_NAME="here.ipynb")


def test_a_claimed_turn_runs_what_the_server_hands_over(front: FrontEnd) -> None:
    page, own = Page(front), uuid.uuid4().hex

    def serve(kind: str, content: dict[str, Any]) -> None:
        if page.announced(kind, content):
            assert page.control("claim") == {"ok": True}
            assert page.control("ping") == {"ok": True, "last": {}}
            page.control("step", msg_id=own, cell="c1", source="x = 6 * 7\nx")
            page.control("step", msg_id=7, cell=None, source="never = 1")
            page.control("end", status="done", text="")

    seen: list[tuple[str, dict[str, Any]]] = []

    def other(message: dict[str, Any]) -> None:
        if message["parent_header"].get("msg_id") == own:
            seen.append((message["msg_type"], message["content"]))

    front.others = other
    shown = front.run("%%k2\nhello", watch=serve)
    assert shown.reply["status"] == "ok", shown.reply
    assert front.value("(x, 'never' in globals())") == "(42, False)"
    assert psutil.Process(front.pid).children() == []  # no agent of the kernel's own
    kinds = [kind for kind, _ in seen]
    assert kinds == ["status", "execute_input", "execute_result", "k2_ran", "status"]
    ran = seen[3][1]
    assert ran["status"] == "ok"
    assert ran["report"]["appeared"] == {"x": "int = 42"}


@pytest.mark.parametrize(
    ("status", "ename"), [("interrupted", "TurnInterrupted"), ("failed", "TurnFailed")]
)
def test_a_claimed_turn_ends_as_the_server_says(front: FrontEnd, status: str, ename: str) -> None:
    page = Page(front)

    def serve(kind: str, content: dict[str, Any]) -> None:
        if page.announced(kind, content):
            page.control("claim")
            page.control("end", status=status, text="why")

    assert front.run("%%k2\nhello", watch=serve).reply["ename"] == ename


def test_a_server_can_stop_a_run_alone_and_ask_about_variables(front: FrontEnd) -> None:
    page, said = Page(front), dict[str, Any]()

    def serve(kind: str, content: dict[str, Any]) -> None:
        if page.announced(kind, content):
            assert page.control("stop_run", run="long")["ok"] is False  # not claimed
            page.control("claim")
            source = "import time\nprint('sleeps', flush=True)\ntime.sleep(600)"
            page.control("step", msg_id="long", cell="c", source=source)
        elif kind == "k2_described":
            said.update(content)
            page.control("end", status="done", text="")

    def other(message: dict[str, Any]) -> None:
        content = message["content"]
        if "sleeps" in content.get("text", ""):
            page.control("stop_run", run="another")
            page.control("stop_run", run="long")
            page.control("step", msg_id="next", cell="c", source="x = [1, 2]")
        if message["msg_type"] == "k2_ran":
            said.setdefault("ran", []).append(content["status"])
            if len(said["ran"]) == 2:
                page.control("describe", id="d", names=["x", 7])

    front.others = other
    shown = front.run("%%k2\nhello", watch=serve)
    assert shown.reply["status"] == "ok", shown.reply
    assert said["ran"] == ["interrupted", "ok"]
    assert said["id"] == "d"
    assert said["texts"]["x"].startswith("list")


def test_nobody_claims_and_a_late_claim_is_refused(front: FrontEnd) -> None:
    page, late = Page(front), []

    def serve(kind: str, content: dict[str, Any]) -> None:
        page.announced(kind, content)
        if kind == "stream" and "runs" in content["text"]:
            late.append(page.control("claim"))
            late.append(page.control("step", msg_id="m", cell="c", source="two = 1"))

    shown = front.run(request("print('runs', flush=True)"), answers=["y"], watch=serve)
    assert shown.reply["status"] == "ok"
    assert late == [{"ok": False, "why": "no such turn"}] * 2
    assert front.value("'two' in globals()") == "False"
    # The card stands where the turn was announced, and nothing of that stays in the notebook.
    displays = [
        (content["transient"]["display_id"], content["data"])
        for _, content in shown.messages
        if content.get("transient", {}).get("display_id")
    ]
    announced, *later = [data for name, data in displays if name == displays[0][0]]
    assert ANNOUNCED in announced
    assert "It ran." in later[-1]["text/plain"]
    assert not any(ANNOUNCED in data for data in later)


def test_an_interrupt_while_nobody_has_claimed_ends_the_turn(front: FrontEnd) -> None:
    page = Page(front)

    def interrupt(kind: str, content: dict[str, Any]) -> None:
        if page.announced(kind, content):
            front.interrupt()

    assert front.run("%%k2\nhello", watch=interrupt).reply["ename"] == "TurnInterrupted"
    assert page.control("claim")["ok"] is False
    assert psutil.Process(front.pid).children() == []


def test_without_a_server_nothing_is_announced(asked: Asked) -> None:
    front = asked(Runs(), JPY_SESSION_NAME="")
    assert front.run(request("x = 1"), answers=["y"]).data(ANNOUNCED) == []
