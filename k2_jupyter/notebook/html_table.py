"""A table of HTML as lines of text: the same texts, in aligned columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

_MOST_CELLS = 100_000
_MOST_COLUMNS = 1_000
_MOST_ROWS = 65_534
"""What a cell may span (HTML Living Standard, §4.9.11)."""
_WIDEST = 200
_VALUE = re.compile(r"[^\w\s]{0,3}\d.*|nan|nat|none|null|", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HtmlCell:
    """A ``th`` or ``td``."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(slots=True)
class HtmlTable:
    """A ``table``: rows of cells as they stand in the source."""

    caption: str = ""
    rows: list[list[HtmlCell]] = field(default_factory=list)
    header: int = 0
    """How many of the first rows name the columns."""

    def text(self) -> str:
        """Caption and rows, columns of numbers to the right; about 100,000 cells at most.

        A name that spans columns stands over each of them, and what spans rows in each of
        those. One cell over the whole table (a title, a footnote) is a line of its own.
        """
        grid = _grid(self.rows, self.header)
        count = max(map(len, grid), default=0)
        alone = [_is_alone(cells, count) for cells in self.rows[: len(grid)]]
        named = [[] if one else row for row, one in zip(grid, alone, strict=True)]
        widths = [max(map(len, column)) for column in zip_longest(*named, fillvalue="")]
        body = zip_longest(*named[self.header :], fillvalue="")
        right = [all(map(_VALUE.fullmatch, column)) for column in body]
        right += [False] * (len(widths) - len(right))
        lines = [self.caption]
        lines += [
            row[0] if one else _line(row, widths, right)
            for row, one in zip(grid, alone, strict=True)
        ]
        return "\n".join(line for line in lines if line)


def span(value: str | None, *, of_rows: bool = False) -> int:
    """How many columns or rows an attribute says; 1 where it says nothing of the kind."""
    digits = (value or "").strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 8):
        return 1
    return max(1, min(int(digits), _MOST_ROWS if of_rows else _MOST_COLUMNS))


def _grid(rows: Sequence[Sequence[HtmlCell]], header: int) -> list[list[str]]:
    """A text for each position."""
    placed: list[dict[int, str]] = [{} for _ in rows]
    room = _MOST_CELLS
    for position, cells in enumerate(rows):
        column = 0
        for cell in cells:
            while column in placed[position]:
                column += 1
            reached = placed[position : position + cell.rows]
            room -= len(reached) * cell.columns
            if room < 0:
                return [_filled(row) for row in placed[:position]]
            text = cell.text if len(cell.text) <= _WIDEST else cell.text[: _WIDEST - 1] + "…"
            texts = [text, *[text if position < header else ""] * (cell.columns - 1)]
            for row in reached:
                row.update(enumerate(texts, column))
            column += cell.columns
    return [_filled(row) for row in placed]


def _filled(row: dict[int, str]) -> list[str]:
    return [row.get(column, "") for column in range(max(row, default=-1) + 1)]


def _is_alone(cells: Sequence[HtmlCell], count: int) -> bool:
    return len(cells) == 1 and cells[0].columns > 1 and cells[0].columns >= count


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    cells = (
        text.rjust(width) if to_right else text.ljust(width)
        for text, width, to_right in zip(row, widths, right, strict=False)
    )
    return "  ".join(cells).rstrip()
