"""Figures as structure: what a figure shows, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from k2_jupyter.messages import Json
from k2_jupyter.notebook.text import neutral

FACTS_TYPE: Final = "application/vnd.k2.figure+json"
"""What `in_kernel/figures.py` sends beside an image."""


def figure_facts(facts: Json) -> list[str]:
    """Lines about a figure, from what a cell sent with it: checked, for any cell can."""
    if not isinstance(facts, Mapping):
        return []
    lines = []
    suptitle = facts.get("suptitle")
    if isinstance(suptitle, str) and suptitle:
        lines.append(f"title {_quoted(suptitle)}")
    axes = facts.get("axes")
    if isinstance(axes, Sequence) and not isinstance(axes, str):
        named = [one for one in axes[:20] if isinstance(one, Mapping)]
        lines += [f"axes {number}: {_axes(one)}" for number, one in enumerate(named, 1)]
    return lines


_COUNTED = ("lines", "bars", "collections", "images")


def _axes(axes: Mapping[str, Json]) -> str:
    words = [
        f"{word} {_quoted(text)}"
        for word, text in (
            ("title", axes.get("title")),
            ("x", axes.get("xlabel")),
            ("y", axes.get("ylabel")),
        )
        if isinstance(text, str) and text
    ]
    if axes.get("has_data") is False:
        return ", ".join(["EMPTY, nothing is drawn", *words])
    for kind in _COUNTED:
        number = axes.get(kind)
        if isinstance(number, int) and number >= 0:
            words.append(f"{number or 'no'} {kind if number != 1 else kind[:-1]}")
    return ", ".join(words)


def _quoted(text: str) -> str:
    text = neutral(text[:120].replace("\n", " ")).replace('"', "'")
    return f'"{text}"'
