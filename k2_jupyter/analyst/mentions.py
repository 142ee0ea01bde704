"""Which columns a task speaks of, and what it says that they do.

A column is mentioned by its name or by its values. Where two columns share a word of the
task, the one whose name it explains better keeps it ("salary" is `salary`, not
`salary_currency`). The role comes from the words around the mention.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from k2_jupyter.analyst.roles import Role, held, role_of
from k2_jupyter.analyst.table import Column
from k2_jupyter.analyst.words import (
    best_position,
    pieces,
    says,
    spoken_words,
    telling,
    vocabulary,
    without_s,
)

APART = 0.15
"""What a name loses whose words stand apart from each other in the task."""
WEAK = 0.4
"""Mentions below this explain too little of a name."""


@dataclass(frozen=True, slots=True)
class Mention:
    column: Column
    strength: float
    """0 to 1: how much of the name (or how many of the values) the task says."""
    position: int
    """Of its first word in the task, counted in words."""
    words: frozenset[int]
    """Positions of all its words."""
    role: Role = ""
    values: tuple[str, ...] = ()
    """Those that the task names, two or more but not all, where it does not name the column."""


def mentions(task: str, columns: Sequence[Column]) -> list[Mention]:
    """The columns that the task speaks of, in the order of their first word."""
    words = spoken_words(task)
    found = [m for column in columns for m in (_by_name(column, words), _by_value(column, task))]
    strong = [m for m in found if m is not None and m.strength >= WEAK]
    best: dict[str, Mention] = {}
    for mention in sorted(strong, key=lambda m: -m.strength):
        first = best.setdefault(mention.column.name, mention)
        if first is not mention:  # said by its name and by a value
            best[first.column.name] = _both(first, mention, pieces(task))
    kept = [m for m in best.values() if not _explained_better(m, list(best.values()))]
    owned = {position for mention in kept for position in mention.words}
    # "GDP per capita" names a column; it does not say that something goes by "capita".
    spoken = [
        "" if position in owned and word in vocabulary("roles", "by") else word
        for position, word in enumerate(pieces(task))
    ]
    only_held = held_constant(task, kept)
    told = [
        replace(m, role="factor" if m.column.name in only_held else role_of(m.words, spoken))
        for m in kept
    ]
    return sorted(told, key=lambda m: m.position)


def held_constant(task: str, found: Sequence[Mention]) -> frozenset[str]:
    """The columns that the task only wants controlled for."""
    return held(task, {i: m.column.name for m in found for i in m.words})


def _both(first: Mention, other: Mention, words: Sequence[str]) -> Mention:
    """A column said by its name and by its values; those right behind the name are meant alone."""
    by_value, by_name = sorted((first, other), key=lambda m: not m.values)
    start, end = min(by_value.words), max(by_value.words)
    between = set(words[start:end]) - {words[i] for i in by_value.words}
    listed = start == max(by_name.words) + 1 and between <= vocabulary("listing")
    values = by_value.values if listed else first.values
    return replace(first, words=first.words | other.words, values=values)


def _by_name(column: Column, words: Sequence[tuple[str, int]]) -> Mention | None:
    name = telling(pieces(column.name))
    whole = best_position("".join(name), words)
    matches = _whole("".join(name), whole, words) if whole[0] >= 0.75 else _together(name, words)
    if whole[0] < 0.75:
        matches = _shortened("".join(pieces(column.name)), words) or matches
    initials = "".join(word[0] for word in pieces(column.name))
    short = [position for word, position in words if word == initials and len(initials) > 2]
    if short:
        matches = [(0.9, short[0])]
    hits = [position for score, position in matches if score > 0]
    if not hits:
        return _by_period(column, words)
    strength = sum(score for score, _ in matches) / len(matches)
    if max(hits) - min(hits) >= len(hits):  # said in pieces: another name may own them
        strength -= APART
    # A name said in full beats one of which a part was said, units and all.
    exact = _together(pieces(column.name), words)
    said = [position for score, position in exact if score >= 0.9]
    full = max(len(name), len(said)) / max(1, len(exact))
    # Its unit belongs to it as well: the EUR of "earned in EUR" is no level of a currency.
    near = [i for i in said if min(abs(i - hit) for hit in hits) <= 2]
    owned = frozenset((*hits, *(said if len(said) == len(exact) else near)))
    return Mention(column, strength - 0.05 * (1 - full), min(hits), owned)


def _whole(
    name: str, match: tuple[float, int], words: Sequence[tuple[str, int]]
) -> list[tuple[float, int]]:
    """The one word that says the name, or the two neighbours that do so together."""
    score, position = match
    alone = [word for word, i in words if i == position][:1]
    single = best_position(name, [(word, position) for word in alone])[0] >= score
    return [match] if single else [match, (score, position + 1)]


def _shortened(name: str, words: Sequence[tuple[str, int]]) -> list[tuple[float, int]]:
    """Two neighbours of which the name cuts one: ``hwage`` or ``wageh``, "husband's wage"."""
    single = [word for word, _ in words[: (len(words) + 1) // 2]]
    for i, pair in enumerate(pairwise(single)):
        for whole, cut in (pair, pair[::-1]):
            rests = {name.removeprefix(whole), name.removesuffix(whole)} - {name, ""}
            if len(whole) > 2 and cut not in vocabulary("stop") and cut.startswith(tuple(rests)):
                return [(1.0, i), (1.0, i + 1)]
    return []


def _together(name: Sequence[str], words: Sequence[tuple[str, int]]) -> list[tuple[float, int]]:
    """For each word of a name the best match, all of them as near to each other as can be."""
    best = [best_position(word, words) for word in name]
    places = [
        [i for w, i in words if best_position(word, [(w, i)])[0] == score > 0] or [position]
        for word, (score, position) in zip(name, best, strict=True)
    ]

    def around(anchor: int) -> list[int]:
        return [min(found, key=lambda i: abs(i - anchor)) for found in places]

    near = min(
        (around(anchor) for found in places for anchor in found),
        key=lambda chosen: max(chosen) - min(chosen),
        default=[],
    )
    return [(score, position) for (score, _), position in zip(best, near, strict=True)]


def _by_period(column: Column, words: Sequence[tuple[str, int]]) -> Mention | None:
    """Dates are meant where the task speaks of years or months."""
    said = [i for word, i in words if says([word], vocabulary("times"))]
    return Mention(column, 0.6, said[0], frozenset(said)) if said and column.is_date else None


def _by_value(column: Column, task: str) -> Mention | None:
    """By values: text values that stand in the task, or years inside the column's range."""
    if column.is_year:
        return _by_year(column, task)
    if not column.is_text:
        return None
    words = spoken_words(task)
    original = re.findall(r"[^\W_]+", without_s(task))
    hits: dict[str, int] = {}
    for value in column.levels:
        parts = telling(pieces(value))
        if len(value) <= 2 or value.casefold() in vocabulary("stop"):
            # Short codes are words of their own only as they are written: SE, M, 4a; not "no".
            coded = value.isupper() or (value.isalnum() and not value.isalpha())
            found = [(float(value in original and coded), _index(value, original))]
        else:
            found = [best_position(part, words) for part in parts]
        # "higher" is no mention of the level "high".
        least = 1.0 if says(parts, vocabulary("tasks", "compare")) else 0.8
        if found and all(score >= least for score, _ in found):
            hits[value] = min(position for _, position in found)
    if not hits:
        return None
    some = 1 < len(hits) < column.distinct
    return Mention(
        column,
        0.9 if len(hits) > 1 else 0.6,
        min(hits.values()),
        frozenset(hits.values()),
        values=tuple(hits) if some else (),
    )


def _by_year(column: Column, task: str) -> Mention | None:
    hits = [
        i
        for i, word in enumerate(pieces(task))
        if word.isdigit() and column.low is not None and column.high is not None
        if len(word) == 4 and column.low <= int(word) <= column.high
    ]
    return Mention(column, 0.6, min(hits), frozenset(hits)) if hits else None


def _index(value: str, words: Sequence[str]) -> int:
    return words.index(value) if value in words else 0


def _explained_better(mention: Mention, others: Sequence[Mention]) -> bool:
    """All words of the mention belong to mentions that are clearly stronger, or to a longer one."""
    owned = {
        position
        for other in others
        if other.strength > mention.strength + 0.1
        for position in other.words
    }
    longer = any(o.words > mention.words and o.strength >= mention.strength for o in others)
    return longer or mention.words <= owned
