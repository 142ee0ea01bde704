"""The ids of calls as they go out: unique in the conversation, paired with their results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from k2_jupyter.messages import AssistantMessage, Message, ToolCall, ToolMessage
from k2_jupyter.models.profiles import IdStyle

_Asked: TypeAlias = "tuple[ToolCall, ...] | ToolCall | None"
"""What the ids of a message depend on: its calls, the call that it answers, or nothing."""


class CallIds:
    """Gives ids in the order of the messages.

    The ids of a message depend on those before it only, so that a longer history has the
    same ids in its beginning; these are kept from one request to the next.
    """

    def __init__(self, style: IdStyle) -> None:
        self._style = style
        self._begin()

    def of(self, messages: Sequence[Message]) -> Sequence[tuple[str, ...]]:
        """For each message one id a call of it, or the one that it answers as a result."""
        asked = [_asked(message) for message in messages]
        if asked[: len(self._asked)] != self._asked:
            self._begin()
        for one in asked[len(self._asked) :]:
            self._asked.append(one)
            self._ids.append(self._next_of(one))
        return self._ids

    def _begin(self) -> None:
        self._count = 0
        self._taken: set[str] = set()
        self._open: list[tuple[ToolCall, str]] = []
        self._asked: list[_Asked] = []
        self._ids: list[tuple[str, ...]] = []

    def _next_of(self, asked: _Asked) -> tuple[str, ...]:
        if isinstance(asked, ToolCall):
            return (self._answered(asked),)
        if asked is None:
            return ()
        self._open = [(call, self._next(call)) for call in asked]
        return tuple(call_id for _, call_id in self._open)

    def _answered(self, call: ToolCall) -> str:
        # Calls may be alike in all they say: the first one that is still open is meant.
        at = next((at for at, (asked, _) in enumerate(self._open) if asked == call), None)
        return call.id if at is None else self._open.pop(at)[1]

    def _next(self, call: ToolCall) -> str:
        number = self._count
        self._count += 1
        if self._style == "safe":
            return f"call{number:05d}"
        keeps = bool(call.id) and (self._style == "received" or _is_canonical(call))
        given = call.id if keeps else f"functions.{call.name}:{number}"
        while given in self._taken:
            given = f"functions.{call.name}:{number}"
            number += 1
        self._taken.add(given)
        return given


def _asked(message: Message) -> _Asked:
    if isinstance(message, AssistantMessage):
        return message.calls
    return message.call if isinstance(message, ToolMessage) else None


def _is_canonical(call: ToolCall) -> bool:
    head, _, number = call.id.rpartition(":")
    return head == f"functions.{call.name}" and number.isdecimal()
