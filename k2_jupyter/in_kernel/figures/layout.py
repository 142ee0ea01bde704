"""Faults of a drawn figure that only its layout shows: texts that overlap or are cut off.

Runs in the user's kernel while the figure is drawn (at its ``draw_event``), when every
artist stands where the image has it. Standard library only, Python 3.8 and later; what is
asked of the renderer it has just computed for the drawing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from . import boxes, scales

_MAX_TEXTS = 80
"""Annotations of one axes that are looked at: the first row of a large annotated heat map
tells as much as all of it."""
_MAX_NAMES = 6
_TIGHT = 1.0
"""Pixels around a tick label that must be free: closer ones read as one word."""
_INSIDE = 0.15
"""Share of a text that must lie in another panel to be told; less is its margin."""
_EDGE = 1.0
"""Pixels that may be missing at the edge of the image."""


class Words(NamedTuple):
    """A text in the image."""

    text: str
    box: boxes.Box
    axes: int
    """Number of its axes from 1, 0 for the figure's own."""
    axis: str = ""
    """For tick labels ``x`` or ``y``."""
    free: bool = False
    """May it stand in a panel: an annotation, a text of the figure, a legend?"""


def faults(figure: Any, renderer: Any, panels: list[Any]) -> list[dict[str, Any]]:
    """Overlapping tick labels and texts, texts beyond the edge of the image."""
    words = list(_all_words(figure, renderer, panels))
    return [*_tick_faults(words), *_overlap_faults(words, panels), *_edge_faults(words, renderer)]


# The texts


def _all_words(figure: Any, renderer: Any, panels: list[Any]) -> Iterator[Words]:
    for part in (figure, *getattr(figure, "subfigs", ())):
        names = ("_suptitle", "_supxlabel", "_supylabel")
        heads = [getattr(part, name, None) for name in names]
        own = [one for one in (*heads, *part.texts) if one is not None]
        yield from _words({id(one): one for one in own}.values(), 0, renderer, free=True)
        yield from _legend_words(part.legends, 0)
    for number, axes in enumerate(panels, 1):
        if axes.name == "rectilinear":
            yield from _axes_words(axes, number, renderer)


def _axes_words(axes: Any, number: int, renderer: Any) -> Iterator[Words]:
    titles = [getattr(axes, name, None) for name in ("title", "_left_title", "_right_title")]
    yield from _words(filter(None, titles), number, renderer)
    for which in ("x", "y"):
        if not scales.is_drawn(axes, which):
            continue
        axis = getattr(axes, f"{which}axis")
        yield from _words((axis.label, axis.get_offset_text()), number, renderer)
        ticks = scales.drawn_ticks(axis, minor=True)
        yield from _words(ticks, number, renderer, axis=which)
    inside = [text for text in axes.texts if _is_shown(text)]
    yield from _words(inside[:_MAX_TEXTS], number, renderer, free=True)
    legend = axes.get_legend()
    yield from _legend_words([legend] if legend is not None else [], number)


def _is_shown(text: Any) -> bool:
    """Is it drawn in full? An annotation of a point outside the axes is not drawn."""
    if text.get_clip_on() and (text.get_clip_box() or text.get_clip_path()):
        return False
    check = getattr(text, "_check_xy", None)
    return check is None or bool(check(None))


def _words(
    texts: Any, number: int, renderer: Any, *, axis: str = "", free: bool = False
) -> Iterator[Words]:
    for text in texts:
        if text.get_visible() and text.get_text().strip() and text.get_alpha() != 0:
            name = " ".join(text.get_text().split())[: scales.MAX_TEXT]
            yield Words(name, boxes.of_text(text, renderer), number, axis, free)


def _legend_words(legends: list[Any], number: int) -> Iterator[Words]:
    for legend in legends:
        if legend.get_visible():
            # In pixels, as drawn. `legend.get_window_extent` looks for the best place once more.
            box = boxes.upright(legend.get_frame().get_bbox())
            yield Words("the legend", box, number, free=True)


# The faults


def _tick_faults(words: list[Words]) -> Iterator[dict[str, Any]]:
    axes = {(one.axes, one.axis): None for one in words if one.axis}
    for number, which in axes:
        labels = [one.box for one in words if (one.axes, one.axis) == (number, which)]
        tight = [box.wider(_TIGHT) for box in labels]
        touched = {place for pair in boxes.meeting(tight) for place in pair}
        if touched:
            yield {
                "code": "overlapping_tick_labels",
                "axes": number,
                "what": which,
                "count": len(touched),
                "of": len(labels),
            }


def _overlap_faults(words: list[Words], panels: list[Any]) -> Iterator[dict[str, Any]]:
    """Texts over texts, and texts of one panel in another; by axes, 0 where several meet."""
    found: dict[int, dict[int, Words]] = {}
    for first, second in boxes.meeting([one.box for one in words]):
        one, other = words[first], words[second]
        if one.axis and (one.axes, one.axis) == (other.axes, other.axis):
            continue  # told as tick labels
        number = one.axes if one.axes == other.axes else 0
        found.setdefault(number, {}).update({first: one, second: other})
    for place in _intruders(words, panels):
        found.setdefault(0, {})[place] = words[place]
    for number, several in found.items():
        yield _told("overlapping_text", number, list(several.values()))


def _told(code: str, number: int, words: list[Words]) -> dict[str, Any]:
    """With the texts' names, tick labels last: they say less."""
    names = dict.fromkeys(one.text for one in sorted(words, key=lambda one: one.axis != ""))
    return {
        "code": code,
        "axes": number,
        "count": len(words),
        "names": list(names)[:_MAX_NAMES],
    }


def _intruders(words: list[Words], panels: list[Any]) -> Iterator[int]:
    """Positions of the texts that stand in a panel other than theirs."""
    frames = [boxes.upright(axes.bbox) for axes in panels]
    for place, one in enumerate(words):
        if one.free or not one.axes:
            continue
        own = frames[one.axes - 1]
        for axes, frame in zip(panels, frames):  # noqa: B905 - not before 3.10
            # Twins and insets lie on their axes, and mean to.
            apart = frame is not own and not own.meets(frame)
            if apart and axes.axison and one.box.share_within(frame) > _INSIDE:
                yield place


def _edge_faults(words: list[Words], renderer: Any) -> Iterator[dict[str, Any]]:
    width, height = renderer.get_canvas_width_height()
    beyond: dict[int, list[Words]] = {}
    for one in words:
        box = one.box
        low, high = min(box.left, box.bottom), max(box.right - width, box.top - height)
        if low < -_EDGE or high > _EDGE:
            beyond.setdefault(one.axes, []).append(one)
    for number, cut in beyond.items():
        yield _told("clipped_text", number, cut)
