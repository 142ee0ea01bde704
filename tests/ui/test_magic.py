"""A `%%k2` in a JupyterLab that has the sidebar."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import Open
from tests.ui.scripts import Scripts, cell, end, held
from tests.ui.sidebar import Sidebar

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def sources(request: str) -> tuple[str, ...]:
    """Other words in each test: what was asked in a folder before is replayed."""
    return ("%load_ext k2_jupyter", f"%%k2\n{request}", "print('behind it:', seven)")


def run_all(sidebar: Sidebar) -> None:
    sidebar.page.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")


def test_run_all_keeps_its_order(notebook: Open, model: Scripts) -> None:
    """Native cells with live output come below the magic, the next cell sees their variables."""
    seen = threading.Event()
    model.steps["order:"] = [
        cell("import time\nprint('first', flush=True)\nseven = 7", "make it"),
        held(seen, end("It is seven.")),
    ]
    sidebar = notebook(*sources("order: make seven"))
    run_all(sidebar)
    sidebar.allow()
    expect(sidebar.made("make it").locator(".jp-OutputArea")).to_contain_text("first")
    assert [source.split("\n")[0] for source in sidebar.sources] == [
        "%load_ext k2_jupyter",
        "%%k2",
        "import time",
        "print('behind it:', seven)",
    ]
    expect(sidebar.cell(1)).to_contain_text("answers in the K2 panel")
    expect(sidebar.cell(1).locator(".jp-InputPrompt")).to_have_text("[*]:")
    assert "Busy" in str(sidebar.notebook.kernel.text_content())
    seen.set()
    sidebar.wait_for("Done")
    behind = sidebar.page.locator(".jp-CodeCell").last
    expect(behind.locator(".jp-OutputArea")).to_contain_text("behind it: 7")
    expect(sidebar.cell(1)).to_contain_text("It is seven.")
    asked = len(model.bodies)
    run_all(sidebar)
    expect(sidebar.cell(1)).to_contain_text("recorded on")
    expect(behind.locator(".jp-InputPrompt")).not_to_have_text("[*]:")
    assert len(model.bodies) == asked
    assert sidebar.notebook.problems == []


@pytest.mark.full
def test_a_reload_shows_the_waiting_cell_and_its_end(notebook: Open, model: Scripts) -> None:
    go_on = threading.Event()
    model.steps["reload:"] = [
        cell("seven = 7\nprint('first')", "make it"),
        held(go_on, end("It is seven.")),
    ]
    sidebar = notebook(*sources("reload: make seven")[:2])
    run_all(sidebar)
    sidebar.allow()
    expect(sidebar.made("make it").locator(".jp-OutputArea")).to_contain_text("first")
    sidebar.page.reload()
    expect(sidebar.cell(1)).to_contain_text("answers in the K2 panel")
    expect(sidebar.made("make it").locator(".jp-OutputArea")).to_contain_text("first")
    go_on.set()
    expect(sidebar.cell(1)).to_contain_text("It is seven.")
    assert str(sidebar.cell(1).text_content()).count("It is seven.") == 1


@pytest.mark.full
def test_the_interrupt_button_stops_run_all(notebook: Open, model: Scripts) -> None:
    model.steps["interrupt:"] = [
        cell("import time\nprint('begun', flush=True)\ntime.sleep(600)", "sleep")
    ]
    sidebar = notebook(*sources("interrupt: sleep"))
    run_all(sidebar)
    sidebar.allow()
    expect(sidebar.made("sleep").locator(".jp-OutputArea")).to_contain_text("begun")
    sidebar.notebook.interrupt()
    sidebar.wait_for("Stopped")
    expect(sidebar.cell(1)).to_contain_text("K2: interrupted")
    behind = sidebar.page.locator(".jp-CodeCell").last
    expect(behind.locator(".jp-InputPrompt")).to_have_text("[ ]:")
