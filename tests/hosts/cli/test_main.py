"""The commands as a user types them: options reach what they are for."""

from __future__ import annotations

import io
import json
import stat
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from k2_jupyter.hosts.cli.main import main
from k2_jupyter.messages import AssistantMessage
from k2_jupyter.settings import config_folder, state_folder
from tests.loopback import Play, Server

KEY = "sk-canary-from-stdin-123"


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    cell = nbformat.v4.new_code_cell("answer = 6 * 7")
    path = tmp_path / "notes.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    return path


@pytest.mark.parametrize(
    ("option", "code", "folds"),
    [([], True, False), (["--fold-code"], True, True), (["--no-code"], False, False)],
)
def test_export_shows_folds_or_hides_code(
    option: list[str], code: bool, folds: bool, notebook: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    assert main(["export", str(notebook), *option, "-o", str(page)]) == 0
    text = page.read_text("utf-8")
    assert ("answer" in text.split("<body", 1)[1]) == code
    assert ("<details" in text) == folds


def test_login_stores_address_and_key_together_for_the_owner_alone(
    monkeypatch: pytest.MonkeyPatch, serve: Callable[[Play], Server], tmp_path: Path
) -> None:
    server = serve(lambda body: AssistantMessage("hello"))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{KEY}\n"))
    options = ["--base-url", server.base_url, "--model", "mine", "--stdin"]
    assert main(["login", *options]) == 0
    (stored,) = (path for path in config_folder().iterdir() if path.is_file())
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    assert stat.S_IMODE(config_folder().stat().st_mode) == 0o700
    kept = json.loads(stored.read_text())
    assert (kept["base_url"], kept["key"], kept["model"]) == (server.base_url, KEY, "mine")

    assert main(["run", "say hello", "--out", str(tmp_path / "out")]) == 0
    assert server.headers[-1]["authorization"] == f"Bearer {KEY}"
    assert server.requests[-1]["model"] == "mine"


def test_turns_are_listed_shown_and_purged(
    serve: Callable[[Play], Server], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = serve(lambda body: AssistantMessage("hello"))
    options = ["--model", "m", "--base-url", server.base_url, "--out", str(tmp_path / "out")]
    assert main(["run", "greet me please", *options]) == 0
    capsys.readouterr()

    assert main(["turns", "list"]) == 0
    listed = capsys.readouterr().out
    assert "greet me please" in listed
    turn = listed.split()[0]
    assert main(["turns", "show", turn[:6]]) == 0
    assert "hello" in capsys.readouterr().out
    assert main(["turns", "purge", turn]) == 0
    assert not (state_folder() / "turns" / turn).exists()


def test_check_names_what_an_endpoint_can_not_do(
    serve: Callable[[Play], Server], capsys: pytest.CaptureFixture[str]
) -> None:
    server = serve(lambda body: AssistantMessage("I only talk."))
    assert main(["check", "--model", "m", "--base-url", server.base_url]) == 75
    shown = capsys.readouterr().out
    assert "streams" in shown
    assert "does not call" in shown
