"""The headings of a report: nested without gaps, and listed for its table of contents."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup

_HEADING = re.compile(r'<h([1-6])((?: [a-z]+="[^"]*")*)>(.*?)</h\1>', re.DOTALL)
_DEEPEST_LISTED = 2
"""Levels below the page's own that the contents list."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents."""

    id: str
    text: str
    depth: int
    """1 for a section, 2 for a part of one."""


class Outline:
    """Nests the headings of all fragments below a heading of the page, leaving no level out."""

    def __init__(self, below: int, name: str = "section") -> None:
        """`name` begins the ids of the headings; ids in content never get this far."""
        self._below = below
        self._name = name
        self._count = 0
        self._open: list[int] = []
        """Levels, as written, of the headings that the present one stands under, and its own."""
        self.entries: list[Entry] = []

    def fit(self, html: Markup, *, listed: bool = False) -> Markup:
        """`html`, which must come from `clean`, with the levels that fit what came before.

        `listed` headings get an id and a line in `entries`.
        """
        return Markup(_HEADING.sub(lambda match: self._fitted(match, listed=listed), html))  # noqa: S704

    def _fitted(self, match: re.Match[str], *, listed: bool) -> str:
        level, attributes, inner = int(match[1]), match[2], match[3]
        self._open = [*(outer for outer in self._open if outer < level), level]
        depth = len(self._open)
        text = Markup(inner).striptags()  # noqa: S704 (its tags are dropped)
        if listed and text:
            self._count += 1
            attributes += f' id="{self._name}-{self._count}"'
            if depth <= _DEEPEST_LISTED:
                self.entries.append(Entry(f"{self._name}-{self._count}", text, depth))
        tag = f"h{min(self._below + depth, 6)}"
        return f"<{tag}{attributes}>{inner}</{tag}>"
