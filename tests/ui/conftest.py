"""One JupyterLab with a played model and one browser for all modules of a worker."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.jupyterlab import Lab, chromium, opened, serving_lab
from tests.loopback import serving
from tests.ui.scripts import Scripts
from tests.ui.sidebar import Sidebar

Open: TypeAlias = Callable[..., Sidebar]

PRICES = "[profiles.played]\nprices = { cached_input = 1, input = 10, output = 100 }\n"
"""US dollars a million tokens."""

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Pages of one context share what they have loaded."""
    with browser.new_context() as context:
        yield context


@pytest.fixture(scope="session")
def model() -> Scripts:
    """What answers on the loopback endpoint of the lab."""
    return Scripts()


@pytest.fixture(scope="session")
def lab(model: Scripts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with (
        serving(model) as server,
        serving_lab(
            tmp_path_factory.mktemp("lab"),
            preferences=PRICES,
            K2_BASE_URL=server.base_url,
            K2_MODEL="played",
        ) as lab,
    ):
        yield lab


@pytest.fixture
def notebook(context: BrowserContext, lab: Lab) -> Iterator[Open]:
    """``notebook(*sources)`` is open in a page beside the panel."""
    with contextlib.ExitStack() as pages:

        def show(*sources: str, name: str = "", panel: bool = True) -> Sidebar:
            if not name:
                name = f"{next(_numbers)}.ipynb"
                lab.notebook(name, *(sources or ("",)))
            sidebar = Sidebar(pages.enter_context(opened(context, lab, name)))
            if panel:
                sidebar.open()
            return sidebar

        yield show
