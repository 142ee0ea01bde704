"""Whatever a model does, a turn ends in order, and every request on the way is valid."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from k2_jupyter.agent.limits import Limits
from k2_jupyter.errors import (
    DocumentError,
    ModelConnectionError,
    ModelEmptyError,
    ModelOutputError,
    ModelOverflowError,
    StopRequested,
)
from k2_jupyter.events import (
    Answer,
    CallFinished,
    CallStarted,
    CapRequest,
    Event,
    EventStream,
    Extension,
    TurnFinished,
)
from k2_jupyter.messages import (
    AssistantMessage,
    Image,
    Message,
    ToolCall,
    ToolResult,
    ToolSpec,
    Usage,
)
from k2_jupyter.models.profiles import OFFLINE, ModelProfile
from k2_jupyter.tools.base import Arguments
from tests.agent.played import agent_with, assert_answered, play

CALLS = st.builds(
    ToolCall,
    st.sampled_from(["", "a", "b"]),
    st.sampled_from(["ask_user", "ask_user", "add_markdown", "no_such"]),
    st.sampled_from(['{"question": "x"}', '{"question": "y"}', '{"question": 3}', "", "{", "[]"]),
)
ANSWERS = st.builds(
    AssistantMessage,
    st.sampled_from(["", "Fine.", "Let me look.", "t" * 3_000]),
    st.lists(CALLS, max_size=20).map(tuple),
    finish=st.sampled_from(["stop", "tool_calls", "length"]),
    usage=st.sampled_from([Usage(), Usage(900, 100, 50), Usage(9_000, 0, 9_000)]),
)
ERRORS = st.sampled_from(
    [
        ModelConnectionError("gone"),
        ModelEmptyError("empty"),
        ModelOutputError("filtered"),
        ModelOverflowError("long", status=400),
        ModelOverflowError("long", status=400, limit=700, requested=800),
        ModelOverflowError("big", status=413, unit="bytes"),
        StopRequested(),
    ]
)
RESULTS = st.one_of(
    st.builds(ToolResult, st.sampled_from(["ok", "r" * 2_000]), is_error=st.booleans()),
    st.just(ToolResult("seen", images=(Image("image/png", b"1"),))),
    st.sampled_from([DocumentError("full"), StopRequested(), ZeroDivisionError()]),
)
PROFILES = [
    OFFLINE,
    ModelProfile("m", context_tokens=2_000),
    ModelProfile("m", context_tokens=8_000, vision=True),
]


@settings(max_examples=150, deadline=None)
@given(
    turns=st.lists(st.lists(ANSWERS | ERRORS, max_size=12), min_size=1, max_size=3),
    results=st.lists(RESULTS, max_size=30),
    profile=st.sampled_from(PROFILES),
    limits=st.builds(
        Limits, st.integers(0, 9), st.integers(0, 9), tokens=st.none() | st.just(5_000)
    ),
    extended=st.booleans(),
)
def test_a_turn_ends_in_order(
    turns: list[list[AssistantMessage | Exception]],
    results: list[ToolResult | Exception],
    profile: ModelProfile,
    limits: Limits,
    *,
    extended: bool,
) -> None:
    script: Iterator[AssistantMessage | Exception] = iter(())
    outcomes = iter(results)

    def respond(messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AssistantMessage:
        assert_answered(messages)
        said = next(script, AssistantMessage("The end."))
        if isinstance(said, Exception):
            raise said
        return said

    def carry_out(arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        yield from ()
        outcome = next(outcomes, ToolResult("ok"))
        if isinstance(outcome, Exception):
            raise outcome
        return replace(outcome)

    agent = agent_with(respond, carry_out, profile=profile, limits=limits)
    for turn in turns:
        script = iter(turn)
        events = play(agent, answers=person(1 if extended else 0))
        assert isinstance(events[-1], TurnFinished)
        begun = [(one.call, one.position) for one in events if isinstance(one, CallStarted)]
        ended = [(one.call, one.position) for one in events if isinstance(one, CallFinished)]
        assert begun == ended
        assert_answered(agent.history.messages)


def person(times: int) -> Callable[[Event], Answer]:
    """Extends so many limits."""
    extensions = iter([Extension(5)] * times)

    def answer(event: Event) -> Answer:
        return next(extensions, None) if isinstance(event, CapRequest) else None

    return answer
