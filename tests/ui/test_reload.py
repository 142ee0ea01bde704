"""The page is loaded anew, or loses its connection, while a turn runs."""

from __future__ import annotations

import json
import re
import threading
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, WebSocket, expect

from tests.jupyterlab import Lab
from tests.ui.conftest import Open
from tests.ui.scripts import Scripts, cell, held, waiting
from tests.ui.sidebar import Sidebar

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

_DROP = """() => {
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (text) {
        if (this.url.includes('k2/api/notebook')) { window.dropped = this; }
        send.call(this, text);
    };
}"""
_SAVED = "!jupyterapp.shell.currentWidget.context.model.dirty"


class Numbers:
    """Of the events that a page receives: over each connection they must have no gap."""

    def __init__(self, sidebar: Sidebar) -> None:
        self.sockets: list[list[int]] = []
        sidebar.page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        if "k2/api/notebook" in socket.url:
            seen: list[int] = []
            self.sockets.append(seen)
            socket.on("framereceived", lambda frame: self._received(seen, frame))

    def _received(self, seen: list[int], frame: bytes | str) -> None:
        if str(frame).startswith('{"op":"event"'):
            said = json.loads(frame)
            seen.extend(range(said["event"].get("first", said["seq"]), said["seq"] + 1))

    def check(self) -> None:
        for seen in self.sockets:
            assert seen == [*range(seen[0], seen[0] + len(seen))] if seen else True


def work(name: str, times: int) -> list[Any]:
    """Each cell waits for a file."""
    return [cell(waiting(f"{name}-{n}"), f"cell {n}") for n in range(times)]


@pytest.mark.parametrize("times", [3, pytest.param(20, marks=pytest.mark.full)])
def test_a_reload_loses_and_doubles_nothing(
    notebook: Open, model: Scripts, lab: Lab, times: int
) -> None:
    name = f"reload{times}"
    model.steps[name] = work(name, times)
    sidebar = notebook("mine = 1")
    sidebar.page.on("dialog", lambda dialog: dialog.accept())
    numbers = Numbers(sidebar)
    sidebar.ask(f"{name} me")
    sidebar.allow()
    for n in range(times):
        output = sidebar.cell(1 + n).locator(".jp-OutputArea-output")
        expect(output).to_have_text("begun\n")
        sidebar.page.reload()
        expect(output).to_have_text("begun\n")
        sidebar.show()
        (lab.folder / f"{name}-{n}").touch()
        expect(output).to_have_text("begun\nended\n")
    sidebar.wait_for("Done")
    cells = sidebar.cells()
    assert [one["source"] for one in cells] == [
        "mine = 1",
        *[waiting(f"{name}-{n}") for n in range(times)],
        "## Conclusion\n\nAll is done.",
    ]
    for n, one in enumerate(cells[1:-1], 1):
        assert one["execution_count"] == n
        assert ["".join(output["text"]) for output in one["outputs"]] == ["begun\nended\n"]
    expect(sidebar.calls).to_have_count(times + 1)
    numbers.check()


@pytest.mark.full
def test_a_lost_connection_is_told_and_made_up_for(
    notebook: Open, model: Scripts, lab: Lab, context: BrowserContext
) -> None:
    more = threading.Event()
    model.steps["lose"] = [cell("'one'", "one"), held(more, cell("'two'", "two")), cell("3", "3")]
    sidebar = notebook("mine = 1")
    sidebar.page.evaluate(_DROP)
    sidebar.ask("lose it")
    sidebar.allow()
    expect(sidebar.cell(1).locator(".jp-OutputArea-output")).to_have_text("'one'")
    context.set_offline(True)
    try:
        sidebar.page.evaluate("window.dropped.close()")
        expect(sidebar.panel.locator(".k2-Banner")).to_contain_text(
            re.compile("connection", re.IGNORECASE)
        )
        more.set()
    finally:
        context.set_offline(False)
    sidebar.wait_for("Done")
    expect(sidebar.panel.locator(".k2-Banner")).to_be_hidden()
    assert sidebar.sources[:4] == ["mine = 1", "'one'", "'two'", "3"]
    expect(sidebar.calls).to_have_count(4)


def told(sidebar: Sidebar) -> list[str]:
    """What the panel shows of the newest turn."""
    parts = ".k2-Request-text, .k2-Call-words, .k2-Call-gist, .k2-Conclusion, .k2-Turn-facts"
    return sidebar.turn.locator(parts).all_inner_texts()


@pytest.mark.full
def test_the_conversation_is_found_again(notebook: Open, model: Scripts, lab: Lab) -> None:
    """By a page that comes after the turn, with all that was shown of it."""
    model.steps["find"] = [cell("'kept'", "kept")]
    path = lab.notebook("found.ipynb", "mine = 1").name
    sidebar = notebook(name=path)
    sidebar.finish("find me later")
    before = told(sidebar)
    sidebar.page.wait_for_function(_SAVED)
    sidebar.page.close()
    again = notebook(name=path)
    again.wait_for("Done")
    assert told(again) == before
    assert len(again.sources) == 3
