"""How a request ended, in words that a notebook may keep."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from k2_jupyter.settings import config_folder, state_folder


@dataclass(frozen=True, slots=True)
class End:
    """For the kernel's end of the pipe; statuses as in `pipe.TO_KERNEL`."""

    status: str
    text: str = ""


def discreet(text: str) -> str:
    """Without the paths of the user's own folders: a notebook keeps it, and is given away."""
    for folder, name in (
        (config_folder(), "your configuration folder"),
        (state_folder(), "your state folder"),
        (Path.home(), "~"),
    ):
        text = text.replace(str(folder), name)
    return text
