"""Stop, limits, and requests that wait."""

from __future__ import annotations

import re
import threading

import pytest
from playwright.sync_api import expect

from tests.jupyterlab import Lab
from tests.ui.conftest import Open
from tests.ui.scripts import Scripts, cell, end, held, waiting

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_escape_stops_a_model_call_and_the_next_request_works(
    notebook: Open, model: Scripts
) -> None:
    never = threading.Event()
    model.steps["hang"] = [held(never, end())]
    model.steps["well"] = [cell("'well'", "well")]
    sidebar = notebook()
    sidebar.ask("hang there")
    expect(sidebar.turn).to_contain_text("Waiting for the model")
    sidebar.request.press("Escape")
    sidebar.wait_for("Stopped")
    never.set()
    sidebar.finish("well now")
    expect(sidebar.made("well")).to_contain_text("'well'")


def test_stop_interrupts_the_agents_cell_only(notebook: Open, model: Scripts, lab: Lab) -> None:
    model.steps["sleep"] = [cell(waiting("never"), "sleep")]
    sidebar = notebook(waiting("go-mine"))
    sidebar.ask("sleep long")
    sidebar.allow()
    made = sidebar.cell(1)
    expect(made.locator(".jp-OutputArea-output")).to_have_text("begun\n")
    sidebar.button("Stop").click()
    sidebar.wait_for("Stopped")
    expect(made).to_contain_text("KeyboardInterrupt")
    sidebar.notebook.run(0, wait=False)
    mine = sidebar.cell(0)
    expect(mine.locator(".jp-OutputArea-output")).to_have_text("begun\n")
    sidebar.ask("sleep behind mine")
    sidebar.allow()
    expect(sidebar.turn).to_contain_text("The kernel is busy; the agent's cell waits")
    sidebar.button("Stop").click()
    sidebar.wait_for("Stopped")
    (lab.folder / "go-mine").touch()
    expect(mine.locator(".jp-OutputArea-output")).to_have_text("begun\nended\n")


@pytest.mark.full
def test_a_limit_pauses_and_goes_on(notebook: Open, model: Scripts) -> None:
    model.steps["count"] = [cell(f"{n}", f"{n}") for n in range(4)]
    sidebar = notebook()
    sidebar.button("Limits").click()
    sidebar.panel.get_by_label(re.compile("Steps")).fill("2")
    sidebar.page.keyboard.press("Enter")
    sidebar.ask("count up")
    sidebar.allow()
    expect(sidebar.card).to_contain_text("A limit is reached")
    assert "2" not in sidebar.sources
    sidebar.card.get_by_role("button", name=re.compile(r"Continue with \+2")).click()
    expect(sidebar.card).to_contain_text("4 steps of 4 steps")
    sidebar.card.get_by_role("spinbutton").fill("20")
    sidebar.card.get_by_role("button", name=re.compile(r"Continue with \+20")).click()
    sidebar.wait_for("Done")
    assert [one for one in sidebar.sources if one.isdigit()] == ["0", "1", "2", "3"]


@pytest.mark.full
def test_a_request_waits_for_the_turn_and_can_be_taken_back(notebook: Open, model: Scripts) -> None:
    more = threading.Event()
    model.steps["first"] = [held(more, end("First is done."))]
    model.steps["second"] = [end("Second is done.")]
    sidebar = notebook()
    sidebar.ask("first of all")
    expect(sidebar.button("Stop")).to_be_visible()
    sidebar.ask("second then")
    sidebar.ask("third not")
    waiting_ = sidebar.panel.get_by_role("list", name="Waiting requests").get_by_role("listitem")
    expect(waiting_).to_have_count(2)
    waiting_.nth(1).get_by_role("button", name="Take it back").click()
    expect(waiting_).to_have_count(1)
    more.set()
    expect(sidebar.turn).to_contain_text("Second is done.")
    sidebar.wait_for("Done")
    expect(sidebar.panel.locator(".k2-Turn")).to_have_count(2)
