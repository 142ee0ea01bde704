"""What the model reads of a cell run: one text that says everything, within a budget.

The text is data from a kernel. Inside the sections control characters are escaped, and
what looks like one of our closing tags or like a role token is broken up, so that data
cannot pose as something else.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from k2_jupyter.messages import Image
from k2_jupyter.notebook import figures
from k2_jupyter.notebook.base import Cell, CellRun, Changes
from k2_jupyter.notebook.cutting import cut
from k2_jupyter.notebook.display_text import TEXT_TYPES, display_text
from k2_jupyter.notebook.repeats import collapse
from k2_jupyter.notebook.sight import Sight
from k2_jupyter.notebook.text import neutral
from k2_jupyter.notebook.tracebacks import user_traceback
from k2_jupyter.outputs import Display, ErrorOutput, Output, Stream

BUDGET = 8_000
"""Characters of an observation, about; images not counted."""
_LEAST_FOR_A_FIGURE = 500


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
    run: CellRun, *, source_hash: str, budget: int = BUDGET, sight: Sight | None = None
) -> Observation:
    """Say what a run did, in about `budget` characters, and show it to eyes that can see."""
    count = run.execution_count if run.execution_count is not None else " "
    lines = [
        f"cell {run.cell} (hash {source_hash}) · {run.status} · {run.seconds:.2f} s · [{count}]"
    ]
    if run.detail:
        lines.append(neutral(run.detail))
    sections = _of_outputs(run.outputs, budget)
    if run.hints:
        sections.append(_Section("hints", _plain("\n".join(run.hints)), weight=3))
    variables = _changes(run.changes)
    if variables:
        sections.append(_Section("variables", variables))
    lines += _fitted(sections, budget - len(lines[0]))
    return Observation("\n".join(lines), sight.look(run.outputs) if sight else ())


def describe_cells(cells: Sequence[Cell], *, own: Collection[str], budget: int = 4 * BUDGET) -> str:
    """All cells in order, each with what an edit must name and the gist of its outputs.

    `own` are the ids of the cells that the agent made; the others are the user's.
    "" for no cells.
    """
    share = max(60, budget // max(len(cells), 1))
    return "\n\n".join(_cell(cell, cell.id in own, share) for cell in cells)


def _cell(cell: Cell, is_own: bool, share: int) -> str:
    whose = "yours" if is_own else "the user's"
    count = ""
    if cell.kind == "code":
        count = f" · [{cell.execution_count if cell.execution_count is not None else ' '}]"
    head = f"cell {cell.id} (hash {cell.hash}) · {cell.kind} · {whose}{count}"
    sections = [_Section("source", _plain(cell.source), weight=2)]
    sections += _of_outputs(cell.outputs, share)
    return "\n".join([head, *_fitted(sections, share)])


# Sections


def _of_outputs(outputs: Sequence[Output], budget: int) -> list[_Section]:
    """A figure gets its usual room, less where many share the budget."""
    drawn = sum(isinstance(output, Display) for output in outputs)
    room = min(figures.ROOM, max(_LEAST_FOR_A_FIGURE, budget * 3 // 4 // max(drawn, 1)))
    return [section for output in outputs for section in _sections(output, room)]


def _sections(output: Output, room: int) -> list[_Section]:
    match output:
        case Stream(name, text):
            return [_Section(name, collapse(_plain(text)))] if text else []
        case ErrorOutput():
            return [_Section("error", user_traceback(output), weight=3)]
        case Display():
            figure = figures.figure_text(output, room)
            return [_display(output) if figure is None else _Section("figure", figure)]


def _display(display: Display) -> _Section:
    tag = "display" if display.execution_count is None else "result"
    text = display_text(display.data)
    others = [name for name in display.data if name not in (*TEXT_TYPES, figures.RECORD_TYPE)]
    lines = [_plain(text)] if text else []
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
    lines += [
        f"! {name} was the user's: your cell changed it. Use a name of your own (for example"
        f" {name}_2) and leave theirs as it was, unless they asked for that."
        for name in changes.overwritten
    ]
    return "\n".join(_plain(line.replace("\n", " ")) for line in lines)


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
