"""The sidebar's own texts for the model."""

from __future__ import annotations

from importlib.resources import files
from string import Template


def load(name: str, **values: str) -> str:
    """The text of ``<name>.md``; a placeholder without a value raises `KeyError`."""
    text = files(__package__).joinpath(f"{name}.md").read_text("utf-8")
    return Template(text).substitute(values).strip()
