"""A played kernel's end and a played model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.loopback import Play, Server

Serve: TypeAlias = Callable[[Play], Server]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The kernel's working folder."""
    made = tmp_path / "work"
    made.mkdir()
    return made


@pytest.fixture
def answering(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Callable[[Play], Server]:
    """``answering(play)`` is the endpoint that every session asks from now on."""

    def answer(play: Play) -> Server:
        server = serve(play)
        monkeypatch.setenv("K2_BASE_URL", server.base_url)
        monkeypatch.setenv("K2_MODEL", "played")
        return server

    return answer
