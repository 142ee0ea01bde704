"""What the analyst reads of a conversation: the task, the files, and what came back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from k2_jupyter.messages import (
    AssistantMessage,
    Message,
    ToolMessage,
    ToolResult,
    UserMessage,
)

Results: TypeAlias = Sequence[ToolResult]
"""What came back for one answer, in the order of its calls."""

VARIABLE = "variable"
_REMINDER = "<reminder>"
"""Begins a message about what came up during a turn: no request."""

_BRIEFING = re.compile(r"\n*<briefing>\n(.*)</briefing>\s*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file as the briefing describes it, or a table in a variable of the user's."""

    path: str
    """For a table in a variable the variable's name."""
    format: str
    """``variable`` for a table in one."""
    bytes: int = 0
    encoding: str | None = None
    delimiter: str | None = None
    columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of the user's."""

    task: str
    files: tuple[DataFile, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """The current turn, from the user's words to the newest tool result."""

    asked: tuple[Asked, ...]
    """All requests so far, this turn's last."""
    results: tuple[Results, ...]
    """One entry for each earlier answer of this turn."""
    calls_before: int
    """Tool calls in the whole conversation so far."""


def read_turn(messages: Sequence[Message]) -> Turn:
    """The turn that begins with the last user message. Raises `ValueError` without one."""
    requests = [
        (at, message)
        for at, message in enumerate(messages)
        if isinstance(message, UserMessage) and not message.text.startswith(_REMINDER)
    ]
    if not requests:
        raise ValueError("a conversation without a user message asks nothing")
    return Turn(
        asked=tuple(_asked(message) for _, message in requests),
        results=_results(messages[requests[-1][0] + 1 :]),
        calls_before=sum(len(m.calls) for m in messages if isinstance(m, AssistantMessage)),
    )


def _asked(message: UserMessage) -> Asked:
    briefing = _BRIEFING.search(message.text)
    task = _BRIEFING.sub("", message.text).strip()
    return Asked(task, _files(briefing[1]) if briefing else ())


def _results(messages: Sequence[Message]) -> tuple[Results, ...]:
    answered: list[list[ToolResult]] = []
    for message in messages:
        if isinstance(message, AssistantMessage):
            answered.append([])
        elif isinstance(message, ToolMessage) and answered:
            answered[-1].append(message.result)
    return tuple(answered)


def _files(briefing: str) -> tuple[DataFile, ...]:
    found = []
    for line in briefing.splitlines():
        try:
            entry = json.loads(line) if line.startswith("{") else None
        except ValueError:
            continue  # a line that only looks like one; the briefing is plain text
        if not isinstance(entry, dict):
            continue
        if isinstance(entry.get("path"), str):
            found.append(_file(entry))
        elif str(entry.get("variable", "")).isidentifier():
            columns = tuple(str(name) for name in entry.get("columns") or ())
            found.append(DataFile(entry["variable"], VARIABLE, columns=columns))
    return tuple(found)


def _file(entry: Mapping[str, Any]) -> DataFile:
    return DataFile(
        path=entry["path"],
        format=str(entry.get("format") or "csv"),
        bytes=int(entry.get("bytes") or 0),
        encoding=entry.get("encoding"),
        delimiter=entry.get("delimiter"),
        columns=tuple(str(name) for name in entry.get("columns") or ()),
        notes=tuple(str(note) for note in entry.get("notes") or ()),
    )
