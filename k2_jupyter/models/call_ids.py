"""The ids of calls as they go out: unique in the conversation, paired with their results."""

from __future__ import annotations

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
        self._open: list[tuple[ToolCall, str]] = []

    def of(self, message: Message) -> tuple[str, ...]:
        """One id a call of an assistant message, or the one that a result answers."""
        if isinstance(message, AssistantMessage):
            self._open = [(call, self._next(call)) for call in message.calls]
            return tuple(call_id for _, call_id in self._open)
        if isinstance(message, ToolMessage):
            return (self._answered(message.call),)
        return ()

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


def _is_canonical(call: ToolCall) -> bool:
    head, _, number = call.id.rpartition(":")
    return head == f"functions.{call.name}" and number.isdecimal()
