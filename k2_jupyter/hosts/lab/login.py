"""An endpoint and its key, tried and stored from the panel."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from k2_jupyter.errors import (
    ModelConnectionError,
    ModelError,
    ModelOutputError,
    ModelStatusError,
    SettingsError,
)
from k2_jupyter.hosts.lab.choice import Choice
from k2_jupyter.hosts.lab.prompts import load
from k2_jupyter.hosts.lab.rules import Rules
from k2_jupyter.messages import UserMessage
from k2_jupyter.models.chat_completions import ChatCompletions
from k2_jupyter.models.presets import DEFAULT_PRESET, resolve
from k2_jupyter.models.profiles import EndpointProfile, ModelProfile
from k2_jupyter.models.retry import RetryPolicy
from k2_jupyter.preferences import Preferences
from k2_jupyter.settings import Credentials, Settings, config_folder, write_credentials

_POLICY = RetryPolicy(attempts=1, first_seconds=60.0, answer_seconds=90.0)
_BUDGET = 256
"""Tokens of the answer: it shows that the key and the model are right, no more."""
_NO_KEY = "none"
"""Stored for a server on this machine that wants no key."""
_NOT_STORED = "Nothing was stored."


@dataclass(frozen=True, slots=True)
class Tried:
    """Whether it works now, and what to do next, for people; the model layer keeps the key out."""

    ok: bool
    text: str


def login(choice: Choice, rules: Rules, *, base_url: str, key: str, model: str) -> Tried:
    """Ask the endpoint one small thing; store it unless its address, key or model is wrong."""
    try:
        name, own = model or DEFAULT_PRESET, Preferences.read(config_folder()).overrides
        profile, endpoint = resolve(name, base_url or None, own)
        rules.check(Settings(profile, endpoint))
        key = _checked(key, endpoint)
        doubt = _doubt(profile, endpoint, key)
        credentials = Credentials(endpoint.base_url, key, name)
        write_credentials(credentials)
    except (SettingsError, ModelError) as problem:
        return Tried(ok=False, text=f"{problem} {_NOT_STORED}")
    choice.logged_in(credentials)
    if doubt:
        return Tried(ok=False, text=f"Stored, but it does not answer now: {doubt}")
    return Tried(ok=True, text=f"{profile.name} at {endpoint.host} answers. The key is stored.")


def _checked(key: str, endpoint: EndpointProfile) -> str:
    if not key and endpoint.is_loopback:
        return _NO_KEY
    if not key:
        raise SettingsError(f"{endpoint.host} needs a key.")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise SettingsError("That is no key: it holds spaces or unprintable characters.")
    return key


def _doubt(profile: ModelProfile, endpoint: EndpointProfile, key: str) -> str:
    """ "" when it answers, or what may pass. Raises `ModelError` for what is wrong."""
    small = replace(profile, output_tokens=_BUDGET)
    asked = ChatCompletions(small, endpoint, key, policy=_POLICY)
    try:
        for _ in asked.stream([UserMessage(load("hello"))], [], threading.Event()):
            pass
    except ModelOutputError:
        return ""  # it was let in, and the model is there
    except ModelConnectionError:
        raise
    except ModelStatusError as problem:
        if problem.status == 429 or problem.status >= 500:
            return str(problem)
        raise
    return ""
