"""The loop, with a played model and tools that need no notebook."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from k2_jupyter.agent.agent import Agent
from k2_jupyter.agent.limits import Limits
from k2_jupyter.errors import DocumentError, JournalError, ModelConnectionError, StopRequested
from k2_jupyter.events import (
    Answer,
    CallFinished,
    CallStarted,
    CapRequest,
    Conclusion,
    Event,
    EventStream,
    Extension,
    Notice,
    TextDelta,
    TurnFinished,
    TurnStarted,
)
from k2_jupyter.messages import (
    AssistantMessage,
    Json,
    Message,
    ToolCall,
    ToolMessage,
    ToolResult,
    ToolSpec,
    Usage,
    UserMessage,
)
from k2_jupyter.models.profiles import OFFLINE, ModelProfile, Prices
from k2_jupyter.models.scripted import ScriptedModel
from k2_jupyter.tools.base import Arguments, Finished, Toolset

Body = Callable[[Arguments, threading.Event], EventStream[ToolResult]]


class PlayedTool:
    """The tool `ask_user` with a body of the test's own."""

    parameters: Mapping[str, Json] = {"question": {"type": "string"}}
    required = ("question",)

    def __init__(self, body: Body, name: str = "ask_user") -> None:
        self.name = name
        self.run = body


class Closing:
    """What `finish` would do, without a notebook."""

    owed = False

    def plain(self, text: str) -> Conclusion:
        return Conclusion(text, plain=True)


def echo(arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
    yield Notice("working")
    return ToolResult(f"echo {arguments['question']}")


def end(arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
    yield from ()
    return Finished("over", conclusion=Conclusion("the end"))


def agent_with(
    respond: Callable[[Sequence[Message], Sequence[ToolSpec]], AssistantMessage],
    body: Body = echo,
    *,
    limits: Limits | None = None,
    closing: Closing | None = None,
    profile: ModelProfile = OFFLINE,
) -> Agent:
    tools = [PlayedTool(body), PlayedTool(end, "add_markdown")]
    toolset = Toolset(tools, closing=closing or Closing(), redact=lambda text: text)
    model = ScriptedModel(respond, name="played", profile=profile)
    return Agent(model, toolset, limits=limits)


def ask(*questions: str) -> AssistantMessage:
    calls = tuple(
        ToolCall(f"functions.ask_user:{n}", "ask_user", f'{{"question": "{question}"}}')
        for n, question in enumerate(questions)
    )
    return AssistantMessage(calls=calls, usage=Usage(10, 4, 2))


def play(
    agent: Agent,
    stop: threading.Event | None = None,
    answers: Callable[[Event], Answer] = lambda event: None,
) -> list[Event]:
    """All events of a turn, each answered by `answers`."""
    events = agent.run("do it", stop or threading.Event())
    seen: list[Event] = []
    answer: Answer = None
    while True:
        try:
            seen.append(events.send(answer))
        except StopIteration:
            return seen
        answer = answers(seen[-1])


def ending(events: Sequence[Event]) -> TurnFinished:
    assert isinstance(events[-1], TurnFinished)
    return events[-1]


def assert_every_call_is_answered(agent: Agent) -> None:
    assert_answered(agent.history.messages)


def assert_answered(messages: Sequence[Message]) -> None:
    """Each call in order, directly behind the message that made it."""
    waiting: list[ToolCall] = []
    for message in messages:
        if isinstance(message, ToolMessage):
            assert waiting.pop(0) == message.call
        else:
            assert waiting == []
        if isinstance(message, AssistantMessage):
            waiting = list(message.calls)
    assert waiting == []


def once(first: AssistantMessage, then: str = "bye") -> Callable[..., AssistantMessage]:
    def respond(messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AssistantMessage:
        return AssistantMessage(then) if isinstance(messages[-1], ToolMessage) else first

    return respond


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


@pytest.mark.parametrize(
    ("limits", "steps", "calls"),
    [(Limits(steps=3), 3, 6), (Limits(calls=4), 2, 4), (Limits(calls=3), 2, 3)],
)
def test_a_limit_ends_the_turn_when_nobody_extends_it(
    limits: Limits, steps: int, calls: int
) -> None:
    agent = agent_with(lambda messages, tools: ask("one", "two"), limits=limits)
    last = ending(play(agent))
    assert (last.reason, last.steps, last.calls) == ("limit", steps, calls)
    assert_every_call_is_answered(agent)


def test_an_extension_lets_it_go_on() -> None:
    asked: list[CapRequest] = []

    def extend(event: Event) -> Answer:
        if not isinstance(event, CapRequest):
            return None
        asked.append(event)
        return Extension(2) if len(asked) == 1 else None

    agent = agent_with(lambda messages, tools: ask("x"), limits=Limits(steps=3))
    assert ending(play(agent, answers=extend)).steps == 5
    assert [request.allowed for request in asked] == [3, 5]


def test_what_the_answers_cost_is_a_limit() -> None:
    # `ask` reports 10 tokens of input, 4 of them cached, and 2 of output: 9 dollars an answer.
    priced = replace(OFFLINE, prices=Prices(cached_input=0.25e6, input=1e6, output=1e6))
    asked: list[CapRequest] = []

    def extend(event: Event) -> Answer:
        if not isinstance(event, CapRequest):
            return None
        asked.append(event)
        return Extension(9) if len(asked) == 1 else None

    limits = Limits(dollars=10)
    agent = agent_with(lambda messages, tools: ask("x"), limits=limits, profile=priced)
    end = ending(play(agent, answers=extend))
    assert (end.reason, end.steps) == ("limit", 3)
    assert "19 US dollars" in end.detail
    assert [(request.limit, request.used) for request in asked] == [
        ("dollars", 18),
        ("dollars", 27),
    ]


def test_a_resumed_turn_goes_on_where_the_history_ends() -> None:
    read: list[Sequence[Message]] = []

    def respond(messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AssistantMessage:
        read.append(list(messages))
        return AssistantMessage("done")

    agent = agent_with(respond)
    agent.history.ask("begun before")
    list(agent.run("begun before", threading.Event(), resumed=True))
    assert [m.text for m in read[0] if isinstance(m, UserMessage)] == ["begun before"]


def test_calls_over_the_limit_are_answered_before_the_model_is_asked_again() -> None:
    def respond(messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AssistantMessage:
        assert_answered(messages)
        asked = sum(isinstance(message, AssistantMessage) for message in messages)
        return AssistantMessage("bye") if asked else ask("one", "two", "three")

    def extend(event: Event) -> Answer:
        return Extension(5) if isinstance(event, CapRequest) else None

    agent = agent_with(respond, limits=Limits(calls=1))
    last = ending(play(agent, answers=extend))
    assert (last.reason, last.calls) == ("done", 1)
    results = [m.result for m in agent.history.messages if isinstance(m, ToolMessage)]
    assert [result.is_error for result in results] == [False, True, True]


def test_the_time_limit_reaches_into_a_waiting_tool() -> None:
    def wait(arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        yield from ()
        assert stop.wait(60)
        raise StopRequested

    agent = agent_with(lambda messages, tools: ask("x"), wait, limits=Limits(seconds=0.05))
    last = ending(play(agent))
    assert last.reason == "limit"
    assert last.seconds < 30
    assert_every_call_is_answered(agent)


def test_the_time_limit_reaches_into_a_silent_model() -> None:
    class Silent:
        name = "silent"
        profile: ModelProfile = OFFLINE

        def stream(
            self, messages: Sequence[Message], tools: Sequence[ToolSpec], stop: threading.Event
        ) -> EventStream[AssistantMessage]:
            yield from ()
            assert stop.wait(60)
            raise StopRequested

    toolset = Toolset([PlayedTool(echo)], closing=Closing(), redact=str)
    agent = Agent(Silent(), toolset, limits=Limits(seconds=0.05))
    assert ending(play(agent)).reason == "limit"


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
    assert last.steps == 4
