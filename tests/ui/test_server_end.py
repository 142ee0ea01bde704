"""The server ends in the middle of a turn; the next one goes on with it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.jupyterlab import Lab, opened, serving_lab
from tests.loopback import serving
from tests.ui.scripts import HANG, Answer, Scripts, cell
from tests.ui.sidebar import Sidebar

pytestmark = [pytest.mark.browser, pytest.mark.full, pytest.mark.timeout(600)]


def counting(name: str, source: str) -> Answer:
    """A cell that notes each of its runs, with the kernel's process."""
    noted = f"print('{name}', os.getpid(), file=file)"
    lines = ("import os", f"with open('ran.txt', 'a') as file:\n    {noted}", source)
    return cell("\n".join(lines), name)


def test_a_cut_off_turn_is_resumed(browser: Browser, model: Scripts, tmp_path: Path) -> None:
    """In a new kernel, whose cells run first if the user wants it: once in each kernel's life."""
    asked, go_on = threading.Event(), threading.Event()

    def thinks(results: Sequence[str]) -> Answer:
        asked.set()
        assert go_on.wait(HANG)
        return counting("c", "a + b")

    model.steps["cut"] = [counting("a", "a = 1\na"), counting("b", "b = 2\nb"), thinks]
    with serving(model) as endpoint:
        start = partial(serving_lab, tmp_path, K2_BASE_URL=endpoint.base_url, K2_MODEL="played")
        with start() as lab:
            lab.notebook("cut.ipynb", "mine = 1")
            with opened(browser, lab, "cut.ipynb") as notebook:
                sidebar = Sidebar(notebook)
                sidebar.open()
                sidebar.ask("cut off")
                output = sidebar.page.locator(".jp-Notebook .jp-OutputArea-output")
                sidebar.allow_all(until=output.nth(1))
                assert asked.wait(HANG)
                lab.process.kill()
                expect(sidebar.panel.locator(".k2-Banner")).to_contain_text("Connection lost")
                go_on.set()
                with start(before=lab) as next_lab:
                    resume(sidebar)
                    disturbed = kept(sidebar)
                    assert kept_undisturbed(browser, next_lab) == disturbed
    ran = (tmp_path / "content" / "ran.txt").read_text().splitlines()
    assert "".join(line[0] for line in ran) == "ab" + "abc" + "abc"
    assert len(ran) == len(set(ran))


def resume(sidebar: Sidebar) -> None:
    """In a page that comes again, with a yes to what that asks."""
    sidebar.notebook.reload()
    sidebar.show()
    sidebar.wait_for("Stopped")
    sidebar.button("Resume").click()
    expect(sidebar.card).to_contain_text("The kernel is new")
    sidebar.allow_all()
    sidebar.wait_for("Done")


def kept_undisturbed(browser: Browser, lab: Lab) -> list[dict[str, Any]]:
    """The cells of the same turn that nothing cuts off."""
    lab.notebook("calm.ipynb", "mine = 1")
    with opened(browser, lab, "calm.ipynb") as notebook:
        sidebar = Sidebar(notebook)
        sidebar.open()
        sidebar.ask("cut off")
        sidebar.allow_all()
        return kept(sidebar)


def kept(sidebar: Sidebar) -> list[dict[str, Any]]:
    """The cells but for their ids, and but for which turn made them and when."""
    cells = sidebar.settled()
    for one in cells:
        marked = one["metadata"].get("k2", {})
        one["metadata"] = {
            name: marked.get(name) for name in ("author", "purpose", "model", "hash")
        }
        del one["id"]
    return cells
