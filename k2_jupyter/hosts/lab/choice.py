"""Which model answers on this server."""

from __future__ import annotations

import os
from collections.abc import Mapping

from k2_jupyter import __version__
from k2_jupyter.errors import SettingsError
from k2_jupyter.hosts.caps import caps
from k2_jupyter.hosts.lab.rules import Rules
from k2_jupyter.messages import Json
from k2_jupyter.models.presets import DEFAULT_PRESET, PRESETS, endpoint_profile
from k2_jupyter.models.profiles import OFFLINE
from k2_jupyter.settings import Credentials, Settings

DEFAULT = "default"
"""Stands for the user's own settings: options, environment, ``config.toml``, login."""
_ANALYST = "offline analyst (rule-based)"


class Choice:
    """What the user chose for this server process, and what else there is to choose from."""

    def __init__(self, keys: Mapping[str, str], rules: Rules) -> None:
        self._keys = dict(keys)
        self._rules = rules
        self._chosen = ""
        self._login: Credentials | None = None
        self._seen: frozenset[str] = frozenset()
        """Keys of the settings that were asked for: the user may have stored them before."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every key that this process has seen."""
        login = [self._login.key] if self._login else []
        return (*self._keys.values(), *login, *self._seen)

    def settings(self, named: str = "") -> Settings:
        """For a turn; `named` is one of the choices, "" what was chosen last.

        Raises `SettingsError`, also for what the user has not configured or the
        administrator does not allow.
        """
        found = self._named(named or self._chosen or DEFAULT)
        if found.key:
            self._seen |= {found.key}
        return found

    def _named(self, name: str) -> Settings:
        if name == OFFLINE.name:
            return Settings.load(OFFLINE.name, keys=self._keys)
        if name == DEFAULT:
            return self._rules.check(self._default())
        return self._rules.check(Settings.for_notebook(name, keys=self._keys))

    def choose(self, name: str) -> None:
        """For all turns of this process that name no other. Raises `SettingsError`."""
        self.settings(name)
        self._chosen = name

    def logged_in(self, credentials: Credentials) -> None:
        """What has just been stored answers from now on, whatever the environment says."""
        self._login, self._chosen = credentials, DEFAULT

    def status(self, problem: str = "") -> dict[str, Json]:
        """For the page; `problem` is what the server knows to be wrong."""
        choices = self._choices()
        name = self._chosen or (DEFAULT if DEFAULT in choices else OFFLINE.name)
        try:
            settings = self.settings(name)
        except SettingsError as wrong:
            settings, problem = None, problem or str(wrong)
        return {
            "version": __version__,
            "model": _model(name, settings),
            "configured": bool(self._chosen) or DEFAULT in choices or _names_offline(settings),
            "choices": [{"name": name, "label": label} for name, label in choices.items()],
            "presets": _presets(),
            "off": self._rules.off,
            "limits": self._limits(settings),
            "problem": problem,
        }

    def _default(self) -> Settings:
        login = self._login
        if login is None:
            return Settings.load(keys=self._keys)
        # A key of the environment would win over the one that was just typed.
        return Settings.load(login.model, login.base_url, keys={})

    def _choices(self) -> dict[str, str]:
        """Name → words for people, the user's own settings first."""
        try:
            own = self._default()
        except SettingsError:
            return {DEFAULT: "your settings", OFFLINE.name: _ANALYST}
        found = {}
        if own.endpoint is not None:
            found[DEFAULT] = label(own)
        found[OFFLINE.name] = _ANALYST
        for name in own.preferences.models:
            try:
                found[name] = label(self._rules.check(Settings.load(name, keys=self._keys)))
            except SettingsError:
                continue  # no key for it, or not allowed here
        if own.sent_to is not None and not self._rules.allow_hosted:
            del found[DEFAULT]
        return found

    def _limits(self, settings: Settings | None) -> dict[str, Json]:
        try:
            usual = self._rules.within(caps(settings or Settings(OFFLINE, None)))
        except SettingsError:  # a cap in dollars, and no prices are known
            usual = self._rules.within(caps(Settings(OFFLINE, None)))
        return {
            "steps": usual.steps,
            "seconds": usual.seconds,
            "tokens": usual.tokens,
            "dollars": self._rules.lowest("dollars", usual.dollars),
        }


def label(settings: Settings) -> str:
    """What answers, in words for people."""
    if settings.endpoint is None:
        return _ANALYST
    return f"{settings.model.name} at {settings.endpoint.host}"


def _names_offline(settings: Settings | None) -> bool:
    """Whether the user's own configuration says that the analyst is to answer."""
    return settings is not None and bool(settings.preferences.model or os.environ.get("K2_MODEL"))


def _model(name: str, settings: Settings | None) -> dict[str, Json]:
    if settings is None:
        return {"name": name, "label": "not usable", "host": None, "offline": False}
    endpoint = settings.endpoint
    return {
        "name": name,
        "label": label(settings),
        "host": endpoint.host if endpoint else None,
        "offline": endpoint is None,
    }


def _presets() -> list[Json]:
    """Models that their vendor serves, for the form that asks for a key: the default first."""
    offered = sorted(PRESETS.items(), key=lambda preset: preset[0] != DEFAULT_PRESET)
    return [
        {
            "name": name,
            "label": f"{model.name} at {endpoint_profile(model.home).host}",
            "base_url": model.home,
        }
        for name, model in offered
        if model.home
    ]
