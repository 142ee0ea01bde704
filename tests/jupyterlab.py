"""A real JupyterLab, and what a person does in it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from k2_jupyter.preferences import FILE_NAME
from tests.jupyter_server import running

HANG = 60_000.0
"""Milliseconds that anything may take."""
_IDLE = re.compile(r"\| Idle$")
_OWN_FOLDERS = (
    *("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"),
    *("JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME"),
)
_SIDEBAR = "@k2/jupyter"
_NO_NEWS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False}
}


@dataclass
class Lab:
    """The server; `folder` is what its file browser shows."""

    folder: Path
    port: int
    token: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def address(self) -> str:
        """Of a notebook, whose path is to be filled in."""
        return f"http://127.0.0.1:{self.port}/lab/tree/{{}}?reset&token={self.token}"

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the server's REST interface."""
        request = Request(
            f"http://127.0.0.1:{self.port}/{path}",
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"token {self.token}", "Content-Type": "application/json"},
            method=method,
        )
        with urlopen(request, timeout=HANG / 1000) as answer:  # noqa: S310
            text = answer.read()
        return json.loads(text) if text else None

    def notebook(self, name: str, *sources: str) -> Path:
        """Write a notebook of code cells."""
        cells = [_cell(source) for source in sources]
        python = {"name": "python3", "display_name": "Python 3", "language": "python"}
        return self.write(name, cells, {"kernelspec": python})

    def write(self, name: str, cells: list[Any], metadata: Mapping[str, Any]) -> Path:
        """Write a notebook."""
        content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
        path = self.folder / name
        path.write_text(json.dumps(content))
        return path


@dataclass
class Notebook:
    """A notebook that is open in a page."""

    page: Page
    problems: list[str] = field(default_factory=list)
    """What the page's console said of errors."""
    linked: bool = False
    """Whether the page has sent a message of a widget."""

    def sent(self, frame: bytes | str) -> None:
        """A frame went to the kernel."""
        text = frame if isinstance(frame, str) else frame.decode("latin-1")
        self.linked = self.linked or "comm_msg" in text

    def wait_for_widgets(self) -> None:
        """Until the page has shown the kernel that it draws widgets."""
        until = time.monotonic() + HANG / 1000
        while not self.linked:
            assert time.monotonic() < until
            self.page.wait_for_timeout(20)

    def run(self, number: int, *, wait: bool = True) -> Locator:
        """Run the cell of this number, from 0; its outputs."""
        cell = self.page.locator(".jp-CodeCell").nth(number)
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")
        if wait:
            expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]"))
            expect(self.kernel).to_have_text(_IDLE)
        return cell.locator(".jp-OutputArea").first

    def answer(self, text: str) -> None:
        """Type into the prompt that is open."""
        prompt = self.page.wait_for_selector(".jp-Stdin-input")
        assert prompt is not None
        prompt.fill(text)
        prompt.press("Enter")
        prompt.wait_for_element_state("hidden")

    def interrupt(self) -> None:
        """Press the toolbar's button."""
        self.page.locator("[data-jp-item-name=interrupt] jp-button").click()

    def wait(self) -> None:
        """Until its cells and an idle kernel are there."""
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        expect(self.kernel).to_have_text(_IDLE)

    def reload(self) -> None:
        """The page anew; what is not saved is left."""

        def leave(dialog: Dialog) -> None:
            dialog.accept()

        self.page.on("dialog", leave)
        self.page.reload()
        self.page.remove_listener("dialog", leave)
        self.wait()

    def save(self) -> None:
        """And wait until it is on disk."""
        with self.page.expect_response(lambda response: response.request.method == "PUT"):
            self.page.keyboard.press("Control+s")

    def theme(self, name: str) -> None:
        """Switch to another theme."""
        command = "theme => jupyterapp.commands.execute('apputils:change-theme', {theme})"
        self.page.evaluate(command, name)
        light = str("Light" in name).lower()
        expect(self.page.locator("body")).to_have_attribute("data-jp-theme-light", light)

    @property
    def kernel(self) -> Locator:
        """What the status bar says of the kernel."""
        return self.page.locator("#jp-main-statusbar [title^='Change kernel']")


@contextlib.contextmanager
def serving_lab(
    folder: Path,
    *,
    sidebar: bool = True,
    config: Mapping[str, Any] | None = None,
    preferences: str = "",
    before: Lab | None = None,
    **environment: str,
) -> Iterator[Lab]:
    """A server with folders of its own; kernels get the environment.

    `sidebar`: whether our extensions are on; `config` is what ``c.K2`` has; `preferences` are
    the user's own config.toml. `before` has ended: pages of that server find this one.
    """
    token, content = before.token if before else uuid.uuid4().hex, folder / "content"
    own = {name: str(folder / name.lower()) for name in _OWN_FOLDERS}
    own["JUPYTERLAB_SETTINGS_DIR"] = str(folder / "settings")
    for path, settings in _NO_NEWS.items():
        _write(folder / "settings" / f"{path}.jupyterlab-settings", settings)
    extensions = {"k2_jupyter": sidebar}
    server = {"ServerApp": {"jpserver_extensions": extensions}, "K2": {**(config or {})}}
    configured = Path(own["JUPYTER_CONFIG_DIR"])
    _write(configured / "jupyter_server_config.json", server)
    if not sidebar:
        _write(configured / "labconfig/page_config.json", {"disabledExtensions": {_SIDEBAR: True}})
    own_preferences = Path(own["XDG_CONFIG_HOME"]) / "k2_jupyter" / FILE_NAME
    own_preferences.parent.mkdir(parents=True, exist_ok=True)
    own_preferences.write_text(preferences)
    content.mkdir(exist_ok=True)
    log = folder / "lab.log"
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *("--ip=127.0.0.1", f"--port={before.port if before else 0}"),
        f"--IdentityProvider.token={token}",
        *(f"--ServerApp.root_dir={content}", "--LabApp.expose_app_in_browser=True"),
    ]
    known = {**os.environ, **own, **environment}
    with running(command, known, log) as (process, port):
        yield Lab(content, port, token, process, log)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's browser."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        yield started
        started.close()


@contextlib.contextmanager
def opened(
    browser: Browser | BrowserContext, lab: Lab, name: str, *, kernel: bool = True
) -> Iterator[Notebook]:
    """A notebook in a page; without a kernel it is told that it gets none."""
    page = browser.new_page()
    page.set_viewport_size({"width": 1400, "height": 1000})
    page.set_default_timeout(HANG)
    expect.set_options(timeout=HANG)
    notebook = Notebook(page)

    def console(message: ConsoleMessage) -> None:
        if message.type == "error":
            notebook.problems.append(message.text)

    page.on("console", console)
    page.on("websocket", lambda socket: socket.on("framesent", notebook.sent))
    page.on("pageerror", lambda problem: notebook.problems.append(str(problem)))
    page.goto(lab.address.format(name))
    if kernel:
        notebook.wait()
    else:
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        page.get_by_role("dialog").get_by_role("button", name="No Kernel").click()
    try:
        yield notebook
    finally:
        page.close()


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def _cell(source: str) -> Mapping[str, Any]:
    return {
        "cell_type": "code",
        "id": uuid.uuid4().hex[:8],
        "source": source,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
