"""What an endpoint refuses is left out from then on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from k2_jupyter.errors import ModelOverflowError, ModelStatusError
from k2_jupyter.events import Retrying
from k2_jupyter.messages import (
    AssistantMessage,
    Image,
    Message,
    Reasoning,
    ToolMessage,
    ToolResult,
    UserMessage,
)
from k2_jupyter.models.memory import Memory
from k2_jupyter.models.profiles import ModelProfile
from tests.asking import ASK, CALL, HELLO, SERVED, Serve, ask, in_turn, model_at
from tests.loopback import Reply, refusal

FULL = ModelProfile("served", temperature=1.0, output_tokens=100, vision=True)
PICTURE = Image("image/png", b"\x89PNG")
STEP: Sequence[Message] = (
    *ASK,
    AssistantMessage("", (CALL,)),
    ToolMessage(CALL, ToolResult("2", (PICTURE,))),
    UserMessage("And now?"),
)


def refused(*messages: str, status: int = 400) -> tuple[Reply, ...]:
    return tuple(refusal(status, "invalid_request_error", message) for message in messages)


def sent_after(serve: Serve, *messages: str, **facts: Any) -> list[dict[str, Any]]:
    """The requests of one question, refused with these messages before it is answered."""
    server = serve(in_turn(*refused(*messages), HELLO))
    answer, seen = ask(model_at(server.base_url, model=FULL, **facts), STEP)
    assert answer == HELLO
    told = [event for event in seen if isinstance(event, Retrying)]
    assert [event.seconds for event in told] == [0.0] * len(messages)
    return server.requests


@pytest.mark.parametrize(
    ("message", "left_out"),
    [
        ("invalid temperature: only 1 is allowed for this model", "temperature"),
        ("Unrecognized request argument supplied: stream_options", "stream_options"),
        ("tool_choice is fine but `provider` is not", "provider"),
    ],
)
def test_a_parameter_that_is_named_is_left_out(serve: Serve, message: str, left_out: str) -> None:
    first, second = sent_after(serve, message, body={"provider": {}})
    assert left_out in first
    assert second == {name: value for name, value in first.items() if name != left_out}


def test_the_budget_goes_by_its_other_name_and_then_not_at_all(serve: Serve) -> None:
    unsupported = "Unsupported parameter: 'max_completion_tokens'. Use 'max_tokens' instead."
    too_large = "max_tokens is too large: this model's maximum context length is 64 tokens"
    requests = sent_after(serve, unsupported, too_large, max_tokens_key="max_completion_tokens")
    names = ("max_completion_tokens", "max_tokens")
    kept = [[name for name in names if name in request] for request in requests]
    assert kept == [["max_completion_tokens"], ["max_tokens"], []]


def test_missing_reasoning_is_made_up_for(serve: Serve) -> None:
    message = "thinking is enabled but reasoning_content is missing in assistant tool call message"
    _, second = sent_after(serve, f"{message} at index 2")
    assert second["messages"][2]["reasoning_content"] == " "


def test_reasoning_that_is_there_is_not_replaced(serve: Serve) -> None:
    thought = [*ASK, AssistantMessage("", (CALL,), Reasoning("")), *STEP[3:]]
    server = serve(in_turn(*refused("reasoning_content is missing"), HELLO))
    # The request is the same as before, so it is not worth another try.
    with pytest.raises(ModelStatusError, match="missing"):
        ask(model_at(server.base_url), thought)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "message",
    [
        "messages.2.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
        "Invalid 'messages[2].tool_calls[0].id': string too long. Expected at most 40.",
        "Tool call id was run_cell:0 but must be a-z, A-Z, 0-9, with a length of 9.",
    ],
)
def test_ids_that_are_refused_become_plain_ones(serve: Serve, message: str) -> None:
    first, second = sent_after(serve, message)
    assert first["messages"][2]["tool_calls"][0]["id"] == CALL.id
    (call,) = second["messages"][2]["tool_calls"]
    assert call["id"].isalnum()
    assert len(call["id"]) == 9
    assert second["messages"][3]["tool_call_id"] == call["id"]


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "unsupported image url"),
        (400, "This model does not support image input"),
        (404, "No endpoints found that support image input"),
    ],
)
def test_images_that_are_refused_stay_here(serve: Serve, status: int, message: str) -> None:
    server = serve(in_turn(*refused(message, status=status), HELLO))
    model = model_at(server.base_url, model=FULL)
    assert ask(model, STEP)[0] == HELLO
    shown = ["image_url" in json.dumps(request) for request in server.requests]
    assert shown == [True, False]
    assert not model.profile.vision


@pytest.mark.parametrize("message", ["Invalid request Error", "tool_call_id is not found"])
def test_a_structure_that_is_refused_is_sent_once_in_its_plainest_form(
    serve: Serve, message: str
) -> None:
    first, second = sent_after(serve, message)
    roles = [[one["role"] for one in request["messages"]] for request in (first, second)]
    assert roles[0] == ["system", "user", "assistant", "tool", "user", "user"]
    assert roles[1] == ["system", "user", "assistant", "tool", "user"]
    server = serve(in_turn(*refused(message)))
    with pytest.raises(ModelStatusError, match=message):
        ask(model_at(server.base_url, model=FULL), STEP)
    assert len(server.requests) == 2


def test_a_refusal_that_nothing_can_change_is_told_at_once(serve: Serve) -> None:
    server = serve(in_turn(*refused("The request was considered high risk")))
    with pytest.raises(ModelStatusError, match="high risk"):
        ask(model_at(server.base_url))
    assert len(server.requests) == 1


def test_lessons_come_to_an_end(serve: Serve) -> None:
    hostile = (
        "temperature stream_options max_tokens image_url tool_use.id reasoning_content is missing"
    )
    server = serve(in_turn(*refused(hostile)))
    with pytest.raises(ModelStatusError):
        ask(model_at(server.base_url, model=FULL), STEP)
    assert len(server.requests) < 12


def test_what_was_learnt_is_known_the_next_time(serve: Serve, tmp_path: Path) -> None:
    server = serve(in_turn(*refused("invalid temperature"), HELLO))
    for _ in range(2):
        ask(model_at(server.base_url, model=FULL, memory=Memory(tmp_path / "m")))
    assert ["temperature" in request for request in server.requests] == [True, False, False]


def test_an_overflow_teaches_the_window(serve: Serve, tmp_path: Path) -> None:
    message = "Your request exceeded model token limit: 65536 (requested: 70001)"
    server = serve(in_turn(*refused(message), HELLO))
    memory = Memory(tmp_path / "m")
    model = model_at(server.base_url, memory=memory)
    with pytest.raises(ModelOverflowError) as overflow:
        ask(model)
    assert (overflow.value.limit, overflow.value.requested) == (65_536, 70_001)
    assert model.profile.context_tokens == 65_536
    assert model_at(server.base_url, memory=memory).profile.context_tokens == 65_536
    assert len(server.requests) == 1, "asking again as it is cannot help"


def test_a_larger_window_than_the_models_changes_nothing(serve: Serve) -> None:
    server = serve(in_turn(HELLO))
    model = model_at(
        server.base_url, model=replace(SERVED, context_tokens=1_000), context_tokens=9_999
    )
    assert model.profile.context_tokens == 1_000
