"""The ids of calls as they go out: unique in the conversation, paired with their results."""

from __future__ import annotations

from collections import deque

from k2_jupyter.messages import AssistantMessage, Message, ToolCall, ToolMessage
from k2_jupyter.models.profiles import IdStyle


class CallIds:
    """Gives ids in the order of the messages.

    The ids of a message depend on those before it only, so that a longer history has the
    same ids in its beginning.
    """

    def __init__(self, style: IdStyle) -> None:
        self._style = style
        self._count = 0
        self._taken: set[str] = set()
        self._open: deque[str] = deque()

    def of(self, message: Message) -> tuple[str, ...]:
        """One id a call of an assistant message, or the one that a result answers.

        The results must follow their calls in order (`structure.paired`).
        """
        if isinstance(message, AssistantMessage):
            ids = tuple(self._next(call) for call in message.calls)
            self._open = deque(ids)
            return ids
        if isinstance(message, ToolMessage):
            return (self._open.popleft(),)
        return ()

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


def _is_canonical(call: ToolCall) -> bool:
    head, _, number = call.id.rpartition(":")
    return head == f"functions.{call.name}" and number.isdecimal()
