"""The first time: nothing is configured, and an administrator has limited some of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.jupyterlab import Lab, opened, serving_lab
from tests.loopback import Reply, Server, refusal, serving, streamed
from tests.ui.scripts import end
from tests.ui.sidebar import Sidebar

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

KEY = "sk-canary-5f2a9d7c1b3e"
_STORED = """async () => JSON.stringify([
    {...localStorage}, {...sessionStorage}, document.cookie,
    (await indexedDB.databases()).map(one => one.name),
    [...document.querySelectorAll('input')].map(one => one.value)])"""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Server]:
    """Takes one key."""

    def play(body: dict[str, object]) -> Reply:
        if server.headers[-1]["authorization"] != f"Bearer {KEY}":
            return refusal(401, "invalid_authentication_error", "Invalid Authentication")
        return streamed(end())

    with serving(play) as server:
        yield server


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("first")
    with serving_lab(folder, config={"max_steps": 60, "allow_kinds": False}) as lab:
        yield lab


@pytest.fixture(scope="module")
def sidebar(lab: Lab, context: BrowserContext) -> Iterator[Sidebar]:
    (lab.folder / "data.csv").write_text(
        "group,value\n" + "".join(f"{'ab'[n % 2]},{n % 7 + n % 2}\n" for n in range(60))
    )
    lab.notebook("first.ipynb", "import os\nsorted(os.environ.values())")
    with opened(context, lab, "first.ipynb") as notebook:
        sidebar = Sidebar(notebook)
        sidebar.open()
        yield sidebar


def test_three_ways_to_begin_are_offered(sidebar: Sidebar) -> None:
    expect(sidebar.panel).to_contain_text("Welcome to K2")
    offered = sidebar.panel.get_by_role("radio")
    expect(offered).to_have_count(3)
    expect(sidebar.request).to_be_hidden()
    sidebar.panel.get_by_text("Kimi, hosted").click()
    expect(sidebar.panel.get_by_label("Address")).to_have_value(re.compile("^https://"))
    expect(sidebar.panel.get_by_label("Key")).to_have_attribute("type", "password")


def test_a_wrong_key_is_named_and_not_kept(sidebar: Sidebar, endpoint: Server, lab: Lab) -> None:
    sidebar.panel.get_by_text("Another endpoint").click()
    log_in(sidebar, endpoint, "sk-wrong")
    expect(sidebar.panel.get_by_role("alert")).to_contain_text(re.compile("key", re.IGNORECASE))
    expect(sidebar.panel.get_by_label("Key")).to_have_value("")
    assert "sk-wrong" not in on_disk(lab)


def test_the_offline_analyst_works_at_once(sidebar: Sidebar) -> None:
    sidebar.panel.get_by_text("Offline analyst").click()
    sidebar.button("Use the offline analyst").click()
    sidebar.finish("Compare value by group in data.csv")
    expect(sidebar.turn).to_contain_text(re.compile("rule-based"))
    assert len(sidebar.sources) > 3


def test_what_the_administrator_limits_is_said(sidebar: Sidebar) -> None:
    sidebar.button("Limits").click()
    expect(sidebar.panel.get_by_role("dialog", name="Limits")).to_contain_text("60 steps")
    sidebar.button("Cancel").click()


def test_the_key_stays_with_the_server(sidebar: Sidebar, endpoint: Server, lab: Lab) -> None:
    sidebar.button("Model…").click()
    sidebar.panel.get_by_text("Another endpoint").click()
    log_in(sidebar, endpoint, KEY)
    sidebar.button("Go on").click()
    expect(sidebar.panel.get_by_role("combobox", name="Model")).to_contain_text("127.0.0.1")
    assert KEY in on_disk(lab)
    sidebar.notebook.save()
    expect(sidebar.notebook.run(0)).to_contain_text("/")
    for kept in (
        sidebar.page.evaluate(_STORED),
        sidebar.page.content(),
        json.dumps(sidebar.cells()),
        (lab.folder / "first.ipynb").read_text(),
        lab.log.read_text(),
    ):
        assert KEY not in kept


def log_in(sidebar: Sidebar, endpoint: Server, key: str) -> None:
    sidebar.panel.get_by_label("Address").fill(endpoint.base_url)
    sidebar.panel.get_by_label("Key").fill(key)
    sidebar.panel.get_by_label("Model", exact=True).last.fill("played")
    sidebar.button("Save and test").click()


def on_disk(lab: Lab) -> str:
    """What is stored for the user, but for the work itself."""
    config: Path = lab.folder.parent / "xdg_config_home"
    return "".join(file.read_text() for file in config.rglob("*") if file.is_file())
