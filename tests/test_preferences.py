"""`config.toml`: what it may say, and whose it must be."""

from __future__ import annotations

from pathlib import Path

import pytest

from k2_jupyter.errors import SettingsError
from k2_jupyter.models.presets import PRESETS
from k2_jupyter.models.profiles import OFFLINE
from k2_jupyter.preferences import Preferences
from k2_jupyter.settings import Settings, config_folder, shown_preferences

KEYS = {"K2_API_KEY": "sk-canary-of-preferences"}


@pytest.fixture
def config() -> Path:
    folder = config_folder()
    folder.mkdir(mode=0o700, parents=True)
    return folder / "config.toml"


def test_without_a_file_nothing_is_allowed() -> None:
    assert Settings.load(keys={}).preferences == Preferences()


def test_everything_that_it_may_say(config: Path) -> None:
    config.write_text(
        'headless = true\nmodel = "k2.5"\nmodels = ["k3"]\n'
        "max_steps = 9\nmax_seconds = 60\nmax_cost = 2.5\nmax_tokens = 8\n"
        "max_steps_a_day = 1\nmax_seconds_a_day = 2\nmax_tokens_a_day = 3\nmax_cost_a_day = 4\n"
    )
    settings = Settings.load(keys=KEYS)
    assert settings.model is PRESETS["k2.5"]
    assert settings.preferences == Preferences(True, "k2.5", ("k3",), 9, 60, 2.5, 8, 1, 2, 3, 4)


@pytest.mark.parametrize(
    "content",
    [
        "headless = 1",
        "max_steps = 0",
        "max_cost = inf",
        "max_cost_a_day = -1",
        "max_steps = true",
        "models = [1]",
        "model = 3",
        'base_url = "http://x"',
        "headless",
        b"\xff",
    ],
)
def test_what_it_may_not_say_is_told(config: Path, content: str | bytes) -> None:
    config.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SettingsError, match=r"config\.toml"):
        Settings.load(keys={})


def test_a_file_that_others_can_write_does_not_count(config: Path) -> None:
    config.write_text("headless = true")
    config.chmod(0o666)
    with pytest.raises(SettingsError, match="Others can write"):
        Settings.load(keys={})


def test_a_link_does_not_count(config: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text("headless = true")
    config.symlink_to(other)
    with pytest.raises(SettingsError, match="plain file"):
        Settings.load(keys={})


def test_a_notebook_may_name_only_models_that_the_user_has_named(config: Path) -> None:
    config.write_text('model = "k2.6"\nmodels = ["k3"]')
    assert Settings.for_notebook("", keys=KEYS).model is PRESETS["k2.6"]
    assert Settings.for_notebook("k2.6", keys=KEYS).model is PRESETS["k2.6"]
    assert Settings.for_notebook("k3", keys=KEYS).model is PRESETS["k3"]
    assert Settings.for_notebook("offline", keys=KEYS).model is OFFLINE
    with pytest.raises(SettingsError, match="no model that you have configured") as caught:
        Settings.for_notebook("k3.1-pro", keys=KEYS)
    assert str(config_folder()) not in str(caught.value)
    assert shown_preferences() in str(caught.value)
