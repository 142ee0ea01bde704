"""The chunks of a stream → one answer. Pure; what an endpoint may send is not trusted.

Whether an answer is complete is decided from what has arrived, not from
``finish_reason`` alone: endpoints leave it out, invent values, and end streams early.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from k2_jupyter.errors import ModelOutputError
from k2_jupyter.events import ReasoningDelta, TextDelta
from k2_jupyter.messages import AssistantMessage, Reasoning, ToolCall, ToolSpec, Usage
from k2_jupyter.models.arguments import is_whole
from k2_jupyter.models.call_parts import CallParts
from k2_jupyter.models.content import Content, settled
from k2_jupyter.models.profiles import REASONING_KEYS
from k2_jupyter.models.reasoning_details import put_together
from k2_jupyter.models.veil import Veil

Shown: TypeAlias = "list[TextDelta | ReasoningDelta]"

_OF_REASONING = frozenset((*REASONING_KEYS, "reasoning_details"))
_COMPLETE = ("stop", "tool_calls", "function_call")
_LARGEST = 16_000_000
"""Characters of one answer; the longest budgets are 262,144 tokens."""


class IncompleteError(Exception):
    """The stream ended early: asking again may help, nothing of it may be used."""


class NothingError(IncompleteError):
    """It ended as it should, without text and calls.

    `reasoned`: there was reasoning; `lost_calls`: calls were announced.
    """

    def __init__(self, message: str, *, reasoned: bool, lost_calls: bool) -> None:
        super().__init__(message)
        self.reasoned = reasoned
        self.lost_calls = lost_calls


class StreamError(Exception):
    """An error object inside a stream that began with HTTP 200. `body` is that object."""

    def __init__(self, body: object) -> None:
        super().__init__("an error inside the stream")
        self.body = body


class Answer:
    """Collects chunks. Text is joined once, at the end: cost is linear in the chunks.

    `tools` are those that the model was told of: markup that names another is text.
    An answer may come in thousands of chunks that wait all at once, and its code starts when
    the last was read: so what each of them costs counts.
    """

    def __init__(self, tools: Sequence[ToolSpec] = ()) -> None:
        self._tools = tools
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._reasoning_key = ""
        self._details: list[Mapping[str, Any]] = []
        self._calls = CallParts()
        self._finish = ""
        self._usage: Usage | None = None
        self._veils = Veil(), Veil()
        self._size = 0

    @property
    def size(self) -> int:
        """Characters so far: what does not add to them is no progress."""
        return self._size + self._calls.size

    def add(self, chunk: object) -> Shown:
        """Take one chunk, as `json.loads` gives it; returns what can be shown of it.

        Raises `StreamError`, and `ModelOutputError` where the answer has no end.
        """
        if not isinstance(chunk, dict):
            return []
        if chunk.get("error") or chunk.get("object") == "error":
            raise StreamError(chunk.get("error") or chunk)
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        choice = choice if isinstance(choice, dict) else {}
        if "usage" in chunk or "usage" in choice:
            self._usage = _usage(chunk.get("usage")) or _usage(choice.get("usage")) or self._usage
        if finish := choice.get("finish_reason"):
            self._finish = _string(finish) or self._finish
        delta = choice.get("delta") or choice.get("message")  # the latter without a stream
        shown = self._add_delta(delta) if isinstance(delta, dict) else []
        if self.size > _LARGEST:
            raise ModelOutputError(f"The answer is longer than {_LARGEST:,} characters.")
        return shown

    def rest(self) -> Shown:
        """What was held back of the text, once the stream has ended."""
        text, reasoning = self._veils
        return _deltas(text.rest(), is_text=True) + _deltas(reasoning.rest(), is_text=False)

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
        content = settled(self._content(), self._tools)
        calls = () if self._finish == "length" else content.calls
        if self._finish != "length":
            self._check_end(content.text, calls, content.reasoning)
        return AssistantMessage(
            content.text,
            calls,
            self._replayed(content.reasoning),
            self._finish or "stop",
            self._usage or Usage(),
            content.repairs,
        )

    def _content(self) -> Content:
        reasoning = "".join(self._reasoning) if self._reasoning_key else None
        return Content("".join(self._text), reasoning, self._calls.calls)

    def _replayed(self, reasoning: str | None) -> Reasoning | None:
        details = put_together(self._details)
        if reasoning is None:
            return Reasoning("", "", details) if details else None
        return Reasoning(reasoning, self._reasoning_key or REASONING_KEYS[0], details)

    def _check_end(self, text: str, calls: Sequence[ToolCall], reasoning: str | None) -> None:
        if not self._finish and self._usage is None:
            raise IncompleteError("the stream was cut off")
        if not calls and not text.strip():
            raise NothingError(
                "the answer was empty",
                reasoned=bool(reasoning),
                lost_calls=self._finish in ("tool_calls", "function_call"),
            )
        if self._finish in _COMPLETE:
            return
        # No or an unknown finish reason: the token counts come last, so they prove the end.
        if self._usage is None or not all(is_whole(call.arguments) for call in calls):
            raise IncompleteError("the stream was cut off")

    def _add_delta(self, delta: Mapping[str, Any]) -> Shown:
        shown = [] if _OF_REASONING.isdisjoint(delta) else self._add_reasoning(delta)
        if (content := delta.get("content")) and (text := _plain(content)):
            self._text.append(text)
            shown += self._shown(text, is_text=True)
        if parts := delta.get("tool_calls"):
            for part in _objects(parts):
                self._calls.add(part)
        return shown

    def _add_reasoning(self, delta: Mapping[str, Any]) -> Shown:
        pieces = _objects(delta.get("reasoning_details"))
        self._details += pieces
        key = self._reasoning_key or _reasoning_key(delta)
        if key and isinstance(delta.get(key), str):
            self._reasoning_key = key
            self._reasoning.append(delta[key])
            return self._shown(delta[key], is_text=False)
        return [
            event
            for piece in pieces
            for event in self._shown(_string(piece.get("text")), is_text=False)
        ]

    def _shown(self, piece: str, *, is_text: bool) -> Shown:
        self._size += len(piece)
        veil = self._veils[0 if is_text else 1]
        return _deltas(veil.passes(piece), is_text=is_text)


def _deltas(shown: Sequence[tuple[bool, str]], *, is_text: bool) -> Shown:
    return [
        TextDelta(text) if is_text and not is_thought else ReasoningDelta(text)
        for is_thought, text in shown
    ]


def _reasoning_key(delta: Mapping[str, Any]) -> str:
    for key in REASONING_KEYS:
        if isinstance(delta.get(key), str):
            return key
    return ""


def _usage(value: object) -> Usage | None:
    if not isinstance(value, dict):
        return None
    details = value.get("prompt_tokens_details")
    details = details if isinstance(details, dict) else {}
    asked = _count(value.get("prompt_tokens"))
    cached = max(_count(value.get("cached_tokens")), _count(details.get("cached_tokens")))
    # More cached than there are: counted apart. Taken together, no price comes out below 0.
    asked = asked if cached <= asked else asked + cached
    return Usage(asked, cached, _count(value.get("completion_tokens")))


def _count(value: object) -> int:
    # Beyond that it is no count, and too large for the arithmetic of prices.
    return value if isinstance(value, int) and 0 < value < 10**15 else 0


def _plain(content: object) -> str:
    """Text, also of a list of parts, as some servers answer without a stream."""
    if isinstance(content, list):
        return "".join(_string(part.get("text")) for part in _objects(content))
    return _string(content)


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
