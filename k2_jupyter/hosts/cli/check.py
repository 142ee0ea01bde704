"""`k2 check`: does the configured endpoint do what an agent needs?"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal, TypeAlias

from rich.console import Console
from rich.table import Table
from rich.text import Text

from k2_jupyter.errors import ModelError
from k2_jupyter.events import Retrying, TextDelta
from k2_jupyter.messages import (
    AssistantMessage,
    Message,
    ToolCall,
    ToolMessage,
    ToolResult,
    ToolSpec,
    UserMessage,
)
from k2_jupyter.models.base import Model
from k2_jupyter.models.chat_completions import ChatCompletions
from k2_jupyter.models.content import CALL_IN_REASONING, CALL_IN_TEXT
from k2_jupyter.models.retry import RetryPolicy
from k2_jupyter.settings import Settings

Verdict: TypeAlias = Literal["works", "odd", "fails"]

THERMOMETER = ToolSpec(
    "read_thermometer",
    "Reads the thermometer of a room, in degrees Celsius.",
    {
        "type": "object",
        "properties": {"room": {"type": "string", "description": "Name of the room."}},
        "required": ["room"],
        "additionalProperties": False,
    },
)
_STYLES: Mapping[Verdict, str] = {"works": "green", "odd": "yellow", "fails": "red"}
_READING = "23.5"
"""What the tool says; a model that read it repeats it."""

_PARSER = (
    "the call came as plain text: start the server with the tool parser of this model "
    "(often --enable-auto-tool-choice --tool-call-parser NAME)"
)

POLICY = RetryPolicy(attempts=2, total_seconds=60.0, first_seconds=120.0, answer_seconds=300.0)


@dataclass(frozen=True, slots=True)
class Finding:
    """A line of the table."""

    what: str
    verdict: Verdict
    detail: str


def run_check(settings: Settings, console: Console, *, policy: RetryPolicy = POLICY) -> int:
    """Try the endpoint and print a table; 0 it will do, 75 it will not."""
    for note in settings.notes:
        console.print(note, markup=False)
    if settings.endpoint is None:
        console.print(
            "The offline analyst answers: it needs no endpoint, so there is nothing to check.\n"
            "For a model: k2 login",
        )
        return 0
    model = ChatCompletions(settings.model, settings.endpoint, settings.key, policy=policy)
    console.print(f"Checking {model.name} …", markup=False)
    findings = check(model)
    console.print(_table(findings))
    return 75 if any(finding.verdict == "fails" for finding in findings) else 0


def check(model: Model) -> list[Finding]:
    """The findings, as far as it got: the first failure of a call ends it."""
    try:
        findings = _check_text(_ask(model, [UserMessage(_prompt("check_text"))], []))
    except ModelError as problem:
        return [Finding("answers", "fails", str(problem))]
    try:
        return findings + _check_tool(model)
    except ModelError as problem:
        return [*findings, Finding("calls a tool", "fails", str(problem))]


@dataclass(frozen=True, slots=True)
class _Heard:
    answer: AssistantMessage
    pieces: int
    retries: tuple[str, ...]


def _ask(model: Model, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> _Heard:
    pieces = 0
    retries: list[str] = []
    stream = model.stream(messages, tools, threading.Event())
    while True:
        try:
            event = next(stream)
        except StopIteration as end:
            return _Heard(end.value, pieces, tuple(retries))
        if isinstance(event, Retrying):
            pieces = 0
            retries.append(event.reason)
        elif isinstance(event, TextDelta):
            pieces += 1


def _check_text(heard: _Heard) -> list[Finding]:
    usage = heard.answer.usage
    return [
        Finding("answers", "odd", f"only when asked again: {heard.retries[0]}")
        if heard.retries
        else Finding("answers", "works", ""),
        Finding("streams", "works", f"{heard.pieces} pieces")
        if heard.pieces > 1
        else Finding("streams", "odd", "all in one piece: you will see no progress"),
        Finding("reports usage", "works", f"{usage.input_tokens} in, {usage.output_tokens} out")
        if usage.input_tokens
        else Finding("reports usage", "odd", "no token counts: cost and context can't be shown"),
    ]


def _check_tool(model: Model) -> list[Finding]:
    question = UserMessage(_prompt("check_tool"))
    answer = _ask(model, [question], [THERMOMETER]).answer
    if not answer.calls:
        return [Finding("calls a tool", "fails", _no_call(answer))]
    call = answer.calls[0]
    leaked = any(name in answer.repairs for name in (CALL_IN_TEXT, CALL_IN_REASONING))
    problem = _call_problem(call)
    if problem:
        return [Finding("calls a tool", "fails", _PARSER if leaked else problem)]
    results = [ToolMessage(asked, ToolResult(f"{_READING} °C")) for asked in answer.calls]
    told = _ask(model, [question, answer, *results], [THERMOMETER]).answer
    reads = _READING in told.text
    return [
        Finding("calls a tool", "odd", f"worked around: {_PARSER}")
        if leaked
        else Finding("calls a tool", "works", f"id {call.id!r}"),
        Finding("reads the result", "works", "")
        if reads
        else Finding("reads the result", "fails", "its answer does not hold what the tool said"),
    ]


def _no_call(answer: AssistantMessage) -> str:
    reasoning = answer.reasoning.text if answer.reasoning else ""
    if "tool_call" in answer.text + reasoning:
        return _PARSER
    return "it answered in words: this model or server does not call tools"


def _call_problem(call: ToolCall) -> str:
    if call.name != THERMOMETER.name:
        return f"it called {call.name!r}, which does not exist"
    try:
        arguments = json.loads(call.arguments)
    except ValueError:
        return f"its arguments are not JSON: {call.arguments[:80]!r}"
    if not isinstance(arguments, dict) or not isinstance(arguments.get("room"), str):
        return f"its arguments do not fit the schema: {call.arguments[:80]!r}"
    return ""


def _prompt(name: str) -> str:
    return files(__package__).joinpath(f"{name}.md").read_text("utf-8").strip()


def _table(findings: Sequence[Finding]) -> Table:
    table = Table(show_header=False, box=None, pad_edge=False)
    for finding in findings:
        style = _STYLES[finding.verdict]
        table.add_row(finding.what, Text(finding.verdict, style), Text(finding.detail))
    return table
