"""The kept messages of a conversation, valid for the next request at every moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    """Append-only but for `swap` and `condense`, so that an endpoint's cached prefix stays.

    Endpoints refuse a history in which a tool call has no answer, or in which answers
    stand in another order than the calls (HTTP 400): hence `close`.
    """

    def __init__(self, system: str) -> None:
        self._messages: list[Message] = [SystemMessage(system)]
        self._open: list[ToolCall] = []
        self._asked: list[str] = []
        self.sent = 0
        """Tokens of the newest request and its answer, as the endpoint counted them."""

    @property
    def messages(self) -> Sequence[Message]:
        """Everything so far, oldest first."""
        return self._messages

    @property
    def asked(self) -> Sequence[str]:
        """The user's own words, one entry a turn."""
        return self._asked

    def ask(self, text: str) -> None:
        """A message from the user."""
        self._asked.append(text)
        self.remind(text)

    def remind(self, text: str) -> None:
        """A message from the agent on the user's behalf."""
        self._messages.append(UserMessage(text))

    def add(self, answer: AssistantMessage) -> None:
        """The model's answer; its calls are open from now on."""
        if answer.text or answer.calls:
            self._messages.append(answer)
        self._open = list(answer.calls)

    def answer(self, result: ToolResult) -> None:
        """The result of the oldest open call; paired by position, because ids repeat."""
        self._messages.append(ToolMessage(self._open.pop(0), result))

    def close(self, text: str) -> None:
        """Answer every call that is still open."""
        while self._open:
            self.answer(ToolResult(text, is_error=True))

    def swap(self, shorter: Mapping[int, ToolMessage]) -> None:
        """Put shorter results at these positions."""
        for position, message in shorter.items():
            self._messages[position] = message

    def condense(self, told: str, *, newest: int) -> None:
        """Let one message of the user stand for all but the system prompt and the `newest`."""
        tail = self._messages[len(self._messages) - newest :]
        self._messages[1:] = [UserMessage(told), *tail]
