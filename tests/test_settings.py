from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from k2_jupyter.errors import SettingsError
from k2_jupyter.models.presets import DEFAULT_PRESET, PRESETS
from k2_jupyter.models.profiles import OFFLINE
from k2_jupyter.settings import (
    Credentials,
    Settings,
    config_folder,
    read_credentials,
    state_folder,
    write_credentials,
)
from tests.asking import HELLO, ask
from tests.loopback import Play, Server, refusal

HOME = PRESETS[DEFAULT_PRESET].home
STORED = Credentials(HOME, "sk-stored-canary")


@pytest.fixture
def stored() -> Path:
    return write_credentials(STORED)


def address(settings: Settings) -> str:
    assert settings.endpoint is not None
    return settings.endpoint.base_url


class TestWhichModel:
    def test_without_anything_the_offline_analyst_answers(self) -> None:
        assert Settings.load() == Settings(OFFLINE, None)

    def test_a_login_is_enough(self, stored: Path) -> None:
        settings = Settings.load()
        assert settings.model is PRESETS[DEFAULT_PRESET]
        assert settings.key == STORED.key

    def test_offline_can_be_asked_for(self, stored: Path) -> None:
        assert Settings.load("offline") == Settings(OFFLINE, None)

    def test_an_option_wins_over_the_environment_and_that_over_the_file(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_credentials(Credentials("http://127.0.0.1:1/v1", "key", "of-file"))
        assert Settings.load().model.name == "of-file"
        monkeypatch.setenv("K2_MODEL", "of-environment")
        assert Settings.load().model.name == "of-environment"
        assert Settings.load("of-option").model.name == "of-option"
        monkeypatch.setenv("K2_BASE_URL", "http://127.0.0.1:2/v1")
        assert address(Settings.load()) == "http://127.0.0.1:2/v1"
        assert address(Settings.load(None, "http://127.0.0.1:3/v1")) == "http://127.0.0.1:3/v1"

    def test_a_key_alone_means_the_default_model_and_not_that_of_another_vendor(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENROUTER_API_KEY", "sk-of-another-vendor")
        assert Settings.load() == Settings(OFFLINE, None)
        monkeypatch.setenv("MOONSHOT_API_KEY", "sk-of-the-vendor")
        assert Settings.load().model is PRESETS[DEFAULT_PRESET]

    def test_a_model_of_the_users_own_file_has_its_own_home(
        self, monkeypatch: pytest.MonkeyPatch, stored: Path
    ) -> None:
        tables = """
            [profiles.mine]
            home = "http://127.0.0.1:4/v1"
            [endpoints."http://127.0.0.1:4/v1"]
            like = "vllm"
        """
        (stored.parent / "config.toml").write_text(tables, encoding="utf-8")
        settings = Settings.load("mine")
        assert address(settings) == "http://127.0.0.1:4/v1"
        assert settings.endpoint is not None
        assert settings.endpoint.thinking_dialect == "template"
        assert settings.key is None
        monkeypatch.setenv("K2_BASE_URL", "http://127.0.0.1:2/v1")
        assert address(Settings.load("mine")) == "http://127.0.0.1:2/v1"

    def test_what_an_endpoint_taught_is_kept_beside_the_journals(
        self, serve: Callable[[Play], Server]
    ) -> None:
        refusing = refusal(400, message="stream_options is not supported")
        server = serve(lambda body: refusing if "stream_options" in body else HELLO)
        for _ in range(2):
            ask(Settings.load("any", server.base_url).build_model())
        assert ["stream_options" in one for one in server.requests] == [True, False, False]
        assert list((state_folder() / "endpoints").iterdir())

    def test_nothing_in_the_working_folder_is_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        for name in (".env", "credentials.json", "k2.toml", "config.toml"):
            Path(name).write_text("K2_API_KEY=sk-x\nK2_BASE_URL=https://evil.example/v1\n", "utf-8")
        assert Settings.load() == Settings(OFFLINE, None)

    @pytest.mark.parametrize(
        ("model", "base_url", "words"),
        [
            ("my-model", None, "--base-url"),
            ("k2.6", None, "no key for api.moonshot.ai.*k2 login"),
            ("my-model", "http://example.org/v1", "https"),
            ("my-model", "https://a:b@example.org/v1", "must not hold"),
        ],
    )
    def test_what_is_missing_is_one_clear_line(
        self, model: str, base_url: str | None, words: str
    ) -> None:
        with pytest.raises(SettingsError, match=words) as caught:
            Settings.load(model, base_url)
        assert "\n" not in str(caught.value)


class TestWhichKey:
    @pytest.mark.parametrize("name", ["K2_API_KEY", "MOONSHOT_API_KEY"])
    def test_a_key_is_taken_out_of_the_environment(
        self, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.setenv(name, "sk-environment-canary")
        settings = Settings.load("k2.6")
        assert settings.key == "sk-environment-canary"
        assert name not in os.environ

    def test_the_key_of_one_vendor_does_not_go_to_another(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MOONSHOT_API_KEY", "sk-environment-canary")
        with pytest.raises(SettingsError, match=r"no key for example\.org"):
            Settings.load("my-model", "https://example.org/v1")

    def test_a_stored_key_goes_to_its_own_endpoint_only(self, stored: Path) -> None:
        assert Settings.load("k3", f"{HOME}/").key == STORED.key
        with pytest.raises(SettingsError, match=f"stored key is for {HOME} and is not sent"):
            Settings.load("k3", "https://example.org/v1")
        local = Settings.load("my-model", "http://127.0.0.1:8000/v1")
        assert local.key is None
        assert "not sent to 127.0.0.1:8000" in local.notes[0]

    def test_no_repr_shows_a_key(self, stored: Path) -> None:
        shown = repr(Settings.load()) + repr(read_credentials())
        assert STORED.key not in shown


class TestTheFile:
    def test_it_is_read_back_and_is_the_users_alone(self, stored: Path) -> None:
        assert read_credentials() == STORED
        assert stored == config_folder() / "credentials.json"
        assert stored.stat().st_mode & 0o777 == 0o600
        assert stored.parent.stat().st_mode & 0o777 == 0o700
        assert [path.name for path in stored.parent.iterdir()] == ["credentials.json"]

    def test_it_is_replaced_as_a_whole(self, stored: Path) -> None:
        stored.chmod(0o644)
        write_credentials(Credentials(HOME, "second", "k3"))
        assert read_credentials() == Credentials(HOME, "second", "k3")

    @pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
    def test_one_that_others_can_read_is_refused(self, stored: Path, mode: int) -> None:
        stored.chmod(mode)
        with pytest.raises(SettingsError, match=f"chmod 600 {stored}"):
            Settings.load()

    def test_a_folder_that_others_can_write_to_is_refused(self, stored: Path) -> None:
        stored.parent.chmod(0o777)
        with pytest.raises(SettingsError, match=f"chmod 700 {stored.parent}"):
            read_credentials()
        with pytest.raises(SettingsError, match="chmod 700"):
            write_credentials(STORED)

    def test_a_link_is_refused(self, stored: Path, tmp_path: Path) -> None:
        elsewhere = stored.rename(tmp_path / "elsewhere.json")
        stored.symlink_to(elsewhere)
        with pytest.raises(SettingsError, match="plain file"):
            read_credentials()

    def test_a_pipe_does_not_block(self, stored: Path) -> None:
        stored.unlink()
        os.mkfifo(stored, 0o600)
        with pytest.raises(SettingsError, match="file of yours"):
            read_credentials()

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
    def test_another_users_file_is_refused(self, stored: Path) -> None:
        os.chown(stored, 12345, -1)
        with pytest.raises(SettingsError, match="another user's"):
            read_credentials()

    @pytest.mark.parametrize(
        "content",
        [
            "",
            "[]",
            "{}",
            '{"base_url": "https://example.org/v1", "key": ""}',
            '{"base_url": "https://example.org/v1", "key": 3}',
            '{"base_url": 3, "key": "sk-canary"}',
            '{"base_url": "https://example.org/v1", "key": "sk-canary", "model": 3}',
            '{"key": "sk-canary"',
        ],
    )
    def test_a_damaged_one_is_named_and_not_shown(self, stored: Path, content: str) -> None:
        stored.write_text(content, "utf-8")
        with pytest.raises(SettingsError, match=r"damaged.*k2 login") as caught:
            read_credentials()
        assert "sk-canary" not in repr(caught.value)


def test_relative_xdg_folders_are_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "here")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert state_folder() == tmp_path / ".local/state/k2_jupyter"


def test_the_file_is_plain_json(stored: Path) -> None:
    assert json.loads(stored.read_text("utf-8")) == {"base_url": HOME, "key": STORED.key}
