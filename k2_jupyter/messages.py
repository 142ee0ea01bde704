"""The words a conversation with a model is made of.

Frozen records without behaviour: what crosses a border can be printed, compared and
written to a file. No wire format lives here (`models/codec.py` has it).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
"""A value that JSON can hold."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture for models that can see."""

    media_type: str
    """For example ``image/png``."""
    data: bytes
    """The encoded file, not base64."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What the model asks for."""

    id: str
    """As the endpoint sent it. May repeat over a conversation: pair results by position."""
    name: str
    arguments: str
    """JSON text as received; the toolset parses and validates it."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What the model reads of a tool call. A failure is a result too."""

    text: str
    images: tuple[Image, ...] = ()
    is_error: bool = False
    gist: str = ""
    """One line that stands for the text when it is old; "" for the text's own first line."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one model call, as the endpoint reported them."""

    input_tokens: int = 0
    """All input, the cached part included."""
    cached_tokens: int = 0
    """The part of `input_tokens` that the endpoint took from its prefix cache."""
    output_tokens: int = 0
    """Reasoning included."""

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.cached_tokens + other.cached_tokens,
            self.output_tokens + other.output_tokens,
        )


@dataclass(frozen=True, slots=True)
class Reasoning:
    """The model's reasoning exactly as received.

    Thinking models refuse a history without it (HTTP 400 "reasoning_content is missing"),
    and an empty text is not the same as none.
    """

    text: str
    key: str = "reasoning_content"
    """The field the endpoint used, to be used again when it is replayed."""
    details: tuple[Mapping[str, Json], ...] = ()
    """OpenRouter's ``reasoning_details``, its pieces put together, to be sent back unchanged."""


@dataclass(frozen=True, slots=True)
class SystemMessage:
    text: str


@dataclass(frozen=True, slots=True)
class UserMessage:
    text: str
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class AssistantMessage:
    """One answer of the model, kept as received and replayed unchanged."""

    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    reasoning: Reasoning | None = None
    finish: str = "stop"
    """The endpoint's own finish reason; a fact for the journal, decided on nowhere else
    than in the stream reader."""
    usage: Usage = field(default_factory=Usage)
    repairs: tuple[str, ...] = ()
    """What the stream reader put right, such as "a call in the text": its server's faults."""


@dataclass(frozen=True, slots=True)
class ToolMessage:
    """The answer to one tool call of the assistant message before it."""

    call: ToolCall
    result: ToolResult


Message: TypeAlias = SystemMessage | UserMessage | AssistantMessage | ToolMessage


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as the model is told of it."""

    name: str
    """3 to 63 characters of ``[a-z_]``."""
    description: str
    parameters: Mapping[str, Json]
    """JSON schema, root ``type: object``, each property with one ``type``."""
