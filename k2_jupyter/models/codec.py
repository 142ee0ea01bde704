"""Messages → the body of an OpenAI-compatible chat completion request. Pure.

The body of a request is built so that it repeats the one before it byte for byte and then
goes on: what is fixed comes first, the messages last, and each message is encoded once.
Endpoints bill a repeated prefix at a fraction of the price.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence

from k2_jupyter.messages import (
    AssistantMessage,
    Image,
    Json,
    Message,
    SystemMessage,
    ToolMessage,
    ToolSpec,
    UserMessage,
)
from k2_jupyter.models.arguments import as_object
from k2_jupyter.models.arrangement import Arrangement, images_of
from k2_jupyter.models.call_ids import CallIds
from k2_jupyter.models.profiles import (
    REASONING_KEYS,
    EndpointProfile,
    IdStyle,
    MaxTokensKey,
    ModelProfile,
)

EMPTY_RESULT = "The output is empty."
"""Stands for an empty tool result: an empty ``content`` is refused by some endpoints."""

_MAX_TOKENS_KEYS: tuple[MaxTokensKey, ...] = ("max_completion_tokens", "max_tokens")
_BYTES_PER_TOKEN = 4
_MARGIN = 1_024
"""Tokens: what the estimate may be off by, and the least that an answer is given."""


class Encoder:
    """Encodes the requests of one conversation with one model at one endpoint."""

    def __init__(self, model: ModelProfile, endpoint: EndpointProfile) -> None:
        self._model = model
        self._endpoint = endpoint
        self._sees = model.vision and endpoint.takes_images
        self._ids = CallIds(self._id_style)
        self._encoded: dict[int, tuple[Message, tuple[str, ...], bytes]] = {}
        self._head: tuple[Sequence[ToolSpec], bool, bytes] = ((), False, b"")
        self._arrangement = Arrangement(pictures=self._sees, merges=endpoint.is_strict)

    @property
    def optional(self) -> frozenset[str]:
        """The fields of the body that an endpoint may refuse, and that can be left out."""
        names = {*self._settings(), *self._budget(0)}
        return frozenset(names - {"model", "stream"})

    def request(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec], *, stream: bool = True
    ) -> bytes:
        """The whole body, UTF-8."""
        items = self._encode_all(messages)
        parts = [b","] * (2 * len(items) - 1)
        parts[::2] = items
        parts = [self._beginning(tools, stream), b',"messages":[', *parts, b"]"]
        # Last, as it may change from request to request near the window's end.
        budget = self._budget(sum(map(len, parts)) - self._picture_bytes(messages))
        parts.append(b"," + _dumps(budget)[1:] if budget else b"}")
        return b"".join(parts)  # once: it is the whole conversation, at each step

    def _beginning(self, tools: Sequence[ToolSpec], stream: bool) -> bytes:
        """All before the messages, without the closing brace."""
        if self._head[:2] != (tools, stream) or not self._head[2]:
            settings = self._settings()
            if not stream:
                settings["stream"] = False
                settings.pop("stream_options", None)
            if tools:
                settings["tools"] = [_tool(tool) for tool in tools]
            self._head = (tools, stream, _dumps(settings)[:-1])
        return self._head[2]

    def _settings(self) -> dict[str, Json]:
        model, endpoint = self._model, self._endpoint
        body: dict[str, Json] = {"model": model.name, "stream": True}
        if endpoint.include_usage:
            body["stream_options"] = {"include_usage": True}
        if model.temperature is not None:
            body["temperature"] = model.temperature
        if endpoint.thinking_dialect == "vendor":
            body.update(model.thinking)
        if endpoint.thinking_dialect == "template" and model.template_thinking:
            body["chat_template_kwargs"] = model.template_thinking
        body.update(endpoint.body)
        return {name: value for name, value in body.items() if name not in endpoint.refuses}

    def _budget(self, size: int) -> dict[str, Json]:
        """The answer's budget in tokens, within what a body of `size` bytes leaves of the window.

        Old models refuse a request whose input and budget together exceed it (HTTP 400).
        """
        wanted, first = self._model.output_tokens, self._endpoint.max_tokens_key
        keys = (key for key in (first, *_MAX_TOKENS_KEYS) if key not in self._endpoint.refuses)
        key = next(keys, None)
        if wanted is None or key is None:
            return {}
        window = self._endpoint.context_tokens or self._model.context_tokens
        room = min(window, self._model.context_tokens) - size // _BYTES_PER_TOKEN - _MARGIN
        return {key: min(wanted, max(_MARGIN, room))}

    def _picture_bytes(self, messages: Sequence[Message]) -> int:
        if not self._sees:
            return 0
        return sum(len(image.data) * 4 // 3 for one in messages for image in images_of(one))

    def _encode_all(self, messages: Sequence[Message]) -> list[bytes]:
        """One item a message; cached by identity, as messages never change."""
        arranged = self._arrangement.of(messages)
        kept: dict[int, tuple[Message, tuple[str, ...], bytes]] = {}
        items: list[bytes] = []
        for message, ids in zip(arranged, self._ids.of(arranged), strict=True):
            entry = self._encoded.get(id(message))
            if entry is None or entry[1] != ids:
                entry = (message, ids, self._encode(message, ids))
            kept[id(message)] = entry
            items.append(entry[2])
        self._encoded = kept
        return items

    @property
    def _id_style(self) -> IdStyle:
        default: IdStyle = "canonical" if self._model.ids_are_names else "received"
        return self._endpoint.id_style or default

    def _encode(self, message: Message, ids: tuple[str, ...]) -> bytes:
        match message:
            case SystemMessage():
                return _dumps({"role": "system", "content": message.text})
            case UserMessage():
                images = message.images if self._sees else ()
                return _dumps({"role": "user", "content": _content(message.text, images)})
            case AssistantMessage():
                return _dumps(self._assistant(message, ids))
            case ToolMessage():
                text = message.result.text
                content = text if text.strip() else EMPTY_RESULT
                return _dumps({"role": "tool", "tool_call_id": ids[0], "content": content})

    def _assistant(self, message: AssistantMessage, ids: tuple[str, ...]) -> dict[str, Json]:
        body: dict[str, Json] = {"role": "assistant"}
        if message.text.strip() or not message.calls:
            body["content"] = message.text  # beside calls "" is refused (HTTP 400)
        body.update(self._reasoning(message))
        if message.calls:
            body["tool_calls"] = [
                {
                    "id": call_id,
                    "type": "function",
                    "function": {
                        "name": _function_name(call.name),
                        "arguments": _arguments(call.arguments),
                    },
                }
                for call_id, call in zip(ids, message.calls, strict=True)
            ]
        return body

    def _reasoning(self, message: AssistantMessage) -> dict[str, Json]:
        own, kept = self._endpoint.reasoning_key, message.reasoning
        if kept is None:
            fills = self._endpoint.fills_reasoning and message.calls
            return {own or REASONING_KEYS[0]: " "} if fills else {}
        replayed: dict[str, Json] = {own or kept.key: kept.text} if kept.key else {}
        if kept.details:
            replayed["reasoning_details"] = kept.details
        return replayed


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
    """Arguments as an object: engines parse those of the history and fail on anything else.

    The model has been told of its mistake by the call's result.
    """
    return as_object(text) or "{}"


def _function_name(name: str) -> str:
    # Some endpoints refuse a history with a name that could not be declared.
    return re.sub(r"[^A-Za-z0-9_-]", "_", name)[:64] or "unnamed"


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
