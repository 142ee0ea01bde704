"""What every test runs in: an empty home, and no network beyond this machine."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from k2_jupyter.models.presets import KEY_VARIABLES
from tests.loopback import Play, Server, serving

LONGEST = ("hosts", "analyst", "adapters", "in_kernel")
"""Folders whose files may take a minute: they start kernels and browsers."""
LAST = "ui"
"""Its files share a browser, whose event loop no kernel client may meet on its thread."""


def pytest_configure(config: pytest.Config) -> None:
    """Where workers share the files out, they begin with the first, not with the most tests."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The short files come last, so that no worker waits for another one in the end."""
    if hasattr(config, "workerinput"):
        ranks = {name: rank for rank, name in enumerate(LONGEST)} | {LAST: len(LONGEST) + 1}
        root = Path(__file__).parent
        items.sort(key=lambda item: ranks.get(item.path.relative_to(root).parts[0], len(LONGEST)))


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's configuration, or finds a key."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in (*KEY_VARIABLES, "K2_BASE_URL", "K2_MODEL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def serve() -> Iterator[Callable[[Play], Server]]:
    """``serve(play)`` starts a model endpoint on loopback for the length of the test."""
    with ExitStack() as servers:
        yield lambda play: servers.enter_context(serving(play))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 kB, to be filled."""
    folder = tmp_path / "small"
    folder.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    mounted = subprocess.run(options, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"mount is refused here: {mounted.stderr.strip()}")
    yield folder
    # Lazily: a kernel that ends may still have it as its working folder.
    subprocess.run(["umount", "-l", str(folder)], check=True)
