"""The panel on a JupyterHub, below a path of its own; run where that is installed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, expect

from tests.jupyterlab import HANG, Notebook
from tests.loopback import serving
from tests.ui.scripts import Scripts, cell, end
from tests.ui.sidebar import Sidebar

_BIN = Path(sys.executable).parent
pytestmark = [
    *(pytest.mark.browser, pytest.mark.full, pytest.mark.timeout(600)),
    pytest.mark.skipif(
        find_spec("jupyterhub") is None or not shutil.which("configurable-http-proxy"),
        reason="needs jupyterhub and configurable-http-proxy",
    ),
]

CONFIG = """
import os
c.JupyterHub.bind_url, c.JupyterHub.hub_port, api = {bind!r}, {hub}, {api}
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{{api}}"
c.JupyterHub.authenticator_class, c.JupyterHub.spawner_class = "dummy", "simple"
c.DummyAuthenticator.password = "known"
c.Authenticator.allow_all = True
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r} + "/{{username}}"
c.Spawner.default_url = "/lab/tree/a.ipynb"
c.Spawner.args = ["--allow-root", "--LabApp.expose_app_in_browser=True"]
c.Spawner.environment = {{name: os.environ[name] for name in ("K2_BASE_URL", "K2_MODEL")}}
"""


@contextlib.contextmanager
def hub(folder: Path, asked: dict[str, str]) -> Iterator[str]:
    """Its address; a user's notebook is in her home."""
    home = folder / "ann"
    home.mkdir()
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    empty = {"cells": [], "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
    (home / "a.ipynb").write_text(json.dumps(empty))
    with contextlib.ExitStack() as sockets:
        free = [sockets.enter_context(socket.socket()) for _ in range(3)]
        for one in free:
            one.bind(("127.0.0.1", 0))
        public, inner, api = (one.getsockname()[1] for one in free)
    address = f"http://127.0.0.1:{public}/science"
    config = folder / "jupyterhub_config.py"
    config.write_text(
        "c = get_config()\n" + CONFIG.format(bind=address, hub=inner, api=api, homes=str(folder))
    )
    known = {**os.environ, **asked, "PATH": f"{_BIN}{os.pathsep}{os.environ['PATH']}"}
    log = folder / "hub.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [_BIN / "jupyterhub", "-f", config], cwd=folder, env=known, stdout=said, stderr=said
        )
        try:
            until = time.monotonic() + HANG / 1000
            while True:
                with contextlib.suppress(OSError), urlopen(f"{address}/hub/health"):  # noqa: S310
                    break
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.1)
            yield address
        finally:
            process.terminate()
            process.wait(HANG / 1000)


def test_the_panel_works_on_a_hub(browser: Browser, model: Scripts, tmp_path: Path) -> None:
    model.steps["multiply"] = [cell("6 * 7", "multiply"), end("Multiplied.")]
    with serving(model) as server:
        asked = {"K2_BASE_URL": server.base_url, "K2_MODEL": "played"}
        with hub(tmp_path, asked) as address, browser.new_context() as context:
            page = context.new_page()
            page.set_default_timeout(HANG)
            expect.set_options(timeout=HANG)
            page.goto(f"{address}/hub/login")
            page.get_by_label("Username").fill("ann")
            page.get_by_label("Password").fill("known")
            page.get_by_role("button", name="Sign in").click()
            page.locator(".jp-Notebook").wait_for()
            sidebar = Sidebar(Notebook(page))
            sidebar.show()
            sidebar.finish("multiply them")
            expect(sidebar.made("multiply").locator(".jp-OutputArea")).to_contain_text("42")
            with pytest.raises(HTTPError, match="403"):
                urlopen(f"{address}/user/ann/k2/api/status")  # noqa: S310
