"""One mark of a Vega-Lite chart: its points, grouped and aggregated as Vega does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from k2_jupyter.in_kernel.figures import series
from k2_jupyter.notebook.figures.reading import color, date_text, items, obj, text
from k2_jupyter.notebook.figures.vega_aggregates import Row, aggregated
from k2_jupyter.notebook.figures.vega_fields import Channel, Key, channel, field_value

SPLITTING: Final = (
    "color", "fill", "stroke", "shape", "strokeDash", "detail", "xOffset", "yOffset", "opacity",
    "size",
)  # fmt: skip
"""Channels that make series of their own where they have categories."""
_TABLEAU_10: Final = (
    "#4c78a8", "#f58518", "#e45756", "#72b7b2", "#54a24b", "#eeca3b", "#b279a2", "#ff9da6",
    "#9d755d", "#bab0ac",
)  # fmt: skip
"""Vega's colours for nominal fields where no scheme is named."""


@dataclass(frozen=True, slots=True)
class Point:
    """One mark drawn."""

    keys: Mapping[str, Key | None]
    labels: Mapping[str, str]
    """By channel, where the key does not say how it is called."""
    dates: frozenset[str] = frozenset()
    """Channels whose keys are days since 1970."""

    def number(self, name: str) -> float | None:
        found = self.keys.get(name)
        return found if isinstance(found, float) else None

    def shown(self, name: str) -> Key | None:
        """As an axis or a legend shows it."""
        key = self.labels.get(name, self.keys.get(name))
        return date_text(key) if name in self.dates and isinstance(key, float) else key


@dataclass
class Unit:
    """A mark with its encoding and the rows that it draws."""

    kind: str
    mark: Mapping[str, Any]
    encoding: Mapping[str, Any]
    channels: Mapping[str, Channel]
    rows: Sequence[Row]
    whole: Sequence[Row]
    cut: str
    config: Mapping[str, Any] = field(default_factory=dict)

    def unread(self, why: str) -> dict[str, Any]:
        """A series that says what is not told."""
        return {**series.other(self.kind or "mark", 0), "cut": text(why)}

    @cached_property
    def points(self) -> list[Point]:
        """A point for each row, or for each group where a channel aggregates."""
        named = {**self.channels, **self._extra()}
        plain = {name: one for name, one in named.items() if not one.aggregate}
        timed = [name for name, one in plain.items() if one.type == "temporal" and not one.parts]
        dates = frozenset(timed)
        rows: Sequence[Row] = self.rows
        keys = list(zip(*(one.keys(rows) for one in plain.values()), strict=True))
        folded: list[dict[str, float | None]] = []
        if len(plain) < len(named):
            groups: dict[tuple[Any, ...], list[Row]] = {} if plain else {(): list(rows)}
            for key, row in zip(keys, rows, strict=False):
                groups.setdefault(key, []).append(row)
            folds = {name: one for name, one in named.items() if one.aggregate}
            folded = [_folded(members, folds) for members in groups.values()]
            keys = list(groups)
            rows = [members[0] if members else {} for members in groups.values()]
        labels = _labels(plain, rows)
        return [
            Point(
                {**dict(zip(plain, key, strict=True)), **(folded[place] if folded else {})},
                labels[place] if labels else {},
                dates,
            )
            for place, key in enumerate(keys)
        ]

    def _extra(self) -> dict[str, Channel]:
        """Fields of channels that are lists; they are grouped by too."""
        found = {}
        for name, given in self.encoding.items():
            for place, one in enumerate(items(given)[:20]):
                made = channel(f"{name} {place}", one, self.whole)
                if made is not None:
                    found[made.name] = made
        return found

    # Which way the marks lie

    @cached_property
    def level(self) -> bool:
        """Are they long along x?"""
        x, y = self.channels.get("x"), self.channels.get("y")
        named = text(self.mark.get("orient"))
        if named:
            return named == "horizontal"
        if x is None or y is None:
            return y is None and x is not None and x.measure
        if x.measure != y.measure:
            return x.measure
        if self.kind in ("line", "area", "trail"):
            return False
        return bool(x.aggregate and not y.aggregate) or (
            "x2" in self.encoding and "y2" not in self.encoding
        )

    @property
    def letters(self) -> tuple[str, str]:
        """The channel that the marks stand along, and the one that they measure."""
        return ("y", "x") if self.level else ("x", "y")

    # Series

    @cached_property
    def splitting(self) -> list[Channel]:
        """Channels that make series: those with categories that are not the axis' own."""
        along = self.channels.get(self.letters[0])
        found = []
        for name in SPLITTING:
            one = self.channels.get(name)
            if one is None or one.measure or one.aggregate or one.type == "temporal":
                continue
            if along is None or (one.field, one.parts) != (along.field, along.parts):
                found.append(one)
        return found

    def split(self) -> list[tuple[str, str, list[Point]]]:
        """Name, colour and points of each series, in the order of the legend."""
        groups: dict[tuple[Any, ...], list[Point]] = {}
        if not self.splitting and self.points:
            groups[()] = list(self.points)
        for point in self.points if self.splitting else ():
            key = tuple(point.keys.get(one.name) for one in self.splitting)
            groups.setdefault(key, []).append(point)
        ranks = [
            {key: place for place, key in enumerate(ordered(one, self.whole))}
            for one in self.splitting
        ]
        colors = self._colors()
        shades = [
            place
            for place, one in enumerate(self.splitting)
            if one.name in ("color", "fill", "stroke")
        ]

        def rank(key: tuple[Any, ...]) -> tuple[int, ...]:
            return tuple(ranks[place].get(one, len(ranks[place])) for place, one in enumerate(key))

        found = []
        for key in sorted(groups, key=rank):
            members = groups[key]
            names = [text(members[0].shown(one.name)) for one in self.splitting]
            shade = colors.get(key[shades[0]], "") if shades else colors.get(None, "")
            found.append((", ".join(dict.fromkeys(filter(None, names))), shade, members))
        return found

    def _colors(self) -> dict[Key | None, str]:
        """Colour by category; under None the one of all marks, "" where it is mapped."""
        for name in ("color", "fill", "stroke"):
            one = self.channels.get(name)
            if one is not None:
                return self._scheme(one) if one in self.splitting else {}
            value = obj(self.encoding.get(name)).get("value")
            if value is not None:
                return {None: color(value)}
        for named in (self.mark.get("color"), self.mark.get("fill"), self.mark.get("stroke")):
            if isinstance(named, str):
                return {None: color(named)}
        configured = obj(self.config.get("config"))
        for part in (self.kind, "mark"):
            named = obj(configured.get(part)).get("color")
            if isinstance(named, str):
                return {None: color(named)}
        return {None: _TABLEAU_10[0]}

    def _scheme(self, one: Channel) -> dict[Key | None, str]:
        scale = obj(one.definition.get("scale"))
        configured = obj(obj(self.config.get("config")).get("range")).get("category")
        given = [color(shade) for shade in items(scale.get("range")) or items(configured)]
        named = text(scale.get("scheme")) or text(obj(scale.get("scheme")).get("name"))
        if not given and (one.type != "nominal" or named not in ("", "tableau10")):
            return {}
        shades = given or list(_TABLEAU_10)
        return {key: shades[i % len(shades)] for i, key in enumerate(ordered(one, self.whole))}


def _folded(rows: Sequence[Row], folds: Mapping[str, Channel]) -> dict[str, float | None]:
    return {name: aggregated(one.aggregate, rows, one.field) for name, one in folds.items()}


def _labels(plain: Mapping[str, Channel], rows: Sequence[Row]) -> list[dict[str, str]]:
    """How time units are called, for each row; [] where there are none."""
    timed = {name: one for name, one in plain.items() if one.parts}
    if not timed:
        return []
    return [
        {name: label for name, one in timed.items() if (label := one.label(row)) is not None}
        for row in rows
    ]


def ordered(
    one: Channel, rows: Sequence[Row], heights: Mapping[Key, float] | None = None
) -> list[Key]:
    """The keys of a channel in the order of its scale: as its domain or `sort` says, else
    ascending. `heights` are what ``sort: "-y"`` orders by."""
    found: dict[Key, Any] = {}
    for key, row in zip(one.keys(rows), rows, strict=True):
        if key is not None and key not in found:
            found[key] = field_value(row, one.field) if one.field else key
    keys = list(found)
    sort = one.definition.get("sort", "ascending")
    if sort is not None:
        numeric = not any(isinstance(value, str) for value in found.values()) and not one.parts
        keys.sort(key=lambda key: _rank(found[key] if numeric else key))
    domain = [text(end) for end in items(obj(one.definition.get("scale")).get("domain"))]
    wanted = [text(key) for key in items(sort)] or (domain if not one.continuous else [])
    if wanted:
        places = {name: place for place, name in enumerate(wanted)}
        return sorted(keys, key=lambda key: places.get(text(key), len(places)))
    by_height = text(sort)[-1:] in ("x", "y") or isinstance(sort, Mapping)
    if by_height and heights is not None:
        keys.sort(key=lambda key: heights.get(key, 0.0))
    down = text(sort).startswith("-") or "descending" in (sort, obj(sort).get("order"))
    return keys[::-1] if down else keys


def _rank(value: Any) -> tuple[int, float, str]:
    return (0, float(value), "") if isinstance(value, bool | int | float) else (1, 0.0, text(value))
