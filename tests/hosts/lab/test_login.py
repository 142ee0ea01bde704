"""A key is tried before it is kept, and what is wrong is said with the next step."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from k2_jupyter.hosts.lab.choice import Choice
from k2_jupyter.hosts.lab.login import Tried, login
from k2_jupyter.hosts.lab.rules import Rules
from k2_jupyter.messages import AssistantMessage
from k2_jupyter.settings import read_credentials
from tests.loopback import Play, Reply, Server, refusal

KEY = "key-of-the-login-0123456789"
Serving = Callable[[Play], Server]


@pytest.fixture
def choice() -> Choice:
    return Choice({"K2_API_KEY": "key-of-the-environment"}, Rules())


def tried(choice: Choice, server: Server, *, model: str = "played") -> Tried:
    return login(choice, Rules(), base_url=server.base_url, key=KEY, model=model)


def test_what_answers_is_kept_and_used(choice: Choice, serve: Serving) -> None:
    server = serve(lambda body: AssistantMessage("ready"))
    found = tried(choice, server)
    assert found.ok
    assert KEY not in found.text
    stored = read_credentials()
    assert stored is not None
    assert (stored.base_url, stored.key, stored.model) == (server.base_url, KEY, "played")
    settings = choice.settings()
    assert settings.model.name == "played"
    assert settings.key == KEY  # the newest word counts, not the environment's
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert KEY in choice.secrets


def test_an_answer_without_text_is_one(choice: Choice, serve: Serving) -> None:
    assert tried(choice, serve(lambda body: AssistantMessage("", finish="length"))).ok


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (refusal(401, "invalid_authentication_error", f"Invalid key {KEY}"), "key was refused"),
        (refusal(404, "resource_not_found_error", "no such model"), "knows no model `played`"),
        (Reply(status=302, headers={"location": "https://evil.example"}), "redirects"),
    ],
)
def test_what_is_wrong_is_not_kept(choice: Choice, serve: Serving, reply: Reply, said: str) -> None:
    found = tried(choice, serve(lambda body: reply))
    assert not found.ok
    assert said in found.text
    assert "Nothing was stored" in found.text
    assert KEY not in found.text
    assert read_credentials() is None


def test_nobody_there(choice: Choice) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/v1"
    found = login(choice, Rules(), base_url=url, key=KEY, model="played")
    assert not found.ok
    assert f"127.0.0.1:{port}" in found.text
    assert read_credentials() is None


def test_a_server_that_is_busy_is_kept_with_a_warning(choice: Choice, serve: Serving) -> None:
    found = tried(choice, serve(lambda body: refusal(429, "rate_limit", "slow down")))
    assert not found.ok
    assert "Stored" in found.text
    assert read_credentials() is not None


@pytest.mark.parametrize(
    ("url", "key", "said"),
    [
        ("http://example.org/v1", KEY, "https"),
        ("https://example.org/v1", "", "needs a key"),
        ("https://example.org/v1", "two words", "no key"),
        ("no address", KEY, "base URL"),
    ],
)
def test_what_cannot_be_right_is_not_tried(choice: Choice, url: str, key: str, said: str) -> None:
    found = login(choice, Rules(), base_url=url, key=key, model="played")
    assert not found.ok
    assert said in found.text


def test_a_model_on_this_machine_needs_no_key(choice: Choice, serve: Serving) -> None:
    server = serve(lambda body: AssistantMessage("ready"))
    assert login(choice, Rules(), base_url=server.base_url, key="", model="played").ok


def test_an_administrator_may_forbid_to_send(choice: Choice) -> None:
    rules = Rules(allow_hosted=False)
    found = login(choice, rules, base_url="https://example.org/v1", key=KEY, model="played")
    assert not found.ok
    assert "administrator" in found.text
