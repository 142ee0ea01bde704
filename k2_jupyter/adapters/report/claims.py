"""Links from the numbers of a conclusion to the cells that show them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from k2_jupyter.adapters.report.metadata import Claim

_PARTS = re.compile(r'(<(?:[^<>"]|"[^"]*")*>)')
_CLOSED = ("a", "math")
"""Elements whose text stays as it is."""
_FEWEST_DIGITS = 3
"""A shorter whole number stands in too many other places."""


def linked(html: Markup, claims: Sequence[Claim], places: Mapping[str, str]) -> Markup:
    """`html`, which must come from `clean`, with a link at the first place of each number.

    `places` has the cells that can be linked to, by id, with their labels.
    """
    parts = _PARTS.split(html)
    open_to = _open_parts(parts)
    for claim in claims:
        if claim.found and claim.cell in places and _is_telling(claim.number):
            _link(parts, open_to, claim, places[claim.cell])
    return Markup("".join(parts))  # noqa: S704 (parts of clean HTML, and links made here)


def _is_telling(number: str) -> bool:
    digits = sum(character.isdigit() for character in number)
    return digits >= _FEWEST_DIGITS or ("." in number and digits > 1) or "%" in number


def _open_parts(parts: Sequence[str]) -> list[int]:
    """Positions of the texts that links may stand in; tags are at the odd positions."""
    found, closed = [], 0
    for position, part in enumerate(parts):
        if position % 2:
            name = part.strip("</>").split(" ", 1)[0]
            if name in _CLOSED:
                closed += -1 if part.startswith("</") else 1
        elif not closed and part.strip():
            found.append(position)
    return found


def _link(parts: list[str], open_to: list[int], claim: Claim, label: str) -> None:
    number = str(escape(claim.number))
    pattern = re.compile(rf"(?<![\w.,−-]){re.escape(number)}(?![\w]|[.,]\d)")
    for at, position in enumerate(open_to):
        match = pattern.search(parts[position])
        if match is None:
            continue
        text = parts[position]
        link = f'<a class="claim" href="#cell-{escape(claim.cell)}" title="{escape(label)}">'
        # The link is a tag like others: its text and what stands around are looked at apart.
        parts[position : position + 1] = [
            text[: match.start()],
            f"{link}{number}</a>",
            text[match.end() :],
        ]
        open_to[at:] = [
            position,
            position + 2,
            *(other + 2 for other in open_to[at + 1 :]),
        ]
        return
