"""The user goes on working while a turn runs."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.jupyterlab import Lab, opened
from tests.ui.conftest import Open
from tests.ui.scripts import HANG, Answer, Scripts, call, cell, end, held, text_of, waiting
from tests.ui.sidebar import Sidebar

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

_STATE = """() => { const notebook = jupyterapp.shell.currentWidget.content; return [
    notebook.mode, notebook.activeCell.model.sharedModel.getSource(),
    Math.round(notebook.activeCell.node.getBoundingClientRect().top)]; }"""
# Waited for: the browser puts back what a new cell has moved when it draws the next frame.
_IS = f"state => JSON.stringify(({_STATE})()) === JSON.stringify(state)"


def test_a_user_who_types_notices_nothing(notebook: Open, model: Scripts) -> None:
    """Cells come above and run; each key arrives, in edit mode, and nothing scrolls away."""
    typing = threading.Event()
    cells = [cell(f"print({n})\n" * 8, f"{n}") for n in range(8)]
    model.steps["type"] = [cells[0], held(typing, cells[1]), *cells[2:]]
    sources = [f"# {n}" for n in range(30)]
    sidebar = notebook(*sources)
    sidebar.cell(1).locator(".jp-InputPrompt").click()
    sidebar.ask("type on")
    sidebar.allow()
    expect(sidebar.turn).to_contain_text("Waiting for the model")
    mine = sidebar.cell(9)
    mine.locator(".cm-content").click()
    sidebar.page.keyboard.press("Control+a")
    _, _, place = sidebar.page.evaluate(_STATE)
    typing.set()
    text = "".join(chr(ord("a") + n % 26) for n in range(100))
    for key in text:
        sidebar.page.keyboard.press(key)
        sidebar.page.wait_for_timeout(20)
    sidebar.page.wait_for_function(_IS, arg=["edit", text, place])
    sidebar.wait_for("Done")
    sidebar.page.wait_for_function(_IS, arg=["edit", text, place])
    assert len(sidebar.sources) == 30 + 8 + 1


@pytest.mark.full
def test_the_users_text_wins_and_the_agent_is_told(notebook: Open, model: Scripts) -> None:
    edited = threading.Event()

    def change(results: Sequence[str]) -> Answer:
        """With the hash of what the model has read."""
        assert edited.wait(HANG)
        found = re.match(r"cell (\w+) \(hash (\w+)\)", results[0])
        assert found is not None
        return call("edit_cell", cell=found[1], hash=found[2], source="'the model'")

    model.steps["win"] = [cell("'first'", "first"), change, end()]
    sidebar = notebook("mine = 1")
    sidebar.ask("win it")
    sidebar.allow()
    expect(sidebar.cell(1).locator(".jp-OutputArea-output")).to_have_text("'first'")
    sidebar.cell(1).locator(".cm-content").click()
    sidebar.page.keyboard.press("Control+a")
    sidebar.page.keyboard.type("'the user'")
    edited.set()
    sidebar.wait_for("Done")
    assert sidebar.sources[1] == "'the user'"
    told = "\n".join(text_of(message) for message in model.bodies[-1]["messages"])
    assert "The user edited cell" in told
    assert "It now reads" in told or "read it again" in told
    sidebar.panel.get_by_role("button", name="K2 was told of your changes").click()
    expect(sidebar.turn).to_contain_text("The user edited cell")


@pytest.mark.full
def test_the_user_runs_own_cells_meanwhile(notebook: Open, model: Scripts, lab: Lab) -> None:
    model.steps["queue"] = [cell(waiting("go-queue"), "wait"), cell("mine + 1", "after")]
    sidebar = notebook("mine = 41")
    sidebar.ask("queue up")
    sidebar.allow()
    expect(sidebar.cell(1).locator(".jp-OutputArea-output")).to_have_text("begun\n")
    sidebar.notebook.run(0, wait=False)
    expect(sidebar.cell(0).locator(".jp-InputPrompt")).to_have_text("[*]:")
    (lab.folder / "go-queue").touch()
    sidebar.wait_for("Done")
    expect(sidebar.made("after")).to_contain_text("42")
    expect(sidebar.cell(0).locator(".jp-InputPrompt")).to_have_text("[2]:")


def test_each_notebook_has_its_own_turn(
    notebook: Open, model: Scripts, lab: Lab, context: BrowserContext
) -> None:
    """Two at once in one page; the one behind goes on, and is found again."""
    model.steps["left"] = [cell(waiting("go-left"), "left"), cell("'left'", "left too")]
    model.steps["right"] = [cell("'right'", "right")]
    sidebar = notebook()
    lab.notebook("right.ipynb", "other = 1")
    sidebar.ask("left one")
    sidebar.allow()
    expect(sidebar.cell(1).locator(".jp-OutputArea-output")).to_have_text("begun\n")
    left = sidebar.page.evaluate("jupyterapp.shell.currentWidget.id")
    sidebar.page.evaluate(
        "void jupyterapp.commands.execute('docmanager:open', {path: 'right.ipynb'})"
    )
    expect(sidebar.panel.locator(".k2-Header-name")).to_have_text("right.ipynb")
    expect(sidebar.panel.locator(".k2-Turn")).to_have_count(0)
    expect(sidebar.notebook.kernel).to_have_text(re.compile(r"\| Idle$"))
    sidebar.finish("right one")
    (lab.folder / "go-left").touch()
    assert sidebar.sources == ["other = 1", "'right'", "## Conclusion\n\nAll is done."]
    sidebar.page.evaluate("id => jupyterapp.shell.activateById(id)", left)
    sidebar.wait_for("Done")
    assert "'left'" in sidebar.sources
    assert "'right'" not in sidebar.sources
    expect(sidebar.turn).to_contain_text("left one")


@pytest.mark.full
def test_a_second_tab_of_the_notebook_shows_the_same(
    notebook: Open, model: Scripts, lab: Lab, context: BrowserContext
) -> None:
    more = threading.Event()
    model.steps["both"] = [cell("'one'", "one"), held(more, cell("'two'", "two"))]
    first = notebook(name=lab.notebook("both.ipynb", "mine = 1").name)
    first.ask("both of them")
    first.allow()
    expect(first.cell(1).locator(".jp-OutputArea-output")).to_have_text("'one'")
    with opened(context, lab, "both.ipynb") as other:
        second = Sidebar(other)
        second.open()
        expect(second.cell(1).locator(".jp-OutputArea-output")).to_have_text("'one'")
        more.set()
        for sidebar in (first, second):
            sidebar.wait_for("Done")
            expect(sidebar.made("two")).to_contain_text("'two'")
        assert [cell["id"] for cell in first.cells()] == [cell["id"] for cell in second.cells()]
