"""Circles: repeated calls, calls that make no sense, announcements without a call."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence

import pytest

from k2_jupyter.agent.loops import announces
from k2_jupyter.events import CallFinished, EventStream
from k2_jupyter.messages import (
    AssistantMessage,
    Message,
    ToolCall,
    ToolResult,
    ToolSpec,
    UserMessage,
)
from k2_jupyter.models.profiles import ModelProfile
from k2_jupyter.tools.base import Arguments
from tests.agent.played import agent_with, ask, assert_every_call_is_answered, ending, play

Tools = Sequence[ToolSpec]


class Failing:
    """The same failing source, each time in a new cell."""

    def __init__(self) -> None:
        self._count = itertools.count(1)

    def __call__(self, arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        yield from ()
        number = next(self._count)
        return ToolResult(
            f"cell {number:08x} (hash 0123456789ab) · error · {number / 7:.2f} s · [{number}]\n"
            f"<error>\nCell In[{number}], line 1\nNameError: name 'x' is not defined\n</error>",
            is_error=True,
        )


def test_a_repeated_call_is_told_at_three_five_and_eight_and_stopped_at_twelve() -> None:
    agent = agent_with(lambda messages, tools: ask("x"), Failing())
    events = play(agent)
    texts = [event.result.text for event in events if isinstance(event, CallFinished)]
    told = [number for number, text in enumerate(texts, 1) if "Note: this call" in text]
    assert told == [3, 5, 8]
    assert "3 times" in texts[2]
    assert "after 12 times the turn is stopped" in texts[4]
    last = ending(events)
    assert (last.reason, last.calls) == ("limit", 12)
    assert "`ask_user` 12 times" in last.detail
    assert_every_call_is_answered(agent)


def test_a_circle_of_three_calls_is_one_as_well() -> None:
    questions = itertools.cycle("abc")
    last = ending(play(agent_with(lambda messages, tools: ask(next(questions)), Failing())))
    assert (last.reason, last.calls) == ("limit", 34)


def test_a_result_that_changes_is_no_circle() -> None:
    count = itertools.count()

    def progress(arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        yield from ()
        return ToolResult(f"{next(count)} of 20 done")

    def respond(messages: Sequence[Message], tools: Tools) -> AssistantMessage:
        return ask("how far?") if len(messages) < 42 else AssistantMessage("bye")

    last = ending(play(agent_with(respond, progress)))
    assert (last.reason, last.calls) == ("done", 20)


def broken(*arguments: str) -> AssistantMessage:
    return AssistantMessage(
        calls=tuple(ToolCall(f"c{n}", "ask_user", text) for n, text in enumerate(arguments))
    )


def test_five_calls_in_a_row_that_make_no_sense_stop_the_turn() -> None:
    tries = itertools.count()
    agent = agent_with(lambda messages, tools: broken(f"{{{next(tries)}"))
    last = ending(play(agent))
    assert (last.reason, last.calls) == ("limit", 5)
    assert "make no sense" in last.detail
    assert_every_call_is_answered(agent)


def test_many_wrong_calls_in_one_answer_are_one_mistake() -> None:
    def respond(messages: Sequence[Message], tools: Tools) -> AssistantMessage:
        return broken(*"{[(<:;") if len(messages) < 3 else AssistantMessage("bye")

    assert ending(play(agent_with(respond))).reason == "done"


def test_a_call_that_works_in_between_starts_the_count_anew() -> None:
    tries = itertools.count()

    def respond(messages: Sequence[Message], tools: Tools) -> AssistantMessage:
        number = next(tries)
        if number == 20:
            return AssistantMessage("bye")
        return ask(str(number)) if number % 5 == 4 else broken(f"{{{number}")

    assert ending(play(agent_with(respond))).reason == "done"


@pytest.mark.parametrize(
    "text",
    [
        "The file has two columns. Now let me load it.",
        "I'll plot the salaries by group next.",
        "I will fit the model...",
        "Next, I’ll clean the dates",
        "Loading the data:",
        "让我先看看数据。",
        "接下来分析各组的差异",
    ],
)
def test_what_announces_a_call(text: str) -> None:
    assert announces(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The mean is 3.2.",
        "The groups differ. Let me know if you want the table.",
        "I will not guess. The data do not say it.",
        "Let me explain: a p value is no effect size.",
        "Use `df.head()` for that.",
    ],
)
def test_what_is_an_answer(text: str) -> None:
    assert not announces(text)


def test_an_announcement_without_a_call_is_told_once_and_then_is_the_answer() -> None:
    read: list[Message] = []

    def respond(messages: Sequence[Message], tools: Tools) -> AssistantMessage:
        read.append(messages[-1])
        return AssistantMessage("Now let me load the data.")

    last = ending(play(agent_with(respond, profile=ModelProfile("m"))))
    assert (last.reason, last.steps) == ("done", 2)
    assert isinstance(read[1], UserMessage)
    assert "called no tool" in read[1].text
