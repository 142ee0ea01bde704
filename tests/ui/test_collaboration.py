"""Two people in one notebook, by jupyter-collaboration; run where that is installed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from playwright.sync_api import Browser, expect

from tests.jupyterlab import Lab, opened, serving_lab
from tests.loopback import serving
from tests.ui.scripts import Scripts, cell, end
from tests.ui.sidebar import Sidebar

pytestmark = [
    *(pytest.mark.browser, pytest.mark.full, pytest.mark.timeout(600)),
    pytest.mark.skipif(find_spec("jupyter_server_ydoc") is None, reason="needs collaboration"),
]


@pytest.fixture(scope="module")
def two(
    browser: Browser, model: Scripts, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Sidebar, Sidebar, Lab]]:
    """A notebook in the browsers of two people."""
    folder = tmp_path_factory.mktemp("two")
    with (
        serving(model) as server,
        serving_lab(folder, K2_BASE_URL=server.base_url, K2_MODEL="played") as lab,
        browser.new_context() as hers,
        browser.new_context() as his,
    ):
        lab.notebook("shared.ipynb", "first = 1")
        with opened(hers, lab, "shared.ipynb") as a, opened(his, lab, "shared.ipynb") as b:
            sidebars = Sidebar(a), Sidebar(b)
            for sidebar in sidebars:
                sidebar.show()
            yield *sidebars, lab


def shown(sidebar: Sidebar) -> list[object]:
    """What there is of each cell; ids may not double."""
    cells = sidebar.cells()
    assert len({one["id"] for one in cells}) == len(cells)
    return [(one["id"], one["source"], one.get("outputs")) for one in cells]


def test_both_see_the_same(two: tuple[Sidebar, Sidebar, Lab], model: Scripts) -> None:
    hers, his, lab = two
    prints = "for n in range(3):\n    print('line', n)"
    model.steps["count"] = [cell(prints, "count"), cell("6 * 7", "multiply"), end("Counted.")]
    model.steps["add"] = [cell("6 + 7", "add"), end("Added.")]
    hers.finish("count for us")
    his.wait_for("Done")
    expect(his.turn).to_contain_text("Counted.")
    his.finish("add it up")
    hers.wait_for("Done")
    expect(hers.turn).to_contain_text("Added.")
    expect(hers.made("add").locator(".jp-OutputArea")).to_contain_text("13")
    expect(his.made("count").locator(".jp-OutputArea")).to_contain_text("line 2")
    assert shown(hers) == shown(his)
    sources = [*hers.sources]
    assert [sources.count(one) for one in (prints, "6 * 7", "6 + 7")] == [1, 1, 1]
    hers.page.wait_for_function(
        "() => !jupyterapp.shell.currentWidget.context.model.dirty", timeout=60_000
    )
    saved = json.loads((lab.folder / "shared.ipynb").read_text())["cells"]
    assert len(saved) == len(sources)


def test_one_turn_at_a_time(two: tuple[Sidebar, Sidebar, Lab], model: Scripts) -> None:
    hers, his, _ = two
    model.steps["wait"] = [cell("waited = True", "wait"), end("Waited.")]
    model.steps["then"] = [end("Then this.")]
    hers.ask("wait for it")
    hers.button("Allow").wait_for()
    his.ask("then mine")
    expect(his.panel).to_contain_text("then mine")
    expect(hers.panel).to_contain_text("then mine")
    his.allow()  # either of them may say yes
    expect(his.turn).to_contain_text("Then this.")
    expect(hers.turn).to_contain_text("Then this.")
    assert hers.sources.count("waited = True") == 1


def test_what_the_other_edits_is_the_users_change(
    two: tuple[Sidebar, Sidebar, Lab], model: Scripts
) -> None:
    hers, his, _ = two
    model.steps["look"] = [end("Seen.")]
    hers.ask("look at it")
    hers.wait_for("Done")
    his.cell(0).locator(".cm-content").click()
    his.page.keyboard.type("# by the other\n")
    expect(hers.cell(0)).to_contain_text("# by the other")
    hers.ask("look again")
    hers.wait_for("Done")
    expect(hers.turn).to_contain_text("K2 was told of your changes")
