"""A played kernel's end or a real one, and a played model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from k2_jupyter.messages import AssistantMessage
from tests.hosts.magic.front_end import FrontEnd, front_end
from tests.loopback import Play, Reply, Server, serving

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


@pytest.fixture
def asked(serve: Serve, tmp_path: Path) -> Iterator[Callable[..., FrontEnd]]:
    """``asked(play, **environment)`` is a front end whose `%%k2` asks that model."""
    with ExitStack() as fronts:

        def ask(play: Play, **environment: str) -> FrontEnd:
            settings = {"K2_BASE_URL": serve(play).base_url, "K2_MODEL": "played"}
            return fronts.enter_context(front_end(tmp_path, **{**settings, **environment}))

        yield ask


@pytest.fixture(scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FrontEnd, list[Play]]]:
    """A front end, and what its model says now."""
    own, plays = tmp_path_factory.mktemp("own"), list[Play]()

    def play(body: dict[str, Any]) -> AssistantMessage | Reply:
        return plays[-1](body)

    with (
        serving(play) as server,
        front_end(
            tmp_path_factory.mktemp("folder"),
            K2_BASE_URL=server.base_url,
            K2_MODEL="played",
            XDG_CONFIG_HOME=str(own / "config"),
            XDG_STATE_HOME=str(own / "state"),
        ) as front,
    ):
        yield front, plays


@pytest.fixture
def asking(_shared: tuple[FrontEnd, list[Play]]) -> Callable[[Play], FrontEnd]:
    """``asking(play)`` is the module's front end, whose `%%k2` asks that model from now on.

    Its kernel, agent and conversation are those of the tests before: for the tests that need
    none of their own and leave them working.
    """
    front, plays = _shared

    def ask(play: Play) -> FrontEnd:
        if not front.alive:
            front.restart()
        plays.append(play)
        return front

    return ask


@pytest.fixture(scope="module")
def extension(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrontEnd]:
    """A front end with the extension loaded and no model."""
    with front_end(tmp_path_factory.mktemp("folder")) as front:
        yield front
