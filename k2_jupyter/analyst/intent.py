"""What kind of work a task asks for, from its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, TypeAlias

from k2_jupyter.analyst.words import pieces, says, vocabulary

Kind: TypeAlias = Literal["question", "profile", "comparison", "outside"]

_QUESTION = re.compile(
    r"\b(what|which)\b.{0,40}\b(can you|do you|are you|analys[ei]s do|you know|you do)\b"
    r"|\bwho are you\b|\bhow do (i|you)\b|^\s*(help|hi|hello|hey)\b[\s!?.]*$",
    re.IGNORECASE,
)


_DEGREES = re.compile(
    r"\b\w+er\b[^.?!]*\bthan\b|\b(which|who|where|what)\b[^.?!]*\b\w+est\b", re.IGNORECASE
)
"""``longer in A than in B``, ``which A is longest``."""
_CONTENTS = re.compile(r"\bwhat('s|s| is) in\b|\btell me (more )?about\b", re.IGNORECASE)


def kind_of(task: str, names: Sequence[str]) -> Kind:
    """The kind of a task. `names` are column names: their words mean the data, no task."""
    if _QUESTION.search(task):
        return "question"
    data_words = {word for name in names for word in pieces(name)}
    words = [word for word in pieces(task) if word not in data_words]
    if says(words, vocabulary("tasks", "outside")):
        return "outside"
    if says(words, vocabulary("tasks", "compare") | vocabulary("roles", "acts")):
        return "comparison"
    if _DEGREES.search(task) or re.search(r"\b(by|per|for each)\b", task, re.IGNORECASE):
        return "comparison"
    if says(words, vocabulary("tasks", "profile")) or _CONTENTS.search(task):
        return "profile"
    return "outside"


def outside_word(task: str, names: Sequence[str]) -> str:
    """The word that puts the task outside, or ""."""
    data_words = {word for name in names for word in pieces(name)}
    for word in pieces(task):
        if word not in data_words and says([word], vocabulary("tasks", "outside")):
            return word
    return ""


def wants_dashboard(task: str) -> bool:
    return says(pieces(task), vocabulary("tasks", "dashboard"))
