"""What the layout of a plotly figure says of a subplot: axes, facets, texts, shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from k2_jupyter.in_kernel.figures import series
from k2_jupyter.in_kernel.figures.facts import written
from k2_jupyter.notebook.figures.plotly_panel import Letter, Panel
from k2_jupyter.notebook.figures.plotly_values import coordinates, range_of, titled, values
from k2_jupyter.notebook.figures.reading import color, items, number, obj, text

_LETTERS: Final[tuple[Letter, Letter]] = ("x", "y")
_MAX_TEXTS, _MAX_TICKS, _MAX_SHAPES = 12, 12, 30
_NEAR = 0.02


def axes_of(panel: Panel, layout: Mapping[str, Any]) -> dict[str, Any]:
    """An axes of the record, without its series."""
    cartesian = bool(panel.axes)
    return {
        "title": "",
        "facet": "",
        "projection": "" if cartesian else panel.key[1] or panel.key[0].partition(" ")[0],
        "x": _axis(panel, "x", layout) if cartesian else None,
        "y": _axis(panel, "y", layout) if cartesian else None,
        "legend": None,
        "texts": [],
        "series": [],
    }


def _axis(panel: Panel, letter: Letter, layout: Mapping[str, Any]) -> dict[str, Any] | None:
    axis = panel.axes[letter]
    label = titled(axis.get("title")) or _shared_label(axis, layout)
    bare = axis.get("showticklabels") is False or axis.get("visible") is False
    if bare and not label:
        return None  # switched off, not forgotten
    kind = panel.types[letter]
    ticks = [text(one) for one in values(axis.get("ticktext"))]
    if not ticks and kind == "category":
        given = [p for trace in panel.traces for p in panel.along(trace, letter).places]
        ticks = panel.ordered(letter, list(dict.fromkeys(one for one in given if one)))
    return {
        "label": label,
        "scale": kind,
        "limits": range_of(axis, kind),
        "ticks": [] if bare else ticks[:_MAX_TICKS],
    }


def _shared_label(axis: Mapping[str, Any], layout: Mapping[str, Any]) -> str:
    """The label of the axis that this one matches: a facet shows it once, at the edge."""
    matched = text(axis.get("matches"))
    if matched[:1] not in _LETTERS:
        return ""
    name = f"{matched[:1]}axis"
    own = titled(obj(layout.get(f"{name}{matched[1:]}")).get("title"))
    if own:
        return own
    group = [obj(layout[key]) for key in layout if key.startswith(name)]
    labels = [titled(one.get("title")) for one in group if one.get("matches") == matched]
    return next((label for label in labels if label), "")


# Annotations


def facet_titles(panels: Sequence[Panel], layout: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Headings of subplots: annotations on the paper, centred above them or beside them
    (plotly express writes facets like this, `make_subplots` titles)."""
    found: dict[tuple[str, str], list[str]] = {}
    notes = [note for note in map(obj, items(layout.get("annotations"))) if _heads(note)]
    for panel in panels:
        spans = [_span(panel, letter) for letter in _LETTERS]
        if None in spans:
            continue
        (left, right), (bottom, top) = (span or (0.0, 0.0) for span in spans)
        over = [
            (number(note.get("y")) or 0.0, note)
            for note in notes
            if abs((number(note.get("x")) or 0.0) - (left + right) / 2) < _NEAR
            and (number(note.get("y")) or 0.0) > top - _NEAR
            and not note.get("textangle")
        ]
        beside = [
            note
            for note in notes
            if note.get("textangle")
            and abs((number(note.get("y")) or 0) - (bottom + top) / 2) < _NEAR
        ]
        nearest = [note for _, note in sorted(over, key=lambda pair: pair[0])[:1]]
        headings = [text(note.get("text")) for note in [*nearest, *beside[:1]]]
        if headings:
            found[panel.key] = headings
    return {
        key: ", ".join(heading.replace("=", " = ", 1) for heading in headings)
        for key, headings in found.items()
    }


def _heads(note: Mapping[str, Any]) -> bool:
    on_paper = note.get("xref") == "paper" and note.get("yref") == "paper"
    return on_paper and note.get("showarrow") is False


def _span(panel: Panel, letter: Letter) -> tuple[float, float] | None:
    ends = [number(end) for end in values(panel.axes.get(letter, {}).get("domain"))]
    if not panel.axes or len(ends) not in (0, 2) or None in ends:
        return None
    return (ends[0] or 0.0, ends[1] or 0.0) if ends else (0.0, 1.0)


def texts_of(panel: Panel, layout: Mapping[str, Any], *, first: bool) -> list[str]:
    """Annotations inside a subplot; those on the paper stand at the first one."""
    headings = {one.replace(" = ", "=", 1) for one in facet_titles([panel], layout).values()}
    found = []
    for note in map(obj, items(layout.get("annotations"))):
        written = text(note.get("text"))
        refs = {text(note.get(f"{letter}ref")).partition(" ")[0] or letter for letter in _LETTERS}
        inside = bool(panel.axes) and refs <= {*panel.key, "paper"} and refs != {"paper"}
        on_paper = refs == {"paper"} and first and not (_heads(note) and "=" in written)
        if written and (inside or on_paper) and not any(written in one for one in headings):
            found.append(written)
    return found[:_MAX_TEXTS]


# Shapes


def shape_series(panel: Panel, layout: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Reference lines, bands and other shapes on a subplot's axes."""
    if not panel.axes:
        return []
    found = []
    for shape in list(map(obj, items(layout.get("shapes"))))[:_MAX_SHAPES]:
        refs = [text(shape.get(f"{letter}ref")) or letter for letter in _LETTERS]
        names = [ref.partition(" ")[0] for ref in refs]
        if any(name not in (own, "paper") for name, own in zip(names, panel.key, strict=True)):
            continue
        across = [ref == "paper" or ref.endswith(" domain") for ref in refs]
        if not all(across):
            found.append(_shape(panel, shape, across))
    return found


def _shape(panel: Panel, shape: Mapping[str, Any], across: Sequence[bool]) -> dict[str, Any]:
    ink = color(obj(shape.get("line")).get("color"))
    name = text(obj(shape.get("label")).get("text")) or text(shape.get("name"))
    ends = {
        letter: list(
            coordinates(
                [shape.get(f"{letter}0"), shape.get(f"{letter}1")], panel.types[letter]
            ).shown
        )
        for letter in _LETTERS
    }
    kind = text(shape.get("type")) or "rect"
    if kind == "line":
        for letter, whole in zip(_LETTERS, reversed(across), strict=True):
            if whole or ends[letter][0] == ends[letter][1]:
                return series.reference_line(letter, ends[letter][0], name=name, color=ink)
        return series.line(ends["x"], ends["y"], name=name, color=ink)
    told = series.other(f"shaded {kind}", 1, name=name, color=color(shape.get("fillcolor")) or ink)
    for letter, whole in zip(_LETTERS, across, strict=True):
        if not whole:
            low, high = map(written, ends[letter])
            told["facts"].append([letter, f"{low} to {high}", ""])
    return told
