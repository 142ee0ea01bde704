"""Are the numbers of a conclusion really in the outputs?

A claim says: this number stands in that cell's outputs, near these words. It is compared
at the precision with which the conclusion prints it. What the model wrote into a cell's
source proves nothing, and a bare small integer turns up everywhere: neither counts
by itself.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from k2_jupyter.events import Claim
from k2_jupyter.notebook.base import Cell
from k2_jupyter.outputs import Display, Output, Stream
from k2_jupyter.tools.numbers import Number, numbers

SMALL = 1000
"""Integers below this need their label beside them."""

_LIST_MARK = re.compile(r"^\s*\d+[.)]\s", re.MULTILINE)
_CONVENTION = re.compile(r"\d+\s?%[\s-]*(?:CI\b|confidence)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")


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
        offered.setdefault(_key(claim.number), []).append(claim)
    checked: dict[str, Claim] = {}
    for number in stated(conclusion):
        key = f"{number.bound}{_key(number.text)}"
        if key in checked:
            continue
        candidates = offered.get(_key(number.text), [])
        if not candidates:
            checked[key] = Claim(number.text, "", problem="no claim names a cell for it")
            continue
        results = [
            _checked(replace(claim, number=number.text), number, cell) for claim in candidates
        ]
        checked[key] = next((claim for claim in results if claim.found), results[0])
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
    """What a person reads in the outputs: printed text, plain results, tables."""
    parts = []
    for output in outputs:
        if isinstance(output, Stream):
            parts.append(output.text)
        elif isinstance(output, Display):
            parts += [str(output.data.get(kind, "")) for kind in ("text/plain", "text/markdown")]
            rows = re.sub(
                r"</(?:tr|p|div|h\d|li)>|<br/?>", "\n", str(output.data.get("text/html", ""))
            )
            parts.append(
                re.sub(
                    r"<(?:style|script)\b.*?</(?:style|script)>|<[^>]*>", " ", rows, flags=re.DOTALL
                )
            )
    return "\n".join(parts)


def _key(text: str) -> str:
    """Numbers are the same claim when they read the same, but for spaces and signs' forms."""
    return re.sub(r"[\s\u00a0\u202f<>≤≥=~≈]", "", text).replace("−", "-").lstrip("+")


def _checked(claim: Claim, number: Number, cell: Callable[[str], Cell | None]) -> Claim:
    problem = _problem(claim, number, cell(claim.cell))
    return replace(claim, found=not problem, problem=problem)


def _problem(claim: Claim, number: Number, cell: Cell | None) -> str:
    if cell is None:
        return f"there is no cell {claim.cell!r}"
    lines = printed_text(cell.outputs).splitlines()
    matches = [
        (position, printed)
        for position, line in enumerate(lines)
        for printed in numbers(line)
        if _shows(number, printed)
    ]
    if not matches:
        return f"not in the outputs of cell {cell.id}"
    literals = [found.value for found in numbers(cell.source)]
    if number.bound:
        matches = [match for match in matches if match[1].value not in literals]
    elif any(map(number.shows, literals)):
        matches = []
    if not matches:
        return f"it stands literally in the source of cell {cell.id}, so the output proves nothing"
    if number.bound:
        labelled = any(_names(claim.label, lines, *match) for match in matches)
    elif number.bare and abs(number.value) < SMALL:
        labelled = any(_labelled(claim.label, lines, position) for position, _ in matches)
    else:
        labelled = True
    if not labelled:
        return f"no word of its label {claim.label!r} stands beside it in cell {cell.id}"
    return ""


def _shows(number: Number, printed: Number) -> bool:
    if number.bound and printed.bound:
        return math.isclose(printed.value, number.value) and printed.bound == number.bound
    if number.shows(printed.value):
        return True
    if number.percent and not printed.percent:
        # 53 % may be printed as the share 0.534
        share = replace(number, value=number.value / 100, tolerance=number.tolerance / 100)
        return share.shows(printed.value)
    return False


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
    return {word.casefold() for word in _WORD.findall(text)}
