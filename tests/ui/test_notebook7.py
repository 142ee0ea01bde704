"""The panel in Jupyter Notebook 7; run where that is installed."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.jupyter_server import running
from tests.jupyterlab import HANG, Lab, Notebook
from tests.loopback import serving
from tests.ui.scripts import Scripts, cell, end
from tests.ui.sidebar import Sidebar

pytestmark = [
    *(pytest.mark.browser, pytest.mark.full, pytest.mark.timeout(600)),
    pytest.mark.skipif(find_spec("notebook") is None, reason="needs notebook"),
]


def test_the_panel_works_in_notebook_7(browser: Browser, model: Scripts, tmp_path: Path) -> None:
    """It is at the right, by the View menu or the command; cells are those of the notebook."""
    model.steps["multiply"] = [cell("6 * 7", "multiply"), end("Multiplied.")]
    folder = tmp_path / "content"
    folder.mkdir()
    command = [
        *(sys.executable, "-m", "notebook", "--no-browser", "--allow-root", "--ip=127.0.0.1"),
        *("--port=0", "--IdentityProvider.token=known", f"--ServerApp.root_dir={folder}"),
        "--JupyterNotebookApp.expose_app_in_browser=True",
    ]
    own = {
        name: str(tmp_path / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    with serving(model) as server:
        asked = {"K2_BASE_URL": server.base_url, "K2_MODEL": "played"}
        environment = {**os.environ, **own, **asked}
        with running(command, environment, tmp_path / "log") as (process, port):
            lab = Lab(folder, port, "known", process, tmp_path / "log")
            lab.notebook("a.ipynb", "first = 1")
            page = browser.new_page()
            page.set_default_timeout(HANG)
            expect.set_options(timeout=HANG)
            page.goto(f"http://127.0.0.1:{port}/notebooks/a.ipynb?token=known")
            page.locator(".jp-Notebook").wait_for()
            sidebar = Sidebar(Notebook(page))
            page.wait_for_function("() => jupyterapp.commands.hasCommand('k2:open')")
            page.evaluate("() => jupyterapp.commands.execute('k2:open')")
            sidebar.finish("multiply them")
            expect(sidebar.made("multiply").locator(".jp-OutputArea")).to_contain_text("42")
            expect(sidebar.made("multiply").locator(".k2-Badge")).to_be_visible()
            page.close()
