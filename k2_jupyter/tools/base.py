"""What the model may do: a `Toolset` parses, validates, runs, and never raises for it.

Every failure up to and including the tool's own is a `ToolResult` that the model reads.
The exceptions that pass through end the turn: `StopRequested`, and what the disk or the
kernel can't give any more (`JournalError`, `DocumentError`, `KernelError`).
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.resources import files
from typing import Any, Protocol, TypeAlias

from k2_jupyter.errors import (
    CellChangedError,
    CellNotFoundError,
    JournalError,
    NotebookError,
    StopRequested,
)
from k2_jupyter.events import Conclusion, EventStream, Notice
from k2_jupyter.messages import Json, ToolCall, ToolResult, ToolSpec

logger = logging.getLogger(__name__)

LONGEST_ARGUMENTS = 200_000
"""Characters of one call's arguments: no cell that a person would read is longer."""
_SHOWN = 500
_AT_THE_END = " Leave `after` out, and the cell goes to the end."

Arguments: TypeAlias = Mapping[str, Any]
"""Validated against the tool's schema before the tool sees them."""


class Tool(Protocol):
    """One thing the model may do. Its description is the ``.md`` file of the same name."""

    @property
    def name(self) -> str:
        """As the model calls it."""
        ...

    @property
    def parameters(self) -> Mapping[str, Json]:
        """Properties of the argument object, JSON schema each."""
        ...

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the properties that must be there."""
        ...

    def run(self, arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        """Do it. May yield requests and cell events."""
        ...


class Closing(Protocol):
    """How a turn ends without a call of `finish` (`tools/finish.py`)."""

    @property
    def owed(self) -> bool:
        """Did cells run in this turn, so that a conclusion is due?"""
        ...

    @property
    def unfinished(self) -> bool:
        """Is an item of the plan still to be done?"""
        ...

    def plain(self, text: str) -> Conclusion:
        """The conclusion of a turn that ended in plain text."""
        ...


@dataclass(frozen=True, slots=True)
class Finished(ToolResult):
    """The result that ends the turn."""

    conclusion: Conclusion = field(default_factory=lambda: Conclusion(""))


@dataclass(frozen=True, slots=True)
class Rejected(ToolResult):
    """The call is none: an unknown tool, or arguments that make no sense. Nothing was done."""


class Toolset:
    """The tools of one turn, by name."""

    def __init__(
        self, tools: Sequence[Tool], *, closing: Closing, redact: Callable[[str], str]
    ) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._closing = closing
        self._redact = redact

    @property
    def owes_finish(self) -> bool:
        """Would ending in plain text now leave cells without a conclusion?"""
        return self._closing.owed

    @property
    def unfinished(self) -> bool:
        """Would ending in plain text now leave items of the plan undone?"""
        return self._closing.unfinished

    def conclude(self, text: str) -> Conclusion:
        """The conclusion of a turn that ends in plain text. Raises `NotebookError`."""
        return self._closing.plain(self._redact(text))

    @cached_property
    def specs(self) -> tuple[ToolSpec, ...]:
        """What the model is told, in a fixed order so that the request's prefix is stable."""
        return tuple(_spec(tool) for _, tool in sorted(self._tools.items()))

    @cached_property
    def _validators(self) -> dict[str, Any]:
        from jsonschema import Draft202012Validator

        return {spec.name: Draft202012Validator(dict(spec.parameters)) for spec in self.specs}

    def call(self, call: ToolCall, stop: threading.Event) -> EventStream[ToolResult]:
        """Carry out one call of the model."""
        tool = self._tools.get(call.name)
        if tool is None:
            known = ", ".join(sorted(self._tools))
            return _rejected(f"There is no tool `{call.name}`. The tools are: {known}.")
        arguments = self._arguments(call)
        if isinstance(arguments, Rejected):
            return arguments
        try:
            result = yield from tool.run(arguments, stop)
        except CellNotFoundError as problem:
            return error(f"{problem}{_AT_THE_END if 'after' in arguments else ''}")
        except CellChangedError as problem:
            yield Notice("A cell was changed meanwhile; it is left as it is.")
            return error(f"{problem}\nIt now reads:\n{self._redact(problem.current)}")
        except (StopRequested, JournalError, NotebookError):
            raise
        except Exception as problem:
            logger.exception("tool %s failed", call.name)
            return error(f"`{call.name}` failed inside k2_jupyter: {problem!r}. This is a bug.")
        return self._redacted(result)

    def _arguments(self, call: ToolCall) -> Arguments | Rejected:
        if len(call.arguments) > LONGEST_ARGUMENTS:
            return _rejected(
                f"The arguments of `{call.name}` are longer than {LONGEST_ARGUMENTS:,} characters. "
                "Do it in smaller parts."
            )
        try:
            arguments = _decoded(call.arguments)
        except (ValueError, RecursionError) as problem:
            return _rejected(
                f"The arguments of `{call.name}` are not JSON: {problem}. Call it again."
            )
        broken = next(iter(self._validators[call.name].iter_errors(arguments)), None)
        if broken is not None:
            where = ".".join(str(part) for part in broken.absolute_path) or "the arguments"
            said = broken.message[:_SHOWN]  # it quotes what it does not like
            return _rejected(f"Invalid arguments for `{call.name}`, at {where}: {said}")
        checked: Arguments = arguments
        return checked

    def _redacted(self, result: ToolResult) -> ToolResult:
        text, gist = self._redact(result.text), self._redact(result.gist)
        if (text, gist) == (result.text, result.gist):
            return result
        return replace(result, text=text, gist=gist)


def error(text: str) -> ToolResult:
    """A failure that the model reads."""
    return ToolResult(text, is_error=True)


def _decoded(text: str) -> Any:
    """Arguments, repaired only where nothing has to be guessed. Raises as `json.loads`.

    Seen from models and servers: nothing or ``null`` for no arguments, raw newlines in
    strings, the object as text in a string, the same object twice.
    """
    text = text.strip() or "{}"
    decoder = json.JSONDecoder(strict=False)
    arguments, end = decoder.raw_decode(text)
    if text[end:].strip() not in ("", text[:end]):
        raise ValueError(f"something follows its end, at character {end}")
    if isinstance(arguments, str):
        arguments = decoder.decode(arguments)
    return {} if arguments is None else arguments


def _rejected(text: str) -> Rejected:
    return Rejected(text, is_error=True)


def _spec(tool: Tool) -> ToolSpec:
    description = files("k2_jupyter.tools").joinpath(f"{tool.name}.md").read_text("utf-8").strip()
    schema: dict[str, Json] = {
        "type": "object",
        "properties": dict(tool.parameters),
        "required": list(tool.required),
        "additionalProperties": False,
    }
    return ToolSpec(tool.name, description, schema)
