"""The artists of one matplotlib axes, what is read of them already, and their names.

Runs in the user's kernel: standard library only, Python 3.8 and later. matplotlib is never
imported: its classes are known by their names, which subclasses inherit.
"""
# ruff: noqa: B905 - zip(strict=) came with Python 3.10

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from .positions import Positions, kinds

_NOTHING = ("none", "", " ")
"""What matplotlib calls no line and no marker."""


class Drawing:
    """An axes while it is read. A reader takes an artist before it reads it, so that no
    artist is told twice."""

    def __init__(self, axes: Any) -> None:
        self.axes = axes
        self.x, self.y = Positions(axes.xaxis), Positions(axes.yaxis)
        apart = {id(axes.patch), id(axes.xaxis), id(axes.yaxis), id(axes.get_legend())}
        self._artists = [
            (artist, kinds(artist))
            for artist in axes.get_children()
            if id(artist) not in apart and _is_shown(artist)
        ]
        self._order = {id(artist): place for place, (artist, _) in enumerate(self._artists)}
        self._taken: dict[int, Any] = {}
        self._colors, self._dashes, self._markers = _legend(axes)

    def along(self, axis: str) -> Positions:
        """The positions of axis ``"x"`` or ``"y"``."""
        return self.x if axis == "x" else self.y

    def artists(self, *wanted: str) -> Iterator[Any]:
        """Those of these classes (all if none is named) that nobody took, as they were drawn."""
        for artist, names in list(self._artists):
            if id(artist) not in self._taken and (not wanted or not names.isdisjoint(wanted)):
                yield artist

    def order(self, artist: Any) -> int:
        """When it was drawn, among those of this axes."""
        return self._order[id(artist)]

    def free(self, artist: Any) -> bool:
        """Whether it is shown here and was not taken."""
        return id(artist) in self._order and id(artist) not in self._taken

    def take(self, *artists: Any) -> None:
        self._taken.update((id(artist), artist) for artist in artists)

    @property
    def taken(self) -> list[Any]:
        """In the order in which they were taken."""
        return list(self._taken.values())

    def containers(self, kind: str) -> Iterator[Any]:
        """Containers of this class, in which there is an artist that nobody took."""
        for container in self.axes.containers:
            if kind in kinds(container) and any(map(self.free, _flat(container))):
                yield container

    def in_data(self, artist: Any) -> tuple[bool, bool]:
        """Whether its x and its y are data (and not parts of the axes, say)."""
        x, y = artist.get_transform().contains_branch_seperately(self.axes.transData)
        return bool(x), bool(y)

    def name(self, artist: Any, color: str = "") -> str:
        """Its own label; else what the legend says of its colour and its dashes or marker."""
        own = artist.get_label()
        if own and not str(own).startswith("_"):
            return str(own)
        dash = self._dashes.get(_dash(artist), "") if self._dashes else ""
        marker = self._markers.get(_marker(artist), "") if self._markers else ""
        parts = [self._colors.get(color or color_of(artist), ""), dash, marker]
        return ", ".join(dict.fromkeys(part for part in parts if part))

    def named_shapes(self, paths: Sequence[Any]) -> list[str]:
        """What the legend says of these markers; nothing, if it tells none by its marker."""
        return [self._markers.get(shape_of(path), "") for path in paths] if self._markers else []

    def named_color(self, color: str) -> str:
        """What the legend says of a colour."""
        return self._colors.get(color, "")


def hex_color(color: Any) -> str:
    """``#rrggbb``, "" for none or a transparent one."""
    colors = sys.modules["matplotlib.colors"]
    try:
        red, green, blue, alpha = colors.to_rgba(color)
    except (TypeError, ValueError):
        return ""
    return str(colors.to_hex((red, green, blue))) if alpha else ""


def color_of(artist: Any) -> str:
    """The colour that a reader would name: of the line, the face, or else the edge."""
    names = kinds(artist)
    if "Line2D" in names:
        dotted = is_dotted(artist)
        return hex_color(artist.get_markerfacecolor() if dotted else artist.get_color())
    for colors in (artist.get_facecolor(), artist.get_edgecolor()):
        if "Collection" not in names:
            found = hex_color(colors)
        else:
            found = hex_color(colors[0]) if len(colors) else ""
        if found:
            return found
    return ""


def is_dotted(line: Any) -> bool:
    """A `Line2D` without its line: only markers can show."""
    return str(line.get_linestyle()).lower() in _NOTHING


def has_marker(line: Any) -> bool:
    return str(line.get_marker()).lower() not in _NOTHING


def _is_shown(artist: Any) -> bool:
    names = kinds(artist)
    texts = {"Spine", "Axis", "Text", "Legend", "OffsetBox", "Axes", "_AxesBase"}
    return bool(artist.get_visible()) and names.isdisjoint(texts)


def _flat(parts: Any) -> Iterator[Any]:
    for part in parts:
        if isinstance(part, (list, tuple)):
            yield from _flat(part)
        elif part is not None:
            yield part


def _legend(axes: Any) -> tuple[dict[str, str], dict[Any, str], dict[Any, str]]:
    """Names by colour, by dashes and by marker, of this axes' legend and its figure's."""
    entries = []
    for legend in [axes.get_legend(), *axes.figure.legends]:
        handles = getattr(legend, "legend_handles", None) or getattr(legend, "legendHandles", [])
        texts = legend.get_texts() if legend is not None else []
        entries += [
            (handle, text.get_text())
            for handle, text in zip(handles, texts)
            if handle is not None and not _is_heading(handle)
        ]
    colors = [(color_of(handle), text) for handle, text in entries]
    # One colour under several names tells them by something else: dashes, markers or sizes.
    alike = [entry for entry, (color, _) in zip(entries, colors) if _times(color, colors) > 1]
    return (
        {color: text for color, text in colors if color and _times(color, colors) == 1},
        _telling([(_dash(handle), text) for handle, text in alike]),
        _telling([(_marker(handle), text) for handle, text in alike]),
    )


def _is_heading(handle: Any) -> bool:
    """Seaborn's titles of parts of a legend are lines without line and marker."""
    if "Line2D" not in kinds(handle):
        return False
    return is_dotted(handle) and not has_marker(handle)


def _times(key: Any, pairs: list[tuple[Any, str]]) -> int:
    return sum(one == key for one, _ in pairs)


def _telling(pairs: list[tuple[Any, str]]) -> dict[Any, str]:
    """The names by key, where there are several keys and each has one name."""
    names = {key: text for key, text in pairs if _times(key, pairs) == 1}
    return names if len(names) > 1 else {}


def _dash(artist: Any) -> Any:
    if "Line2D" not in kinds(artist):
        return None
    if is_dotted(artist):
        return "None"
    # `get_linestyle` calls all dashes that a user gave "--"; the pattern itself is private.
    return artist.get_linestyle(), str(getattr(artist, "_unscaled_dash_pattern", ""))


def _marker(artist: Any) -> Any:
    if "Line2D" not in kinds(artist):
        return None
    marker = sys.modules["matplotlib.markers"].MarkerStyle(artist.get_marker())
    return shape_of(marker.get_path().transformed(marker.get_transform()))


def shape_of(path: Any) -> bytes:
    """The outline of a marker, to compare."""
    return bytes(path.vertices.round(6).tobytes())
