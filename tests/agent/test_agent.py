"""The loop, with a played model and tools that need no notebook."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from k2_jupyter.errors import (
    DocumentError,
    JournalError,
    ModelConnectionError,
    ModelEmptyError,
    StopRequested,
)
from k2_jupyter.events import (
    CallFinished,
    CallStarted,
    Conclusion,
    EventStream,
    Notice,
    TextDelta,
    TurnStarted,
)
from k2_jupyter.messages import (
    AssistantMessage,
    Message,
    ToolCall,
    ToolMessage,
    ToolResult,
    ToolSpec,
    Usage,
    UserMessage,
)
from k2_jupyter.tools.base import Arguments
from tests.agent.played import (
    Closing,
    agent_with,
    ask,
    assert_every_call_is_answered,
    ending,
    never,
    once,
    play,
)


def test_a_turn_reads_as_a_script() -> None:
    agent = agent_with(once(ask("one", "two")))
    events = play(agent)
    assert [type(event).__name__ for event in events if not isinstance(event, TextDelta)] == [
        "TurnStarted",
        "StepStarted",
        "AnswerReceived",
        *["CallStarted", "Notice", "CallFinished"] * 2,
        "StepStarted",
        "AnswerReceived",
        "TurnFinished",
    ]
    last = ending(events)
    assert (last.reason, last.steps, last.calls) == ("done", 2, 2)
    assert last.conclusion == Conclusion("bye", plain=True)
    assert last.usage == Usage(10, 4, 2)
    assert_every_call_is_answered(agent)


def test_the_briefing_goes_with_the_task_and_the_event_has_the_task_alone() -> None:
    agent = agent_with(lambda messages, tools: AssistantMessage("hello"))
    events = list(agent.run("do it", threading.Event(), briefing="<briefing/>", turn="t1"))
    assert events[0] == TurnStarted("t1", "do it", "played")
    assert UserMessage("do it\n\n<briefing/>") in agent.history.messages


def test_what_stands_behind_finish_is_not_carried_out_but_answered() -> None:
    calls = (
        ToolCall("a", "ask_user", '{"question": "x"}'),
        ToolCall("b", "add_markdown", '{"question": "x"}'),
        ToolCall("c", "ask_user", '{"question": "y"}'),
    )
    agent = agent_with(lambda messages, tools: AssistantMessage(calls=calls))
    last = ending(play(agent))
    assert last.conclusion == Conclusion("the end")
    assert last.calls == 2
    assert_every_call_is_answered(agent)


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (ToolCall("1", "no_such", "{}"), "There is no tool `no_such`"),
        (ToolCall("1", "ask_user", '{"question": "x"'), "not JSON"),
        (ToolCall("1", "ask_user", '{"question": 3}'), "at question"),
        (ToolCall("1", "ask_user", "[]"), "Invalid arguments"),
        (ToolCall("1", "ask_user", ""), "'question' is a required property"),
        (ToolCall("1", "ask_user", '{"question": "x", "more": 1}'), "more"),
    ],
)
def test_a_call_that_makes_no_sense_is_answered_with_what_is_wrong(
    call: ToolCall, answer: str
) -> None:
    agent = agent_with(once(AssistantMessage(calls=(call,))))
    (finished,) = [event for event in play(agent) if isinstance(event, CallFinished)]
    assert finished.result.is_error
    assert answer in finished.result.text


def test_a_bug_in_a_tool_is_told_to_the_model_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        yield from ()
        raise ZeroDivisionError

    agent = agent_with(once(ask("x")), broken)
    assert ending(play(agent)).reason == "done"
    assert "ask_user failed" in caplog.text
    assert_every_call_is_answered(agent)


def test_stop_in_a_tool_answers_all_calls_and_ends_the_turn() -> None:
    stop = threading.Event()

    def stopped(arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        yield from ()
        stop_user()
        raise StopRequested

    def stop_user() -> None:
        stop.set()

    agent = agent_with(once(ask("one", "two", "three")), stopped)
    events = play(agent, stop)
    assert ending(events).reason == "interrupted"
    assert len([event for event in events if isinstance(event, CallStarted)]) == 1
    assert_every_call_is_answered(agent)
    results = [m.result for m in agent.history.messages if isinstance(m, ToolMessage)]
    assert len(results) == 3
    assert all(result.is_error and "Interrupted" in result.text for result in results)


def test_stop_before_the_first_step_asks_nothing() -> None:
    stop = threading.Event()
    stop.set()

    def respond(*_: Any) -> AssistantMessage:
        raise AssertionError("the model was asked")

    assert ending(play(agent_with(respond), stop)).reason == "interrupted"


def test_a_host_that_closes_the_turn_leaves_a_valid_history() -> None:
    agent = agent_with(once(ask("one", "two")))
    events = agent.run("do it", threading.Event())
    while not isinstance(next(events), Notice):
        pass
    events.close()
    assert_every_call_is_answered(agent)


@pytest.mark.parametrize("failure", [DocumentError("disk full"), JournalError("no journal")])
def test_what_the_disk_refuses_ends_the_turn_with_its_cause(failure: Exception) -> None:
    def refused(arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        yield from ()
        raise failure

    agent = agent_with(once(ask("one", "two")), refused)
    last = ending(play(agent))
    assert (last.reason, last.detail) == ("failed", str(failure))
    assert_every_call_is_answered(agent)


def test_a_model_that_can_not_be_reached_ends_the_turn_resumable() -> None:
    def respond(*_: Any) -> AssistantMessage:
        raise ModelConnectionError("refused")

    last = ending(play(agent_with(respond)))
    assert (last.reason, last.detail) == ("model", "refused")


def test_a_resumed_turn_goes_on_where_the_history_ends() -> None:
    read: list[Sequence[Message]] = []

    def respond(messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AssistantMessage:
        read.append(list(messages))
        return AssistantMessage("done")

    agent = agent_with(respond)
    agent.history.ask("begun before")
    list(agent.run("begun before", threading.Event(), resumed=True))
    assert [m.text for m in read[0] if isinstance(m, UserMessage)] == ["begun before"]


def test_a_turn_that_owes_a_conclusion_is_asked_for_it_once() -> None:
    asked: list[str] = []

    def respond(messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AssistantMessage:
        if isinstance(messages[-1], UserMessage):
            asked.append(messages[-1].text)
        return AssistantMessage("the mean is 3")

    closing = Closing()
    closing.owed = True
    last = ending(play(agent_with(respond, closing=closing)))
    assert len(asked) == 2
    assert "call `finish` now" in asked[1]
    assert last.conclusion == Conclusion("the mean is 3", plain=True)


def test_a_turn_that_leaves_its_plan_open_is_asked_to_go_on_once() -> None:
    # A small model set a plan and then told results of cells that it had never run.
    asked: list[str] = []

    def respond(messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AssistantMessage:
        if isinstance(messages[-1], UserMessage):
            asked.append(messages[-1].text)
        return AssistantMessage("The mean is 3.")

    closing = Closing()
    closing.unfinished = True
    last = ending(play(agent_with(respond, closing=closing)))
    assert len(asked) == 2
    assert "plan are still open" in asked[1]
    assert last.conclusion == Conclusion("The mean is 3.", plain=True)


def test_an_answer_cut_at_its_length_limit_is_told_to_the_model() -> None:
    def respond(messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AssistantMessage:
        asked = [message for message in messages if isinstance(message, UserMessage)]
        if "cut off" in asked[-1].text:
            return AssistantMessage("short")
        return AssistantMessage("long", finish="length")

    last = ending(play(agent_with(respond)))
    assert last.conclusion == Conclusion("short", plain=True)


def test_an_answer_that_is_always_cut_ends() -> None:
    last = ending(play(agent_with(lambda *_: AssistantMessage("long", finish="length"))))
    assert (last.reason, last.steps) == ("model", 4)
    assert "cut off" in last.detail


def test_calls_of_an_answer_that_was_cut_are_not_carried_out() -> None:
    cut = replace(ask("x", "y"), finish="length")
    last = ending(play(agent_with(once(cut), never)))
    assert (last.reason, last.calls) == ("done", 0)


def test_an_empty_answer_is_told_once_and_then_ends_the_turn() -> None:
    told: list[Message] = []

    def respond(messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AssistantMessage:
        told.append(messages[-1])
        raise ModelEmptyError("nothing came")

    last = ending(play(agent_with(respond)))
    assert (last.reason, last.steps, last.detail) == ("model", 2, "nothing came")
    assert isinstance(told[1], UserMessage)
    assert "neither text nor a tool call" in told[1].text


def test_the_same_call_twice_in_an_answer_is_carried_out_once() -> None:
    ran: list[str] = []

    def note(arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        yield from ()
        ran.append(arguments["question"])
        return ToolResult(f"noted {len(ran)}")

    events = play(agent_with(once(ask("x", "y", "x")), note))
    assert ran == ["x", "y"]
    results = [event.result.text for event in events if isinstance(event, CallFinished)]
    assert results == ["noted 1", "noted 2", "noted 1"]
    assert ending(events).calls == 2


def test_a_flood_of_calls_is_carried_out_up_to_a_number() -> None:
    agent = agent_with(once(ask(*map(str, range(100)))))
    events = play(agent)
    finished = [event for event in events if isinstance(event, CallFinished)]
    assert len(finished) == 100
    assert [event.result.is_error for event in finished] == [False] * 16 + [True] * 84
    assert "16 tool calls" in finished[-1].result.text
    assert ending(events).calls == 16
    assert_every_call_is_answered(agent)
