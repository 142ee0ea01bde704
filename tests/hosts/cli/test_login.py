from __future__ import annotations

import io
import os
import pty
import subprocess
import sys

import pytest
from rich.console import Console

from k2_jupyter.errors import SettingsError
from k2_jupyter.hosts.cli.login import login
from k2_jupyter.settings import Credentials, config_folder, read_credentials

KEY = "sk-canary-0123456789"


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def console(screen: io.StringIO) -> Console:
    return Console(file=screen, width=200)


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_the_key_comes_from_standard_input_and_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, console: Console, screen: io.StringIO
) -> None:
    type_in(monkeypatch, f"{KEY}\n")
    assert login("https://example.org/v1/", "my-model", console, stdin=True) == 0
    assert read_credentials() == Credentials("https://example.org/v1", KEY, "my-model")
    assert KEY not in screen.getvalue()
    assert "k2 check" in screen.getvalue()


def test_a_preset_knows_its_endpoint(monkeypatch: pytest.MonkeyPatch, console: Console) -> None:
    type_in(monkeypatch, KEY)
    login(None, "k3", console, stdin=True)
    assert read_credentials() == Credentials("https://api.moonshot.ai/v1", KEY, "k3")


def test_a_model_of_the_users_own_file_names_its_endpoint(
    monkeypatch: pytest.MonkeyPatch, console: Console
) -> None:
    config_folder().mkdir(mode=0o700, parents=True)
    table = '[profiles.mine]\nhome = "https://example.org/v1"'
    (config_folder() / "config.toml").write_text(table, encoding="utf-8")
    type_in(monkeypatch, KEY)
    login(None, "mine", console, stdin=True)
    assert read_credentials() == Credentials("https://example.org/v1", KEY, "mine")


@pytest.mark.parametrize(
    ("typed", "base_url", "words"),
    [
        ("", None, "nothing was stored"),
        ("my key", None, "spaces"),
        ("schlüssel", None, "unprintable"),
        (KEY, "http://example.org/v1", "https"),
    ],
)
def test_what_can_not_be_right_is_not_stored(
    monkeypatch: pytest.MonkeyPatch,
    console: Console,
    typed: str,
    base_url: str | None,
    words: str,
) -> None:
    type_in(monkeypatch, typed)
    with pytest.raises(SettingsError, match=words):
        login(base_url, None, console, stdin=True)
    assert read_credentials() is None


def test_on_a_terminal_it_asks_and_shows_no_key() -> None:
    ours, theirs = pty.openpty()
    program = "import rich.console as r, k2_jupyter.hosts.cli.login as l; "
    program += "l.login(None, None, r.Console())"
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,  # else the key is asked on the terminal that the tests run in
    ) as process:
        os.close(theirs)
        shown = read_until(ours, "Base URL")
        os.write(ours, b"https://example.org/v1\n")
        shown += read_until(ours, "Key for example.org")
        os.write(ours, f"{KEY}\n".encode())
        shown += read_until(ours, "k2 check")
        os.close(ours)
        assert process.wait(30) == 0
    assert read_credentials() == Credentials("https://example.org/v1", KEY)
    assert KEY not in shown


def read_until(terminal: int, words: str) -> str:
    shown = ""
    while words not in shown:
        shown += os.read(terminal, 4096).decode()
    return shown


def test_without_a_terminal_it_says_how(monkeypatch: pytest.MonkeyPatch, console: Console) -> None:
    type_in(monkeypatch, "")
    with pytest.raises(SettingsError, match="--stdin"):
        login("https://example.org/v1", None, console)
