"""A conversation that outgrows the window: what a request may change of the one before."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import pytest

from k2_jupyter.agent.agent import Agent
from k2_jupyter.agent.prompts import load
from k2_jupyter.errors import ModelOutputError, ModelOverflowError, StopRequested
from k2_jupyter.events import Event, EventStream, Notice, StepStarted, TextDelta
from k2_jupyter.messages import (
    AssistantMessage,
    Image,
    Message,
    Reasoning,
    ToolMessage,
    ToolResult,
    ToolSpec,
    Usage,
    UserMessage,
)
from k2_jupyter.models.codec import Encoder
from k2_jupyter.models.profiles import OFFLINE, EndpointProfile, ModelProfile
from k2_jupyter.tools.base import Arguments
from tests.agent.played import agent_with, ask, assert_answered, ending, play

SMALL = ModelProfile("small", context_tokens=16_000, output_tokens=1_000)
ENDPOINT = EndpointProfile("http://127.0.0.1:1/v1")
NOTES = "# Done\nSteps up to the tenth are done."
SHORTENED = "(shortened: an old result)"


@dataclass
class Endpoint:
    """Counts the bytes of each request, refuses what is longer than its window, answers."""

    profile: ModelProfile = SMALL
    window: int = SMALL.context_tokens
    names_limit: bool = True
    unit: Literal["tokens", "bytes"] = "tokens"
    steps: int = 60
    notes: Callable[[], AssistantMessage] = lambda: AssistantMessage(NOTES)
    requests: list[Sequence[Message]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    refused: int = 0
    asked_for_notes: int = 0
    done: int = 0

    def __post_init__(self) -> None:
        self.encoder = Encoder(self.profile, ENDPOINT)

    def __call__(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AssistantMessage:
        assert_answered(messages)
        body = self.encoder.request(messages, tools)
        tokens = len(body) if self.unit == "bytes" else len(body) // 3
        if tokens > self.window:
            self.refused += 1
            limit = self.window if self.names_limit else None
            raise ModelOverflowError(
                "too long",
                status=400,
                unit=self.unit,
                limit=limit,
            )
        self.requests.append(list(messages))
        self.bodies.append(body)
        last = messages[-1]
        if isinstance(last, UserMessage) and last.text.endswith(load("summarise")):
            self.asked_for_notes += 1
            return replace(self.notes(), usage=Usage(tokens, 0, 100))
        self.done += 1
        answer = ask(f"step {self.done}") if self.done < self.steps else AssistantMessage("bye")
        thought = Reasoning("Next I look at another part of the data. " * 10)
        return replace(answer, reasoning=thought, usage=Usage(tokens, 0, 100))


def long_output(arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
    yield from ()
    text = f"{arguments['question']}\n" + "9" * 1_500
    return ToolResult(text, gist=f"gist of {arguments['question']}")


def short_output(arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
    yield from ()
    return ToolResult(f"{arguments['question']}: fine")


def agent_at(endpoint: Endpoint, body: object = long_output) -> Agent:
    return agent_with(endpoint, body, profile=endpoint.profile)  # type: ignore[arg-type]


def notices(events: Sequence[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Notice)]


def user_texts(messages: Sequence[Message]) -> list[str]:
    return [message.text for message in messages if isinstance(message, UserMessage)]


def shortened(messages: Sequence[Message]) -> int:
    results = [message for message in messages if isinstance(message, ToolMessage)]
    return sum(result.result.text.endswith(SHORTENED) for result in results)


def head(body: bytes) -> bytes:
    """Up to the end of the last message: what stands behind is the answer's budget."""
    return body[: body.rindex(b"]")]


def test_a_request_goes_on_from_the_one_before_but_at_named_points() -> None:
    endpoint = Endpoint(steps=150)
    events = play(agent_at(endpoint))
    assert (ending(events).reason, ending(events).steps) == ("done", 150)
    assert endpoint.refused == 0
    changed = aged = 0
    pairs = itertools.pairwise(zip(endpoint.requests, endpoint.bodies, strict=True))
    for (before, sent), (now, body) in pairs:
        if not body.startswith(head(sent)):
            changed += 1
            aged += shortened(now) > shortened(before)
    condensed = endpoint.asked_for_notes
    assert condensed >= 2
    assert aged >= 2
    assert changed == aged + condensed
    assert sum("writes notes" in notice for notice in notices(events)) == condensed


def test_notes_of_the_model_stand_for_what_came_before() -> None:
    endpoint = Endpoint()
    events = play(agent_at(endpoint))
    asked = next(n for n, one in enumerate(endpoint.requests) if len(user_texts(one)) > 1)
    assert endpoint.bodies[asked].startswith(head(endpoint.bodies[asked - 1]))
    before, after = endpoint.requests[asked], endpoint.requests[asked + 1]
    assert after[0] == before[0]
    (told,) = user_texts(after)
    assert told.startswith("do it\n\n<notes>\n")
    assert NOTES in told
    assert "the notes that you wrote" in told
    assert NOTES in [event.detail for event in events if isinstance(event, Notice)]
    assert 0 < len(after) - 2 < len(before) - 3
    assert list(after[2:]) == list(before[1 - len(after) : -1])  # the newest steps, as they were
    shown = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert NOTES not in shown
    assert ending(events).usage.output_tokens == 100 * len(endpoint.requests)


def failing() -> AssistantMessage:
    raise ModelOutputError("nothing")


@pytest.mark.parametrize(
    "notes",
    [failing, lambda: AssistantMessage(" "), lambda: ask("instead of notes")],
    ids=["error", "empty", "a call"],
)
def test_without_notes_a_list_of_the_calls_does(notes: Callable[[], AssistantMessage]) -> None:
    endpoint = Endpoint(notes=notes)
    events = play(agent_at(endpoint))
    assert ending(events).reason == "done"
    (told,) = user_texts(endpoint.requests[-1])
    assert told.startswith("do it\n\n<notes>\n")
    assert "Nobody wrote notes" in told
    assert 'ask_user {"question": "step 10"} → gist of step 10' in told
    assert "outgrown" in notices(events)[-1]


def test_many_short_results_are_condensed_as_well() -> None:
    endpoint = Endpoint(steps=200)
    assert ending(play(agent_at(endpoint, short_output))).steps == 200
    assert endpoint.asked_for_notes
    assert endpoint.refused == 0


def test_the_words_of_all_turns_are_kept() -> None:
    endpoint = Endpoint(steps=5)
    agent = agent_at(endpoint)
    for task in ("first words", "a" * 30_000, "third words"):
        endpoint.done = 0
        list(agent.run(task, threading.Event()))
    endpoint.done = -60
    list(agent.run("last words", threading.Event(), briefing="<briefing/>"))
    told = user_texts(endpoint.requests[-1])[0]
    assert told.startswith("first words\n\naaa")
    assert "characters left out" in told
    assert "\n\nthird words\n\nlast words\n\n<briefing/>\n\n<notes>" in told


@pytest.mark.parametrize("names_limit", [True, False])
def test_an_overflow_teaches_the_window(*, names_limit: bool) -> None:
    profile = replace(SMALL, context_tokens=262_144)
    endpoint = Endpoint(profile, 16_000, names_limit, steps=150)
    last = ending(play(agent_at(endpoint)))
    assert (last.reason, last.steps) == ("done", 150)
    assert 1 <= endpoint.refused <= 4


@pytest.mark.parametrize("names_limit", [True, False])
def test_after_an_overflow_the_model_writes_notes_of_as_much_as_can_be_sent(
    *, names_limit: bool
) -> None:
    profile = replace(SMALL, context_tokens=262_144)
    endpoint = Endpoint(profile, 16_000, names_limit, steps=120)
    events = play(agent_at(endpoint, short_output))
    assert ending(events).reason == "done"
    assert endpoint.asked_for_notes
    assert not any("outgrown" in notice for notice in notices(events))
    assert 1 <= endpoint.refused <= 2


def test_a_window_without_room_for_the_budget_is_asked_again_as_it_is() -> None:
    """The wire asks for a shorter answer from then on."""
    refusals = iter([ModelOverflowError("no room", status=400, limit=8_000, requested=33_000)])

    def respond(messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AssistantMessage:
        for refusal in refusals:
            raise refusal
        return AssistantMessage("here I am")

    agent = agent_with(respond, profile=ModelProfile("m", output_tokens=32_768))
    events = play(agent)
    assert (ending(events).reason, notices(events)) == ("done", [])
    assert user_texts(agent.history.messages) == ["do it"]


def test_what_is_refused_at_any_length_ends_the_turn() -> None:
    endpoint = Endpoint(window=10)
    last = ending(play(agent_at(endpoint)))
    assert (last.reason, last.detail, endpoint.refused) == ("model", "too long", 1)


def test_a_window_that_closes_in_mid_turn_is_tried_at_each_length_and_ends_it() -> None:
    endpoint = Endpoint()
    agent = agent_at(endpoint)
    events = agent.run("do it", threading.Event())
    while not (isinstance(event := next(events), StepStarted) and event.number == 8):
        pass
    endpoint.window = 10
    last = ending(list(events))
    assert (last.reason, last.steps) == ("model", 8)
    assert endpoint.refused <= 4
    assert_answered(agent.history.messages)
    endpoint.window = 16_000  # and it can be resumed
    assert ending(list(agent.run("do it", threading.Event(), resumed=True))).reason == "done"


def test_too_many_bytes_cost_the_pictures_first() -> None:
    def draws(arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        yield from ()
        return ToolResult("a figure", images=(Image("image/png", b"\x00" * 60_000),))

    sees = replace(SMALL, context_tokens=262_144, vision=True)
    endpoint = Endpoint(sees, 200_000, unit="bytes", steps=6)
    assert ending(play(agent_at(endpoint, draws))).reason == "done"
    assert endpoint.refused
    assert not endpoint.asked_for_notes
    kept = [m.result for m in endpoint.requests[-1] if isinstance(m, ToolMessage)]
    assert all(result.text == "a figure" for result in kept)


def test_who_reads_the_whole_turn_anew_gets_it_whole() -> None:
    endpoint = Endpoint(replace(OFFLINE, context_tokens=16_000), 10**9, steps=100)
    last = ending(play(agent_at(endpoint)))
    assert last.reason == "done"
    results = [m.result.text for m in endpoint.requests[-1] if isinstance(m, ToolMessage)]
    assert len(results) == 99
    assert all(len(text) > 1_500 for text in results)


def test_a_stop_while_notes_are_written_leaves_the_conversation_as_it_was() -> None:
    stop = threading.Event()

    def stopped() -> AssistantMessage:
        stop.set()
        raise StopRequested

    endpoint = Endpoint(notes=stopped)
    agent = agent_at(endpoint)
    assert ending(play(agent, stop)).reason == "interrupted"
    assert user_texts(agent.history.messages) == ["do it"]
    assert_answered(agent.history.messages)
