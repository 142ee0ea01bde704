"""What a notebook may keep of our words: it is given away."""

from __future__ import annotations

from pathlib import Path

from k2_jupyter.settings import config_folder, state_folder


def discreet(text: str) -> str:
    """Without the paths of the user's own folders."""
    for folder, name in (
        (config_folder(), "your configuration folder"),
        (state_folder(), "your state folder"),
        (Path.home(), "~"),
    ):
        text = text.replace(str(folder), name)
    return text
