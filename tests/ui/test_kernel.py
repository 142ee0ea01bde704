"""A kernel that is restarted or dies during a turn: told to the model and to the user."""

from __future__ import annotations

import os
import re
import signal
import threading

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import Open
from tests.ui.scripts import Scripts, cell, held, plan, text_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SLEEP = "import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(600)"


def told(model: Scripts) -> str:
    return "\n".join(text_of(message) for message in model.bodies[-1]["messages"])


def test_a_restart_by_the_user_ends_the_cell_and_not_the_turn(
    notebook: Open, model: Scripts
) -> None:
    model.steps["restart"] = [cell("kept = 1\n" + SLEEP, "sleep"), cell("'kept' in dir()", "look")]
    sidebar = notebook()
    sidebar.ask("restart me")
    sidebar.allow()
    expect(sidebar.cell(1).locator(".jp-OutputArea-output")).to_have_text(re.compile(r"\d+"))
    sidebar.restart_kernel()
    sidebar.allow()
    sidebar.wait_for("Done")
    expect(sidebar.made("look")).to_contain_text("False")
    expect(sidebar.turn).to_contain_text(re.compile("kernel was restarted", re.IGNORECASE))
    assert re.search("restarted", told(model))


@pytest.mark.full
def test_a_restart_while_the_model_thinks_is_told_at_once(notebook: Open, model: Scripts) -> None:
    more = threading.Event()
    model.steps["think"] = [cell("kept = 1", "one"), held(more, plan("Begin again"))]
    sidebar = notebook()
    sidebar.ask("think of it")
    sidebar.allow()
    expect(sidebar.calls.first).to_contain_text("Ran a cell: one")
    sidebar.restart_kernel()
    expect(sidebar.turn).to_contain_text(re.compile("kernel was restarted", re.IGNORECASE))
    more.set()
    sidebar.wait_for("Done")
    assert re.search("restarted", told(model))


@pytest.mark.full
def test_a_kernel_that_is_killed_is_noticed(notebook: Open, model: Scripts) -> None:
    model.steps["kill"] = [cell(SLEEP, "sleep"), cell("'alive'", "after")]
    sidebar = notebook()
    sidebar.ask("kill it")
    sidebar.allow()
    output = sidebar.cell(1).locator(".jp-OutputArea-output").first
    expect(output).to_have_text(re.compile(r"^\d+\n"))
    os.kill(int(output.inner_text()), signal.SIGKILL)
    sidebar.allow()
    sidebar.wait_for("Done")
    expect(sidebar.made("after")).to_contain_text("'alive'")
    expect(sidebar.turn).to_contain_text(re.compile("kernel died", re.IGNORECASE))
    assert re.search("died|is gone|killed", told(model))
    dialog = sidebar.page.get_by_role("dialog")
    if dialog.is_visible():
        dialog.get_by_role("button", name="Ok").click()
