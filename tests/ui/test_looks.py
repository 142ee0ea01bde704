"""Everybody can use it: screen readers, keyboard, themes, little room, no motion."""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.ui.conftest import Open
from tests.ui.scripts import Scripts, call, cell, end, held
from tests.ui.sidebar import Sidebar

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

THEMES = [
    "JupyterLab Dark",
    *(
        pytest.param(name, marks=pytest.mark.full)
        for name in ("JupyterLab Light", "JupyterLab Dark High Contrast")
    ),
]
RISKY = "import subprocess\nsubprocess.run(['ls'], check=True)"


def check(sidebar: Sidebar, name: str) -> None:
    """Free of what axe finds; a picture for those who look."""
    shots = os.environ.get("K2_SCREENSHOTS")
    if shots:
        sidebar.page.screenshot(path=Path(shots) / f"{name}.png")
    found = Axe().run(sidebar.page, context="#k2-panel")
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("theme", THEMES)
def test_each_state_is_accessible(notebook: Open, model: Scripts, theme: str) -> None:
    more = threading.Event()
    model.steps["look"] = [
        call("set_plan", items=[{"title": "Look", "state": "active"}, {"title": "Sum up"}]),
        cell("print('a', 1)\n'shown'", "look", text="I **look** first.", reasoning="Hm."),
        cell(RISKY, "risky"),
        held(more, cell("1 / 0", "fails")),
        end(
            "It is `done`:\n\n| a | b |\n|---|---|\n| x | y |",
            caveats=["Few."],
            next_steps=["More"],
        ),
    ]
    sidebar = notebook("first = 1")
    sidebar.notebook.theme(theme)
    named = theme.removeprefix("JupyterLab ").lower().replace(" ", "-")
    check(sidebar, f"empty-{named}")
    sidebar.ask("look at it")
    expect(sidebar.card).to_contain_text("May K2 work")
    check(sidebar, f"task-{named}")
    sidebar.allow()
    expect(sidebar.card).to_contain_text("May this cell run?")
    check(sidebar, f"approval-{named}")
    sidebar.button("Allow once").click()
    expect(sidebar.turn).to_contain_text("Waiting for the model")
    check(sidebar, f"running-{named}")
    more.set()
    sidebar.wait_for("Done")
    check(sidebar, f"finished-{named}")
    sidebar.notebook.theme("JupyterLab Light")  # it is kept for the pages that come


@pytest.mark.full
def test_it_is_used_by_keyboard_alone(notebook: Open, model: Scripts) -> None:
    model.steps["keys"] = [cell("'keys'", "keys"), end(next_steps=["Do more"])]
    sidebar = notebook("first = 1", panel=False)
    keys = sidebar.page.keyboard
    keys.press("Control+Shift+c")
    sidebar.page.get_by_role("textbox", name=re.compile("search", re.IGNORECASE)).last.wait_for()
    keys.type("ask k2")
    keys.press("Enter")
    expect(sidebar.request).to_be_focused()
    keys.type("keys only")
    keys.press("Enter")
    expect(sidebar.button("Allow")).to_be_focused()
    expect(sidebar.button("Allow")).not_to_have_attribute("aria-disabled", "true")
    keys.press("Enter")
    sidebar.wait_for("Done")
    step = sidebar.turn.get_by_role("button", name="Do more")
    for _ in range(60):
        keys.press("Shift+Tab")
        if sidebar.page.evaluate("document.activeElement.textContent") == "Do more":
            break
    expect(step).to_be_focused()
    keys.press("Enter")
    expect(sidebar.request).to_have_value("Do more")


@pytest.mark.full
def test_nothing_moves_where_motion_is_unwanted(notebook: Open, model: Scripts) -> None:
    more = threading.Event()
    model.steps["still"] = [held(more, end())]
    sidebar = notebook()
    sidebar.page.emulate_media(reduced_motion="reduce")
    sidebar.ask("still there")
    expect(sidebar.turn).to_contain_text("Waiting for the model")
    moving = sidebar.page.evaluate(
        """() => document.getAnimations().filter(one =>
            document.querySelector('#k2-panel').contains(one.effect.target)).length"""
    )
    assert moving == 0
    more.set()
    sidebar.wait_for("Done")


@pytest.mark.full
def test_it_fits_where_there_is_little_room(notebook: Open, model: Scripts) -> None:
    model.steps["narrow"] = [cell("print('x' * 500)", "a purpose that is long " * 4), end()]
    sidebar = notebook()
    sidebar.finish("narrow as it is")
    sidebar.page.set_viewport_size({"width": 900, "height": 500})
    wide = sidebar.page.evaluate(
        """() => [...document.querySelectorAll('#k2-panel *')].filter(one =>
            one.getBoundingClientRect().right > innerWidth).length"""
    )
    assert wide == 0
    expect(sidebar.request).to_be_in_viewport()
    check(sidebar, "narrow")
