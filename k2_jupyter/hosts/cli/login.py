"""`k2 login`: store an endpoint and its key together."""

from __future__ import annotations

import getpass
import sys

from rich.console import Console
from rich.prompt import Prompt

from k2_jupyter.errors import SettingsError
from k2_jupyter.models.presets import DEFAULT_PRESET, model_profile, resolve
from k2_jupyter.preferences import Preferences
from k2_jupyter.settings import Credentials, config_folder, write_credentials


def login(base_url: str | None, model: str | None, console: Console, *, stdin: bool = False) -> int:
    """Ask for what is missing and store it; with `stdin` the key is its first line.

    The key is no option: arguments can be read by every process of the machine. Raises
    `SettingsError`.
    """
    model_name, own = model or DEFAULT_PRESET, Preferences.read(config_folder()).overrides
    if base_url is None and not stdin:
        home = model_profile(model_name, own).home
        question = "Base URL of the endpoint"
        base_url = (
            Prompt.ask(question, console=console, default=home)
            if home
            else Prompt.ask(question, console=console)
        )
    _, endpoint = resolve(model_name, base_url, own)
    key = _read_key(endpoint.host, stdin=stdin)
    path = write_credentials(Credentials(endpoint.base_url, key, model))
    console.print(
        f"Stored the key for {endpoint.host} in {path}, readable by you alone.", markup=False
    )
    console.print("Try it: k2 check")
    return 0


def _read_key(host: str, *, stdin: bool) -> str:
    if stdin:
        key = sys.stdin.readline().strip()
    elif sys.stdin.isatty():
        key = getpass.getpass(f"Key for {host} (not shown): ").strip()
    else:
        raise SettingsError("There is no terminal to ask for the key on: use `k2 login --stdin`.")
    if not key:
        raise SettingsError("No key was given; nothing was stored.")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise SettingsError("That is no key: it holds spaces or unprintable characters.")
    return key
