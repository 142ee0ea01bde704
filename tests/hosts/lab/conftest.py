"""A Jupyter server for each module of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hosts.lab.panel import Lab, Panel, serving_lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """With the offline analyst."""
    with serving_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def panel(lab: Lab) -> Iterator[Panel]:
    """A new notebook, open in a page."""
    with lab.panel(lab.notebook()) as panel:
        yield panel
