"""A script: a way of working, written down as a generator of moves.

A `Script` yields a `Move` (what to say and which tools to call) and is sent what came
back. `answer` keeps no state: it plays the script again over the results that stand in
the messages, and the first move without results is the next answer. So a script must be
a function of its results alone: no clock, no chance, no files.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from k2_jupyter.analyst.conversation import Results
from k2_jupyter.messages import AssistantMessage, Json, ToolCall


@dataclass(frozen=True, slots=True)
class Request:
    """A tool call before it has an id."""

    tool: str
    arguments: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Move:
    """One answer: words, or calls, or both."""

    text: str = ""
    requests: tuple[Request, ...] = ()


T = TypeVar("T")
Script: TypeAlias = Generator[Move, Results, T]


def play(script: Script[None], results: Iterable[Results]) -> Move:
    """The move that comes after these results."""
    move = next(script)
    for returned in results:
        try:
            move = script.send(returned)
        except StopIteration:
            return Move("I have nothing to add.")
    return move


def spoken(move: Move, calls_before: int) -> AssistantMessage:
    """The move as a message; ids count on over the conversation."""
    calls = tuple(
        ToolCall(
            id=f"functions.{request.tool}:{number}",
            name=request.tool,
            arguments=json.dumps(request.arguments, ensure_ascii=False),
        )
        for number, request in enumerate(move.requests, start=calls_before)
    )
    return AssistantMessage(move.text, calls, finish="tool_calls" if calls else "stop")
