"""An agent with a played model, and with tools that need no notebook."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from k2_jupyter.agent.agent import Agent
from k2_jupyter.agent.limits import Day, Limits
from k2_jupyter.events import (
    Answer,
    Conclusion,
    Event,
    EventStream,
    Notice,
    TurnFinished,
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
)
from k2_jupyter.models.profiles import OFFLINE, ModelProfile
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
    unfinished = False

    def plain(self, text: str) -> Conclusion:
        return Conclusion(text, plain=True)


def echo(arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
    yield Notice("working")
    return ToolResult(f"echo {arguments['question']}")


def never(arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
    yield from ()
    raise AssertionError("it was carried out")


def end(arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
    yield from ()
    return Finished("over", conclusion=Conclusion("the end"))


def agent_with(
    respond: Callable[[Sequence[Message], Sequence[ToolSpec]], AssistantMessage],
    body: Body = echo,
    *,
    limits: Limits | None = None,
    day: Day | None = None,
    closing: Closing | None = None,
    profile: ModelProfile = OFFLINE,
) -> Agent:
    tools = [PlayedTool(body), PlayedTool(end, "add_markdown")]
    toolset = Toolset(tools, closing=closing or Closing(), redact=lambda text: text)
    model = ScriptedModel(respond, name="played", profile=profile)
    return Agent(model, toolset, limits=limits, day=day)


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
