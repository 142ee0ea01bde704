"""`%k2 resume` in real kernels: after a restart, a killed kernel, a killed agent."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from k2_jupyter.messages import AssistantMessage
from tests.hosts.cli.played import PlayedModel
from tests.hosts.magic.front_end import HANG, FrontEnd, front_end
from tests.hosts.magic.models import Runs, request
from tests.loopback import Play, Server

Serve = Callable[[Play], Server]
REQUEST = "%%k2\nMake two names."


class Waits(PlayedModel):
    """Makes one name, waits, makes another from it."""

    steps = ("make", "wait", "again", "conclude")

    def __init__(self) -> None:
        self.reached, self.released = threading.Event(), threading.Event()

    def make(self) -> AssistantMessage | None:
        return None if self.seen else self.run("make", "made = 'by the agent'")

    def wait(self) -> None:
        self.reached.set()
        assert self.released.wait(HANG)

    def again(self) -> AssistantMessage | None:
        return None if "again" in self.seen else self.run("again", "also = made.upper()")

    def conclude(self) -> AssistantMessage:
        return self.call("finish", conclusion="It ran.", claims=[])


def lose_kernel(front: FrontEnd) -> None:
    os.kill(front.pid, signal.SIGKILL)


def lose_agent(front: FrontEnd) -> None:
    (agent,) = psutil.Process(front.pid).children()
    agent.kill()


@pytest.mark.parametrize("lose", [lose_kernel, lose_agent])
def test_a_turn_that_was_cut_off_goes_on(
    serve: Serve, tmp_path: Path, lose: Callable[[FrontEnd], None]
) -> None:
    model = Waits()
    server = serve(model)
    settings = {"K2_BASE_URL": server.base_url, "K2_MODEL": "played"}

    def cut() -> None:
        assert model.reached.wait(HANG)
        lose(front)
        model.released.set()

    with front_end(tmp_path, **settings) as front:
        threading.Thread(target=cut).start()
        if lose is lose_agent:
            assert front.run(REQUEST, answers=["y"]).reply["ename"] == "TurnFailed"
            resumed_in(front)
            return
        (agent,) = front.run_until_dead(REQUEST, answers=["y"])
        agent.wait(HANG)  # no orphan, and its journal is closed
    with front_end(tmp_path, **settings) as front:
        resumed_in(front)


def resumed_in(front: FrontEnd) -> None:
    shown = front.run("%k2 resume", answers=["y"] * 3)
    assert shown.reply["status"] == "ok", shown.reply
    assert "resumed: the recorded cells ran again" in shown.card
    assert front.value("(made, also)") == "('by the agent', 'BY THE AGENT')"
    assert "nothing to resume" in front.run("%k2 resume").reply["evalue"].lower()


def test_after_a_restart_the_variables_come_back_and_nobody_is_asked(
    serve: Serve, tmp_path: Path
) -> None:
    server = serve(Runs())
    with front_end(tmp_path, K2_BASE_URL=server.base_url, K2_MODEL="played") as front:
        front.run(request("also = 'made'"), answers=["y"])
        front.restart()
        asked = len(server.requests)
        assert front.run("%k2 resume").reply["status"] == "ok"
        assert front.value("also") == "'made'"
        assert len(server.requests) == asked
        front.run("%k2 undo")
        assert front.value("'also' in globals()") == "False"
        front.restart()
        assert front.run("%k2 resume").reply["status"] == "ok"
        assert front.value("'also' in globals()") == "False"


def test_the_offline_analyst_goes_on_where_it_was_cut_off(tmp_path: Path) -> None:
    rows = [f"{'abc'[n % 3]},{n % 7 + n % 3 * 4}" for n in range(90)]
    (tmp_path / "shop.csv").write_text("\n".join(["region,price", *rows]))

    def kill(kind: str, content: dict[str, Any]) -> None:
        if "image/png" in content.get("data", {}):
            lose_kernel(front)

    with front_end(tmp_path) as front:
        question = "%%k2\nDoes the region affect the price in shop.csv?"
        (agent,) = front.run_until_dead(question, answers=["y"], watch=kill)
        agent.wait(HANG)
    with front_end(tmp_path) as front:
        shown = front.run("%k2 resume", answers=["y"] * 3)
        assert shown.reply["status"] == "ok", shown.reply
        assert "K2: done" in shown.card
        assert shown.data("image/png")
