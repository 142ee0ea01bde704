"""What a task says that a column does: it is explained, it explains, it is held constant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Literal, TypeAlias

from k2_jupyter.analyst.words import pieces, says, vocabulary

Role: TypeAlias = Literal["target", "factor", ""]


def held(task: str, owners: Mapping[int, str]) -> frozenset[str]:
    """The columns that the task only wants controlled for: those listed after "adjusting for".

    `owners`: position of a word → the column that it speaks of. "A, B and C" ends with its C:
    what follows without another "and" is no part of the list.
    """
    words = pieces(task)
    asks = vocabulary("roles", "held") | {"given", "accounting"}
    names: set[str] = set()
    for start in (i for i, w in enumerate(words) if says([w], asks) and i not in owners):
        names |= _listed([(w, owners.get(i, "")) for i, w in enumerate(words) if i > start])
    return frozenset(names)


def _listed(words: Sequence[tuple[str, str]]) -> set[str]:
    """The columns of the list that begins here, of words and the columns that they speak of."""
    beside = vocabulary("listing") | {"for", "the", "of", "both", "also", "their", "its"}
    verbs = _acts() | vocabulary("roles", "linked") | vocabulary("roles", "varies")
    found: set[str] = set()
    last, joins, is_whole = "", False, False
    for word, owner in words:
        if owner and owner != last:
            if is_whole and not joins:
                break
            is_whole, joins, last = joins, False, owner
            found.add(owner)
        elif not owner and (word not in beside if found else says([word], verbs)):
            break
        joins = joins or (not owner and bool(found) and word == "and")
    return found


def role_of(mention: frozenset[int], words: Sequence[str]) -> Role:
    """What the words around a mention, given by its positions, make of it."""
    start, end = min(mention), max(mention)
    if end - start > 4:  # said twice, far apart: the first place speaks
        end = start
    before, after = words[max(0, start - 4) : start], words[end + 1 : end + 6]
    if before[-1:] == ["of"] and says(before[-3:-1], vocabulary("roles", "explainers")):
        return "target"
    passive = _passive(words)
    if passive is not None:
        return "target" if start < passive else "factor"
    if says(before[-3:], vocabulary("roles", "by")) or _is_given(words[:start]):
        return "factor"
    if says(_verbs(before), _acts()) or _effect_on(words[:start]):
        return "target"
    if says(before[-3:], vocabulary("roles", "effect")) or says(after[:3], _acts()):
        return "factor"
    compared = says(before[-2:], vocabulary("roles", "compared"))
    return "target" if compared or says(after, vocabulary("roles", "varies")) else ""


def _is_given(before: Sequence[str]) -> bool:
    """``predict A from B and C``: is the column a B or C?"""
    told = [i for i, word in enumerate(before) if word in vocabulary("roles", "sources")]
    return bool(told) and says(before[: told[-1]], vocabulary("roles", "foretells"))


def _passive(words: Sequence[str]) -> int | None:
    """Position of an "affected by" or "related to": what stands before it is the target."""
    for position, (word, following) in enumerate(pairwise(words)):
        done = word.endswith(("ed", "en"))
        if following == "by" and done and says([word], _acts()):
            return position
        if following in ("with", "to") and done and says([word], vocabulary("roles", "linked")):
            return position
    return None


def _acts() -> frozenset[str]:
    return vocabulary("roles", "acts")


def _verbs(words: Sequence[str]) -> list[str]:
    """Without nouns: "the influence of A" says nothing of what A influences."""
    return [word for word, after in pairwise([*words, ""]) if after != "of"]


def _effect_on(before: Sequence[str]) -> bool:
    """``effect of A on B``: is the column the B?"""
    nearest = list(before[-3:])
    return "on" in nearest and says(before[-8:], vocabulary("roles", "effect"))
