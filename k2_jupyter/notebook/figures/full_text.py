"""The whole record of a figure as text, paged: what `view_figure` says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from k2_jupyter.notebook.figures.advice import NONE_FOUND, fault_lines
from k2_jupyter.notebook.figures.description import axes_line, series_line, title_lines
from k2_jupyter.notebook.figures.phrases import columns, plural, row
from k2_jupyter.notebook.figures.record import FigureRecord, Series

ROOM = 8_000
"""Characters of a page."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is wanted of a figure; numbers from 1, ``None`` for all."""

    axes: int | None = None
    series: int | None = None
    from_row: int = 1


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    place: str
    """Where it stands, as the arguments that lead there."""


def full_text(record: FigureRecord, choice: Choice, room: int = ROOM) -> str:
    """Everything chosen, a row of numbers a line, up to `room` characters.

    The last line names the arguments that go on where this page ends.
    """
    lines = list(_lines(record, choice))
    kept: list[str] = []
    used = 0
    for line in lines:
        used += len(line.text) + 1
        if used > room:
            left = len(lines) - len(kept)
            return "\n".join([*kept, f"… {plural(left, 'more line')}; go on with {line.place}"])
        kept.append(line.text)
    return "\n".join(kept)


def unknown_part(record: FigureRecord, choice: Choice) -> str:
    """Why there is nothing like that in the figure; "" where there is."""
    count = len(record.axes)
    if choice.axes is not None and choice.axes > count:
        return f"There is no axes {choice.axes}: the figure has {count}."
    if choice.series is None:
        return ""
    if choice.axes is None and count > 1:
        return f"Name the axes too: the figure has {count}."
    series = record.axes[(choice.axes or 1) - 1].series if count else ()
    if choice.series > len(series):
        return f"There is no series {choice.series}: the axes has {len(series)}."
    return ""


def _lines(record: FigureRecord, choice: Choice) -> Iterator[_Line]:
    if choice == Choice():
        library = f"drawn by {record.library}" if record.library else ""
        for text in filter(None, [library, *title_lines(record), *_faults(record)]):
            yield _Line(text, "no further arguments")
    for number in range(1, len(record.axes) + 1):
        if choice.axes in (None, number):
            place = f"axes={number}"
            text = axes_line(record, number, long=True, ticks=True)
            if text and choice.series is None:
                yield _Line(text, place)
            for position, series in enumerate(record.axes[number - 1].series, 1):
                if choice.series in (None, position):
                    yield from _series(series, position, f"{place} series={position}", choice)


def _faults(record: FigureRecord) -> list[str]:
    return [f"fault: {line}" for line in fault_lines(record)] or [NONE_FOUND]


def _series(series: Series, number: int, place: str, choice: Choice) -> Iterator[_Line]:
    color = f" (colour {series.color})" if series.color else ""
    yield _Line(f"{number}. {series_line(series, long=True)[2:]}{color}", place)
    if series.rows:
        yield _Line(f"  {columns(series)}", place)
    for position, cells in enumerate(series.rows, 1):
        if position >= choice.from_row:
            yield _Line(f"  {row(cells)}", f"{place} from_row={position}")
    if series.left_out:
        yield _Line(f"  … {plural(series.left_out, 'row')} drawn, not kept: print them", place)
