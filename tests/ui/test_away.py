"""The page is closed in the middle of a turn, which goes on, or waits, without it."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.jupyterlab import HANG, Lab
from tests.ui.conftest import Open
from tests.ui.scripts import Scripts, cell, waiting

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def saved(lab: Lab, name: str, *, cells: int) -> list[dict[str, Any]]:
    """The cells in the file, once there are so many."""
    until = time.monotonic() + HANG / 1000
    while time.monotonic() < until:
        with contextlib.suppress(ValueError):  # it is no JSON while it is written
            found: list[dict[str, Any]] = json.loads((lab.folder / name).read_text("utf-8"))[
                "cells"
            ]
            if len(found) == cells:
                return found
        time.sleep(0.05)
    raise AssertionError(f"{name} has never had {cells} cells")


def test_a_turn_pauses_goes_on_and_ends_with_the_page_closed(
    notebook: Open, model: Scripts, lab: Lab
) -> None:
    model.steps["away"] = [cell(waiting(f"away-{n}"), f"cell {n}") for n in range(2)]
    lab.notebook("away.ipynb", "mine = 1")
    sidebar = notebook(name="away.ipynb")
    sidebar.page.on("dialog", lambda dialog: dialog.accept())
    open_at = sidebar.page.url
    sidebar.ask("away me")
    sidebar.allow()
    output = sidebar.page.locator(".jp-Notebook .jp-OutputArea-output")
    expect(output).to_have_text(["begun\n"])
    sidebar.button("Pause").click()
    expect(sidebar.button("Do not pause")).to_be_visible()
    sidebar.page.goto("about:blank")
    (lab.folder / "away-0").touch()
    sidebar.page.goto(open_at)
    expect(output).to_have_text(["begun\nended\n"])
    sidebar.show()
    expect(sidebar.turn.get_by_text("Paused", exact=True)).to_be_visible()
    expect(sidebar.calls).to_have_count(1)
    sidebar.button("Continue").click()
    expect(output).to_have_text(["begun\nended\n", "begun\n"])
    sidebar.page.goto("about:blank")
    (lab.folder / "away-1").touch()
    cells = saved(lab, "away.ipynb", cells=4)
    sidebar.page.goto(open_at)
    expect(output).to_have_text(["begun\nended\n"] * 2)
    sidebar.show()
    sidebar.wait_for("Done")
    expect(sidebar.panel.get_by_text("so the server saved away.ipynb")).to_be_visible()
    assert [one["id"] for one in sidebar.cells()] == [one["id"] for one in cells]
    sidebar.page.wait_for_function("!jupyterapp.shell.currentWidget.context.model.dirty")
    expect(sidebar.page.locator(".jp-Dialog")).to_have_count(0)
