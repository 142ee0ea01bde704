"""Numbers as they are printed, and when two of them are the same number."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_SIGN = r"(?:(?<![\w.)\]%])[-−+])?"
_EXPONENT = r"(?:[eE][-−+]?\d+|\s?[×x]\s?10\s?(?:\^|\*\*)\s?\{?[-−+]?\d+\}?)"
_UNITS = {"k": 3, "K": 3, "M": 6, "thousand": 3, "million": 6, "billion": 9}
_NUMBER = re.compile(
    # Letters before it make it part of a name, but for a currency.
    rf"(?:(?<![\w.])|(?<=\bUSD)|(?<=\bEUR)|(?<=\bGBP)|(?<=\bCHF))(?P<sign>{_SIGN})"
    r"(?:(?P<digits>\d{1,3}(?:[,_\u00a0\u202f]\d{3})+(?!\d)|\d+)(?P<fraction>\.\d+)?|(?P<bare>\.\d+))"
    rf"(?P<exponent>{_EXPONENT})?"
    r"(?P<unit>\s?%|\s?per\s?cent\b|[kKM](?![A-Za-z])|\s(?:thousand|million|billion)\b)?"
)
_NO_NUMBER = re.compile(r"(?:st|nd|rd|th)\b|_")
_DIMENSIONS = re.compile(r"[1-4]D\b")
_BOUND = re.compile(r"([<>≤≥])[\s*]*$")
_BOUND_REACH = 8


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is printed somewhere."""

    text: str
    value: float
    tolerance: float = 0.0
    """Half a unit of its last printed digit."""
    start: int = 0
    bare: bool = False
    """Neither a sign, a decimal, an exponent nor a unit: a plain integer."""
    percent: bool = False
    bound: str = ""
    """``<`` or ``>`` where the text gives a bound instead of a value."""
    digits: str = ""
    """What two ways of writing it have in common: no spaces, signs or units."""

    def shown_by(self, printed: Number) -> bool:
        """Does what is printed round to this number, or keep its bound?"""
        if self.bound and printed.bound:
            return math.isclose(printed.value, self.value) and printed.bound == self.bound
        if self._holds(printed.value):
            return True
        if self.percent and not printed.percent:
            # 53 % may be printed as the share 0.534
            share = replace(self, value=self.value / 100, tolerance=self.tolerance / 100)
            return share._holds(printed.value)
        return False

    def _holds(self, other: float) -> bool:
        if self.bound:
            return other < self.value if self.bound in "<≤" else other > self.value
        slack = self.tolerance * (1 + 1e-9) + 1e-15 * abs(self.value)
        signed = self.text[:1] in "-−+"
        same = abs(other - self.value) <= slack
        return same or (not signed and abs(abs(other) - self.value) <= slack)


def numbers(text: str) -> Iterator[Number]:
    """Every number in a text; digits inside identifiers and ordinals are none."""
    for match in _NUMBER.finditer(text):
        if not (_NO_NUMBER.match(text, match.end()) or _DIMENSIONS.match(text, match.start())):
            yield _number(match, text)


def literals(source: str) -> tuple[Number, ...]:
    """The numbers that stand in code: constants, and digits inside of its texts.

    How an f-string formats a value (``:.2f``) is no number that it prints.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return tuple(numbers(source))  # magics and the like
    formats = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None
        for part in ast.walk(node.format_spec)
    }
    found: list[Number] = []
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Constant) and id(node) not in formats else None
        if isinstance(value, str):
            found += numbers(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found += [Number(str(value), _float(value)), Number(str(-value), -_float(value))]
    return tuple(found)


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _number(match: re.Match[str], text: str) -> Number:
    digits = re.sub(r"\D", "", match["digits"] or "0")
    fraction = match["fraction"] or match["bare"] or ""
    unit = (match["unit"] or "").strip()
    power = _power(match["exponent"]) + _UNITS.get(unit, 0)
    sign = -1.0 if match["sign"] in ("-", "−") else 1.0
    before = _BOUND.search(text[max(0, match.start() - _BOUND_REACH) : match.start()])
    return Number(
        text=match[0].strip(),
        value=sign * float(f"{digits}{fraction}e{power}"),
        tolerance=0.5 * 10.0 ** (power - max(0, len(fraction) - 1)),
        start=match.start(),
        bare=not (match["sign"] or fraction or match["exponent"] or unit),
        percent="%" in unit or "cent" in unit,
        bound=before[1] if before else "",
        digits=f"{digits}{fraction}e{_power(match['exponent'])}",
    )


def _power(exponent: str | None) -> int:
    if not exponent:
        return 0
    found = re.search(r"[-−+]?\d+\}?$", exponent)
    # What no float can hold is infinite or nothing anyway; 10.0 ** power must not overflow.
    power = int(found[0].rstrip("}").replace("−", "-")) if found else 0
    return max(-400, min(300, power))
