"""The other side of the wire: a request's JSON → messages, an answer → stream chunks. Pure.

`k2 serve-analyst` and the tests' server speak through it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from k2_jupyter.messages import (
    AssistantMessage,
    Json,
    Message,
    Reasoning,
    SystemMessage,
    ToolCall,
    ToolMessage,
    ToolResult,
    ToolSpec,
    UserMessage,
)
from k2_jupyter.models.profiles import REASONING_KEYS

Chunk = Mapping[str, Json]


def decode_request(body: Mapping[str, Any]) -> tuple[list[Message], list[ToolSpec]]:
    """The conversation and the tools of a request body; images are left out.

    Raises `ValueError` where it is not a chat completion request.
    """
    try:
        messages = list(_messages(body["messages"]))
        tools = [_tool(item["function"]) for item in body.get("tools") or ()]
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"not a chat completion request: {problem!r}") from problem
    return messages, tools


def chunks(answer: AssistantMessage, model: str, *, size: int = 64) -> Iterator[Chunk]:
    """The answer as the chunks of a stream, text in pieces of `size` characters."""
    head: Chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": model}

    def chunk(delta: Mapping[str, Json], finish: str | None = None) -> Chunk:
        return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    yield chunk({"role": "assistant"})
    if answer.reasoning is not None:
        for piece in _pieces(answer.reasoning.text, size) or [""]:
            yield chunk({answer.reasoning.key: piece})
    for piece in _pieces(answer.text, size):
        yield chunk({"content": piece})
    for index, call in enumerate(answer.calls):
        function: dict[str, Json] = {"name": call.name, "arguments": ""}
        opening: Json = {"index": index, "id": call.id, "type": "function", "function": function}
        yield chunk({"tool_calls": [opening]})
        for piece in _pieces(call.arguments, size):
            yield chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    yield chunk({}, "tool_calls" if answer.calls else answer.finish)
    usage = answer.usage
    counts: dict[str, Json] = {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
    }
    yield {**head, "choices": [], "usage": counts}


def _pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def _messages(items: Sequence[Mapping[str, Any]]) -> Iterator[Message]:
    calls: dict[str, ToolCall] = {}
    for item in items:
        match item["role"]:
            case "system":
                yield SystemMessage(_text(item["content"]))
            case "user":
                yield UserMessage(_text(item["content"]))
            case "assistant":
                message = _assistant(item)
                calls = {call.id: call for call in message.calls}
                yield message
            case "tool":
                answered = item["tool_call_id"]
                call = calls.get(answered, ToolCall(answered, "", "{}"))
                yield ToolMessage(call, ToolResult(_text(item["content"])))
            case role:
                raise ValueError(f"not a chat completion request: role {role!r}")


def _assistant(item: Mapping[str, Any]) -> AssistantMessage:
    reasoning = next(
        (Reasoning(item[key], key) for key in REASONING_KEYS if isinstance(item.get(key), str)),
        None,
    )
    calls = tuple(
        ToolCall(call["id"], call["function"]["name"], call["function"]["arguments"])
        for call in item.get("tool_calls") or ()
    )
    return AssistantMessage(
        _text(item.get("content")), calls, reasoning, finish="tool_calls" if calls else "stop"
    )


def _text(content: str | Sequence[Mapping[str, Any]] | None) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    return "\n".join(part["text"] for part in content if part.get("type") == "text")


def _tool(function: Mapping[str, Any]) -> ToolSpec:
    return ToolSpec(
        function["name"], function.get("description", ""), function.get("parameters", {})
    )
