"""The K2 panel beside a notebook, as a person uses it."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.jupyterlab import HANG, Notebook

_SHARED = "jupyterapp.shell.currentWidget.content.model.sharedModel"


class Sidebar:
    """The panel of the page in which a notebook is open."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.page: Page = notebook.page
        self.panel = self.page.locator("#k2-panel")

    def open(self) -> None:
        """By its tab at the right."""
        self.page.locator(".jp-SideBar.jp-mod-right [data-id=k2-panel]").click()
        expect(self.panel).to_be_visible()

    def show(self) -> None:
        """Open it where the page has not opened it by itself."""
        if not self.panel.is_visible():
            self.open()

    # Asking

    @property
    def request(self) -> Locator:
        return self.panel.get_by_role("textbox", name="Request")

    def ask(self, text: str, *, model: str = "") -> None:
        """Type a request and send it."""
        if model:
            self.panel.get_by_role("combobox", name="Model").select_option(model)
        self.request.fill(text)
        self.request.press("Enter")

    def allow(self) -> None:
        """Say yes to the task."""
        self.button("Allow").click()

    def allow_all(self, until: Locator | None = None) -> None:
        """Say yes once to whatever is asked, until that is seen, else until the turn has ended."""
        end = until or self.turn.locator(".k2-Turn-facts")
        yes = self.card.get_by_role("button", name=re.compile("^Allow( once)?$"))
        while True:
            yes.or_(end).first.wait_for()
            if end.is_visible():
                return
            asked = self.card.get_attribute("data-request")
            yes.click()
            expect(self.panel.locator(f"[data-request='{asked}']")).to_be_hidden()

    def finish(self, text: str, *, model: str = "") -> None:
        """Ask, allow, and wait for the end."""
        self.ask(text, model=model)
        self.allow()
        self.wait_for("Done")

    def wait_for(self, end: str, *, turns: int = 1) -> None:
        """Until the newest turn has ended so; it may take as long as so many others."""
        facts = self.turn.locator(".k2-Turn-facts")
        expect(facts).to_have_text(re.compile(f"^{end} ·"), timeout=turns * HANG)

    def button(self, name: str) -> Locator:
        return self.panel.get_by_role("button", name=name, exact=True)

    def restart_kernel(self) -> None:
        """By JupyterLab's menu."""
        self.page.evaluate("void jupyterapp.commands.execute('kernelmenu:restart')")
        self.page.locator(".jp-Dialog .jp-mod-accept").click()

    # What it shows

    @property
    def turn(self) -> Locator:
        """The newest."""
        return self.panel.locator(".k2-Turn").last

    @property
    def card(self) -> Locator:
        """What waits for an answer."""
        return self.panel.locator(".k2-RequestCard")

    @property
    def calls(self) -> Locator:
        """Of the newest turn."""
        return self.turn.locator(".k2-Call")

    # The notebook

    def cells(self) -> list[dict[str, Any]]:
        """As the page would save them."""
        cells: list[dict[str, Any]] = self.page.evaluate(f"{_SHARED}.toJSON().cells")
        for cell in cells:
            if isinstance(cell["source"], list):
                cell["source"] = "".join(cell["source"])
        return cells

    @property
    def sources(self) -> list[str]:
        return [cell["source"] for cell in self.cells()]

    def cell(self, number: int) -> Locator:
        """Of the notebook, from 0."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(number)

    def settled(self) -> list[dict[str, Any]]:
        """The cells, when all runs have ended in the page."""
        running = self.page.locator(".jp-InputPrompt", has_text=re.compile(r"\[\*\]"))
        expect(running).to_have_count(0)
        return self.cells()

    def made(self, purpose: str) -> Locator:
        """The cell that the agent made with that purpose."""
        ids = {
            cell.get("metadata", {}).get("k2", {}).get("purpose"): number
            for number, cell in enumerate(self.cells())
        }
        return self.cell(ids[purpose])
