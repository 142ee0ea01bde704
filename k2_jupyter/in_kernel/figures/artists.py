"""Everything that is drawn in one matplotlib axes, as series of the figure's record.

Runs in the user's kernel: standard library only, Python 3.8 and later, matplotlib 3.5 and
later as the user has it. What the user asked for (a box plot) is not kept by matplotlib; it
is told from the artists that are drawn. Each reader takes the artists that it knows; the
order matters: a box plot's lines must be taken before lines are read.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from . import (
    artists_areas,
    artists_bars,
    artists_boxes,
    artists_errors,
    artists_lines,
    artists_points,
    artists_steps,
    artists_violins,
    series,
)
from .drawing import Drawing
from .positions import kinds

_MAX_SERIES = 30
_READERS: tuple[Callable[[Drawing], Iterator[dict[str, Any]]], ...] = (
    artists_areas.read_pies,
    artists_bars.read,
    artists_steps.read,
    artists_boxes.read,
    artists_violins.read,
    artists_errors.read,
    artists_areas.read_contours,
    artists_areas.read_cells,
    artists_points.read_hexagons,
    artists_points.read_points,
    artists_lines.read_stems,
    artists_lines.read_lines,
    artists_areas.read_areas,
    artists_lines.read_segments,
    artists_areas.read_tables,
)
_WORDS = {
    "Quiver": "arrows",
    "Barbs": "wind barbs",
    "FancyArrowPatch": "arrows",
    "FancyArrow": "arrows",
    "Path3DCollection": "3d scatter",
    "Line3D": "3d line",
    "Line3DCollection": "3d lines",
    "Poly3DCollection": "3d surface or bars",
    "Patch3DCollection": "3d shapes",
    "Line2D": "lines",
    "Rectangle": "rectangles",
    "Polygon": "polygons",
    "PolyCollection": "polygons",
}


def series_of(axes: Any) -> list[dict[str, Any]]:
    """The series drawn in `axes` (a matplotlib Axes that was drawn); never raises.

    At most 30; the last one counts what was not read, as kind ``other``.
    """
    try:
        drawing = Drawing(axes)
    except Exception:  # noqa: BLE001 - axes of another kind must not cost the figure
        return [series.other(type(axes).__name__, 1)]
    readers = () if getattr(axes, "name", "") == "3d" else _READERS
    read = itertools.chain.from_iterable(_guarded(reader, drawing) for reader in readers)
    found = list(itertools.islice(read, _MAX_SERIES - 1))
    return [*found, *_rest(drawing)][:_MAX_SERIES]


def _guarded(
    reader: Callable[[Drawing], Iterator[dict[str, Any]]], drawing: Drawing
) -> Iterator[dict[str, Any]]:
    """The reader's series; what it took when it failed becomes `other`, and it goes on."""
    told = len(drawing.taken)
    while True:
        begun = len(drawing.taken)
        try:
            for one in reader(drawing):
                told = len(drawing.taken)
                yield one
        except Exception:  # noqa: BLE001 - one odd artist must not cost the others
            if len(drawing.taken) == begun:
                return
            yield from _counted(drawing.taken[told:] or drawing.taken[-1:])
            told = len(drawing.taken)
        else:
            return


def _rest(drawing: Drawing) -> Iterator[dict[str, Any]]:
    """What no reader knows."""
    yield from _counted(list(drawing.artists()))


def _counted(artists: Sequence[Any]) -> Iterator[dict[str, Any]]:
    counts: dict[str, int] = {}
    for artist in artists:
        word = next((_WORDS[name] for name in _WORDS if name in kinds(artist)), "")
        word = word or type(artist).__name__
        counts[word] = counts.get(word, 0) + _marks(artist)
    for word, count in counts.items():
        if count:
            yield series.other(word, count)


def _marks(artist: Any) -> int:
    names = kinds(artist)
    if "Quiver" in names or "Path3DCollection" in names:
        return len(artist.get_offsets())
    if "Collection" in names:
        return len(artist.get_paths()) or 1
    return 1
