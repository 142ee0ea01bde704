"""Both languages read the same examples of what goes over the wire."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from k2_jupyter import events as vocabulary
from k2_jupyter.events import (
    AnswerReceived,
    CallFinished,
    CallStarted,
    CellFinished,
    CellStarted,
    Claim,
    Conclusion,
    Notice,
    PlanChanged,
    PlanItem,
    ReasoningDelta,
    Retrying,
    StepStarted,
    TextDelta,
    TurnFinished,
    TurnStarted,
    Waiting,
)
from k2_jupyter.hosts.lab.told import told
from k2_jupyter.hosts.lab.wire import Ask, WrongMessageError, read
from k2_jupyter.messages import AssistantMessage, Reasoning, ToolCall, ToolResult
from k2_jupyter.outputs import Stream

EXAMPLES: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "contracts" / "events.json").read_text("utf-8")
)
NESTED = range(300, 1_000, 100)
"""Around what one reader of JSON takes and the next does not."""
CALL = ToolCall("run_cell:0", "run_cell", "{}")
MADE = [
    TurnStarted("t", "task", "model"),
    StepStarted(1),
    TextDelta("text"),
    ReasoningDelta("text"),
    Retrying(2, 1.5, "why"),
    Waiting(0.5),
    AnswerReceived(AssistantMessage("text", (CALL,), Reasoning("thought"))),
    CallStarted(CALL, 0),
    CallFinished(CALL, 0, ToolResult("text"), 0.5),
    CellStarted("c", "n = 4"),
    CellFinished("c", "ok", 0.5, 4, (Stream("stdout", "text"),)),
    PlanChanged((PlanItem("p1", "title", cells=("c",)),)),
    Notice("text", "detail"),
    TurnFinished("done", Conclusion("text", ("caveat",), claims=(Claim("4", "c"),))),
]


def shape(value: Any) -> Any:
    """Field names and kinds of values; of a list what its members have in common."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value[:1]]
    return (
        "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value)
    )


@pytest.mark.parametrize("event", MADE, ids=lambda event: type(event).__name__)
def test_an_event_has_the_fields_of_its_example(event: Any) -> None:
    sent = json.loads(json.dumps(told(event)))
    examples = [shape(one) for one in EXAMPLES["events"] if one["type"] == sent["type"]]
    assert shape(sent) in examples


def test_every_event_of_the_agent_has_an_example() -> None:
    requests = {"ApprovalRequest", "QuestionRequest", "CapRequest"}
    names = {one.__name__ for one in vocabulary.Event.__args__} - requests - {"CellOutput"}
    assert names <= {one["type"] for one in EXAMPLES["events"]}
    assert names == {type(event).__name__ for event in MADE}


@pytest.mark.parametrize("message", EXAMPLES["to_server"], ids=lambda message: message["op"])
def test_what_a_page_says_is_taken(message: Any) -> None:
    assert read(json.dumps(message)) == message
    if message["op"] == "ask":
        assert Ask.of(message).mode == message["mode"]


@pytest.mark.parametrize(
    "text",
    [
        "no JSON",
        "[]",
        '{"op": "approve"}',
        '{"op": "stop", "now": true}',
        '{"op": "answer", "request": "r", "answer": {"type": "Approval", "granted": "yes"}}',
        '{"op": "answer", "request": "r", "answer": true}',
        '{"op": "plan", "items": [{"title": "", "state": "open"}]}',
        '{"op": "answer", "request": "r", "answer": {"type": "Extension", "extra": NaN}}',
        "[" * 100_000,
        *(
            f'{{"op": "hello", "log": null, "since": 0, "cells": {"[" * n + "]" * n}}}'
            for n in NESTED
        ),
    ],
)
def test_what_is_no_message_is_refused(text: str) -> None:
    with pytest.raises(WrongMessageError):
        read(text)


def test_what_is_too_long_is_said_without_repeating_it() -> None:
    ask = next(one for one in EXAMPLES["to_server"] if one["op"] == "ask")
    long = {"kind": "selection", "cell": "c", "text": "My own words. " * 10_000}
    for field, value in (("request", long["text"]), ("attached", [long])):
        with pytest.raises(WrongMessageError, match=f"{field}.*longer than 100000") as refused:
            read(json.dumps({**ask, field: value}))
        assert "own words" not in str(refused.value)


def test_lone_surrogates_do_not_come_in() -> None:
    said = read('{"op": "unqueue", "id": "\\ud800"}')
    assert said["id"] == "\ufffd"
