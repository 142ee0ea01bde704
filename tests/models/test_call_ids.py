from __future__ import annotations

from k2_jupyter.messages import (
    AssistantMessage,
    Message,
    ToolCall,
    ToolMessage,
    ToolResult,
    UserMessage,
)
from k2_jupyter.models.call_ids import CallIds


def step(number: int) -> list[Message]:
    call = ToolCall("", "run_cell", f'{{"source": "{number}"}}')
    return [AssistantMessage("", (call,)), ToolMessage(call, ToolResult("long"))]


def test_a_longer_history_begins_with_the_same_ids() -> None:
    ids, history = CallIds("canonical"), [*step(0), *step(1)]
    assert list(ids.of(history[:2])) == [("functions.run_cell:0",)] * 2
    assert list(ids.of(history))[2:] == [("functions.run_cell:1",)] * 2


def test_a_shortened_result_keeps_its_id_and_a_shortened_history_begins_anew() -> None:
    ids, history = CallIds("canonical"), [*step(0), *step(1)]
    before = list(ids.of(history))
    assert isinstance(history[0], AssistantMessage)
    history[1] = ToolMessage(history[0].calls[0], ToolResult("short"))
    assert list(ids.of(history)) == before
    condensed = [UserMessage("Notes."), *history[2:]]
    assert list(ids.of(condensed)) == [(), *[("functions.run_cell:0",)] * 2]
