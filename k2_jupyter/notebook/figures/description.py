"""A figure in words within a budget, as one would dictate it to somebody who cannot see it.

First what the axes are, then what is drawn with its main facts, then all facts, then the
numbers themselves: each level for all panels and series before the next begins, so that a
figure of many parts is told evenly. Whole lines only; the faults are always told.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from k2_jupyter.notebook.figures.advice import NONE_FOUND, fault_lines
from k2_jupyter.notebook.figures.phrases import (
    axes_head,
    columns,
    facts,
    listed,
    plural,
    quoted,
    row,
    series_head,
)
from k2_jupyter.notebook.figures.record import Axes, FigureRecord, Series

ROOM = 1_500
"""Characters for a figure."""
_FOR_LEFT_OUT = 220
_FEWEST_ROWS = 3
_IN_ORDER = {"line", "fill", "area", "histogram", "contour"}
"""Kinds whose rows follow an axis: some of them, evenly taken, still show the course."""


@dataclass(slots=True)
class _Part:
    """A line of the text, in a short and a long form; at first it is left out."""

    short: str
    long: str
    text: str = ""


@dataclass(slots=True)
class _SeriesPart(_Part):
    series: Series | None = None
    rows: str = ""

    @property
    def all_rows(self) -> int:
        return len(self.series.rows) + self.series.left_out if self.series else 0


@dataclass(frozen=True, slots=True)
class _Panel:
    head: _Part
    series: Sequence[_SeriesPart]


def describe(record: FigureRecord, room: int = ROOM) -> str:
    """For the model, in about `room` characters; the faults come on top where they are many."""
    faults = fault_lines(record)
    bottom = ["faults:", *(f"- {line}" for line in faults)] if faults else [NONE_FOUND]
    lines, left_out = _told(record, room - sum(len(line) + 1 for line in bottom))
    rest = [f"… left out: {left_out}; view_figure shows the rest"] if left_out else []
    return "\n".join([*lines, *rest, *bottom])


def for_readers(record: FigureRecord, room: int = 4 * ROOM) -> list[str]:
    """For people, a line a series or panel; without the faults, which are the author's."""
    lines, left_out = _told(record, room)
    return [*lines, f"Not said here: {left_out}."] if left_out else lines


def _told(record: FigureRecord, room: int) -> tuple[list[str], str]:
    """The lines, and what they leave out."""
    top = title_lines(record)
    panels = [_panel(record, number) for number in range(1, len(record.axes) + 1)]
    left = room - sum(len(line) + 1 for line in top)
    if not _fill(panels, left):
        _fill(panels, max(left - _FOR_LEFT_OUT, 0))
    return [*top, *(line for panel in panels for line in _lines(panel))], _left_out(panels)


def title_lines(record: FigureRecord) -> list[str]:
    """The title, of the figure or of its only axes, and what could not be described."""
    title = record.title or (record.axes[0].title if len(record.axes) == 1 else "")
    lines = [f"title {quoted(title)}"] if title else []
    lines += [f"not all described: {quoted(record.cut)}"] if record.cut else []
    if len(record.axes) > 1:
        shared = shared_labels(record)
        said = ", ".join(f"{name} {quoted(label)}" for name, label in shared.items())
        labels = f"; labels, where drawn: {said}" if said else ""
        lines.append(f"{len(record.axes)} axes{labels}")
    return lines


def shared_labels(record: FigureRecord) -> dict[str, str]:
    """Labels that all panels share; of a grid often only the outer panels have them."""
    found = {
        "x": {one.x.label for one in record.axes if one.x and one.x.label},
        "y": {one.y.label for one in record.axes if one.y and one.y.label},
    }
    return {name: labels.pop() for name, labels in found.items() if len(labels) == 1}


def axes_line(record: FigureRecord, number: int, *, long: bool, ticks: bool = False) -> str:
    """``axes 2 "title": x …; y …``; without the number where there is only one."""
    axes, alone = record.axes[number - 1], len(record.axes) == 1
    said = () if alone else tuple(shared_labels(record).values())
    head = axes_head(axes, long=long or alone, ticks=ticks, said=said)
    if alone:
        return f"{quoted(axes.title)}: {head}" if axes.title and record.title else head
    named = f"axes {number} {quoted(axes.title)}" if axes.title else f"axes {number}"
    return f"{named}: {head}" if head else named


def series_line(series: Series, *, long: bool) -> str:
    """``- bar "EN", 4 bars: highest 5 at "a"``."""
    told = facts(series, long=long)
    cut = f"; not all described: {quoted(series.cut)}" if series.cut else ""
    return f"- {series_head(series)}" + (f": {told}" if told else "") + cut


def _panel(record: FigureRecord, number: int) -> _Panel:
    axes: Axes = record.axes[number - 1]
    head = _Part(axes_line(record, number, long=False), axes_line(record, number, long=True))
    parts = [
        _SeriesPart(series_line(one, long=False), series_line(one, long=True), series=one)
        for one in axes.series
    ]
    return _Panel(head, parts)


def _fill(panels: Sequence[_Panel], room: int) -> bool:
    """Choose the form of each line; False where something had to be left out."""
    heads = [panel.head for panel in panels]
    turns = itertools.zip_longest(*(panel.series for panel in panels))
    series = [part for turn in turns for part in turn if part is not None]
    left, whole = room, True
    for part in (*heads, *series):
        part.text = ""
    for part, text in _levels(heads, series):
        cost = len(text) - len(part.text) + (0 if part.text else 1)
        if cost <= left:
            left -= cost
            part.text = text
        else:
            whole = False
    return _fill_rows([part for part in series if part.all_rows], left) and whole


def _levels(heads: Sequence[_Part], series: Sequence[_SeriesPart]) -> Iterator[tuple[_Part, str]]:
    yield from ((part, part.short) for part in heads)
    yield from ((part, part.short) for part in series)
    yield from ((part, part.long) for part in heads)
    yield from ((part, part.long) for part in series)


def _fill_rows(series: Sequence[_SeriesPart], room: int) -> bool:
    """Share the rest of the room: who needs less than its part leaves it to the others."""
    whole = True
    wanted = {id(part): _rows(part, None) for part in series}
    waiting = sorted(series, key=lambda part: len(wanted[id(part)]))
    for position, part in enumerate(waiting):
        share = room // (len(waiting) - position) - 1
        part.rows = wanted[id(part)] if part.text else ""
        if len(part.rows) > share:
            part.rows, whole = _rows(part, share), False
        room -= len(part.rows) + 1 if part.rows else 0
        whole = whole and bool(part.text)
    return whole


def _rows(part: _SeriesPart, room: int | None) -> str:
    """The rows in a line: all, or those that `room` characters hold, evenly or from the top."""
    series = part.series
    if series is None or not series.rows:
        return ""
    cells = [row(one) for one in series.rows]
    head = f"  {columns(series)}: "
    rest = f" … {series.left_out} more" if series.left_out else ""
    if room is None:
        return head + "; ".join(cells) + rest
    note = f"  {columns(series)} ({len(cells)} of {part.all_rows} rows): "
    for number in range(_fitting(cells, room - len(note)), _FEWEST_ROWS - 1, -1):
        chosen = _evenly(cells, number) if series.kind in _IN_ORDER else cells[:number]
        text = "; ".join(chosen)
        if len(note) + len(text) <= room:
            return f"  {columns(series)} ({number} of {part.all_rows} rows): {text}"
    return ""


def _fitting(cells: Sequence[str], room: int) -> int:
    """How many from the top fit."""
    used = itertools.accumulate(len(cell) + 2 for cell in cells)
    return sum(total <= room + 2 for total in used)


def _evenly(cells: Sequence[str], number: int) -> list[str]:
    """So many of the cells, the first and the last among them."""
    last = len(cells) - 1
    return [cells[round(position * last / (number - 1))] for position in range(number)]


def _lines(panel: _Panel) -> list[str]:
    lines = [panel.head.text]
    for part in panel.series:
        lines += [part.text, part.rows]
    return [line for line in lines if line]


def _left_out(panels: Sequence[_Panel]) -> str:
    """What is not told, so that it can be asked for; "" where all is."""
    heads = [panel.head for panel in panels]
    axes = [number for number, head in enumerate(heads, 1) if head.short and not head.text]
    parts = [part for panel in panels for part in panel.series]
    series = [part for part in parts if not part.text]
    rows = sum(part.all_rows - _rows_told(part) for part in parts)
    said = [f"axes {axes[0]} to {axes[-1]}"] if len(axes) > 1 else [f"axes {n}" for n in axes]
    if series:
        names = [part.series.name for part in series if part.series and part.series.name]
        said.append(plural(len(series), "series") + (f" ({listed(names, 6)})" if names else ""))
    said += [f"{rows} rows of numbers"] if rows else []
    return ", ".join(said)


def _rows_told(part: _SeriesPart) -> int:
    return part.rows.count("; ") + 1 if part.rows else 0
