"""What came up during a turn is no new request."""

from __future__ import annotations

from k2_jupyter.analyst.conversation import read_turn
from k2_jupyter.messages import (
    AssistantMessage,
    Message,
    ToolCall,
    ToolMessage,
    ToolResult,
    UserMessage,
)

CALL = ToolCall("1", "run_cell", "{}")


def test_a_reminder_begins_no_turn() -> None:
    messages: list[Message] = [
        UserMessage("Profile data.csv"),
        AssistantMessage(calls=(CALL,)),
        ToolMessage(CALL, ToolResult("first")),
        UserMessage("<reminder>\nThe user edited cell c1.\n</reminder>"),
        AssistantMessage(calls=(CALL,)),
        ToolMessage(CALL, ToolResult("second")),
    ]
    turn = read_turn(messages)
    assert [asked.task for asked in turn.asked] == ["Profile data.csv"]
    assert [result.text for results in turn.results for result in results] == ["first", "second"]
