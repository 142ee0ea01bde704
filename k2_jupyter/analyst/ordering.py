"""The natural order of levels: scales by their words, ranges by their numbers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import inf
from typing import Any, Literal, TypeAlias

_NUMBER = re.compile(r"(?:(?:^|(?<=[(\[])|(?<=to ))-)?\d+(?:[.,]\d+)*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_TIMES = re.compile(r"(\d)(k|m)\b")
_PREFIX = re.compile(r"\(?(\d+)\)?\s*[-–—.:=)]\s*[^\W\d]")
_BETWEEN = re.compile(r"\s*(?:[^\W\d]+\s+)?(?:-|,|:|\.\.|(?:to|and|or|bis|a|à)\b)")
"""What stands between the two numbers of a range; their unit may come first."""
_WORD = re.compile(r"[^\W\d_]+|[<>≤≥]=?|\+|%")
_FEWEST_CODES = 3
"""Scales of one or two letters (S, M, L) need so many levels: two codes may mean anything."""
Rank: TypeAlias = tuple[float, float]
Kind: TypeAlias = Literal["rank", "turn", "reference"]


@dataclass(frozen=True, slots=True)
class Order:
    """Levels as they are written, in their order."""

    levels: tuple[str, ...]
    kind: Kind
    """``rank``: each level is more than the one before, so a trend along them means something.
    ``turn``: they come one after another. ``reference``: only what comes first is known."""


def natural_order(levels: Iterable[str]) -> Order | None:
    """The order that the words or numbers of the levels give; ``None`` where they give none."""
    names = {level: _plain(level) for level in sorted(levels)}
    beside = [level for level, name in names.items() if name in _words("beside")]
    graded = {level: name for level, name in names.items() if level not in beside}
    if len(graded) < 2:
        return None
    found = _by_words(graded) or _by_degree(graded) or _by_numbers(graded) or _by_prefix(graded)
    found = found or _reference_first(graded)
    if found is None:
        return None
    kind = "turn" if beside and found.kind == "rank" else found.kind
    return Order((*found.levels, *beside), kind)


def _plain(level: str) -> str:
    return " ".join(re.sub(r"[-_'’/,.()]", " ", level.casefold()).split())


# Scales


@cache
def _file() -> Mapping[str, Any]:
    text = files("k2_jupyter.analyst").joinpath("scales.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(word.strip() for word in _file()[kind].split("|"))


@cache
def _scales(kind: str) -> tuple[Mapping[str, int], ...]:
    """Word → rank, for each scale of a kind of order (or of the degrees)."""
    return tuple(
        {
            word.strip(): rank
            for rank, words in enumerate(line.split(" < "))
            for word in words.split("|")
        }
        for line in _file()[kind].strip().splitlines()
    )


def _by_words(names: Mapping[str, str]) -> Order | None:
    kinds: tuple[Kind, ...] = ("rank", "turn")
    for kind in kinds:
        for scale in _scales(kind):
            ordered = _along(names, scale) or _along(_without_shared(names), scale)
            if ordered:
                return Order(ordered, kind)
    return None


def _along(names: Mapping[str, str], scale: Mapping[str, int]) -> tuple[str, ...]:
    """The levels in the order of a scale that knows all of them; else none."""
    ranks = {level: scale.get(name, -1) for level, name in names.items()}
    codes = all(len(name) <= 2 and name != "no" for name in names.values())
    if codes and len(names) < _FEWEST_CODES:
        return ()
    if min(ranks.values()) < 0 or len(set(ranks.values())) < len(ranks):
        return ()
    return tuple(sorted(ranks, key=ranks.__getitem__))


def _without_shared(names: Mapping[str, str]) -> Mapping[str, str]:
    """``low risk`` and ``high risk`` without what they share."""
    split = [name.split() for name in names.values()]
    shared = set(split[0]).intersection(*split[1:])
    left = {
        level: " ".join(word for word in name.split() if word not in shared)
        for level, name in names.items()
    }
    return left if all(left.values()) else names


def _by_degree(names: Mapping[str, str]) -> Order | None:
    """``not worried``, ``a bit worried``, ``very worried``."""
    if len({name.rpartition(" ")[2] for name in names.values()}) != 1:
        return None
    degrees = {level: name.rpartition(" ")[0] for level, name in names.items()}
    ordered = _along(degrees, _scales("degrees")[0])
    return Order(ordered, "rank") if ordered else None


# Numbers


def _by_numbers(names: Mapping[str, str]) -> Order | None:
    """Ranges ("18-24", "<10", "65+") and quantities ("10 mg") by their numbers."""
    ranks: dict[str, Rank] = {}
    units: set[frozenset[str]] = set()
    for level, name in names.items():
        if name in _words("nothing"):
            ranks[level] = (-inf, -inf)
            continue
        read = _range(level)
        if read is None:
            return None
        ranks[level], unit = read
        units.add(unit)
    if len(set(ranks.values())) < len(ranks) or len(units - {frozenset()}) > 1:
        return None
    ordered = tuple(sorted(ranks, key=ranks.__getitem__))
    # "Site 2" is a name; "2 rooms", "18-24" and "over 5" are more than what is before.
    spans = any(low < high for low, high in ranks.values())
    counts = spans or all(not names[level][:1].isalpha() for level in ordered[1:])
    return Order(ordered, "rank" if counts else "turn")


def _range(level: str) -> tuple[Rank, frozenset[str]] | None:
    """The bounds and the unit of a range or quantity; ``None`` for other texts."""
    text = re.sub(r"[–—−]", "-", level.casefold()).replace("up to", "<")
    text = _TIMES.sub(lambda m: m[1] + "000" * (1 + (m[2] == "m")), _THOUSANDS.sub("", text))
    found = list(_NUMBER.finditer(text))
    if not 1 <= len(found) <= 2 or (len(found) == 2 and not _joins(text, found)):
        return None
    numbers = [float(match[0].replace(",", ".")) for match in found]
    words = set(_WORD.findall(_NUMBER.sub(" ", text)))
    known = _said("below") | _said("above") | _said("filling") | _said("year")
    unit = {word.removesuffix("s") for word in words - known}
    unit |= {"year"} if words & _said("year") else set()
    low, high = numbers[0], numbers[-1]
    if len(numbers) == 1 and words & _said("below"):
        low = -inf
    elif len(numbers) == 1 and words & _said("above"):
        high = inf
    return (low, high), frozenset(unit)


@cache
def _said(kind: str) -> frozenset[str]:
    return frozenset(_file()["ranges"][kind].split())


def _joins(text: str, found: Sequence[re.Match[str]]) -> bool:
    """``18-24`` and ``6 months to 2 years`` are ranges; ``Q1 2020`` is none."""
    return bool(_BETWEEN.match(text[found[0].end() : found[1].start()]))


def _by_prefix(names: Mapping[str, str]) -> Order | None:
    """``1 - poor``, ``2 - fair``: what the numbers mean is not known, only their order."""
    found = {level: _PREFIX.match(level) for level in names}
    numbers = {level: int(match[1]) for level, match in found.items() if match}
    if len(numbers) < len(names) or len(set(numbers.values())) < len(names):
        return None
    return Order(tuple(sorted(numbers, key=numbers.__getitem__)), "turn")


def _reference_first(names: Mapping[str, str]) -> Order | None:
    """Controls before what is compared with them."""
    references: Sequence[str] = [level for level in names if names[level] in _words("first")]
    if len(references) != 1:
        return None
    others = (level for level in names if level not in references)
    return Order((*references, *others), "reference")
