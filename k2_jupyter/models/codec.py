"""Messages → the body of an OpenAI-compatible chat completion request. Pure.

The body of a request is built so that it repeats the one before it byte for byte and then
goes on: what is fixed comes first, the messages last, and each message is encoded once.
Endpoints bill a repeated prefix at a fraction of the price.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence

from k2_jupyter.messages import (
    AssistantMessage,
    Image,
    Json,
    Message,
    SystemMessage,
    ToolCall,
    ToolMessage,
    ToolSpec,
    UserMessage,
)
from k2_jupyter.models.profiles import EndpointProfile, ModelProfile

EMPTY_RESULT = "The output is empty."
"""Stands for an empty tool result: an empty ``content`` is refused by some endpoints."""


class Encoder:
    """Encodes the requests of one conversation with one model at one endpoint."""

    def __init__(self, model: ModelProfile, endpoint: EndpointProfile) -> None:
        self._model = model
        self._endpoint = endpoint
        self._encoded: dict[tuple[int, tuple[str, ...]], tuple[Message, bytes]] = {}

    def request(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> bytes:
        """The whole body, UTF-8."""
        head = _dumps(self._settings(tools))[:-1]
        return b"".join((head, b',"messages":[', b",".join(self._encode_all(messages)), b"]}"))

    def _settings(self, tools: Sequence[ToolSpec]) -> dict[str, Json]:
        model, endpoint = self._model, self._endpoint
        body: dict[str, Json] = {"model": model.name, "stream": True}
        if endpoint.include_usage:
            body["stream_options"] = {"include_usage": True}
        if model.temperature is not None:
            body["temperature"] = model.temperature
        if model.output_tokens is not None:
            body[endpoint.max_tokens_key] = model.output_tokens
        if endpoint.takes_thinking:
            body.update(model.thinking)
        body.update(endpoint.body)
        if tools:
            body["tools"] = [_tool(tool) for tool in tools]
        return body

    def _encode_all(self, messages: Sequence[Message]) -> list[bytes]:
        """One item a message; cached by identity, as messages never change."""
        kept: dict[tuple[int, tuple[str, ...]], tuple[Message, bytes]] = {}
        items: list[bytes] = []
        ids = _Ids(self._endpoint)
        pictures: list[Image] = []
        for message in messages:
            if pictures and not isinstance(message, ToolMessage):
                items.append(self._pictures(pictures))
                pictures = []
            if isinstance(message, AssistantMessage) and not (message.text or message.calls):
                continue  # "message … with role 'assistant' must not be empty" (HTTP 400)
            key = (id(message), ids.of(message))
            entry = self._encoded.get(key) or (message, self._encode(message, key[1]))
            kept[key] = entry
            items.append(entry[1])
            if isinstance(message, ToolMessage) and self._model.vision:
                pictures += message.result.images
        if pictures:
            items.append(self._pictures(pictures))
        self._encoded = kept
        return items

    def _encode(self, message: Message, ids: tuple[str, ...]) -> bytes:
        match message:
            case SystemMessage():
                return _dumps({"role": "system", "content": message.text})
            case UserMessage():
                images = message.images if self._model.vision else ()
                return _dumps({"role": "user", "content": _content(message.text, images)})
            case AssistantMessage():
                return _dumps(self._assistant(message, ids))
            case ToolMessage():
                text = message.result.text or EMPTY_RESULT
                return _dumps({"role": "tool", "tool_call_id": ids[0], "content": text})

    def _assistant(self, message: AssistantMessage, ids: tuple[str, ...]) -> dict[str, Json]:
        body: dict[str, Json] = {"role": "assistant"}
        if message.text or not message.calls:
            body["content"] = message.text  # beside calls "" is refused (HTTP 400)
        if message.reasoning is not None:
            key = self._endpoint.reasoning_key or message.reasoning.key
            body[key] = message.reasoning.text
        if message.calls:
            body["tool_calls"] = [
                {
                    "id": call_id,
                    "type": "function",
                    "function": {"name": call.name, "arguments": _arguments(call.arguments)},
                }
                for call_id, call in zip(ids, message.calls, strict=True)
            ]
        return body

    def _pictures(self, images: Sequence[Image]) -> bytes:
        # A tool message takes text only by the specification; the picture follows as the user's.
        return _dumps({"role": "user", "content": _content("Images of the outputs above:", images)})


class _Ids:
    """The ids of calls as they go out: unique in their message, paired with their results."""

    def __init__(self, endpoint: EndpointProfile) -> None:
        self._canonical = endpoint.id_style == "canonical"
        self._count = 0
        self._open: list[tuple[ToolCall, str]] = []

    def of(self, message: Message) -> tuple[str, ...]:
        """One id a call of an assistant message, or the one that a result answers."""
        if isinstance(message, AssistantMessage):
            ids: list[str] = []
            for call in message.calls:
                ids.append(self._id(call, ids))
                self._count += 1
            self._open = list(zip(message.calls, ids, strict=True))
            return tuple(ids)
        if isinstance(message, ToolMessage):
            return (self._answered(message.call),)
        return ()

    def _id(self, call: ToolCall, taken: Sequence[str]) -> str:
        if call.id in ("", *taken) or (self._canonical and not _is_canonical(call)):
            return f"functions.{call.name}:{self._count}"
        return call.id

    def _answered(self, call: ToolCall) -> str:
        for position, (asked, call_id) in enumerate(self._open):
            if asked == call:
                del self._open[position]
                return call_id
        return call.id


def _is_canonical(call: ToolCall) -> bool:
    head, _, number = call.id.rpartition(":")
    return head == f"functions.{call.name}" and number.isdecimal()


def _content(text: str, images: Sequence[Image]) -> Json:
    if not images:
        return text  # text-only models refuse a list of parts
    parts: list[Json] = [{"type": "text", "text": text}] if text else []
    for image in images:
        data = base64.b64encode(image.data).decode("ascii")
        url = f"data:{image.media_type};base64,{data}"
        parts.append({"type": "image_url", "image_url": {"url": url}})
    return parts


def _arguments(text: str) -> str:
    """Arguments as received, or the nearest valid object.

    Engines parse the arguments of the history and fail on what is not JSON; the model has
    been told of the mistake by the call's result.
    """
    try:
        arguments = json.loads(text)
    except (ValueError, RecursionError):
        try:
            arguments = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            return "{}"
        text = json.dumps(arguments, ensure_ascii=False)
    return text if isinstance(arguments, dict) else "{}"


def _tool(tool: ToolSpec) -> Json:
    function: dict[str, Json] = {
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.parameters,
    }
    return {"type": "function", "function": function}


def _dumps(value: Mapping[str, Json]) -> bytes:
    # "replace": a lone surrogate in a cell's output is no UTF-8.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
