"""What a task asks for, from its words alone, before the data is looked at."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal, TypeAlias

from k2_jupyter.analyst.words import pieces, says, spoken_words, stem, telling, vocabulary

Kind: TypeAlias = Literal["question", "profile", "analysis", "outside"]

_QUESTION = re.compile(
    r"\b(what|which)\b.{0,40}\b(can you|do you|are you|analys[ei]s do|you know|you do)\b"
    r"|\bwho are you\b|\bhow do (i|you)\b|^\s*(help|hi|hello|hey)\b[\s!?.]*$",
    re.IGNORECASE,
)


_DEGREES = re.compile(
    r"\b\w+er\b[^.?!]*\bthan\b|\b(which|who|where|what)\b[^.?!]*\b\w+est\b", re.IGNORECASE
)
"""``longer in A than in B``, ``which A is longest``."""
_EACH = re.compile(
    r"\b(by|per|for each|over (the )?(time|years|months|weeks|days))\b", re.IGNORECASE
)
_CONTENTS = re.compile(r"\bwhat('s|s| is) in\b|\btell me (more )?about\b", re.IGNORECASE)
_EXPLAINS = re.compile(
    r"\b(does|do|did|which|what|whether)\b[^.?!]*\bpredicts?\b"
    r"|^(?!.*\b(next|future|will|tomorrow)\b).*\bpredict\b.*\b(from|by|using)\b",
    re.IGNORECASE,
)
"""``does age predict income``: predictors are looked for, no future is told."""
_OCCASIONS = re.compile(r"\b(before|pre|baseline)\b[^.?!]*\b(after|post)\b", re.IGNORECASE)
"""``from before to after``: what the two are of may be said in other words than the columns'."""
_CODE = "```"
"""A block of code, which asks to have it explained or repaired."""
METHODS = ("paired", "association", "correlation", "regression", "trend", "comparison")


def kind_of(task: str, names: Collection[str]) -> Kind:
    """The kind of a task. `names` are column names: their words mean the data, no task."""
    if _CODE in task:
        return "outside"
    if _QUESTION.search(task):
        return "question"
    if outside_word(task, names):
        return "outside"
    words = _free(task, names)
    asked = vocabulary("tasks", "compare").union(
        vocabulary("roles", "acts"), *(vocabulary("methods", method) for method in METHODS)
    )
    if says(words, asked) or any(p.search(task) for p in (_DEGREES, _EACH, _OCCASIONS)):
        return "analysis"
    if says(words, vocabulary("tasks", "profile")) or _CONTENTS.search(task):
        return "profile"
    return "analysis" if _columns_named(task, names) > 1 else "outside"


def outside_word(task: str, names: Collection[str]) -> str:
    """The word that puts the task outside, or ""."""
    explains = bool(_EXPLAINS.search(task))
    for word in _free(task, names):
        allowed = explains and stem(word) == "predict"
        if says([word], vocabulary("tasks", "outside")) and not allowed:
            return word
    return ""


def wants_dashboard(task: str) -> bool:
    return says(pieces(task), vocabulary("tasks", "dashboard"))


def _free(task: str, names: Collection[str]) -> list[str]:
    """The words that stand in no column's name."""
    data_words = {word for name in names for word in pieces(name)}
    return [word for word in pieces(task) if word not in data_words]


def _columns_named(task: str, names: Collection[str]) -> int:
    spoken = {stem(word) for word, _ in spoken_words(task)}
    return sum(set(map(stem, telling(pieces(name)))) <= spoken for name in names if pieces(name))
