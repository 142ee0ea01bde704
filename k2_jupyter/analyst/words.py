"""Words of a task against names of columns and values."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise

_PIECE = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_POSSESSIVE = re.compile(r"['’]s\b")
_SUFFIXES = ("ings", "ing", "ers", "er", "ed", "es", "s", "e")


@cache
def vocabulary(*path: str) -> frozenset[str]:
    """A list of words by its place in ``vocabulary.toml``."""
    table = tomllib.loads(_file("vocabulary.toml"))
    for key in path[:-1]:
        table = table[key]
    return frozenset(table[path[-1]].split())


@cache
def said_by_rules() -> frozenset[str]:
    """The stems of all words that mean something to the rules."""
    table = tomllib.loads(_file("vocabulary.toml"))
    lists = [
        v for part in table.values() for v in (part.values() if isinstance(part, dict) else [part])
    ]
    return frozenset(stem(word) for text in lists for word in text.split())


def _file(name: str) -> str:
    return files("k2_jupyter.analyst").joinpath(name).read_text("utf-8")


def pieces(text: str) -> list[str]:
    """Words and numbers of a text in order, case folded; camelCase and snake_case split."""
    return [piece.casefold() for piece in _PIECE.findall(_CAMEL.sub(" ", without_s(text)))]


def without_s(text: str) -> str:
    """Without the ``'s`` of possessives, which is no word."""
    return _POSSESSIVE.sub("", text)


def stem(word: str) -> str:
    """A word without its English ending; crude, and the same for both sides."""
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    for noun in ("nces", "nce", "ncy"):
        if word.endswith(noun) and len(word) > 6:
            return word.removesuffix(noun) + "nt"  # absences, absent
    for suffix in _SUFFIXES:
        rest = word.removesuffix(suffix)
        if rest != word and len(rest) >= 3 and not (suffix == "s" and rest[-1] in "su"):
            return rest
    return word


@cache
def _synonyms() -> dict[str, frozenset[int]]:
    groups: dict[str, set[int]] = defaultdict(set)
    for number, line in enumerate(_file("synonyms.txt").splitlines()):
        for word in line.split():
            groups[stem(word)].add(number)
    return {word: frozenset(numbers) for word, numbers in groups.items()}


@cache
def likeness(one: str, other: str) -> float:
    """How well two words mean the same, 0 to 1: stems, synonyms, prefixes, misspellings."""
    if one == other:
        return 1.0
    a, b = stem(one), stem(other)
    if a == b:
        return 0.95
    if _synonyms().get(a, frozenset()) & _synonyms().get(b, frozenset()):
        return 0.8
    short, long = sorted((a, b), key=len)
    if len(short) >= 4 and long.startswith(short):
        return 0.7
    lengthy = len(short) >= 5 or min(len(one), len(other)) >= 6
    if lengthy and max(_ratio(a, b), _ratio(one, other)) >= 0.85:
        return 0.75
    return 0.0


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def spoken_words(task: str) -> list[tuple[str, int]]:
    """The task's words with their positions; neighbours also joined: ``on-site``, ``onsite``."""
    single = pieces(task)
    joined = [(a + b, i) for i, (a, b) in enumerate(pairwise(single))]
    return [(word, i) for i, word in enumerate(single)] + joined


def best_position(word: str, task: Sequence[tuple[str, int]]) -> tuple[float, int]:
    """The likeness and the position of the task's word that is most like `word`."""
    score, position = max(((_meant(word, other), -i) for other, i in task), default=(0.0, 0))
    return score, -position


def _meant(name: str, spoken: str) -> float:
    """As `likeness`; names also abbreviate: ``cyl`` is said as "cylinders"."""
    short = len(name) == 3 and len(spoken) >= 6 and spoken.startswith(name)
    return likeness(name, spoken) or (0.6 if short else 0.0)


def telling(words: Iterable[str]) -> list[str]:
    """The words of a name that say what it is: no stop words, no units, if any are left."""
    words = list(words)
    content = [word for word in words if word not in vocabulary("stop")]
    return [word for word in content if word not in vocabulary("units")] or content or words


def says(words: Iterable[str], known: Iterable[str]) -> bool:
    """Is any of the words one of the known, in any of its forms?"""
    stems = {stem(word) for word in known}
    return any(stem(word) in stems for word in words)
