"""Requests that go on from the one before: "now the same without 2025"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from k2_jupyter.analyst.conversation import VARIABLE, Asked, DataFile
from k2_jupyter.analyst.intent import kind_of, outside_word

_SAME = re.compile(r"\bsame\b|\bagain\b|\bonce more\b", re.IGNORECASE)
_GOES_ON = re.compile(r"^\W*(?:and|now|but|what about|how about)\b", re.IGNORECASE)
_FILLER = re.compile(
    r"\b(?:and|now|but|what about|how about|then|please|as well|too|once more|again|do|run|show|"
    r"repeat|it|(?:the )?same(?: thing| analysis| question| test| comparison)?)\b",
    re.IGNORECASE,
)
_ROWS = re.compile(
    r"(?:without|excluding|except|leaving out|omitting|only|for|in|during|among|within)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Meant:
    """What a request asks for, as if it stood alone."""

    task: str
    files: Sequence[DataFile]
    rows: str = ""
    """The end of the task that a request has added: which rows it means."""
    is_known: bool = True
    """Whether the request before it can be changed in this way."""
    first: Sequence[DataFile] = ()
    """The files of the first request: tables that came later may be of the analyst's own."""


def meant(asked: Sequence[Asked]) -> Meant:
    """The last of these requests, read behind those before it."""
    before = read = Meant("", ())
    for one in asked:
        read = _after(before, one) if _goes_on(before, one) else Meant(one.task, one.files)
        before = read if read.is_known else before
    return replace(read, first=asked[0].files)


def _goes_on(before: Meant, one: Asked) -> bool:
    """What is left without "the same" is no task of its own."""
    names = {name for file in (*before.files, *one.files) for name in file.columns}
    alone = _rest(one.task)
    said = _SAME.search(one.task) or _GOES_ON.search(one.task)
    return bool(
        before.task
        and said
        and kind_of(alone, names) == "outside"
        and not outside_word(alone, names)
    )


def _after(before: Meant, one: Asked) -> Meant:
    rows = _rest(one.task)
    here = {file.path for file in one.files}
    files = [file for file in before.files if file.format != VARIABLE or file.path in here]
    task = " ".join([before.task.rstrip(" .?!"), rows]).strip()
    return Meant(task, files or one.files, rows, not rows or bool(_ROWS.match(rows)))


def _rest(task: str) -> str:
    return " ".join(_FILLER.sub(" ", task).split()).strip(" ,.;:!?")
