"""``config.toml`` in the user's own configuration folder: what is allowed once for all.

::

    headless = true         # %%k2 may ask the model where nobody can be asked
    model = "k2.6"          # where neither an option nor the environment names one
    models = ["k3"]         # what a notebook may name besides it
    max_steps = 100         # model calls of a turn;
    max_seconds = 1800      # its wall time;
    max_tokens = 2000000    # new tokens (what is sent again does not count)
    max_cost = 2.5          # and US dollars: options can only lower them
    max_cost_a_day = 10     # all turns of a day together; also max_steps_a_day,
                            # max_seconds_a_day and max_tokens_a_day

and the tables ``[profiles.NAME]`` and ``[endpoints."URL"]`` of `models/overrides.py`.
No notebook, no working folder and no other user can set any of this.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from k2_jupyter.errors import SettingsError
from k2_jupyter.models.overrides import Overrides

FILE_NAME = "config.toml"
_LARGEST = 100_000


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the file says; the defaults are those of no file."""

    headless: bool = False
    model: str | None = None
    models: tuple[str, ...] = ()
    max_steps: int | None = None
    max_seconds: int | None = None
    max_cost: float | None = None
    max_tokens: int | None = None
    max_steps_a_day: int | None = None
    max_seconds_a_day: int | None = None
    max_tokens_a_day: int | None = None
    max_cost_a_day: float | None = None
    profiles: Mapping[str, Any] = field(default_factory=dict)
    endpoints: Mapping[str, Any] = field(default_factory=dict)

    @property
    def overrides(self) -> Overrides:
        """The tables about models and endpoints. Raises `SettingsError`."""
        return Overrides.of(self.profiles, self.endpoints)

    @classmethod
    def read(cls, folder: Path) -> Preferences:
        """Raises `SettingsError` for a wrong file, or one that others can write."""
        path = folder / FILE_NAME
        try:
            check_folder(folder)
            with os.fdopen(
                os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb"
            ) as file:
                found = os.fstat(file.fileno())
                if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
                    raise SettingsError(f"{path} must be a file of yours, not another user's.")
                if found.st_mode & 0o022:
                    raise SettingsError(f"Others can write to {path}. Run: chmod 600 {path}")
                content = tomllib.loads(file.read(_LARGEST).decode())
        except FileNotFoundError:
            return cls()
        except OSError as problem:
            raise SettingsError(
                f"Cannot read {path}: {problem.strerror}. It must be a plain file."
            ) from None
        except ValueError as problem:
            raise SettingsError(f"{path} is no valid TOML: {problem}.") from None
        return cls(**{name: _value(path, name, value) for name, value in content.items()})


def check_folder(folder: Path) -> None:
    """Raises `SettingsError` where somebody else can change what is in it."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise SettingsError(f"{folder} must be a folder of yours, not a link or another user's.")
    if found.st_mode & 0o022:
        raise SettingsError(f"Others can write to {folder}. Run: chmod 700 {folder}")


def _value(path: Path, name: str, value: Any) -> Any:
    wanted = _KINDS.get(name)
    if wanted is None:
        raise SettingsError(f"{path}: there is no `{name}`; the names are {', '.join(_KINDS)}.")
    kind, words = wanted
    good = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    if name == "models":
        good = good and all(isinstance(one, str) for one in value)
    if name.startswith("max_"):
        good = good and 0 < value < float("inf")
    if not good:
        raise SettingsError(f"{path}: `{name}` must be {words}.")
    return tuple(value) if name == "models" else value


_COUNT = (int, "a positive whole number")
_DOLLARS = ((int, float), "a positive number of US dollars")
_KINDS: Mapping[str, tuple[type | tuple[type, ...], str]] = {
    "headless": (bool, "true or false"),
    "model": (str, "the name of a preset or of a model"),
    "models": (list, "a list of such names"),
    "max_steps": _COUNT,
    "max_seconds": _COUNT,
    "max_tokens": _COUNT,
    "max_cost": _DOLLARS,
    "max_steps_a_day": _COUNT,
    "max_seconds_a_day": _COUNT,
    "max_tokens_a_day": _COUNT,
    "max_cost_a_day": _DOLLARS,
    "profiles": (dict, "tables, each [profiles.NAME]"),
    "endpoints": (dict, 'tables, each [endpoints."URL"]'),
}
