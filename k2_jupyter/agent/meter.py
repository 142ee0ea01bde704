"""How many tokens a request is likely to be, learned from what the endpoint counts."""

from __future__ import annotations

import json
from collections.abc import Sequence

from k2_jupyter.errors import ModelOverflowError
from k2_jupyter.messages import (
    AssistantMessage,
    Message,
    ToolMessage,
    ToolSpec,
    UserMessage,
)
from k2_jupyter.models.profiles import ModelProfile

CHARACTERS_PER_TOKEN = 4
"""Of ASCII text; any other character counts as a token. Kimi's own client counts so too."""
PICTURE_TOKENS = 1_200
"""What a picture weighs: 1,024 to 2,048 tokens by the vendor's guide (2026-07)."""
_MESSAGE_TOKENS = 8
_CAREFUL = 1.2
"""Numbers and code have fewer characters a token: until the endpoint has counted once."""
_FULL = 0.85
_MARGIN = 1_024
_ANSWER = 4_096
"""Tokens of an answer where the profile sets no budget; never more than a quarter of a window."""
_OVERSHOT = 0.85
"""Of a refused request's length is tried next where the endpoint names no limit."""


class Meter:
    """Counts for one model with one set of tools."""

    def __init__(self, model: ModelProfile, tools: Sequence[ToolSpec]) -> None:
        self.window = model.context_tokens
        """Tokens of a request and its answer; an overflow can teach that it is less."""
        self._answer = model.output_tokens or _ANSWER
        self._factor = _CAREFUL
        self._tools = sum(
            _tokens(f"{one.description}{json.dumps(one.parameters)}") for one in tools
        )
        self._weighed: tuple[list[Message], float] = ([], float(self._tools))
        """The messages that were weighed last, and what they came to: most only grow."""

    @property
    def high(self) -> int:
        """Tokens of a request that leave an answer its room; more, and it must be shortened."""
        answer = min(self._answer, self.window // 4)
        room = min(int(self.window * _FULL), self.window - answer - _MARGIN)
        return max(room, self.window // 2)

    def tokens(self, messages: Sequence[Message]) -> int:
        """Of a request with these messages."""
        return round(self._raw(messages) * self._factor)

    def learn(self, messages: Sequence[Message], counted: int) -> None:
        """The endpoint counted so many tokens of input; 0 where it does not count."""
        if counted > 0:
            self._factor = counted / self._raw(messages)

    def refused(self, messages: Sequence[Message], problem: ModelOverflowError) -> None:
        """The endpoint takes no request of this length."""
        if problem.unit != "tokens":
            return
        requested = problem.requested or 0
        if requested < 2 * self.tokens(messages):  # else it counts the answer's budget, too
            self.learn(messages, requested)
        limit = problem.limit or int(self.tokens(messages) * _OVERSHOT)
        self.window = min(self.window, limit)

    def _raw(self, messages: Sequence[Message]) -> float:
        known, total = self._weighed
        same = len(known)
        if [*messages[:same]] != known:  # compared by identity first: they are the same objects
            same, total = 0, float(self._tools)
        total += sum(map(_weight, messages[same:]))
        self._weighed = ([*messages], total)
        return total


def _weight(message: Message) -> float:
    tokens = float(_MESSAGE_TOKENS)
    match message:
        case AssistantMessage():
            tokens += _tokens(message.text)
            tokens += _tokens(message.reasoning.text) if message.reasoning else 0
            for call in message.calls:
                tokens += _MESSAGE_TOKENS + _tokens(call.name) + _tokens(call.arguments)
        case ToolMessage():
            tokens += _tokens(message.result.text) + PICTURE_TOKENS * len(message.result.images)
        case UserMessage():
            tokens += _tokens(message.text) + PICTURE_TOKENS * len(message.images)
        case _:
            tokens += _tokens(message.text)
    return tokens


def _tokens(text: str) -> float:
    plain = len(text) if text.isascii() else len(text.encode("ascii", "ignore"))
    return plain / CHARACTERS_PER_TOKEN + (len(text) - plain)
