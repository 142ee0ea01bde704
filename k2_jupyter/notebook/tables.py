"""Printed tables: where they stand in a text, and how they lose columns as a whole.

A table is what pandas, polars, tabulate or a careful ``print`` lay out: lines that leave
the same positions blank, or have bars there. Nothing else is known of its cells.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_LEAST_LINES = 3
_MANY_LINES = 6
_MOST_HEADER_LINES = 4
_MOST_TITLE_LINES = 2
_RULE = re.compile(r"[\s\-=+|:─━═┄┈╌┬┼┴╪╤╧╞╡├┤┌┐└┘╒╕╘╛╭╮╰╯┏┓┗┛┡┩┳╇]{3,}")
_BOX_TOP = "┌╒╭┏+"
_DRAWN = re.compile(r"[^ |│┆┃║]")
_BLANK = re.compile(r"[ |│┆┃║]")
_NUMBER = re.compile(r"(?<!\w)[-+]?[.\d]*\d")


@dataclass(frozen=True, slots=True)
class Table:
    """Lines `start` to `stop` of a text, the first `header` of which name the columns."""

    start: int
    stop: int
    header: int
    width: int
    """Characters of the longest line."""
    gaps: tuple[tuple[int, int], ...]
    """Positions between two columns: from, to; never empty."""

    def beyond(self, width: int) -> tuple[int, int, int]:
        """What of each line must go so that `width` characters stay: from, to, how many columns.

        About two thirds of what stays stand on the left. Both ends keep a column, be it wide.
        """
        fitting = [i for i, (start, _) in enumerate(self.gaps) if start <= width * 2 // 3]
        left = fitting[-1] if fitting else 0
        start = self.gaps[left][0]
        right = left
        while right < len(self.gaps) - 1 and start + self.width - self.gaps[right][1] > width:
            right += 1
        return start, self.gaps[right][1], right - left


def tables_in(lines: Sequence[str]) -> tuple[Table, ...]:
    """The tables of a text, in order; no two of them overlap."""
    blank = [_blank_positions(line) for line in lines]
    tables = []
    for start, stop in _aligned(lines, blank):
        titled = range(start, min(start + _MOST_TITLE_LINES + 1, stop))
        found = [_table(lines[first:stop], blank[first:stop], first) for first in titled]
        best = max(found, key=lambda table: len(table.gaps) if table else 0, default=None)
        if best:
            tables.append(best)
    return tuple(tables)


def _aligned(lines: Sequence[str], blank: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Runs of lines with a common gap: from, to."""
    start, common = 0, -1
    for position, line in enumerate(lines):
        joined = common & blank[position]
        if line.strip() and joined >> _indent(line):
            common = joined
            continue
        yield start, position
        start, common = (position, blank[position]) if line.strip() else (position + 1, -1)
    yield start, len(lines)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _blank_positions(line: str) -> int:
    """Bit n is set where position n is blank or a bar; all of them for a ruled line."""
    if _RULE.fullmatch(line):
        return -1
    bits = _BLANK.sub("1", _DRAWN.sub("0", line))[::-1]
    return int(bits or "0", 2) | (-1 << len(line))


def _table(block: Sequence[str], blank: Sequence[int], start: int) -> Table | None:
    if len(block) < _LEAST_LINES:
        return None
    width = max(map(len, block))
    common = functools.reduce(operator.and_, blank) & ((1 << width) - 1)
    # A minus sign may take one of two blanks: with many lines one that is left is no accident.
    least = 1 if len(block) >= _MANY_LINES else 2
    gaps: list[tuple[int, int]] = []
    for match in re.finditer("1+", f"{common:0{width}b}"[::-1]):
        if match.end() - match.start() >= least and _is_gap(block, gaps, *match.span()):
            gaps.append(match.span())
    return Table(start, start + len(block), _header(block), width, tuple(gaps)) if gaps else None


def _is_gap(block: Sequence[str], before: Sequence[tuple[int, int]], start: int, stop: int) -> bool:
    """Does enough stand on both sides, and is it more than the space after a word of all lines?"""
    sides = sum(bool(_DRAWN.search(line[:start]) and _DRAWN.search(line[stop:])) for line in block)
    begin = before[-1][1] if before else 0
    word = stop - start == 1 and len({line[begin:start] for line in block}) == 1
    return 5 * sides >= 2 * len(block) and not word


def _header(block: Sequence[str]) -> int:
    """How many of the first lines name the columns."""
    rules = [
        position
        for position, line in enumerate(block[: 2 * _MOST_HEADER_LINES])
        if _RULE.fullmatch(line) and line.strip()[0] not in "│┃║"
    ]
    if rules:
        boxed = block[rules[0]].lstrip()[0] in _BOX_TOP
        return rules[1 if boxed and len(rules) > 1 else 0] + 1
    indented = not block[-1].startswith(" ")
    for position, line in enumerate(block[:_MOST_HEADER_LINES]):
        if _NUMBER.search(line) and not (indented and line.startswith(" ")):
            return position
    return 1
