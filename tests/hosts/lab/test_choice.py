"""Which model answers: the user's own, or what was chosen on this server."""

from __future__ import annotations

from typing import Any

import pytest

from k2_jupyter.errors import SettingsError
from k2_jupyter.events import CapRequest, Extension
from k2_jupyter.hosts.lab.choice import Choice
from k2_jupyter.hosts.lab.rules import Rules
from k2_jupyter.models.presets import DEFAULT_PRESET
from k2_jupyter.settings import Credentials, config_folder, write_credentials

KEYS = {"K2_API_KEY": "key-of-the-environment"}


def write(text: str) -> None:
    config_folder().mkdir(parents=True)
    (config_folder() / "config.toml").write_text(text)


def status(choice: Choice) -> Any:
    return choice.status()


def test_nothing_is_configured_at_first() -> None:
    first = status(Choice({}, Rules()))
    assert first["model"]["name"] == "offline"
    assert first["model"]["offline"]
    assert not first["configured"]
    assert not first["problem"]
    assert {"name", "label", "base_url"} == set(first["presets"][0])
    assert first["presets"][0]["name"] == DEFAULT_PRESET


def test_a_key_in_the_environment_is_a_choice() -> None:
    found = status(Choice(KEYS, Rules()))
    assert found["configured"]
    assert found["model"]["host"] == "api.moonshot.ai"
    assert [one["name"] for one in found["choices"]] == ["default", "offline"]


def test_a_key_that_was_stored_before_is_a_secret() -> None:
    stored = Credentials("https://models.test/v1", "key-of-an-earlier-day", "kimi-k3")
    write_credentials(stored)
    choice = Choice({}, Rules())
    status(choice)
    assert stored.key in choice.secrets


def test_the_offline_analyst_may_be_chosen() -> None:
    choice = Choice(KEYS, Rules())
    choice.choose("offline")
    assert choice.settings().endpoint is None
    assert status(choice)["configured"]
    assert choice.settings("default").endpoint is not None  # for one request
    assert choice.settings().endpoint is None


def test_the_users_own_list_may_be_chosen_from_and_nothing_else() -> None:
    write('models = ["k3"]\n')
    choice = Choice(KEYS, Rules())
    assert [one["name"] for one in status(choice)["choices"]] == ["default", "offline", "k3"]
    choice.choose("k3")
    assert choice.settings().model.name == "kimi-k3"
    with pytest.raises(SettingsError):
        choice.choose("k2.5")
    assert choice.settings().model.name == "kimi-k3"


def test_a_wrong_file_is_a_problem_that_is_said() -> None:
    write("no_such_name = 1\n")
    found = status(Choice({}, Rules()))
    assert "no_such_name" in found["problem"]
    assert found["model"]["label"] == "not usable"


def test_a_configured_analyst_is_configured() -> None:
    write('model = "offline"\n')
    found = status(Choice({}, Rules()))
    assert found["configured"]
    assert found["model"]["offline"]


def test_only_models_on_this_machine() -> None:
    choice = Choice(KEYS, Rules(allow_hosted=False))
    found = status(choice)
    assert [one["name"] for one in found["choices"]] == ["offline"]
    with pytest.raises(SettingsError, match="administrator"):
        choice.settings("default")


@pytest.mark.parametrize(
    ("limit", "used", "allowed", "asked", "granted"),
    [
        ("steps", 10, 10, 5, 5),
        ("steps", 10, 10, 500, 90),
        ("steps", 100, 100, 5, None),
        ("seconds", 70, 60, 1000, 930),
        ("tokens", 5, 5, 1e6, 1e6),
    ],
)
def test_an_administrators_limit_cannot_be_extended(
    limit: Any, used: float, allowed: float, asked: float, granted: float | None
) -> None:
    rules = Rules(max_steps=100, max_seconds=1000)
    found = rules.granted(CapRequest(limit, used, allowed), Extension(asked))
    assert (found.extra if found else None) == granted
