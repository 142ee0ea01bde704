"""What the model reads of a cell run: one text that says everything, within a budget.

The text is data from a kernel. Inside the sections control characters are escaped, and
what looks like one of our closing tags or like a role token is broken up, so that data
cannot pose as something else.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from k2_jupyter.messages import Image
from k2_jupyter.notebook.base import Cell, CellRun, Changes
from k2_jupyter.notebook.cutting import cut
from k2_jupyter.notebook.figures import FACTS_TYPE, figure_facts
from k2_jupyter.notebook.pictures import PICTURE_TYPES, decoded, picture_line, pixel_size
from k2_jupyter.notebook.text import neutral
from k2_jupyter.notebook.tracebacks import user_traceback
from k2_jupyter.outputs import Display, ErrorOutput, Output, Stream

BUDGET = 8_000
"""Characters of an observation, about; images not counted."""
_MOST_IMAGES = 4
_MOST_IMAGE_BYTES = 5_000_000
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
        lines.append(neutral(run.detail))
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
            return [_Section("error", user_traceback(output), weight=3)]
        case Display():
            return [_display(output)]


def _display(display: Display) -> _Section:
    for media_type in PICTURE_TYPES:
        content = display.data.get(media_type)
        if isinstance(content, str):
            facts = figure_facts(display.data.get(FACTS_TYPE))
            return _Section("figure", "\n".join([picture_line(media_type, content), *facts]))
    tag = "display" if display.execution_count is None else "result"
    plain = display.data.get("text/plain")
    others = [name for name in display.data if name not in _SAID]
    lines = [_plain(plain)] if isinstance(plain, str) else []
    if others:
        lines.append(f"[also as {', '.join(map(neutral, others))}]")
    if not lines:
        lines = [f"[{', '.join(map(neutral, display.data)) or 'nothing'}]"]
    return _Section(tag, "\n".join(lines))


def _plain(text: str) -> str:
    return neutral(text).rstrip("\n")


def _changes(changes: Changes) -> str:
    lines = [f"+ {name}: {what}" for name, what in changes.appeared.items()]
    lines += [f"~ {name}: {what}" for name, what in changes.changed.items()]
    lines += [f"- {name}" for name in changes.gone]
    return "\n".join(_plain(line.replace("\n", " ")) for line in lines)


def _images(outputs: Sequence[Output]) -> tuple[Image, ...]:
    """The last pictures, as many as a request bears."""
    images: list[Image] = []
    for output in outputs:
        if isinstance(output, Display):
            for media_type in PICTURE_TYPES:
                content = output.data.get(media_type)
                data = decoded(content) if isinstance(content, str) else b""
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
