"""What becomes of the agent's run and of its next one when the user's kernel ends."""

from __future__ import annotations

import os
import re
import threading

import pytest

from k2_jupyter.adapters.server_kernel import SharedKernel, Status
from k2_jupyter.adapters.shared_look import Late, look
from k2_jupyter.adapters.shared_process import SharedProcess
from k2_jupyter.errors import KernelError, KernelSilentError
from tests.adapters.kernels import stream_text
from tests.adapters.served import Hold, Running, Served, wait_for
from tests.notebook.contract import run

ENDED = re.compile("The kernel (was ended by signal SIGKILL|ended)")
"""The second where the server was faster to replace it."""


@pytest.fixture
def told(served: Served) -> list[tuple[Status, int]]:
    """What a watch is told, its epochs counted from now."""
    news: list[tuple[Status, int]] = []
    served.shared.process(threading.Event())
    before = served.shared.epoch
    served.shared.watch(lambda status, epoch: news.append((status, epoch - before)))
    return news


def test_killed_while_a_cell_runs(
    served: Served, hold: Hold, told: list[tuple[Status, int]]
) -> None:
    kernel = served.shared.port()
    running = Running(kernel, f"print('so far', flush=True)\n{hold.source}")
    wait_for(lambda: running.printed("so far"))
    os.kill(served.pid(), 9)
    result = running.result()
    assert result.status == "dead"
    assert ENDED.match(result.detail)
    assert "All variables are gone" in result.detail
    assert stream_text(result) == "so far\n"
    assert run(kernel, "1").status == "ok"
    assert told == [("died", 1), ("started", 1)]


def test_restarted_by_the_user_while_a_cell_runs(
    served: Served, hold: Hold, told: list[tuple[Status, int]]
) -> None:
    kernel = served.shared.port()
    running = Running(kernel, hold.source)
    wait_for(lambda: hold.holds)
    served.restart()
    result = running.result()
    assert result.status == "dead"
    assert result.detail.startswith("The kernel was restarted by the user while the cell ran.")
    assert run(kernel, "x = 1").changes.appeared == {"x": "int = 1"}
    assert told == [("restarted", 1), ("started", 1)]


def test_restarted_by_the_user_while_the_agent_thinks(
    served: Served, told: list[tuple[Status, int]]
) -> None:
    kernel = served.shared.port()
    run(kernel, "x = 1")
    served.restart()
    wait_for(lambda: told == [("restarted", 1), ("started", 1)])
    result = run(kernel, "x")
    assert (result.status, result.outputs) == ("dead", ())
    assert "did not run" in result.detail
    assert "was restarted by the user" in result.detail
    assert run(kernel, "x").status == "error"
    assert run(served.shared.port(), "1").status == "ok"


def test_killed_between_two_runs(served: Served) -> None:
    kernel = served.shared.port()
    run(kernel, "x = 1")
    before = kernel.epoch
    os.kill(served.pid(), 9)
    with pytest.raises(KernelSilentError, match=f"{ENDED.pattern}.* after the run before"):
        kernel.describe(stop=threading.Event())
    assert kernel.describe(stop=threading.Event()) == {}
    assert kernel.epoch == before + 1


def test_restarted_by_the_agent(served: Served, told: list[tuple[Status, int]]) -> None:
    kernel = served.shared.port()
    kernel.restart(stop=threading.Event())
    assert run(kernel, "1").status == "ok"
    assert told == [("started", 1)]


def test_shut_down_by_the_user(served: Served, hold: Hold) -> None:
    with served.server.kernel() as other:
        kernel = other.shared.port()
        running = Running(kernel, hold.source)
        wait_for(lambda: hold.holds)
        other.shut_down()
        result = running.result()
        assert result.status == "dead"
        assert "was shut down by the user while the cell ran" in result.detail
        with pytest.raises(KernelError, match="Start one"):
            run(kernel, "1")


def test_ended_while_a_run_waited_for_its_turn(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served.server.kernel() as other:
        ended = other.shared.process(threading.Event())
        assert ended is not None
        other.shared.close()  # its sockets are closed by now

        def found_before(*_: object) -> SharedProcess:
            return ended

        monkeypatch.setattr(SharedKernel, "process", found_before)
        assert run(other.shared.port(), "1").status == "dead"
        with pytest.raises(KernelSilentError):
            other.shared.port().describe(stop=threading.Event())
        assert look(ended, "1", Late(1.0)) == {}
