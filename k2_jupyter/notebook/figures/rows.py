"""The numbers that a series draws, in one line."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from k2_jupyter.notebook.figures.phrases import columns, row
from k2_jupyter.notebook.figures.record import Series

_FEWEST = 3
_MOST_POINTS = 30
"""A cloud of more is told by its facts; single points of it tell nothing."""
_IN_ORDER = {"line", "fill", "area", "histogram", "contour"}
"""Kinds whose rows follow an axis: some of them, evenly taken, still show the course."""


_SHARING = ("bar", "line")
_MOST_COLUMNS = 8
"""Series side by side in one table."""


class Rows(NamedTuple):
    """A line of text, "" for none, and how many rows stand in it."""

    text: str
    number: int


NO_ROWS = Rows("", 0)


def tables(series: Sequence[Series]) -> Iterator[Series | None]:
    """For each series the one whose rows stand with it: its own, or, behind the last of
    neighbours at the same places (grouped bars, lines over the same x), a table of all."""
    for _, run in itertools.groupby(series, _places):
        neighbours = list(run)
        for start in range(0, len(neighbours), _MOST_COLUMNS):
            together = neighbours[start : start + _MOST_COLUMNS]
            yield from (None for _ in together[:-1])
            yield _side_by_side(together) if len(together) > 1 else together[0]


def _places(series: Series) -> object:
    """Equal for series that can share a table; of a longer line other rows are kept."""
    shared = series.kind in _SHARING and series.name and not series.left_out
    if not shared or len(series.columns) != 2 or len(series.rows) < 2:
        return id(series)
    return series.kind, series.columns[0], tuple(row[0] for row in series.rows)


def _side_by_side(series: Sequence[Series]) -> Series:
    first = series[0]
    names = [one.name for one in series]
    cells = zip(*([row[1] for row in one.rows] for one in series), strict=True)
    rows = tuple((row[0], *more) for row, more in zip(first.rows, cells, strict=True))
    return dataclasses.replace(first, columns=(first.columns[0], *names), rows=rows)


def all_rows(series: Series) -> Rows:
    """As many as the record holds."""
    drawn = len(series.rows) + series.left_out
    if not series.rows or (series.kind == "scatter" and drawn > _MOST_POINTS):
        return NO_ROWS
    more = f" … {series.left_out} more" if series.left_out else ""
    text = "; ".join(map(row, series.rows))
    return Rows(f"  {columns(series)}: {text}{more}", len(series.rows))


def some_rows(series: Series, room: int) -> Rows:
    """As many as `room` characters hold: evenly taken, or where they have no order the first."""
    cells = [row(one) for one in series.rows]
    drawn = len(cells) + series.left_out
    for count in range(_fitting(cells, room), _FEWEST - 1, -1):
        chosen = _evenly(cells, count) if series.kind in _IN_ORDER else cells[:count]
        text = f"  {columns(series)} ({count} of {drawn} rows): {'; '.join(chosen)}"
        if len(text) <= room:
            return Rows(text, count)
    return NO_ROWS


def _fitting(cells: Sequence[str], room: int) -> int:
    """How many of the shortest would fit: no more than that need be tried."""
    used = itertools.accumulate(len(cell) + 2 for cell in sorted(cells, key=len))
    return sum(total <= room for total in used)


def _evenly(cells: Sequence[str], count: int) -> list[str]:
    """So many of the cells, the first and the last among them."""
    last = len(cells) - 1
    return [cells[round(position * last / (count - 1))] for position in range(count)]
