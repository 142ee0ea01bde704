"""A figure in words within a budget, as one would dictate it to somebody who cannot see it.

First what the axes are, then what is drawn with its main facts, then all facts, then the
numbers themselves: each level for all panels and series before the next begins, so that a
figure of many parts is told evenly. Whole lines only; the faults are always told.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from k2_jupyter.notebook.figures.advice import NONE_FOUND, fault_lines
from k2_jupyter.notebook.figures.phrases import (
    axes_head,
    facts,
    listed,
    plural,
    quoted,
    series_head,
)
from k2_jupyter.notebook.figures.record import Axes, FigureRecord, Series
from k2_jupyter.notebook.figures.rows import NO_ROWS, Rows, all_rows, some_rows, tables

ROOM = 1_500
"""Characters for a figure."""
_FOR_LEFT_OUT = 220


@dataclass(slots=True)
class _Part:
    """A line of the text, in a short and a long form; at first it is left out."""

    short: str
    long: str
    text: str = ""


@dataclass(slots=True)
class _SeriesPart(_Part):
    series: Series = field(kw_only=True)
    table: Series | None = field(kw_only=True)
    """Whose rows stand under the line; None where a later line has them in its table."""
    all_rows: Rows = field(kw_only=True)
    rows: Rows = NO_ROWS

    @property
    def missing(self) -> int:
        """Rows of numbers that are left out."""
        return len(self.table.rows) - self.rows.number if self.table else 0


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
    told = [line.strip("- ") for line in lines]
    return [*told, f"Not said here: {left_out}."] if left_out else told


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
    name = axes.title or axes.facet
    named = f"axes {number} {quoted(name)}" if name else f"axes {number}"
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
        _SeriesPart(
            series_line(one, long=False),
            series_line(one, long=True),
            series=one,
            table=table,
            all_rows=all_rows(table) if table else NO_ROWS,
        )
        for one, table in zip(axes.series, tables(axes.series), strict=True)
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
    return _fill_rows(series, left) and whole


def _levels(heads: Sequence[_Part], series: Sequence[_Part]) -> Iterator[tuple[_Part, str]]:
    yield from ((part, part.short) for part in heads)
    yield from ((part, part.short) for part in series)
    yield from ((part, part.long) for part in heads)
    yield from ((part, part.long) for part in series)


def _fill_rows(series: Sequence[_SeriesPart], room: int) -> bool:
    """Share the rest of the room: who needs less than its part leaves it to the others."""
    waiting = sorted(series, key=lambda part: len(part.all_rows.text))
    for position, part in enumerate(waiting):
        share = room // (len(waiting) - position) - 1
        part.rows = part.all_rows if part.text else NO_ROWS
        if part.table and len(part.rows.text) > share:
            part.rows = some_rows(part.table, share)
        room -= len(part.rows.text) + 1 if part.rows.text else 0
    return not any(part.missing for part in series)


def _lines(panel: _Panel) -> list[str]:
    lines = [panel.head.text]
    for part in panel.series:
        lines += [part.text, part.rows.text]
    return [line for line in lines if line]


def _left_out(panels: Sequence[_Panel]) -> str:
    """What is not told, so that it can be asked for; "" where all is."""
    heads = [panel.head for panel in panels]
    axes = [str(number) for number, head in enumerate(heads, 1) if head.short and not head.text]
    parts = [part for panel in panels for part in panel.series]
    series = [part for part in parts if not part.text]
    rows = sum(part.missing for part in parts)
    said = [f"axes {', '.join(axes)}"] if axes else []
    if series:
        names = [part.series.name for part in series if part.series.name]
        said.append(plural(len(series), "series") + (f" ({listed(names, 6)})" if names else ""))
    said += [f"{rows} rows of numbers"] if rows else []
    return ", ".join(said)
