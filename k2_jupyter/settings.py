"""What the user chose: the command's options, the environment, the user's own folder.

Nothing is read from the working folder, a ``.env`` file or a notebook: whoever writes
those must not choose where the key and the data go.
"""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from k2_jupyter.errors import SettingsError
from k2_jupyter.models.address import checked, origin
from k2_jupyter.models.base import Model
from k2_jupyter.models.presets import DEFAULT_PRESET, KEY_VARIABLES, model_profile, resolve
from k2_jupyter.models.profiles import OFFLINE, EndpointProfile, ModelProfile
from k2_jupyter.preferences import FILE_NAME, Preferences, check_folder

_NAME = "k2_jupyter"


def config_folder() -> Path:
    """``$XDG_CONFIG_HOME/k2_jupyter``; may not exist."""
    return _folder("XDG_CONFIG_HOME", ".config")


def state_folder() -> Path:
    """``$XDG_STATE_HOME/k2_jupyter``, where the journals are; may not exist."""
    return _folder("XDG_STATE_HOME", ".local/state")


def shown_preferences() -> str:
    """Where the user's ``config.toml`` is, in words that name no folder of the user's."""
    base = "$XDG_CONFIG_HOME" if Path(os.environ.get("XDG_CONFIG_HOME", "")).is_absolute() else ""
    return f"{base or '~/.config'}/{_NAME}/{FILE_NAME}"


def _folder(variable: str, default: str) -> Path:
    base = Path(os.environ.get(variable, ""))
    # The XDG specification: relative paths are invalid and to be ignored.
    return (base if base.is_absolute() else Path.home() / default) / _NAME


@dataclass(frozen=True, slots=True)
class Credentials:
    """A key and the only endpoint that it is for, as `k2 login` stored them."""

    base_url: str
    key: str = field(repr=False)
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Which model answers, where, and with which key."""

    model: ModelProfile
    endpoint: EndpointProfile | None
    """``None`` for the offline analyst."""
    key: str | None = field(default=None, repr=False)
    notes: tuple[str, ...] = ()
    """What the user should know about the choice, a line each."""
    preferences: Preferences = field(default_factory=Preferences)

    @property
    def sent_to(self) -> str | None:
        """The host that requests go to; ``None`` where nothing leaves this machine."""
        if self.endpoint is None or self.endpoint.is_loopback:
            return None
        return self.endpoint.host

    @classmethod
    def load(
        cls,
        model: str | None = None,
        base_url: str | None = None,
        *,
        keys: Mapping[str, str] | None = None,
    ) -> Settings:
        """Options first, then the environment, ``config.toml``, the login; else offline.

        `keys` are those that `take_keys` gave; without it they are taken now. Raises
        `SettingsError`.
        """
        keys = take_keys(os.environ) if keys is None else keys
        stored, own = read_credentials(), Preferences.read(config_folder())
        model = model or os.environ.get("K2_MODEL") or own.model
        model = model or (stored.model if stored else None)
        base_url = base_url or os.environ.get("K2_BASE_URL")
        if base_url is None and "home" not in own.profiles.get(model or "", {}):
            base_url = stored.base_url if stored else None
        if model is None and not (base_url or _suits_default(keys)):
            return cls(OFFLINE, None, preferences=own)
        model = model or DEFAULT_PRESET
        if model.lower() == OFFLINE.name:
            return cls(OFFLINE, None, preferences=own)
        profile, endpoint = resolve(model, base_url, own.overrides)
        key, note = _key_for(endpoint, keys, stored)
        return cls(profile, endpoint, key, note, own)

    @classmethod
    def for_notebook(cls, named: str = "", *, keys: Mapping[str, str]) -> Settings:
        """The user's own settings; a notebook may choose among the models that these name.

        Raises `SettingsError` for any other: a notebook can only restrict.
        """
        own = cls.load(keys=keys)
        if not named or model_profile(named, own.preferences.overrides) == own.model:
            return own
        allowed = (OFFLINE.name, *own.preferences.models)
        if named not in allowed:
            raise SettingsError(
                f"`{named}` is no model that you have configured. A notebook may name "
                f"{', '.join(allowed)}; `models` in {shown_preferences()} lists more."
            )
        return cls.load(named, keys=keys)

    def build_model(self) -> Model:
        """What answers: the endpoint's model, or the offline analyst."""
        if self.endpoint is None:
            from k2_jupyter.analyst import answer
            from k2_jupyter.models.scripted import ScriptedModel

            return ScriptedModel(answer, name="offline analyst (rule-based)")
        from k2_jupyter.models.chat_completions import ChatCompletions
        from k2_jupyter.models.memory import Memory

        memory = Memory(state_folder() / "endpoints")
        return ChatCompletions(self.model, self.endpoint, self.key, memory=memory)


def take_keys(environ: MutableMapping[str, str]) -> dict[str, str]:
    """The keys in the environment, by variable; afterwards they are not in it.

    No kernel and no other child process then inherits them.
    """
    found = {name: environ.pop(name, "").strip() for name in KEY_VARIABLES}
    return {name: key for name, key in found.items() if key}


def _suits_default(keys: Mapping[str, str]) -> bool:
    """Whether a key alone says what is meant: one for the vendor of the default model."""
    _, endpoint = resolve(DEFAULT_PRESET)
    return any(name in keys for name in endpoint.key_variables)


def _key_for(
    endpoint: EndpointProfile, keys: Mapping[str, str], stored: Credentials | None
) -> tuple[str | None, tuple[str, ...]]:
    """The key that may go to this endpoint, and what to say about one that may not."""
    for name in endpoint.key_variables:
        if name in keys:
            return keys[name], ()
    withheld = ""
    if stored is not None:
        if origin(stored.base_url) == origin(endpoint.base_url):
            return stored.key, ()
        withheld = f"The stored key is for {stored.base_url} and is not sent to {endpoint.host}."
    if endpoint.is_loopback:
        return None, (withheld,) if withheld else ()
    variables = " or ".join(endpoint.key_variables)
    raise SettingsError(
        f"{withheld} There is no key for {endpoint.host}: run "
        f"`k2 login --base-url {endpoint.base_url}`, or set {variables}.".strip()
    )


def read_credentials() -> Credentials | None:
    """What `k2 login` stored, or ``None``.

    Raises `SettingsError` where another user could have written or read it, or where it is
    damaged.
    """
    path = config_folder() / "credentials.json"
    try:
        check_folder(path.parent)
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)) as file:
            _check_file(path, os.fstat(file.fileno()))
            return _parse(json.load(file))
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise SettingsError(
            f"Cannot read {path}: {problem.strerror}. It must be a plain file."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        # Not chained: the cause's text could hold the file's.
        raise SettingsError(f"{path} is damaged: run `k2 login` again.") from None


def _parse(content: Any) -> Credentials:
    key, model = content["key"], content.get("model")
    if not (isinstance(key, str) and key and isinstance(model, str | None)):
        raise TypeError("key or model is no text")
    return Credentials(checked(content["base_url"]), key, model)


def write_credentials(credentials: Credentials) -> Path:
    """Store them, readable by this user alone; the file is whole or as it was before.

    Raises `SettingsError` where the folder does not take it.
    """
    path = config_folder() / "credentials.json"
    content = {"base_url": credentials.base_url, "key": credentials.key}
    if credentials.model:
        content["model"] = credentials.model
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        check_folder(path.parent)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".credentials-")  # 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(content, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except OSError:
            with suppress(OSError):
                Path(temporary).unlink()
            raise
    except OSError as problem:
        raise SettingsError(f"Cannot write {path}: {problem.strerror}.") from None
    return path


def _check_file(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
        raise SettingsError(f"{path} must be a file of yours, not another user's.")
    if found.st_mode & 0o077:
        raise SettingsError(
            f"Others may have read the key in {path}. Run: chmod 600 {path} "
            "(and replace the key where it was made)."
        )
