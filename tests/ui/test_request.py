"""A request: what it names, what is shown of it, and cells that come into the notebook."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from k2_jupyter.messages import AssistantMessage
from k2_jupyter.models.serving import chunks
from tests.jupyterlab import Lab
from tests.loopback import Reply, events
from tests.ui.conftest import Open
from tests.ui.scripts import HANG, Scripts, call, cell, end, held, plan, text_of, waiting

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_variables_cells_and_files_are_named_with_at(
    notebook: Open, model: Scripts, lab: Lab
) -> None:
    model.steps["compare"] = [end()]
    (lab.folder / "salaries.csv").write_text("level,salary\nEN,1\n")
    sidebar = notebook("wages = [10, 20]", "other = 1")
    sidebar.notebook.run(0)
    sidebar.request.click()
    for typed, offered in (
        ("compare @wag", "wages"),
        ("with\n@other", "other = 1"),
        ("in @sal", "salaries.csv"),
    ):
        for line in re.split(r"(\n)", typed):
            if line == "\n":
                sidebar.page.keyboard.press("Shift+Enter")
            else:
                sidebar.page.keyboard.type(line)
        expect(sidebar.panel.get_by_role("option").filter(has_text=offered).first).to_be_visible()
        sidebar.page.keyboard.press("Enter")
        sidebar.page.keyboard.type(" ")
    expect(sidebar.panel.locator(".k2-Composer .k2-Chip")).to_have_count(3)
    sidebar.page.keyboard.press("Enter")
    sidebar.wait_for("Done")
    asked = text_of(model.bodies[-1]["messages"][-1])
    for named in ("compare ", "\n", "wages", "[10, 20]", "other = 1", "salaries.csv"):
        assert named in asked


def test_cells_come_into_the_notebook_and_run_before_the_users_eyes(
    notebook: Open, model: Scripts, lab: Lab
) -> None:
    name = "go-live"
    model.steps["go"] = [plan("Wait"), cell(waiting(name), "wait"), cell("6 * 7", "product")]
    sidebar = notebook("first = 1", "last = 2")
    sidebar.cell(0).click()
    sidebar.ask("go on")
    sidebar.allow()
    made = sidebar.cell(1)
    expect(made.locator(".jp-InputPrompt")).to_have_text("[*]:")
    expect(made.locator(".jp-OutputArea-output")).to_have_text("begun\n")
    call_ = sidebar.calls.nth(1)
    expect(call_).to_contain_text("Running a cell: wait")
    (lab.folder / name).touch()
    expect(made.locator(".jp-OutputArea-output")).to_have_text("begun\nended\n")
    expect(made.locator(".jp-InputPrompt")).to_have_text("[1]:")
    expect(call_).to_contain_text("Ran a cell: wait")
    sidebar.wait_for("Done")
    assert sidebar.sources[0] == "first = 1"
    assert sidebar.sources[2] == "6 * 7"
    assert sidebar.sources[-1] == "last = 2"
    expect(sidebar.cell(2).locator(".jp-OutputArea-output").last).to_have_text("42")


@pytest.mark.full
def test_the_panel_tells_what_was_thought_planned_and_done(notebook: Open, model: Scripts) -> None:
    model.steps["tell"] = [
        call("set_plan", items=[{"title": "Add up", "state": "active"}], reasoning="Let me think."),
        cell("print('sum', 40 + 2)", "add up", text="I add **up** now."),
        lambda results: end(
            "The sum is 42.",
            claims=[{"number": "42", "cell": results[1].split()[1], "label": "sum"}],
            caveats=["One case only."],
            next_steps=["Go on with more"],
        ),
    ]
    sidebar = notebook()
    sidebar.finish("tell me")
    turn = sidebar.turn
    thought = turn.get_by_role("button", name=re.compile("^Thought for"))
    expect(turn).not_to_contain_text("Let me think.")
    thought.click()
    expect(turn).to_contain_text("Let me think.")
    expect(turn.locator("strong").filter(has_text="up").first).to_be_visible()
    sidebar.panel.locator(".k2-Plan .k2-Fold-summary").click()
    item = sidebar.panel.locator(".k2-PlanItem").filter(has_text="Add up")
    item.get_by_role("button", name="cell 2").click()
    expect(sidebar.made("add up")).to_have_class(re.compile("k2-mod-shown"))
    expect(turn).to_contain_text("The sum is 42.")
    expect(turn).to_contain_text("1 of 1 numbers checked in the outputs")
    expect(turn).to_contain_text("One case only.")
    turn.get_by_role("button", name="Go on with more").click()
    expect(sidebar.request).to_have_value("Go on with more")


@pytest.mark.full
def test_the_answer_streams(notebook: Open, model: Scripts) -> None:
    """What has come is shown before the answer is complete."""
    more = threading.Event()

    def pieces() -> Iterator[bytes]:
        parts = events(*chunks(AssistantMessage("word " * 400), "served"))
        yield from parts[: len(parts) // 2]
        assert more.wait(HANG)
        yield from parts[len(parts) // 2 :]

    model.steps["stream"] = [lambda results: Reply(pieces())]
    sidebar = notebook()
    sidebar.ask("stream it")
    expect(sidebar.turn.locator(".k2-Step")).to_contain_text("word word")
    expect(sidebar.button("Stop")).to_be_visible()
    more.set()
    sidebar.wait_for("Done")


def test_each_cell_of_the_agents_is_marked(notebook: Open, model: Scripts) -> None:
    model.steps["mark"] = [cell("1 + 1", "sum")]
    sidebar = notebook()
    sidebar.finish("mark it")
    made = sidebar.made("sum")
    badge = made.get_by_role("note")
    expect(badge).to_contain_text(re.compile(r"K2 · step 1 · played at .* · \d\d:\d\d"))
    expect(badge).not_to_contain_text("edited by you")
    made.locator(".cm-content").click()
    sidebar.page.keyboard.type("0")
    expect(badge).to_contain_text("edited by you")


@pytest.mark.full
def test_undo_takes_back_one_cell_at_a_time(notebook: Open, model: Scripts) -> None:
    model.steps["twice"] = [cell("1", "one"), cell("2", "two")]
    sidebar = notebook("mine = 1")
    sidebar.finish("twice please")
    assert sidebar.sources[:3] == ["mine = 1", "1", "2"]
    sidebar.cell(0).locator(".jp-InputPrompt").click()
    left = len(sidebar.sources)
    for _ in range(3):  # two cells and the conclusion
        sidebar.page.keyboard.press("z")
        left -= 1
        expect(sidebar.page.locator(".jp-Notebook .jp-Cell")).to_have_count(left)
    assert sidebar.sources == ["mine = 1"]


def test_the_user_edits_the_plan(notebook: Open, model: Scripts) -> None:
    more = threading.Event()
    model.steps["plan"] = [plan("Load", "Model", "Report"), held(more, cell("1", "load"))]
    sidebar = notebook()
    sidebar.ask("plan this")
    items = sidebar.panel.locator(".k2-PlanItem")
    expect(items).to_have_count(3)
    for number, title in enumerate(("Load", "Model", "Report")):
        items.nth(number).get_by_role("button", name=f"Change “{title}”").click()
    items.nth(1).get_by_role("button", name="Drop").click()
    expect(items.nth(1)).to_have_class(re.compile("k2-mod-dropped"))
    items.nth(2).get_by_role("button", name="Move up").click()
    expect(items.nth(1)).to_contain_text("Report")
    items.nth(0).get_by_role("button", name="Change the words").click()
    sidebar.panel.get_by_role("textbox", name="Plan item", exact=True).fill("Load and check")
    sidebar.page.keyboard.press("Enter")
    expect(items.nth(0)).to_contain_text("Load and check")
    more.set()
    sidebar.allow()
    sidebar.wait_for("Done")
    told = "\n".join(text_of(message) for message in model.bodies[-1]["messages"])
    assert "Load and check" in told
    assert "Model" in told
