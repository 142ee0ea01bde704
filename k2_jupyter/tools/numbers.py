"""Numbers as they are printed, and when two of them are the same number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SIGN = r"(?:(?<![\w.)\]%])[-−+])?"
_EXPONENT = r"(?:[eE][-−+]?\d+|\s?[×x]\s?10\s?(?:\^|\*\*)\s?\{?[-−+]?\d+\}?)"
_NUMBER = re.compile(
    rf"(?<![\w.])(?P<sign>{_SIGN})"
    r"(?P<digits>\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?!\d)|\d+)(?P<fraction>\.\d+)?"
    rf"(?P<exponent>{_EXPONENT})?(?P<unit>\s?%|[kKM](?![A-Za-z]))?"
)
_ORDINAL = re.compile(r"(?:st|nd|rd|th|D)\b")
_BOUND = re.compile(r"([<>≤≥])[\s*]*$")


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
