"""Which of many names may have been meant by another. Runs inside the user's kernel."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any

from ..values import kinds, words

_MOST_NAMES = 2_000
_LONGEST = 100
_SHOWN = 5
_LEAST_LIKENESS = 0.6
_NO_LETTER = re.compile(r"[\W_]+")


class Code(str):
    """A key that is no text, as it stands in code."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str.__str__(self)


def text_of(key: Any) -> str:
    return key if type(key) is str else Code(kinds.brief(key, 2))


def texts(names: Iterable[Any]) -> list[str]:
    """The names that are texts or plain numbers, the first ones of many."""
    found = []
    for name in names:
        if type(name) in (str, int, float, bool):
            found.append(text_of(name))
        if len(found) == _MOST_NAMES:
            break
    return found


def near(wanted: str, names: Iterable[str]) -> list[str]:
    """The names most like `wanted`, the likest first; case, spaces and signs count least."""
    searched = _folded(wanted)
    found = []
    for position, name in enumerate(names):
        if position >= _MOST_NAMES:
            break
        likeness = _likeness(searched, _folded(name))
        if likeness >= _LEAST_LIKENESS and name != wanted:
            found.append((-likeness, len(name), name))
    return [name for _, _, name in sorted(found)[:_SHOWN]]


def _folded(name: str) -> str:
    return _NO_LETTER.sub(" ", name[:_LONGEST]).strip().casefold()


def _likeness(wanted: str, name: str) -> float:
    joined, other = wanted.replace(" ", ""), name.replace(" ", "")
    if joined == other:
        return 1.0
    part = joined in other or other in joined or set(wanted.split()) <= set(name.split())
    if part and min(len(joined), len(other)) >= 3:
        return 0.9
    matcher = difflib.SequenceMatcher(None, joined, other)
    if matcher.real_quick_ratio() < _LEAST_LIKENESS or matcher.quick_ratio() < _LEAST_LIKENESS:
        return 0.0
    return matcher.ratio()


def near_or_all(wanted: str, names: list[str], what: str) -> str:
    """``near it: …``, or all the names where none is near and they are few; never ""."""
    likely = near(wanted, names)
    if likely:
        return f"near it: {quoted(likely)}"
    if not names:
        return f"it has no {what}"
    shown = quoted(names[:30], limit=160)
    return f"its {what}: {shown}" if len(names) <= 30 else f"its first {what}: {shown}"


def quoted(names: Iterable[Any], limit: int = 160) -> str:
    """Names as they would stand in code."""
    return words.listed((words.short(repr(name), 60) for name in names), limit=limit)
