"""A Jupyter server for each module of tests, and the model that it asks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hosts.lab.panel import Lab, Panel, serving_lab
from tests.hosts.lab.script import finish, script
from tests.loopback import Server, serving

KEY = "key-of-the-canary-0123456789"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Server]:
    """The model; a test says what it plays."""
    with serving(script(finish())) as server:
        yield server


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, endpoint: Server) -> Iterator[Lab]:
    """The server: its user has chosen that model."""
    chosen = {"K2_BASE_URL": endpoint.base_url, "K2_MODEL": "played", "K2_API_KEY": KEY}
    with serving_lab(tmp_path_factory.mktemp("lab"), **chosen) as lab:
        yield lab


@pytest.fixture(scope="module")
def kernel(lab: Lab) -> str:
    """One that the notebooks of a module share."""
    session = lab.session(lab.notebook())
    kernel_id: str = session["kernel"]["id"]
    return kernel_id


@pytest.fixture
def panel(lab: Lab, kernel: str, endpoint: Server) -> Iterator[Panel]:
    """A new notebook, open in a page; the model has been asked nothing."""
    endpoint.bodies.clear()
    with lab.panel(lab.notebook(kernel=kernel)) as panel:
        yield panel
