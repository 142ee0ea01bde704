"""A `%%k2` in a JupyterLab that has the sidebar."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import Open
from tests.ui.scripts import Scripts, cell, end, held
from tests.ui.sidebar import Sidebar

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SOURCES = (
    "%load_ext k2_jupyter",
    "%%k2\nmagic: make seven",
    "print('behind it:', seven)",
)


def run_all(sidebar: Sidebar) -> None:
    sidebar.page.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")


def test_run_all_keeps_its_order(notebook: Open, model: Scripts) -> None:
    """Native cells with live output come below the magic, the next cell sees their variables."""
    seen = threading.Event()
    model.steps["magic:"] = [
        cell("import time\nprint('first', flush=True)\nseven = 7", "make it"),
        held(seen, end("It is seven.")),
    ]
    sidebar = notebook(*SOURCES)
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
