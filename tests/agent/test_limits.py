"""Caps of a turn and of a day."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from k2_jupyter.agent.agent import Agent
from k2_jupyter.agent.limits import Day, DayLimits, Limits
from k2_jupyter.errors import StopRequested
from k2_jupyter.events import Answer, CapRequest, Event, EventStream, Extension, TurnFinished
from k2_jupyter.journal.ledger import Ledger, Spent
from k2_jupyter.messages import (
    AssistantMessage,
    Message,
    ToolMessage,
    ToolResult,
    ToolSpec,
    Usage,
    UserMessage,
)
from k2_jupyter.models.profiles import OFFLINE, ModelProfile, Prices
from k2_jupyter.tools.base import Arguments, Toolset
from tests.agent.played import (
    Closing,
    PlayedTool,
    agent_with,
    ask,
    assert_answered,
    assert_every_call_is_answered,
    echo,
    ending,
    play,
)

# `ask` reports 10 tokens of input, 4 of them cached, and 2 of output: 9 dollars an answer.
PRICED = replace(OFFLINE, prices=Prices(cached_input=0.25e6, input=1e6, output=1e6))


def asking(messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AssistantMessage:
    return ask("one")


class Person:
    """Extends each limit once, by as much as is offered."""

    def __init__(self) -> None:
        self.asked: list[CapRequest] = []

    def __call__(self, event: Event) -> Answer:
        if not isinstance(event, CapRequest):
            return None
        self.asked.append(event)
        return Extension(event.offered) if len(self.asked) == 1 else None


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


def test_a_turn_that_a_limit_ended_can_be_resumed() -> None:
    def answer(messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AssistantMessage:
        done = sum(isinstance(message, ToolMessage) for message in messages)
        return ask(f"step {done}") if done < 5 else AssistantMessage("bye")

    agent = agent_with(answer, limits=Limits(steps=3))
    assert ending(play(agent)).reason == "limit"
    assert ending(list(agent.run("do it", threading.Event(), resumed=True))).reason == "done"
    assert sum(isinstance(message, UserMessage) for message in agent.history.messages) == 1
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


def test_a_stop_at_the_question_is_the_users_and_no_limits() -> None:
    stop = threading.Event()

    def leave(event: Event) -> Answer:
        if isinstance(event, CapRequest):
            stop.set()
        return None

    last = ending(play(agent_with(asking, limits=Limits(steps=2)), stop, leave))
    assert (last.reason, last.steps) == ("interrupted", 2)


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


def test_calls_that_the_time_limit_left_open_are_answered_before_the_turn_goes_on() -> None:
    def respond(messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AssistantMessage:
        assert_answered(messages)
        return AssistantMessage("bye") if len(messages) > 2 else ask("one", "two")

    def wait(arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        yield from ()
        assert stop.wait(60)
        raise StopRequested

    def extend(event: Event) -> Answer:
        return Extension(60) if isinstance(event, CapRequest) else None

    last = ending(play(agent_with(respond, wait, limits=Limits(seconds=0.05)), answers=extend))
    assert (last.reason, last.calls) == ("done", 1)


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


def test_what_is_sent_again_is_no_new_token() -> None:
    """Each request has the last one and its answer, and 100 tokens more."""

    def respond(messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AssistantMessage:
        number = sum(isinstance(message, AssistantMessage) for message in messages)
        return replace(ask(f"{number}"), usage=Usage(1_000 + number * 150, 0, 50))

    person = Person()
    agent = agent_with(respond, limits=Limits(tokens=1_300))
    first = ending(play(agent, answers=person))
    # 1,050 at first, 150 a step: the third step reaches 1,350, the twelfth 2,700.
    assert [(one.limit, one.used) for one in person.asked] == [("tokens", 1_350), ("tokens", 2_700)]
    assert (first.reason, first.steps) == ("limit", 12)
    assert "2,600 new tokens" in first.detail
    second = ending(play(agent))
    assert second.steps == 9  # 1,350 again: the whole conversation so far is known


def test_a_yes_is_offered_as_much_again() -> None:
    person = Person()
    last = ending(play(agent_with(asking, limits=Limits(steps=4)), answers=person))
    assert (person.asked[0].offered, last.steps) == (4, 8)


# A day


def day(folder: Path, **limits: float) -> Day:
    return Day(Ledger(folder, today=lambda: date(2026, 11, 22)), DayLimits(**limits))  # type: ignore[arg-type]


def turn(folder: Path, **limits: float) -> TurnFinished:
    agent = agent_with(asking, limits=Limits(steps=3), day=day(folder, **limits), profile=PRICED)
    return ending(play(agent))


@pytest.mark.parametrize(
    ("limits", "steps", "said"),
    [
        ({"steps": 5}, [3, 2, 0], "limit of the day of 5 steps"),
        ({"dollars": 36}, [3, 1, 0], "of 36 US dollars"),
        ({"tokens": 18}, [3, 1, 0], "of 18 new tokens"),
    ],
)
def test_the_turns_of_a_day_share_its_limits(
    tmp_path: Path, limits: dict[str, float], steps: list[int], said: str
) -> None:
    ended = [turn(tmp_path, **limits) for _ in steps]
    assert [one.steps for one in ended] == steps
    assert [one.reason for one in ended] == ["limit"] * 3
    assert said in ended[2].detail


def test_a_day_can_be_extended_for_a_turn(tmp_path: Path) -> None:
    person = Person()
    agent = agent_with(asking, day=day(tmp_path, steps=2))
    assert ending(play(agent, answers=person)).steps == 4
    assert [(one.period, one.used) for one in person.asked] == [("day", 2), ("day", 4)]


def test_the_day_knows_all_that_a_turn_used(tmp_path: Path) -> None:
    last = turn(tmp_path)
    total = day(tmp_path).ledger.total()
    assert (total.steps, total.usage, total.dollars) == (3, last.usage, 27)
    assert total.tokens == 12 + 2 + 2
    assert 0 < total.seconds < last.seconds + 1e-4


class Contended(Ledger):
    """Between the look at what is left and the taking of it, somebody else takes a step."""

    def total(self) -> Spent:
        total = super().total()
        if total.steps < 5:
            self.add(Spent(steps=1))
        return total


def test_a_step_that_another_process_took_meanwhile_is_not_there(tmp_path: Path) -> None:
    contended = Day(Contended(tmp_path, today=lambda: date(2026, 11, 22)), DayLimits(steps=5))
    last = ending(play(agent_with(asking, day=contended)))
    assert (last.reason, last.steps) == ("limit", 2)
    assert contended.ledger.total().steps == 5


def test_a_day_that_can_not_be_written_down_ends_the_turn(tmp_path: Path) -> None:
    (tmp_path / "spent").write_text("no folder")
    last = turn(tmp_path)
    assert (last.reason, last.steps) == ("failed", 0)
    assert "spent today" in last.detail
