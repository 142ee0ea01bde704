"""A turn of hundreds of steps stays as quick as a short one."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.jupyterlab import HANG
from tests.ui.conftest import Open
from tests.ui.scripts import Scripts, cell

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

_LONG = """() => { window.long = [];
    new PerformanceObserver(list => window.long.push(...list.getEntries().map(one => one.duration)))
        .observe({type: 'longtask'}); }"""
_DONE = """() => {
    const ends = document.querySelectorAll('.k2-Turn-facts');
    return ends.length && ends[ends.length - 1].textContent.startsWith('Done ·'); }"""
"""Playwright's own waiting describes the whole page now and then: tasks of a second."""


@pytest.mark.parametrize("steps", [40, pytest.param(298, marks=pytest.mark.full)])
def test_a_long_turn_is_folded(notebook: Open, model: Scripts, steps: int) -> None:
    model.steps["long"] = [cell(f"{n}", f"{n}", text=f"Step **{n}**.") for n in range(steps)]
    sidebar = notebook()
    sidebar.page.evaluate(_LONG)
    sidebar.ask("long one")
    sidebar.allow()
    sidebar.page.wait_for_function(_DONE, polling=500, timeout=10 * HANG)
    drawn = sidebar.turn.locator(".k2-Step")
    expect(drawn).to_have_count(30)
    if steps > 100:
        long = sidebar.page.evaluate("window.long")
        assert [round(one) for one in long if one > 100] == []
    sidebar.turn.get_by_role("button", name=f"Show {steps + 1 - 30} earlier steps").click()
    expect(drawn).to_have_count(steps + 1)
