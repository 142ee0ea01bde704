"""Are the numbers of a conclusion really in the outputs?

A claim says: this number stands in that cell's outputs, near these words. It is compared
at the precision with which the conclusion prints it. What the model wrote into a cell's
source proves nothing, and a bare small integer turns up everywhere: neither counts
by itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from k2_jupyter.events import Claim
from k2_jupyter.notebook.base import Cell
from k2_jupyter.outputs import Display, Output, Stream

SMALL = 1000
"""Integers below this need their label beside them."""

_SIGN = r"(?:(?<![\w.)\]%])[-−+])?"
_EXPONENT = r"(?:[eE][-−+]?\d+|\s?[×x]\s?10\s?(?:\^|\*\*)\s?\{?[-−+]?\d+\}?)"
_NUMBER = re.compile(
    rf"(?<![\w.])(?P<sign>{_SIGN})"
    r"(?P<digits>\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?!\d)|\d+)(?P<fraction>\.\d+)?"
    rf"(?P<exponent>{_EXPONENT})?(?P<unit>\s?%|[kKM](?![A-Za-z]))?"
)
_ORDINAL = re.compile(r"(?:st|nd|rd|th|D)\b")
_LIST_MARK = re.compile(r"^\s*\d+[.)]\s", re.MULTILINE)
_CONVENTION = re.compile(r"\d+\s?%[\s-]*(?:CI\b|confidence)", re.IGNORECASE)
_BOUND = re.compile(r"([<>≤≥])\s*$")
_WORD = re.compile(r"[^\W\d_]{2,}|[^\W\d_](?=\s*[=(])")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is printed somewhere."""

    text: str
    value: float
    tolerance: float
    """Half a unit of its last printed digit."""
    start: int
    bare: bool
    """Neither a sign, a decimal, an exponent nor a unit: a plain integer."""
    percent: bool = False
    bound: str = ""
    """``<`` or ``>`` where the text gives a bound instead of a value."""

    def shows(self, other: float) -> bool:
        """Does an output's value round to this number, or keep its bound?"""
        if self.bound:
            return other < self.value if self.bound in "<≤" else other > self.value
        slack = self.tolerance * (1 + 1e-9) + 1e-15 * abs(self.value)
        signed = self.text[:1] in "-−+"
        same = abs(other - self.value) <= slack
        return same or (not signed and abs(abs(other) - self.value) <= slack)


def numbers(text: str) -> Iterator[Number]:
    """Every number in a text; digits inside identifiers and ordinals are none."""
    for match in _NUMBER.finditer(text):
        if _ORDINAL.match(text, match.end()) or text[match.end() : match.end() + 1] == "_":
            continue
        yield _number(match, text)


def _number(match: re.Match[str], text: str) -> Number:
    digits = re.sub(r"\D", "", match["digits"])
    fraction = match["fraction"] or ""
    power = _power(match["exponent"]) + {"k": 3, "K": 3, "M": 6}.get(match["unit"] or "", 0)
    sign = -1.0 if match["sign"] in ("-", "−") else 1.0
    value = sign * float(f"{digits}{fraction}e{power}")
    before = _BOUND.search(text[: match.start()])
    return Number(
        text=match[0].strip(),
        value=value,
        tolerance=0.5 * 10.0 ** (power - max(0, len(fraction) - 1)),
        start=match.start(),
        bare=not (match["sign"] or fraction or match["exponent"] or match["unit"]),
        percent="%" in (match["unit"] or ""),
        bound=before[1] if before else "",
    )


def _power(exponent: str | None) -> int:
    if not exponent:
        return 0
    found = re.search(r"[-−+]?\d+\}?$", exponent)
    return int(found[0].rstrip("}").replace("−", "-")) if found else 0


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
                re.sub(r"<(?:style|script)\b.*?</(?:style|script)>|<[^>]*>", " ", rows, flags=re.S)
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
        (position, value) for position, line in enumerate(lines) for value in _matches(number, line)
    ]
    if not matches:
        return f"not in the outputs of cell {cell.id}"
    literals = {found.value for found in numbers(cell.source)}
    if number.bound:
        printed = [(position, value) for position, value in matches if value not in literals]
    else:
        printed = [] if any(map(number.shows, literals)) else matches
    if not printed:
        return f"it stands literally in the source of cell {cell.id}, so the output proves nothing"
    if (number.bound or (number.bare and abs(number.value) < SMALL)) and not any(
        _labelled(claim.label, lines, position) for position, _ in printed
    ):
        return f"no word of its label {claim.label!r} stands beside it in cell {cell.id}"
    return ""


def _matches(number: Number, line: str) -> Iterator[float]:
    for printed in numbers(line):
        if number.shows(printed.value):
            yield printed.value
        elif number.percent and not printed.percent:
            # 53 % may be printed as the share 0.534
            share = replace(number, value=number.value / 100, tolerance=number.tolerance / 100)
            if share.shows(printed.value):
                yield printed.value
        if math.isclose(printed.value, number.value, rel_tol=1e-12) and number.bound:
            yield printed.value


def _labelled(label: str, lines: Sequence[str], position: int) -> bool:
    """Does a word of the label stand on the line, or in the head of its block of lines?"""
    words = {word.casefold() for word in _WORD.findall(label)}
    head = position
    while head > 0 and lines[head - 1].strip():
        head -= 1
    nearby = f"{lines[head]} {lines[position]}"
    return bool(words & {word.casefold() for word in _WORD.findall(nearby)})
