"""Are the numbers of a conclusion really in the outputs?

A claim says: this number stands in that cell's outputs, near these words. It is compared
at the precision with which the conclusion prints it. What the model wrote into a cell's
source proves nothing, and a bare small integer turns up everywhere: neither counts
by itself.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from k2_jupyter.events import Claim
from k2_jupyter.notebook.base import Cell
from k2_jupyter.notebook.display_text import display_text
from k2_jupyter.outputs import Display, Output, Stream
from k2_jupyter.tools.numbers import Number, literals, numbers

SMALL = 1000
"""Integers below this need their label beside them."""

_LIST_MARK = re.compile(r"^\s*\d{1,2}[.)]\s", re.MULTILINE)
_CONVENTION = re.compile(
    r"(?<![\d.])(?:90|95|99)\s?%[\s-]*(?:CIs?|confidence)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_EVERYWHERE = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be by for from has have in is it its no not number of on or than "
        "that the them these they this to value values was were which with",
    )
)
"""Words that say nothing about what a number is."""


@dataclass(frozen=True, slots=True)
class _Page:
    """What a cell shows and what its source says, read once for all claims about it."""

    cell: str
    lines: tuple[str, ...]
    printed: tuple[tuple[int, Number], ...]
    """Line and number, in order."""
    literals: tuple[Number, ...]

    @classmethod
    def of(cls, cell: Cell) -> _Page:
        lines = tuple(printed_text(cell.outputs).splitlines())
        printed = tuple(
            (position, number) for position, line in enumerate(lines) for number in numbers(line)
        )
        return cls(cell.id, lines, printed, literals(cell.source))


def stated(conclusion: str) -> tuple[Number, ...]:
    """The numbers of a conclusion that need a claim.

    List marks and the level of a confidence interval are form, not findings.
    """
    blanked = _CONVENTION.sub(lambda m: " " * len(m[0]), conclusion)
    blanked = _LIST_MARK.sub(lambda m: " " * len(m[0]), blanked)
    return tuple(numbers(blanked))


def check(
    conclusion: str, claims: Sequence[Claim], cell: Callable[[str], Cell | None]
) -> tuple[Claim, ...]:
    """One checked claim for each distinct number of the conclusion, in its order.

    `cell` looks a cell up by id. Claims about numbers that the conclusion does not state
    are left out.
    """
    offered: dict[str, list[Claim]] = {}
    for claim in claims:
        for number in itertools.islice(numbers(claim.number), 1):
            offered.setdefault(number.digits, []).append(claim)
    pages: dict[str, _Page | None] = {}
    checked: dict[tuple[str, str], Claim] = {}
    for number in stated(conclusion):
        if (number.bound, number.text) in checked:
            continue
        results = []
        for claim in offered.get(number.digits, ()):
            if claim.cell not in pages:
                named = cell(claim.cell)
                pages[claim.cell] = None if named is None else _Page.of(named)
            problem = _problem(claim, number, pages[claim.cell])
            results.append(replace(claim, number=number.text, found=not problem, problem=problem))
        nothing = Claim(number.text, "", problem="no claim names a cell for it")
        best = next((claim for claim in results if claim.found), (*results, nothing)[0])
        checked[number.bound, number.text] = best
    return tuple(checked.values())


def look_up(conclusion: str, cells: Iterable[Cell]) -> tuple[Claim, ...]:
    """Claims for a conclusion that came without: each number is looked for in all cells.

    The words beside the number in the conclusion serve as its label.
    """
    by_id: Mapping[str, Cell] = {cell.id: cell for cell in cells}
    claims = []
    for number in stated(conclusion):
        end = number.start + len(number.text)
        label = conclusion[max(0, number.start - 40) : end + 40]
        claims += [Claim(number.text, cell_id, label) for cell_id in by_id]
    found = check(conclusion, claims, by_id.get)
    missing = "not found in the outputs of this turn"
    return tuple(
        replace(claim, label="") if claim.found else Claim(claim.number, "", problem=missing)
        for claim in found
    )


def printed_text(outputs: Iterable[Output]) -> str:
    """What the model reads in the outputs: printed text, and what displays say."""
    parts = []
    for output in outputs:
        if isinstance(output, Stream):
            parts.append(output.text)
        elif isinstance(output, Display):
            parts.append(display_text(output.data))
    return "\n".join(parts)


def _problem(claim: Claim, number: Number, page: _Page | None) -> str:
    if page is None:
        return f"there is no cell {claim.cell!r}"
    matches = [match for match in page.printed if number.shown_by(match[1])]
    if not matches:
        return f"not in the outputs of cell {page.cell}"
    if number.bound:
        written = {literal.value for literal in page.literals}
        matches = [match for match in matches if match[1].value not in written]
    elif any(map(number.shown_by, page.literals)):
        matches = []
    if not matches:
        return f"it stands literally in the source of cell {page.cell}, so that proves nothing"
    if number.bound:
        labelled = any(_names(claim.label, page.lines, *match) for match in matches)
    elif number.bare and abs(number.value) < SMALL:
        labelled = any(_labelled(claim.label, page.lines, position) for position, _ in matches)
    else:
        labelled = True
    if not labelled:
        return f"no word of its label {claim.label!r} stands beside it in cell {page.cell}"
    return ""


def _labelled(label: str, lines: Sequence[str], position: int) -> bool:
    """Does a word of the label stand on the line, or in the head of the table it is in?"""
    return bool(_words(label) & _words(f"{_head(lines, position)} {lines[position]}"))


def _names(label: str, lines: Sequence[str], position: int, printed: Number) -> bool:
    """Does a word of the label name this very number: right before it, or atop its column?

    A bound holds for many numbers of a line, so standing on the line is not enough.
    """
    line = lines[position]
    before = _WORD.findall(line[: printed.start])[-1:]
    column = sum(other.start > printed.start for other in numbers(line))
    above = _head(lines, position).split()[::-1][column : column + 1]
    return bool(_words(label) & _words(" ".join(before + above)))


def _head(lines: Sequence[str], position: int) -> str:
    """The nearest line without numbers above, in the same block of lines; "" without one."""
    block = itertools.takewhile(str.strip, reversed(lines[:position]))
    return next((line for line in block if not any(numbers(line))), "")


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)} - _EVERYWHERE
