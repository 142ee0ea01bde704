"""What is used is shown, and what may be chosen."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from k2_jupyter.messages import Usage
from tests.ui.conftest import Open
from tests.ui.scripts import Scripts, cell, end

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_tokens_money_context_and_time_are_shown(notebook: Open, model: Scripts) -> None:
    model.steps["use"] = [
        replace(cell("1", "one"), usage=Usage(12_000, 0, 100)),
        replace(end(), usage=Usage(13_000, 12_000, 50)),
    ]
    sidebar = notebook()
    sidebar.finish("use some")
    used = sidebar.panel.locator(".k2-Footer")
    expect(used).to_contain_text("2 steps")
    expect(used).to_contain_text(re.compile(r"1[23](\.\d)?k tokens \+ 12(\.0)?k cached"))
    expect(used).to_contain_text("· $0.16 ·")  # 13,000 new, 12,000 cached, 150 written
    expect(used).to_contain_text(re.compile(r"\d+(\.\d+)? s"))
    context = used.get_by_role("meter", name="Context in use")
    expect(context).to_have_attribute("aria-valuetext", re.compile(r"^13(\.\d)?k of 131k tokens"))
    expect(used).to_contain_text("10 % context")


@pytest.mark.full
def test_a_limit_in_dollars_pauses(notebook: Open, model: Scripts) -> None:
    dear = Usage(100_000, 0, 0)
    model.steps["dear"] = [replace(cell(f"{n}", f"{n}"), usage=dear) for n in range(2)]
    sidebar = notebook()
    sidebar.button("Limits").click()
    sidebar.panel.get_by_label("Dollars").fill("1.5")
    sidebar.page.keyboard.press("Enter")
    sidebar.ask("dear ones")
    expect(sidebar.card).to_contain_text("$1.50")
    sidebar.allow()
    expect(sidebar.card).to_contain_text("A limit is reached")
    expect(sidebar.card).to_contain_text("$2.00 of $1.50")
    sidebar.button("End here").click()
    sidebar.wait_for("Stopped at a limit")


@pytest.mark.full
def test_the_model_is_chosen_for_a_request(notebook: Open, model: Scripts) -> None:
    sidebar = notebook()
    before = len(model.bodies)
    sidebar.ask("Describe nothing.csv", model="offline")
    expect(sidebar.turn.locator(".k2-Turn-facts")).to_contain_text("offline analyst")
    assert len(model.bodies) == before


@pytest.mark.full
def test_settings_are_those_of_jupyterlab(notebook: Open, model: Scripts) -> None:
    model.steps["set"] = [cell("1", "one", reasoning="So I think."), end()]
    sidebar = notebook()
    sidebar.finish("set it")
    expect(sidebar.turn).not_to_contain_text("So I think.")
    sidebar.page.evaluate("void jupyterapp.commands.execute('settingeditor:open', {query: 'K2'})")
    shown = sidebar.page.locator("input[id$=_reasoning]")
    shown.check()
    sidebar.page.get_by_role("tab", name=re.compile("ipynb")).click()
    sidebar.finish("set again")
    expect(sidebar.turn).to_contain_text("So I think.")
    sidebar.page.get_by_role("tab", name="Settings").click()
    with sidebar.page.expect_response(lambda response: response.request.method == "PUT"):
        shown.uncheck()  # for the tests that come
