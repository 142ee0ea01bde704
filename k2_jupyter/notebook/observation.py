"""What the model reads of a cell run: one text that says everything, within a budget.

The text is data from a kernel. Inside the sections control characters are escaped, and
what looks like one of our closing tags or like a role token is broken up, so that data
cannot pose as something else.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from k2_jupyter.messages import Image, Json
from k2_jupyter.notebook.base import Cell, CellRun, Changes
from k2_jupyter.notebook.text import neutral, visible
from k2_jupyter.outputs import Display, ErrorOutput, Output, Stream

BUDGET = 8_000
"""Characters of an observation, about; images not counted."""
_MOST_IMAGES = 4
_MOST_IMAGE_BYTES = 5_000_000
_FIGURE_TYPES = ("image/png", "image/jpeg")
FACTS_TYPE: Final = "application/vnd.k2.figure+json"
_SAID = ("text/plain", "text/html", FACTS_TYPE)


@dataclass(frozen=True, slots=True)
class Observation:
    """What the model reads, and sees where it can see."""

    text: str
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class _Section:
    tag: str
    text: str
    weight: int = 1
    """Share of the budget where there is not enough for all."""


def observe(
    run: CellRun, *, source_hash: str, budget: int = BUDGET, vision: bool = False
) -> Observation:
    """Say what a run did, in about `budget` characters."""
    count = run.execution_count if run.execution_count is not None else " "
    lines = [
        f"cell {run.cell} (hash {source_hash}) · {run.status} · {run.seconds:.2f} s · [{count}]"
    ]
    if run.detail:
        lines.append(visible(run.detail))
    sections = [section for output in run.outputs for section in _sections(output)]
    variables = _changes(run.changes)
    if variables:
        sections.append(_Section("variables", variables))
    lines += _fitted(sections, budget - len(lines[0]))
    return Observation("\n".join(lines), _images(run.outputs) if vision else ())


def describe_cells(cells: Sequence[Cell], *, own: Collection[str], budget: int = 4 * BUDGET) -> str:
    """All cells in order, each with what an edit must name and the gist of its outputs.

    `own` are the ids of the cells that the agent made; the others are the user's.
    "" for no cells.
    """
    share = max(200, budget // max(len(cells), 1))
    return "\n\n".join(_cell(cell, cell.id in own, share) for cell in cells)


def _cell(cell: Cell, is_own: bool, share: int) -> str:
    whose = "yours" if is_own else "the user's"
    count = ""
    if cell.kind == "code":
        count = f" · [{cell.execution_count if cell.execution_count is not None else ' '}]"
    head = f"cell {cell.id} (hash {cell.hash}) · {cell.kind} · {whose}{count}"
    sections = [_Section("source", _plain(cell.source), weight=2)]
    sections += [section for output in cell.outputs for section in _sections(output)]
    return "\n".join([head, *_fitted(sections, share)])


# Sections


def _sections(output: Output) -> list[_Section]:
    match output:
        case Stream(name, text):
            return [_Section(name, _plain(text))] if text else []
        case ErrorOutput():
            return [_Section("error", _traceback(output), weight=3)]
        case Display():
            return [_display(output)]


def _display(display: Display) -> _Section:
    for media_type in _FIGURE_TYPES:
        content = display.data.get(media_type)
        if isinstance(content, str):
            facts = figure_facts(display.data.get(FACTS_TYPE))
            return _Section("figure", "\n".join([_picture(media_type, content), *facts]))
    tag = "display" if display.execution_count is None else "result"
    plain = display.data.get("text/plain")
    others = [name for name in display.data if name not in _SAID]
    lines = [_plain(plain)] if isinstance(plain, str) else []
    if others:
        lines.append(f"[also as {', '.join(map(visible, others))}]")
    if not lines:
        lines = [f"[{', '.join(map(visible, display.data)) or 'nothing'}]"]
    return _Section(tag, "\n".join(lines))


def _plain(text: str) -> str:
    return neutral(text).rstrip("\n")


def _changes(changes: Changes) -> str:
    lines = [f"+ {name}: {what}" for name, what in changes.appeared.items()]
    lines += [f"~ {name}: {what}" for name, what in changes.changed.items()]
    lines += [f"- {name}" for name in changes.gone]
    return "\n".join(_plain(line.replace("\n", " ")) for line in lines)


# Tracebacks

_FRAME = re.compile(r"^(?:File (?P<file>\S.*?)(?::\d+|, line \d+)|Cell In\s?\[\d+\])")
_RULE = re.compile(r"^-{20,}$")


def _traceback(error: ErrorOutput) -> str:
    """The frames of the user's cells, and of the last library call its one line.

    IPython sends one text a frame, which starts with ``Cell In[4], line 1`` or with
    ``File /path/module.py:12, in function(…)``; other kernels' tracebacks stay as they are.
    """
    parts = [_plain(part) for part in error.traceback]
    parts = [part for part in parts if part and not _RULE.match(part)]
    if parts and parts[0].startswith(error.ename) and "Traceback" in parts[0]:
        parts = parts[1:]
    kept: list[str] = []
    libraries = [i for i, part in enumerate(parts) if _in_library(part)]
    for index, part in enumerate(parts):
        if index not in libraries:
            kept.append(part)
        elif index == libraries[-1]:
            kept.append(part.split("\n", 1)[0] + "".join(f"\n{line}" for line in _arrow(part)))
    last = _plain(f"{error.ename}: {error.evalue}" if error.evalue else error.ename)
    if not kept or not kept[-1].endswith(last):
        kept = [*kept, last]
    return "\n".join(kept)


def _in_library(frame: str) -> bool:
    match = _FRAME.match(frame)
    file = match and match["file"]
    return bool(file) and ("site-packages" in str(file) or "/lib/python" in str(file))


def _arrow(frame: str) -> list[str]:
    return [line for line in frame.split("\n") if line.lstrip().startswith("-->")][:1]


# Figures


def _picture(media_type: str, content: str) -> str:
    size = pixel_size(_decoded(content))
    return f"{media_type}, {size[0]} × {size[1]} px" if size else f"{media_type}, size unknown"


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content)
    except (binascii.Error, ValueError):
        return b""


def pixel_size(data: bytes) -> tuple[int, int] | None:
    """Width and height that the header of a PNG or JPEG names."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data[:2] != b"\xff\xd8":
        return None
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # a start of frame
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def figure_facts(facts: Json) -> list[str]:
    """Lines about a figure, from what a cell sent with it: checked, for any cell can."""
    if not isinstance(facts, Mapping):
        return []
    lines = []
    suptitle = facts.get("suptitle")
    if isinstance(suptitle, str) and suptitle:
        lines.append(f"title {_quoted(suptitle)}")
    axes = facts.get("axes")
    if isinstance(axes, Sequence) and not isinstance(axes, str):
        named = [one for one in axes[:20] if isinstance(one, Mapping)]
        lines += [f"axes {number}: {_axes(one)}" for number, one in enumerate(named, 1)]
    return lines


_COUNTED = ("lines", "bars", "collections", "images")


def _axes(axes: Mapping[str, Json]) -> str:
    words = [
        f"{word} {_quoted(text)}"
        for word, text in (
            ("title", axes.get("title")),
            ("x", axes.get("xlabel")),
            ("y", axes.get("ylabel")),
        )
        if isinstance(text, str) and text
    ]
    if axes.get("has_data") is False:
        return ", ".join(["EMPTY, nothing is drawn", *words])
    for kind in _COUNTED:
        number = axes.get(kind)
        if isinstance(number, int) and number >= 0:
            words.append(f"{number or 'no'} {kind if number != 1 else kind[:-1]}")
    return ", ".join(words)


def _quoted(text: str) -> str:
    text = _plain(text[:120].replace("\n", " ")).replace('"', "'")
    return f'"{text}"'


def _images(outputs: Sequence[Output]) -> tuple[Image, ...]:
    """The last pictures, as many as a request bears."""
    images: list[Image] = []
    for output in outputs:
        if isinstance(output, Display):
            for media_type in _FIGURE_TYPES:
                content = output.data.get(media_type)
                data = _decoded(content) if isinstance(content, str) else b""
                if pixel_size(data) and len(data) <= _MOST_IMAGE_BYTES:
                    images.append(Image(media_type, data))
                    break
    return tuple(images[-_MOST_IMAGES:])


# The budget


def _fitted(sections: Sequence[_Section], budget: int) -> list[str]:
    """The sections between their tags, the long ones cut so that all fit."""
    shares = _shares(sections, budget)
    return [
        f"<{section.tag}>\n{cut(section.text, share)}\n</{section.tag}>"
        for section, share in zip(sections, shares, strict=True)
    ]


def _shares(sections: Sequence[_Section], budget: int) -> list[int]:
    """Fair shares: who needs less than its part leaves the rest to the others."""
    shares = [0] * len(sections)
    left = max(budget, 0)
    waiting = sorted(range(len(sections)), key=lambda i: len(sections[i].text) / sections[i].weight)
    weight = sum(section.weight for section in sections)
    for index in waiting:
        section = sections[index]
        part = left * section.weight // weight
        shares[index] = min(len(section.text), max(part, 80))
        left = max(0, left - shares[index])
        weight -= section.weight
    return shares


def cut(text: str, limit: int) -> str:
    """Keep head and tail within `limit` characters, the tail being the larger part.

    Whole lines where they are short enough. A line in between says what was left out.
    """
    if len(text) <= limit:
        return text
    head = _whole_lines(text[: limit * 2 // 5], lambda part: part.rfind("\n") + 1, keep_head=True)
    tail = _whole_lines(
        text[-(limit - len(head)) :], lambda part: part.find("\n") + 1, keep_head=False
    )
    middle = text[len(head) : len(text) - len(tail)]
    note = f"… {middle.count(chr(10))} lines ({len(middle)} characters) left out; read_output pages them …"
    return f"{head.rstrip(chr(10))}\n{note}\n{tail}"


def _whole_lines(part: str, find: Callable[[str], int], *, keep_head: bool) -> str:
    """Drop the broken line at the cut, unless most of the part would go with it."""
    at = find(part)
    kept = part[:at] if keep_head else part[at:]
    return kept if len(kept) * 2 >= len(part) else part
