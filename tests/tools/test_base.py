"""Arguments as endpoints send them, through the schema to the tool."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping

import pytest

from k2_jupyter.errors import CellNotFoundError
from k2_jupyter.events import Conclusion, EventStream
from k2_jupyter.messages import Json, ToolCall, ToolResult
from k2_jupyter.tools.base import Arguments, Rejected, Tool, Toolset


class Asking:
    """A tool that says what it was given."""

    name = "ask_user"
    parameters: Mapping[str, Json] = {"question": {"type": "string"}}
    required = ()

    def run(self, arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        yield from ()
        return ToolResult(json.dumps(arguments))


class Closing:
    owed = False
    unfinished = False

    def plain(self, text: str) -> Conclusion:
        return Conclusion(text)


def result_of(arguments: str, tool: Tool | None = None) -> ToolResult:
    toolset = Toolset([tool or Asking()], closing=Closing(), redact=str)
    running = toolset.call(ToolCall("1", "ask_user", arguments), threading.Event())
    while True:
        try:
            next(running)
        except StopIteration as end:
            result: ToolResult = end.value
            return result


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        ("", {}),
        ("null", {}),
        ("{}", {}),
        ('{"question": "a\n\tb"}', {"question": "a\n\tb"}),
        (json.dumps('{"question": "a"}'), {"question": "a"}),
        ('{"question": "a"}{"question": "a"}', {"question": "a"}),
    ],
)
def test_what_loses_nothing_is_read(arguments: str, given: Mapping[str, str]) -> None:
    assert json.loads(result_of(arguments).text) == given


@pytest.mark.parametrize(
    "arguments",
    [
        '{"question": "a', '{"question": "a"} so', '{"question": "a"}{"question": "b"}', "[1]",
        "7", json.dumps(json.dumps("{}")), "```json\n{}\n```", "[" * 100_000,
        '{"question": "' + "x" * 200_000 + '"}',
    ],
)  # fmt: skip
def test_what_would_be_a_guess_is_rejected(arguments: str) -> None:
    result = result_of(arguments)
    assert isinstance(result, Rejected)
    assert result.is_error
    assert len(result.text) < 1_000


class Behind(Asking):
    """A tool that puts a cell behind one that is not there."""

    parameters: Mapping[str, Json] = {"after": {"type": "string"}}

    def run(self, arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        yield from ()
        raise CellNotFoundError("There is no cell `0`.")


def test_a_place_that_is_not_there_is_told_with_what_to_do() -> None:
    result = result_of('{"after": "0"}', Behind())
    assert result.is_error
    assert result.text == "There is no cell `0`. Leave `after` out, and the cell goes to the end."
    assert result_of("{}", Behind()).text == "There is no cell `0`."
