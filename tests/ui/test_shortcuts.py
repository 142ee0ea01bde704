"""Keys for what is used often: none that JupyterLab has, and none that types."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import Open
from tests.ui.scripts import Scripts, end, held

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

OURS = Path(__file__).parents[2] / "labextension/schema/plugin.json"
THEIRS = Path(sys.prefix) / "share/jupyter/lab/schemas"


def shortcuts(schema: Path) -> Iterator[tuple[str, ...]]:
    """The keys, each with its modifiers in one order."""
    described: dict[str, Any] = json.loads(schema.read_text("utf-8"))
    for shortcut in described.get("jupyter.lab.shortcuts", []):
        yield tuple(" ".join(sorted(chord.split())) for chord in shortcut["keys"])


def test_jupyterlab_has_none_of_the_keys() -> None:
    theirs = {keys for schema in THEIRS.rglob("*.json") for keys in shortcuts(schema)}
    ours = [*shortcuts(OURS)]
    assert len(theirs) > 50
    assert len(ours) == len(set(ours)) == 4
    assert theirs.isdisjoint(ours)


@pytest.mark.full
def test_the_keys_do_what_they_say_and_type_nothing(notebook: Open, model: Scripts) -> None:
    never = threading.Event()
    model.steps["Cell"] = [end("It is mended.")]
    model.steps["Explain"] = [held(never, end())]
    sidebar = notebook("undefined_name", panel=False)
    keys = sidebar.page.keyboard
    keys.press("Alt+Shift+K")
    expect(sidebar.request).to_be_focused()
    sidebar.notebook.run(0)
    keys.press("Alt+Shift+F")
    sidebar.wait_for("Done")
    expect(sidebar.turn).to_contain_text("It is mended.")
    sidebar.cell(0).locator(".cm-content").click()
    keys.press("Alt+Shift+E")
    expect(sidebar.turn).to_contain_text("Waiting for the model")
    keys.press("Alt+Shift+S")
    sidebar.wait_for("Stopped")
    never.set()
    assert sidebar.sources[0] == "undefined_name"
