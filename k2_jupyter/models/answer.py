"""The chunks of a stream → one answer. Pure; what an endpoint may send is not trusted.

Whether an answer is complete is decided from what has arrived, not from
``finish_reason`` alone: endpoints leave it out, invent values, and end streams early.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from k2_jupyter.errors import ModelOutputError
from k2_jupyter.events import ReasoningDelta, TextDelta
from k2_jupyter.messages import AssistantMessage, Reasoning, ToolCall, Usage
from k2_jupyter.models.profiles import REASONING_KEYS

_COMPLETE = ("stop", "tool_calls", "function_call")


class IncompleteError(Exception):
    """The stream ended early or empty: asking again may help, nothing of it may be used."""


class StreamError(Exception):
    """An error object inside a stream that began with HTTP 200. `body` is that object."""

    def __init__(self, body: object) -> None:
        super().__init__("an error inside the stream")
        self.body = body


@dataclass(slots=True)
class _Call:
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.arguments)

    @property
    def is_complete(self) -> bool:
        """Whether the arguments are whole JSON ("" stands for none)."""
        try:
            json.loads(self.text or "{}", strict=False)
        except (ValueError, RecursionError):
            return False
        return True


class Answer:
    """Collects chunks. Text is joined once, at the end: cost is linear in the chunks."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._reasoning_key = ""
        self._calls: list[_Call] = []
        self._at: dict[int, _Call] = {}
        self._last_index = 0
        self._finish = ""
        self._usage: Usage | None = None

    def add(self, chunk: object) -> Iterator[TextDelta | ReasoningDelta]:
        """Take one chunk; yields what can be shown of it. Raises `StreamError`."""
        if not isinstance(chunk, Mapping):
            return
        if chunk.get("error") or chunk.get("object") == "error":
            raise StreamError(chunk.get("error") or chunk)
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        choice = choice if isinstance(choice, Mapping) else {}
        self._usage = _usage(chunk.get("usage")) or _usage(choice.get("usage")) or self._usage
        self._finish = _string(choice.get("finish_reason")) or self._finish
        delta = choice.get("delta") or choice.get("message")  # the latter without a stream
        if isinstance(delta, Mapping):
            yield from self._add_delta(delta)

    def _add_delta(self, delta: Mapping[str, Any]) -> Iterator[TextDelta | ReasoningDelta]:
        key = self._reasoning_key or next(
            (key for key in REASONING_KEYS if isinstance(delta.get(key), str)), ""
        )
        if key and isinstance(delta.get(key), str):
            self._reasoning_key = key
            self._reasoning.append(delta[key])
            yield ReasoningDelta(delta[key])
        if text := _string(delta.get("content")):
            self._text.append(text)
            yield TextDelta(text)
        calls = delta.get("tool_calls")
        for part in calls if isinstance(calls, list) else ():
            if isinstance(part, Mapping):
                self._add_call(part)

    def _add_call(self, part: Mapping[str, Any]) -> None:
        function = part.get("function")
        function = function if isinstance(function, Mapping) else {}
        name = _string(function.get("name"))
        call = self._call_of(part.get("index"), _string(part.get("id")), name)
        if name.startswith(call.name):
            call.name = name  # the first piece, a repetition, or a longer form
        elif not call.arguments:
            call.name += name
        arguments = function.get("arguments")
        if isinstance(arguments, Mapping):  # some servers send the object itself
            arguments = json.dumps(arguments, ensure_ascii=False)
        if arguments := _string(arguments):
            call.arguments.append(arguments)

    def _call_of(self, index: object, call_id: str, name: str) -> _Call:
        """The call a part belongs to: by its index, but some servers send none, or always 0."""
        slot = index if isinstance(index, int) else self._last_index
        call = self._at.get(slot)
        if call is None:
            call = self._open_call(slot)
        elif call_id and call.id and call_id != call.id:
            same = (known for known in self._calls if known.id == call_id)
            call = next(same, None) or self._open_call(slot)
        elif index is None and name and call.name and call.is_complete:
            call = self._open_call(slot)
        call.id = call.id or call_id
        self._last_index = slot
        return call

    def _open_call(self, slot: int) -> _Call:
        call = self._at[slot] = _Call()
        self._calls.append(call)
        return call

    def message(self) -> AssistantMessage:
        """The answer, once the stream has ended.

        An answer cut by its length limit comes back with ``finish="length"`` and without
        its calls: the last may be torn, and none of them may run. Raises `IncompleteError`
        where the stream ended early or empty, `ModelOutputError` where a filter stopped it.
        """
        if self._finish == "content_filter":
            raise ModelOutputError(
                "The endpoint's content filter stopped the answer. Rephrase the task, or leave "
                "out the data that it objects to."
            )
        if self._finish == "error":
            raise IncompleteError("the endpoint ended the answer with an error")
        text = "".join(self._text)
        calls = () if self._finish == "length" else tuple(self._calls)
        if self._finish != "length":
            self._check_end(has_content=bool(calls or text.strip()))
        reasoning = Reasoning("".join(self._reasoning), self._reasoning_key)
        return AssistantMessage(
            text,
            tuple(ToolCall(call.id, call.name, call.text) for call in calls),
            reasoning if self._reasoning_key else None,
            self._finish or "stop",
            self._usage or Usage(),
        )

    def _check_end(self, *, has_content: bool) -> None:
        if not has_content:
            raise IncompleteError(
                "the answer was empty" if self._finish else "the stream ended without an answer"
            )
        if self._finish in _COMPLETE:
            return
        # No or an unknown finish reason: the token counts come last, so they prove the end.
        if self._usage is None or not all(call.is_complete for call in self._calls):
            raise IncompleteError("the stream was cut off")


def _usage(value: object) -> Usage | None:
    if not isinstance(value, Mapping):
        return None
    details = value.get("prompt_tokens_details")
    details = details if isinstance(details, Mapping) else {}
    return Usage(
        _count(value.get("prompt_tokens")),
        max(_count(value.get("cached_tokens")), _count(details.get("cached_tokens"))),
        _count(value.get("completion_tokens")),
    )


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
