"""What stays of the work: past turns, who wrote which cell, a page to send to others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Download, expect

from tests.ui.conftest import Open
from tests.ui.scripts import Scripts, cell, end
from tests.ui.sidebar import Sidebar
from tests.ui.test_looks import check

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def exported(sidebar: Sidebar) -> Download:
    """By the button of the view that is open."""
    with sidebar.page.expect_download() as found:
        sidebar.button("Export").click()
    return found.value


def text(download: Download, folder: Path) -> str:
    file = folder / download.suggested_filename
    download.save_as(file)
    return file.read_text()


def test_a_notebook_is_run_again_and_exported_and_its_past_is_told(
    notebook: Open, model: Scripts, tmp_path: Path
) -> None:
    model.steps["sum"] = [cell("total = first + 1\nprint(total)", "adds one"), end("It is so.")]
    sidebar = notebook("first = 1", "import os\nprint(os.urandom(8))")
    sidebar.notebook.run(0)
    sidebar.notebook.run(1)
    sidebar.cell(0).locator(".jp-InputPrompt").click()
    sidebar.finish("sum it up")

    sidebar.button("Who wrote which cell").click()
    rows = sidebar.panel.locator(".k2-Provenance-row")
    expect(rows).to_have_count(4)
    expect(rows.nth(1)).to_contain_text("sum it up")
    expect(rows.nth(1)).to_contain_text("Reads first")
    expect(rows.nth(3)).to_contain_text("yours")
    check(sidebar, "provenance")

    sidebar.button("History").click()
    expect(sidebar.panel.locator(".k2-History-entry")).to_contain_text("It is so.")
    check(sidebar, "history")

    sidebar.button("Export as HTML").click()
    sidebar.panel.get_by_role("checkbox").check()
    page = text(exported(sidebar), tmp_path)
    assert "Re-run: 1 of 3 cells differs" in page
    assert "sum it up" in page
    expect(sidebar.panel.locator(".k2-Export-verdict")).to_contain_text("1 of 3 cells differs")
    expect(sidebar.panel.locator(".k2-Export-differences li")).to_have_count(1)
    check(sidebar, "exported")


@pytest.mark.full
def test_the_file_menu_exports_what_was_not_saved(
    notebook: Open, model: Scripts, tmp_path: Path
) -> None:
    sidebar = notebook("shown = 'never saved'")
    sidebar.cell(0).locator(".cm-content").fill("changed = 'only here'")
    with sidebar.page.expect_download() as found:
        sidebar.page.locator(".lm-MenuBar-itemLabel", has_text="File").first.click()
        sidebar.page.locator(".lm-Menu-itemLabel", has_text="Export with K2").click()
        sidebar.page.locator(".lm-Menu-itemLabel", has_text="Code Folded").click()
    page = text(found.value, tmp_path)
    assert "only here" in page
    assert "never saved" not in page


@pytest.mark.full
def test_a_past_turn_is_searched_opened_and_purged_by_keyboard(
    notebook: Open, model: Scripts
) -> None:
    model.steps["first"] = [cell("print('one')", "says one"), end("So be it.")]
    model.steps["second"] = [end("Other words.")]
    sidebar = notebook("x = 1")
    sidebar.finish("first of all")
    sidebar.ask("second thing")
    sidebar.wait_for("Done")
    sidebar.page.evaluate("void jupyterapp.commands.execute('k2:history')")
    entries = sidebar.panel.locator(".k2-History-entry")
    expect(entries).to_have_count(2)
    sidebar.panel.get_by_role("searchbox").fill("so be it")
    expect(entries).to_have_count(1)
    keys = sidebar.page.keyboard
    keys.press("Tab")
    keys.press("Enter")
    expect(sidebar.turn).to_contain_text("says one")
    check(sidebar, "past-turn")
    sidebar.button("Purge this turn").press("Enter")
    sidebar.page.locator(".jp-Dialog .jp-mod-warn").press("Enter")
    expect(entries).to_have_count(1)
    expect(entries).to_contain_text("second thing")
    keys.press("Escape")
    expect(sidebar.request).to_be_visible()


@pytest.mark.full
def test_a_badge_says_which_request_made_the_cell(notebook: Open, model: Scripts) -> None:
    model.steps["badge"] = [cell("print('made')", "makes it"), end()]
    sidebar = notebook("x = 1")
    sidebar.finish("badge please")
    badge = sidebar.made("makes it").locator(".k2-Badge")
    badge.hover()
    expect(badge).to_have_attribute("title", re.compile("For: badge please"))
