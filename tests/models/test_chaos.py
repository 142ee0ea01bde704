"""A long conversation over a wire that fails all the time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from k2_jupyter.events import EventStream, Retrying
from k2_jupyter.messages import (
    AssistantMessage,
    Message,
    ToolCall,
    ToolMessage,
    ToolResult,
    ToolSpec,
    UserMessage,
)
from k2_jupyter.models.chat_completions import ChatCompletions
from k2_jupyter.models.profiles import EndpointProfile, ModelProfile
from k2_jupyter.models.retry import RetryPolicy
from tests.faults.chaos import Chaos, Rates
from tests.loopback import Play, Server

STEPS = 300
TOOL = ToolSpec("run_cell", "Runs.", {"type": "object", "properties": {}})


def next_call(body: dict[str, Any]) -> AssistantMessage:
    """The call that follows on as many steps as the request holds."""
    step = sum(message["role"] == "tool" for message in body["messages"])
    call = ToolCall(f"run_cell:{step}", "run_cell", f'{{"source": "{step}"}}')
    return AssistantMessage(f"Step {step}.", (call,), finish="tool_calls")


def answer_of(stream: EventStream[AssistantMessage]) -> tuple[AssistantMessage, int]:
    retries = 0
    while True:
        try:
            retries += isinstance(next(stream), Retrying)
        except StopIteration as end:
            return end.value, retries


@pytest.mark.parametrize(
    "seed", [*range(3), *(pytest.param(seed, marks=pytest.mark.full) for seed in range(3, 20))]
)
def test_no_step_is_lost_or_doubled(serve: Callable[[Play], Server], seed: int) -> None:
    chaos = Chaos(next_call, seed, Rates(torn=0.0))
    server = serve(chaos)
    policy = RetryPolicy(attempts=20, first_wait=0.0)
    model = ChatCompletions(
        ModelProfile("m"), EndpointProfile(server.base_url), None, policy=policy
    )
    history: list[Message] = [UserMessage("Go.")]
    asked_again = 0
    for step in range(STEPS):
        answer, retries = answer_of(model.stream(history, [TOOL], threading.Event()))
        asked_again += retries
        assert answer.text == f"Step {step}."
        (call,) = answer.calls
        history += [answer, ToolMessage(call, ToolResult(str(step)))]
    assert asked_again == chaos.seen["refused"] + chaos.seen["cut"]
    assert chaos.seen[""] == STEPS
    assert chaos.seen["cut"] > 0
