"""A model on a loopback server, and how the tests of the wire ask it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from itertools import chain, repeat
from typing import Any

from k2_jupyter.events import Event
from k2_jupyter.messages import (
    AssistantMessage,
    Message,
    SystemMessage,
    ToolCall,
    ToolSpec,
    Usage,
    UserMessage,
)
from k2_jupyter.models.base import Model
from k2_jupyter.models.chat_completions import ChatCompletions
from k2_jupyter.models.profiles import EndpointProfile, ModelProfile
from k2_jupyter.models.retry import RetryPolicy
from tests.loopback import Play, Reply, Server

Serve = Callable[[Play], Server]

KEY = "sk-canary-0123456789"
ASK: Sequence[Message] = (SystemMessage("Be brief."), UserMessage("Hello?"))
TOOL = ToolSpec(
    "run_cell", "Runs.", {"type": "object", "properties": {"source": {"type": "string"}}}
)
CALL = ToolCall("run_cell:0", "run_cell", '{"source": "1 + 1"}')
HELLO = AssistantMessage("Hello, you.", usage=Usage(10, 4, 3))
CALLING = AssistantMessage("So:", (CALL,), finish="tool_calls")
"""As a stream: role, text, call, its arguments, finish reason, usage, [DONE]."""
SERVED = ModelProfile("served")
NO_DELAY = RetryPolicy(attempts=3, first_wait=0.0)


def model_at(
    base_url: str,
    policy: RetryPolicy = NO_DELAY,
    key: str | None = KEY,
    *,
    model: ModelProfile = SERVED,
    **facts: Any,
) -> ChatCompletions:
    """A client; `facts` are fields of the endpoint's profile, or ``memory``."""
    memory = facts.pop("memory", None)
    endpoint = EndpointProfile(base_url, **facts)
    return ChatCompletions(model, endpoint, key, policy=policy, memory=memory)


def ask(
    model: Model,
    messages: Sequence[Message] = ASK,
    stop: threading.Event | None = None,
) -> tuple[AssistantMessage, list[Event]]:
    """The answer and the events before it."""
    seen: list[Event] = []
    stream = model.stream(messages, [TOOL], stop or threading.Event())
    while True:
        try:
            seen.append(next(stream))
        except StopIteration as end:
            return end.value, seen


def in_turn(*replies: Reply | AssistantMessage) -> Play:
    """The replies one after another, the last one again and again."""
    line = chain(replies, repeat(replies[-1]))
    return lambda body: next(line)
