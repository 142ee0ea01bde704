"""The kept messages of a conversation, valid for the next request at every moment."""

from __future__ import annotations

from collections.abc import Sequence

from k2_jupyter.agent.ageing import Marks, aged
from k2_jupyter.messages import (
    AssistantMessage,
    Message,
    SystemMessage,
    ToolCall,
    ToolMessage,
    ToolResult,
    UserMessage,
)


class History:
    """Append-only between two agings, so that an endpoint's cached prefix stays the same.

    Endpoints refuse a history in which a tool call has no answer, or in which answers
    stand in another order than the calls (HTTP 400): hence `close`.
    """

    def __init__(self, system: str) -> None:
        self._messages: list[Message] = [SystemMessage(system)]
        self._open: list[ToolCall] = []

    @property
    def messages(self) -> Sequence[Message]:
        """Everything so far, oldest first."""
        return self._messages

    def ask(self, text: str) -> None:
        """A message from the user, or from the agent on the user's behalf."""
        self._messages.append(UserMessage(text))

    def add(self, answer: AssistantMessage) -> None:
        """The model's answer; its calls are open from now on."""
        if answer.text or answer.calls:
            self._messages.append(answer)
        self._open = list(answer.calls)

    def answer(self, result: ToolResult) -> None:
        """The result of the oldest open call; paired by position, because ids repeat."""
        self._messages.append(ToolMessage(self._open.pop(0), result))

    def age(self, marks: Marks) -> None:
        """Shorten old results where they have become too many (`ageing.py`)."""
        for position, message in aged(self._messages, marks).items():
            self._messages[position] = message

    def close(self, text: str) -> None:
        """Answer every call that is still open."""
        while self._open:
            self.answer(ToolResult(text, is_error=True))
