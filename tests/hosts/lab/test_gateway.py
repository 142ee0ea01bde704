"""Kernels behind a gateway: the same turns, over the gateway's WebSocket."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.hosts.lab.conftest import KEY
from tests.hosts.lab.panel import HANG, Lab, Raw, serving_lab
from tests.hosts.lab.script import call, finish, observed, run, script, told
from tests.loopback import Server

TOKEN = "token-of-the-gateway-0123"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, endpoint: Server) -> Iterator[Lab]:
    """A server whose kernels a `jupyter kernelgateway` runs."""
    folder = tmp_path_factory.mktemp("gateway")
    chosen = {"K2_BASE_URL": endpoint.base_url, "K2_MODEL": "played", "K2_API_KEY": KEY}
    with gateway(folder) as address:
        behind = {"JUPYTER_GATEWAY_URL": address, "JUPYTER_GATEWAY_AUTH_TOKEN": TOKEN}
        with serving_lab(folder, **chosen, **behind) as lab:
            yield lab


@contextlib.contextmanager
def gateway(folder: Path) -> Iterator[str]:
    """Its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "kernel_gateway", "--ip=127.0.0.1", f"--port={port}"]
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    known = {**os.environ, "KG_AUTH_TOKEN": TOKEN, "JUPYTER_RUNTIME_DIR": str(folder / "remote")}
    with (folder / "gateway.log").open("wb") as log:
        process = subprocess.Popen(command, env=known, stdout=log, stderr=log, cwd=elsewhere)
        try:
            address, until = f"http://127.0.0.1:{port}", time.monotonic() + HANG
            while True:
                with contextlib.suppress(OSError), urlopen(f"{address}/api?token={TOKEN}"):  # noqa: S310
                    break
                assert time.monotonic() < until, (folder / "gateway.log").read_text()
                time.sleep(0.05)
            yield address
        finally:
            process.terminate()
            process.wait(HANG)


def kernel_of(lab: Lab, path: str) -> str:
    _, sessions = lab.ask("GET", "api/sessions")
    found: str = next(one["kernel"]["id"] for one in sessions if one["path"] == path)
    return found


def test_a_turn_runs_in_a_remote_kernel(lab: Lab, endpoint: Server) -> None:
    shows = "import os\nx = 21 * 2\nprint(os.path.basename(os.getcwd()))\nx"
    endpoint.play = script(run(shows), finish())
    with lab.panel(lab.notebook()) as panel:
        panel.finish("Work")
        seen = observed(endpoint.requests[-1])
        assert "elsewhere" in seen
        assert "+ x: int = 42" in seen
        assert "another machine" in told(endpoint.requests[-1])
        assert panel.told("do", what="mirror")["run"]


@pytest.mark.full
def test_what_the_user_has_in_a_remote_kernel_is_known(lab: Lab, endpoint: Server) -> None:
    endpoint.play = script(run("kept = [1, 2, 3]"), finish())
    with lab.panel(lab.notebook()) as panel:
        panel.finish("Work")
        items: list[Raw] = []
        while not items:  # the kernel is busy with the end of the turn
            asked = uuid.uuid4().hex
            panel.send(op="variables", id=asked)
            items = panel.told("variables", id=asked)["items"]
        assert "kept" in [item["name"] for item in items]


@pytest.mark.full
def test_a_stop_interrupts_a_remote_kernel(lab: Lab, endpoint: Server) -> None:
    endless = "print('begun')\nimport time\nwhile True:\n    time.sleep(0.01)"
    endpoint.play = script(run(endless), finish(), run("'time' in dir()"), finish())
    with lab.panel(lab.notebook()) as panel:
        panel.request("Work")
        panel.answer(panel.until("Opened"))
        panel.until("CellStarted")
        panel.send(op="stop")
        assert panel.until("TurnFinished")["reason"] == "interrupted"
        assert panel.finish("Go on")["reason"] == "done"


@pytest.mark.full
def test_the_agent_restarts_a_remote_kernel(lab: Lab, endpoint: Server) -> None:
    again = call("restart_kernel", reason="to begin anew")
    endpoint.play = script(run("y = 1"), again, run("'y' in dir()"), finish())
    with lab.panel(lab.notebook()) as panel:
        panel.finish("Work")
        assert "False" in observed(endpoint.requests[-1])


def test_a_remote_kernel_that_the_user_restarts_is_noticed(lab: Lab, endpoint: Server) -> None:
    endpoint.play = script(run("z = 1"), finish(), run("'z' in dir()"), finish())
    with lab.panel(lab.notebook()) as panel:
        panel.finish("Work")
        kernel = kernel_of(lab, panel.path)
        assert lab.ask("POST", f"api/kernels/{kernel}/restart")[0] == 200
        assert panel.until("KernelChanged", status="restarted")["epoch"] == 1
        panel.finish("Go on")
        assert "False" in observed(endpoint.requests[-1])
        assert "The kernel was restarted" in told(endpoint.requests[-1])


def test_a_remote_kernel_that_dies_is_noticed(lab: Lab, endpoint: Server) -> None:
    endpoint.play = script(run("import os\nos._exit(1)"), run("1 + 1"), finish())
    with lab.panel(lab.notebook()) as panel:
        panel.finish("Work")
        assert "dead" in observed(endpoint.requests[-2])
        assert "\n2\n" in observed(endpoint.requests[-1])
