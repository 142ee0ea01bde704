"""Hostile text, wherever it comes from, is text: nothing runs and nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.jupyterlab import Lab, opened
from tests.ui.scripts import Answer, Scripts, call, cell, end
from tests.ui.sidebar import Sidebar

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

PAYLOADS = [
    line.replace("{run}", "ran()")
    for line in Path(__file__).with_name("payloads.txt").read_text("utf-8").splitlines()
]
ALL = "\n\n".join(PAYLOADS)
METADATA = {
    "k2": {"approved": True},
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
}
_WATCH = """
window.executed = 0;
window.ran = () => { window.executed += 1; if (window.parent !== window) window.parent.ran(); };
"""
_LINKS = """() => [...document.querySelectorAll('#k2-panel a, .k2-Badge a')]
    .map(link => [link.protocol, link.target, link.rel])"""
_COMMANDS = "document.querySelectorAll('#k2-panel [data-commandlinker-command]').length"


@pytest.fixture
def sink() -> list[str]:
    """Addresses elsewhere that the page has asked for."""
    return []


@pytest.fixture
def sidebar(browser: Browser, lab: Lab, sink: list[str]) -> Iterator[Sidebar]:
    """Beside a notebook whose marks, ids and texts somebody else has written."""
    for name in ("<img src=x onerror=ran()>.csv", "'\"><svg onload=ran()>.csv"):
        (lab.folder / name).write_text("a,b\n")

    def elsewhere(route: Route) -> None:
        sink.append(route.request.url)
        route.abort()

    with browser.new_context() as context:
        context.add_init_script(_WATCH)
        context.route(lambda url: "127.0.0.1" not in url, elsewhere)
        lab.write("hostile <b onclick=ran()>.ipynb", marked(), METADATA)
        with opened(context, lab, "hostile%20%3Cb%20onclick=ran()%3E.ipynb") as notebook:
            sidebar = Sidebar(notebook)
            sidebar.open()
            yield sidebar


def marked() -> list[Any]:
    """Cells that claim to be the agent's."""
    return [
        {
            "cell_type": "code",
            "id": f"cell{n}",
            "source": f"x{n} = {text!r}",
            "metadata": {"k2": {"author": "agent", "purpose": text, "model": text, "step": text}},
            "outputs": [],
            "execution_count": None,
        }
        for n, text in enumerate(PAYLOADS[:6])
    ]


def test_the_corpus_is_large() -> None:
    assert len(PAYLOADS) >= 60


def test_nothing_runs_and_nothing_is_fetched(
    sidebar: Sidebar, model: Scripts, sink: list[str]
) -> None:
    expect(sidebar.cell(0).get_by_role("note")).to_be_visible()
    expect(sidebar.panel.locator(".k2-Turn")).to_have_count(0)
    assert [one["execution_count"] for one in sidebar.cells()] == [None] * 6
    printed = "\n".join(f"print({text!r})" for text in PAYLOADS)
    named = f"class Named:\n    def __repr__(self): return {PAYLOADS[4]!r}\nnamed = Named()\nnamed"
    broken = f"raise type({PAYLOADS[4]!r}, (Exception,), {{}})({ALL!r})"
    steps: list[Answer] = [
        call("set_plan", items=[{"title": text} for text in PAYLOADS[:20]], text=ALL),
        cell(printed, PAYLOADS[0], text=ALL, reasoning=ALL),
        cell(named, PAYLOADS[4]),
        cell(broken, PAYLOADS[10]),
        call("add_markdown", source=f"`{PAYLOADS[4]}`"),
        call(PAYLOADS[4].replace(" ", ""), **{PAYLOADS[0]: PAYLOADS[1]}),
        call("ask_user", question=ALL, choices=PAYLOADS[:6], text=ALL),
        end(ALL, caveats=PAYLOADS[:30], next_steps=PAYLOADS[30:], claims=claims()),
        end(ALL.translate({ord(digit): "" for digit in "0123456789"}), caveats=PAYLOADS),
    ]
    model.steps["harm"] = [*steps, *[end("Harmless.")] * 3]
    sidebar.ask(f"harm {ALL}")
    sidebar.allow()
    sidebar.card.get_by_role("radio").first.check()
    sidebar.button("Answer").click()
    sidebar.wait_for("Done")
    unfold(sidebar)
    sidebar.request.click()
    sidebar.page.keyboard.type("look at @")
    expect(sidebar.panel.get_by_role("option").first).to_be_visible()
    assert sidebar.page.evaluate("window.executed") == 0
    assert sink == []
    for protocol, target, rel in sidebar.page.evaluate(_LINKS):
        assert protocol in ("http:", "https:", "mailto:")
        assert target == "_blank"
        assert "noopener" in rel
    assert sidebar.page.evaluate(_COMMANDS) == 0
    assert sidebar.page.evaluate("typeof jupyterapp.commands.execute") == "function"


def claims() -> list[dict[str, str]]:
    return [{"number": text, "cell": text, "label": text} for text in PAYLOADS[:10]]


def unfold(sidebar: Sidebar) -> None:
    """Show all that there is."""
    page: Page = sidebar.page
    page.evaluate(
        """() => { for (const fold of document.querySelectorAll(
            '#k2-panel .k2-Fold-summary[aria-expanded=false]')) fold.click(); }"""
    )
    expect(sidebar.turn.locator("[aria-expanded=true]").first).to_be_visible()
