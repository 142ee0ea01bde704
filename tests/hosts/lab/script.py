"""A model that answers what a test has written down."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from k2_jupyter.messages import AssistantMessage, ToolCall
from tests.loopback import Play, Reply

Answer = AssistantMessage | Reply | Callable[[dict[str, Any]], AssistantMessage | Reply]


def script(*answers: Answer) -> Play:
    """One after another over a whole conversation; a function is given the request."""

    def play(body: dict[str, Any]) -> AssistantMessage | Reply:
        said = sum(message["role"] == "assistant" for message in body["messages"])
        answer = answers[said]
        return answer if isinstance(answer, AssistantMessage | Reply) else answer(body)

    return play


def call(name: str, **arguments: Any) -> AssistantMessage:
    """One tool call."""
    return AssistantMessage(calls=(ToolCall(f"{name}:0", name, json.dumps(arguments)),))


def run(source: str) -> AssistantMessage:
    """Run a cell."""
    return call("run_cell", source=source, purpose="try it")


def finish(conclusion: str = "It is done.") -> AssistantMessage:
    """The end of a turn."""
    return call("finish", conclusion=conclusion, claims=[])


def observed(body: dict[str, Any]) -> str:
    """The newest tool result that the model was sent."""
    results = [message["content"] for message in body["messages"] if message["role"] == "tool"]
    text: str = results[-1]
    return text


def told(body: dict[str, Any]) -> str:
    """All that the model was sent on behalf of the user."""
    return "\n".join(str(one["content"]) for one in body["messages"] if one["role"] == "user")
