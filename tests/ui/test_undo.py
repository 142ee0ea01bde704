"""A whole turn is undone and redone in the page, whatever the user did since."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from k2_jupyter.notebook.base import source_hash
from tests.ui.conftest import Open
from tests.ui.scripts import Answer, Scripts, call, cell
from tests.ui.sidebar import Sidebar

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

MADE = [cell(f"made_{n} = {n}\nmade_{n}", f"make {n}") for n in range(6)]
_SHARED = "jupyterapp.shell.currentWidget.content.model.sharedModel"


def edit(cell_id: str, before: str, after: str) -> Answer:
    return call("edit_cell", cell=cell_id, hash=source_hash(before), source=after, run=True)


def undo(sidebar: Sidebar) -> None:
    sidebar.button("Undo this turn").last.click()
    expect(sidebar.turn).to_contain_text("This turn is undone.")


def redo(sidebar: Sidebar) -> None:
    sidebar.button("Redo this turn").last.click()
    expect(sidebar.turn).not_to_contain_text("This turn is undone.")


def plain(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what JupyterLab notes of trust when it opens a file."""
    for one in cells:
        one["metadata"].pop("trusted", None)
    return cells


def reload(sidebar: Sidebar, cells: int) -> None:
    """The page anew once the file is saved, until it has so many cells."""
    sidebar.page.wait_for_function("!jupyterapp.shell.currentWidget.context.model.dirty")
    sidebar.notebook.reload()
    sidebar.page.wait_for_function(f"{_SHARED}.cells.length === {cells}")
    sidebar.show()


def test_a_turn_of_seven_cells_is_undone_and_redone(notebook: Open, model: Scripts) -> None:
    """A cell of the user's that the turn edited is as before: source, outputs, count."""
    sidebar = notebook("mine = 1\nmine", "# the last")
    sidebar.notebook.run(0)
    before = sidebar.settled()
    model.steps["seven"] = [edit(before[0]["id"], "mine = 1\nmine", "mine = 2\nmine"), *MADE]
    sidebar.ask("seven cells")
    sidebar.allow_all()
    after = sidebar.settled()
    assert len(after) == len(before) + 7
    undo(sidebar)
    assert sidebar.cells() == before
    expect(sidebar.turn).to_contain_text("Cells: 7 removed, 1 as before.")
    redo(sidebar)
    assert sidebar.cells() == after
    assert sidebar.notebook.problems == []


@pytest.mark.full
def test_what_the_user_did_since_stays(notebook: Open, model: Scripts) -> None:
    """Edits, moves and deletes of the agent's cells, own cells between."""
    model.steps["mixed"] = MADE
    sidebar = notebook("first = 1", "# the last")
    sidebar.finish("mixed work")
    made = [one["id"] for one in sidebar.settled() if "k2" in one["metadata"]]
    sidebar.page.evaluate(
        f"""() => {{
            const shared = {_SHARED};
            const at = id => shared.cells.findIndex(cell => cell.getId() === id);
            const [edited, moved, deleted] = {made[:3]!r};
            shared.cells[at(edited)].setSource('the user was here');
            shared.moveCell(at(moved), 0);
            shared.deleteCell(at(deleted));
            shared.insertCell(at({made[3]!r}), {{cell_type: 'code', source: 'made_4 + 1'}});
        }}"""
    )
    undo(sidebar)
    left = ["first = 1", "the user was here", "made_4 + 1", "# the last"]
    assert sidebar.sources == left
    expect(sidebar.turn).to_contain_text("Left as you changed it")
    expect(sidebar.turn).to_contain_text("made_4 is used by")
    redo(sidebar)
    assert len(sidebar.sources) == len(left) + 5  # the edited and the deleted one do not come


@pytest.mark.full
def test_an_earlier_turn_waits_for_the_one_on_top(notebook: Open, model: Scripts) -> None:
    model.steps["base"] = [cell("base = 1\nbase", "the base")]
    model.steps["top"] = [cell("base + 1", "on top")]
    sidebar = notebook("first = 1")
    before = sidebar.sources
    sidebar.finish("base it")
    sidebar.finish("top it")
    sidebar.settled()
    earlier = sidebar.panel.get_by_role("button", name="base it")
    earlier.click()
    sidebar.button("Undo this turn").first.click()
    expect(sidebar.panel).to_contain_text("“top it” uses base")
    undo(sidebar)
    sidebar.button("Undo this turn").click()
    expect(sidebar.panel.get_by_text("This turn is undone.")).to_have_count(2)
    assert sidebar.sources == before


@pytest.mark.full
def test_a_reload_between_changes_nothing(notebook: Open, model: Scripts) -> None:
    """A page that comes after the turn undoes it, one that comes after the undo redoes it."""
    sidebar = notebook("mine = 1\nmine", "# the last")
    sidebar.notebook.run(0)
    before = plain(sidebar.settled())
    model.steps["reloaded"] = [edit(before[0]["id"], "mine = 1\nmine", "mine = 2\nmine"), *MADE[:2]]
    sidebar.ask("reloaded between")
    sidebar.allow_all()
    after = plain(sidebar.settled())
    reload(sidebar, len(after))
    assert plain(sidebar.cells()) == after
    undo(sidebar)
    assert plain(sidebar.cells()) == before
    reload(sidebar, len(before))
    expect(sidebar.turn).to_contain_text("This turn is undone.")
    assert plain(sidebar.cells()) == before
    redo(sidebar)
    assert plain(sidebar.settled()) == after
