"""What a conversation remembers of a turn that a crash cut off."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from k2_jupyter.agent.calls import INTERRUPTED
from k2_jupyter.agent.history import History
from k2_jupyter.hosts.recalled import remember
from k2_jupyter.journal.recall import RecordedTurn
from k2_jupyter.messages import AssistantMessage, ToolCall, ToolMessage, ToolResult

CALLS = tuple(ToolCall(f"c{number}", "run_cell", "{}") for number in range(2))


def cut_off(*results: str) -> RecordedTurn:
    """A turn whose newest answer had two calls, of which these came to an end."""
    turn = RecordedTurn("turn", datetime.now(UTC), {}, task="Make two names.")
    turn.answers = [
        (AssistantMessage("", CALLS[:1]), [ToolResult("made")]),
        (AssistantMessage("", CALLS), [ToolResult(text) for text in results]),
    ]
    return turn


@pytest.mark.parametrize("results", [(), ("first",)])
def test_a_call_without_a_result_is_answered_with_that(results: tuple[str, ...]) -> None:
    history = History("system")
    remember(history, cut_off(*results))
    told = [one.result.text for one in history.messages if isinstance(one, ToolMessage)]
    assert told == ["made", *results, *[INTERRUPTED] * (2 - len(results))]


def test_where_the_answer_is_to_be_given_again_it_is_left_out() -> None:
    history = History("system")
    remember(history, cut_off("first"), whole=True)
    assert len(history.messages) == 4
    assert isinstance(history.messages[-1], ToolMessage)
    assert history.messages[-1].result.text == "made"
