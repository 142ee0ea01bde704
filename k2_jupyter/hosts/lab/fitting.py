"""Whether what answers can do what is asked, in the kernel that is there."""

from __future__ import annotations

from k2_jupyter.errors import SettingsError
from k2_jupyter.hosts.lab.prompts import load
from k2_jupyter.hosts.lab.wire import Mode
from k2_jupyter.settings import Settings

_NEEDS_PYTHON = (
    "The offline analyst writes Python, and this kernel speaks {language}. "
    "Choose a model, or a Python kernel."
)
_NEEDS_MODEL = (
    "To {} a cell needs a model: the offline analyst works by rules, on tables of data. "
    "Choose a model in the panel."
)
_OTHER_LANGUAGE = (
    "This kernel speaks {language}: cells and their output work; variables and figures are "
    "described in Python kernels only, and what is risky is judged as if it were Python."
)


def fitting(settings: Settings, language: str, mode: Mode) -> str:
    """What the user should know beforehand, or "".

    `language` is the kernel's, "" where nobody knows it yet. Raises `SettingsError` where it
    cannot be done.
    """
    if settings.endpoint is None and mode in ("fix", "explain"):
        raise SettingsError(_NEEDS_MODEL.format(mode))
    if language in ("python", ""):
        return ""
    if settings.endpoint is None:
        raise SettingsError(_NEEDS_PYTHON.format(language=language))
    return _OTHER_LANGUAGE.format(language=language)


def unlike(language: str, *, remote: bool) -> list[str]:
    """What the model should know of a kernel that is not Python's, or not on this machine."""
    lines = [load("remote")] if remote else []
    if language not in ("python", ""):
        lines.append(load("language", language=language))
    return lines
