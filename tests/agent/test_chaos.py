"""300 calls over a wire that fails all the time: no step is lost, none runs twice.

The model plays on from what the conversation says, as a model does: the newest result or,
where old ones were taken out, its own notes.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from k2_jupyter.agent.agent import Agent
from k2_jupyter.agent.limits import Limits
from k2_jupyter.agent.prompts import load
from k2_jupyter.events import CallFinished, EventStream, TurnFinished
from k2_jupyter.journal.journal import Journal
from k2_jupyter.journal.recall import recall
from k2_jupyter.journal.recorded import recorded
from k2_jupyter.journal.redaction import Redactor
from k2_jupyter.messages import AssistantMessage, ToolCall, ToolResult, Usage
from k2_jupyter.models.chat_completions import ChatCompletions
from k2_jupyter.models.profiles import EndpointProfile, ModelProfile
from k2_jupyter.models.retry import RetryPolicy
from k2_jupyter.tools.base import Arguments, Toolset
from tests.agent.played import Closing, PlayedTool, assert_every_call_is_answered
from tests.faults.chaos import Chaos, Rates
from tests.loopback import Play, Server

STEPS = 300
SEEDS = [*range(3), *(pytest.param(seed, marks=pytest.mark.full) for seed in range(3, 20))]
# Without waits; of the usual ten attempts, all would fail for about one answer in 60,000.
AT_ONCE = RetryPolicy(attempts=20, first_wait=0.0, total_seconds=3_600.0)


def playing(body: dict[str, Any]) -> AssistantMessage:
    """A call for the step after the newest that the conversation tells of."""
    contents = [str(message.get("content")) for message in body["messages"]]
    usage = Usage(sum(len(content) + 200 for content in contents) // 4, 0, 50)
    told = "\n".join([contents[1], *contents[-20:]])
    done = max(map(int, re.findall(r"step (\d+) is done", told)), default=0)
    if contents[-1].endswith(load("summarise")):
        return AssistantMessage(f"step {done} is done", usage=usage)
    if done == STEPS:
        return AssistantMessage("All is done.", usage=usage)
    call = ToolCall(f"functions.ask_user:{done}", "ask_user", f'{{"question": "{done + 1}"}}')
    return AssistantMessage(f"On to {done + 1}.", (call,), finish="tool_calls", usage=usage)


class Steps:
    """A tool that counts how often each step ran."""

    def __init__(self) -> None:
        self.ran: list[int] = []

    def __call__(self, arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        yield from ()
        self.ran.append(int(arguments["question"]))
        gist = f"step {self.ran[-1]} is done"
        return ToolResult(f"{gist}\n{'9' * 1_500}", gist=gist)


def agent_at(server: Server, steps: Steps, window: int = 262_144) -> Agent:
    profile = ModelProfile("m", context_tokens=window, output_tokens=1_000)
    model = ChatCompletions(profile, EndpointProfile(server.base_url), None, policy=AT_ONCE)
    toolset = Toolset([PlayedTool(steps)], closing=Closing(), redact=str)
    return Agent(model, toolset, limits=Limits(steps=1_000, calls=1_000))


@pytest.mark.parametrize("window", [262_144, 24_000])
@pytest.mark.parametrize("seed", SEEDS)
def test_every_step_runs_once(
    serve: Callable[[Play], Server], tmp_path: Path, seed: int, window: int
) -> None:
    chaos, steps = Chaos(playing, seed), Steps()
    agent = agent_at(serve(chaos), steps, window)
    with Journal.create(tmp_path, "turn", Redactor([])) as journal:
        events = list(recorded(agent.run("Go.", threading.Event(), turn="turn"), journal))
    last = events[-1]
    assert isinstance(last, TurnFinished)
    assert (last.reason, last.detail) == ("done", "")
    assert steps.ran == list(range(1, STEPS + 1))
    assert_every_call_is_answered(agent)
    # Each kind of fault was there, and the journal tells of each call once.
    assert min(chaos.seen[fault] for fault in ("refused", "torn", "cut")) > 0
    results = [event.result.text for event in events if isinstance(event, CallFinished)]
    assert sum("not JSON" in text for text in results) == chaos.seen["torn"]
    told = [one.text for _, given in recall(tmp_path, "turn").whole_answers() for one in given]
    assert told == results


def test_a_model_that_tears_half_of_its_calls_is_stopped_and_can_be_resumed(
    serve: Callable[[Play], Server],
) -> None:
    chaos, steps = Chaos(playing, 1, Rates(refused=0.0, torn=0.46, cut=0.0)), Steps()
    agent = agent_at(serve(chaos), steps)
    reasons: list[str] = []
    while len(reasons) < 50 and reasons[-1:] != ["done"]:
        *_, last = agent.run("Go.", threading.Event(), resumed=bool(reasons))
        assert isinstance(last, TurnFinished)
        assert_every_call_is_answered(agent)
        reasons.append(last.reason)
    assert reasons[-1] == "done"
    assert set(reasons[:-1]) == {"limit"}
    assert steps.ran == list(range(1, STEPS + 1))
