"""What a cell's own toolbar offers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from k2_jupyter.notebook.base import source_hash
from tests.ui.conftest import Open
from tests.ui.scripts import Scripts, call, end, text_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_a_failing_cell_can_be_fixed_and_each_explained(notebook: Open, model: Scripts) -> None:
    sidebar = notebook("print(undefined_name)", "good = 1")
    mine, mended = sidebar.cells()[0], "undefined_name = 5\nprint(undefined_name)"
    seen = source_hash(mine["source"])
    model.steps["Cell"] = [call("edit_cell", cell=mine["id"], hash=seen, source=mended)]
    model.steps["Explain"] = [end("So it is.")]
    fix = sidebar.page.get_by_role("button", name="Fix this cell with K2")
    sidebar.cell(0).locator(".jp-InputPrompt").click()
    expect(fix).to_be_hidden()
    sidebar.notebook.run(0)
    before = len(model.bodies)
    fix.click()
    expect(sidebar.card).to_contain_text("+undefined_name = 5")
    sidebar.allow_all()
    asked = text_of(model.bodies[before]["messages"][-1])
    assert "print(undefined_name)" in asked
    assert "NameError" in asked
    assert sidebar.sources[0] == mended
    expect(sidebar.cell(0).locator(".jp-OutputArea-output")).to_have_text("5\n")
    expect(fix).to_be_hidden()
    sidebar.page.locator(".jp-CodeCell").last.locator(".jp-InputPrompt").click()
    sidebar.page.get_by_role("button", name="Explain this cell with K2").click()
    expect(sidebar.turn).to_contain_text("So it is.")
    sidebar.wait_for("Done")
    assert "good = 1" in text_of(model.bodies[-1]["messages"][-1])


@pytest.mark.full
def test_a_cell_and_a_selection_are_attached(notebook: Open, model: Scripts) -> None:
    model.steps["what"] = [end()]
    sidebar = notebook("alpha = 1\nbeta = 2", "gamma = 3")
    sidebar.cell(1).locator(".jp-InputPrompt").click()
    sidebar.page.get_by_role("button", name="Attach this cell to the next request").click()
    sidebar.cell(0).locator(".cm-line").nth(1).click(click_count=3)
    sidebar.page.evaluate("jupyterapp.commands.execute('k2:attach-selection')")
    chips = sidebar.panel.locator(".k2-Composer .k2-Chip")
    expect(chips).to_have_count(2)
    sidebar.ask("what is this")
    sidebar.wait_for("Done")
    asked = text_of(model.bodies[-1]["messages"][-1])
    assert "gamma = 3" in asked
    assert "beta = 2" in asked
    expect(chips).to_have_count(0)
