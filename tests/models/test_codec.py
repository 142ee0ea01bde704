from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

import pytest

from k2_jupyter.messages import (
    AssistantMessage,
    Image,
    Message,
    Reasoning,
    SystemMessage,
    ToolCall,
    ToolMessage,
    ToolResult,
    ToolSpec,
    UserMessage,
)
from k2_jupyter.models.codec import EMPTY_RESULT, Encoder
from k2_jupyter.models.profiles import EndpointProfile, ModelProfile

TOOLS = [ToolSpec("run_cell", "Runs.", {"type": "object", "properties": {}})]
HERE = EndpointProfile("http://127.0.0.1/v1")
PLAIN = ModelProfile("plain")


def body(
    messages: Sequence[Message],
    model: ModelProfile = PLAIN,
    endpoint: EndpointProfile = HERE,
    tools: Sequence[ToolSpec] = (),
) -> dict[str, Any]:
    request: dict[str, Any] = json.loads(Encoder(model, endpoint).request(messages, tools))
    return request


def call(call_id: str, arguments: str = "{}", name: str = "run_cell") -> ToolCall:
    return ToolCall(call_id, name, arguments)


def step(*calls: ToolCall, text: str = "out") -> list[Message]:
    return [
        AssistantMessage("", calls),
        *(ToolMessage(asked, ToolResult(f"{text} {n}")) for n, asked in enumerate(calls)),
    ]


def test_what_a_profile_says_goes_out_and_nothing_else() -> None:
    model = ModelProfile(
        "big", temperature=1.0, output_tokens=100, thinking={"thinking": {"type": "enabled"}}
    )
    vendor = EndpointProfile(
        "https://example.org/v1",
        max_tokens_key="max_completion_tokens",
        thinking_dialect="vendor",
        body={"provider": {"only": ["x"]}},
    )
    assert body([], model, vendor) == {
        "model": "big",
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 1.0,
        "thinking": {"type": "enabled"},
        "provider": {"only": ["x"]},
        "messages": [],
        "max_completion_tokens": 100,
    }
    assert body([], PLAIN, EndpointProfile("x", include_usage=False)) == {
        "model": "plain",
        "stream": True,
        "messages": [],
    }


def test_each_request_goes_on_from_the_bytes_of_the_one_before() -> None:
    encoder = Encoder(PLAIN, HERE)
    history: list[Message] = [SystemMessage("s"), UserMessage("é", (Image("image/png", b"1"),))]
    before = encoder.request(history, TOOLS)
    for number in range(5):
        history += step(call(f"c{number}"), call("c"), text="x" * 100)
        now = encoder.request(history, TOOLS)
        assert now.startswith(before[:-2])
        before = now


def test_each_message_is_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[bytes] = []
    encode = base64.b64encode

    def counted(data: bytes) -> bytes:
        encoded.append(data)
        return encode(data)

    monkeypatch.setattr(base64, "b64encode", counted)
    encoder = Encoder(ModelProfile("sees", vision=True), HERE)
    history: list[Message] = [UserMessage("Look.", (Image("image/png", b"first"),))]
    for number in range(5):
        history += step(call(f"c{number}"))
        encoder.request(history, TOOLS)
    history.append(UserMessage("And here.", (Image("image/png", b"second"),)))
    assert encoder.request(history, TOOLS) == encoder.request(history, TOOLS)
    assert encoded == [b"first", b"second"]


def test_a_history_that_was_condensed_goes_out_as_a_new_one() -> None:
    canonical = EndpointProfile("x", id_style="canonical")
    encoder, history = Encoder(PLAIN, canonical), [*step(call("a")), *step(call("b"))]
    encoder.request(history, TOOLS)
    condensed = [UserMessage("Notes."), *history[2:]]
    assert encoder.request(condensed, ()) == Encoder(PLAIN, canonical).request(condensed, ())


def test_the_order_of_tools_is_the_callers() -> None:
    tools = [ToolSpec("b_tool", "", {}), ToolSpec("a_tool", "", {})]
    names = [tool["function"]["name"] for tool in body([], tools=tools)["tools"]]
    assert names == ["b_tool", "a_tool"]


@pytest.mark.parametrize(
    ("style", "received", "sent"),
    [
        ("received", ["call_9", "run_cell:1"], ["call_9", "run_cell:1"]),
        ("received", ["same", "same"], ["same", "functions.run_cell:1"]),
        ("received", ["", ""], ["functions.run_cell:0", "functions.run_cell:1"]),
        ("canonical", ["call_9", "x"], ["functions.run_cell:0", "functions.run_cell:1"]),
        (
            "canonical",
            ["functions.run_cell:7", "functions.other:8"],
            ["functions.run_cell:7", "functions.run_cell:1"],
        ),
    ],
)
def test_ids_go_out_in_the_endpoints_style_and_results_follow(
    style: Any, received: list[str], sent: list[str]
) -> None:
    endpoint = EndpointProfile("x", id_style=style)
    calls = [call(name, f'{{"n": {n}}}') for n, name in enumerate(received)]
    assistant, *results = body(step(*calls), endpoint=endpoint)["messages"]
    assert [item["id"] for item in assistant["tool_calls"]] == sent
    assert [item["tool_call_id"] for item in results] == sent


def test_safe_ids_are_short_and_plain() -> None:
    endpoint = EndpointProfile("x", id_style="safe")
    messages = body([*step(call("functions.run_cell:0")), *step(call("b"))], endpoint=endpoint)
    ids = [one["tool_call_id"] for one in messages["messages"] if one["role"] == "tool"]
    assert ids == ["call00000", "call00001"]


@pytest.mark.parametrize("style", ["received", "canonical"])
def test_an_id_that_comes_again_in_a_later_step_is_told_apart(style: Any) -> None:
    again = call("functions.run_cell:1")
    history = [*step(again), *step(again), *step(call("")), *step(again)]
    messages = body(history, endpoint=EndpointProfile("x", id_style=style))["messages"]
    ids = [one["tool_calls"][0]["id"] for one in messages if one["role"] == "assistant"]
    assert len(set(ids)) == 4
    assert ids[0] == again.id
    assert [one["tool_call_id"] for one in messages if one["role"] == "tool"] == ids


def test_a_model_whose_ids_are_names_gets_canonical_ones_where_nothing_else_is_said() -> None:
    model = ModelProfile("k", ids_are_names=True)
    for style, sent in ((None, "functions.run_cell:0"), ("received", "a")):
        endpoint = EndpointProfile("x", id_style=style)  # type: ignore[arg-type]  # literals
        messages = body(step(call("a")), model, endpoint)["messages"]
        assert messages[1]["tool_call_id"] == sent


@pytest.mark.parametrize(
    ("name", "sent"), [("", "unnamed"), ("rm -rf /", "rm_-rf__"), ("x" * 99, "x" * 64)]
)
def test_a_name_that_is_none_does_not_spoil_the_history(name: str, sent: str) -> None:
    (message,) = body([AssistantMessage("", (call("a", name=name),))])["messages"]
    assert message["tool_calls"][0]["function"]["name"] == sent


def test_canonical_ids_count_over_the_conversation() -> None:
    endpoint = EndpointProfile("x", id_style="canonical")
    messages = body([*step(call("a"), call("b")), *step(call("a"))], endpoint=endpoint)["messages"]
    assert messages[-1]["tool_call_id"] == "functions.run_cell:2"


def test_results_of_calls_that_are_alike_are_paired_in_order() -> None:
    same = call("x")
    assistant, first, second = body(step(same, same))["messages"]
    assert [first["tool_call_id"], second["tool_call_id"]] == [
        item["id"] for item in assistant["tool_calls"]
    ]


@pytest.mark.parametrize("text", ["", "Why not."])
def test_reasoning_is_replayed_under_the_key_it_came_in(text: str) -> None:
    message = AssistantMessage("Yes.", reasoning=Reasoning(text, "reasoning"))
    assert body([message])["messages"] == [
        {"role": "assistant", "content": "Yes.", "reasoning": text}
    ]
    endpoint = EndpointProfile("x", reasoning_key="reasoning_content")
    assert body([message], endpoint=endpoint)["messages"][0]["reasoning_content"] == text


def test_reasoning_details_go_back_unchanged() -> None:
    details = ({"type": "reasoning.text", "text": "Hm.", "signature": "s"},)
    only = AssistantMessage("Yes.", reasoning=Reasoning("", "", details))
    assert body([only])["messages"][0] == {
        "role": "assistant", "content": "Yes.", "reasoning_details": list(details),
    }  # fmt: skip
    both = AssistantMessage("Yes.", reasoning=Reasoning("Hm.", "reasoning", details))
    assert body([both])["messages"][0]["reasoning"] == "Hm."


def test_calls_without_reasoning_get_a_blank_where_it_is_asked_for() -> None:
    endpoint = EndpointProfile("x", fills_reasoning=True, reasoning_key="reasoning")
    said = AssistantMessage("Yes.")
    messages = body([*step(call("a")), said], endpoint=endpoint)["messages"]
    assert [one.get("reasoning") for one in messages] == [" ", None, None]


def test_the_budget_keeps_within_the_window() -> None:
    model = ModelProfile("m", context_tokens=10_000, output_tokens=6_000)
    assert body([UserMessage("x" * 4_000)], model)["max_tokens"] == 6_000
    small = body([UserMessage("x" * 20_000)], model)["max_tokens"]
    assert 3_000 < small < 4_000
    assert body([UserMessage("x" * 80_000)], model)["max_tokens"] == 1_024
    endpoint = EndpointProfile("x", context_tokens=5_000)
    assert body([], model, endpoint)["max_tokens"] < 4_000


def test_a_picture_does_not_count_by_its_bytes() -> None:
    model = ModelProfile("m", context_tokens=10_000, output_tokens=6_000, vision=True)
    seen = UserMessage("Look.", (Image("image/png", b"x" * 300_000),))
    assert body([seen], model)["max_tokens"] == 6_000


def test_the_budget_stands_behind_what_is_cached() -> None:
    encoder = Encoder(ModelProfile("m", context_tokens=3_000, output_tokens=900), HERE)
    history: list[Message] = [UserMessage("a" * 4_000)]
    before = encoder.request(history, TOOLS)
    history += step(call("a"), text="b" * 4_000)
    assert encoder.request(history, TOOLS).startswith(before[: before.rindex(b"]")])


def test_content_is_left_out_where_empty_text_would_be_refused() -> None:
    cut_off = AssistantMessage(reasoning=Reasoning("So much to think of …"), finish="length")
    messages = body([cut_off, *step(call("a"))])["messages"]
    assert [message["role"] for message in messages] == ["assistant", "tool"]
    assert "content" not in messages[0]


@pytest.mark.parametrize(
    ("received", "sent"),
    [
        ('{"a":  1}', '{"a":  1}'),
        ('{"a": "1\n2"}', '{"a": "1\\n2"}'),
        ("", "{}"),
        ('{"a": ', "{}"),
        ("[1]", "{}"),
        ("null", "{}"),
        ('{"a": 1}{"a": 1}', '{"a": 1}'),
        (json.dumps('{"a": 1}'), '{"a": 1}'),
        ("[" * 100_000, "{}"),
    ],
)
def test_arguments_of_the_history_are_always_an_object(received: str, sent: str) -> None:
    message = body([AssistantMessage("", (call("a", received),))])["messages"][0]
    assert message["tool_calls"][0]["function"]["arguments"] == sent


def test_images_are_for_models_that_see() -> None:
    picture = Image("image/png", b"\x89PNG")
    asked = call("a")
    history: list[Message] = [
        UserMessage("Look.", (picture,)),
        AssistantMessage("", (asked,)),
        ToolMessage(asked, ToolResult("a figure", (picture,))),
        AssistantMessage("Nice."),
    ]
    blind = body(history)["messages"]
    assert [message["role"] for message in blind] == ["user", "assistant", "tool", "assistant"]
    assert blind[0]["content"] == "Look."
    seeing = body(history, ModelProfile("sees", vision=True))["messages"]
    assert [message["role"] for message in seeing] == [
        "user", "assistant", "tool", "user", "assistant",
    ]  # fmt: skip
    url = seeing[3]["content"][1]["image_url"]["url"]
    assert base64.b64decode(url.removeprefix("data:image/png;base64,")) == picture.data
    assert seeing[2]["content"] == "a figure"


def test_the_message_of_pictures_is_made_once() -> None:
    asked = call("a")
    result = ToolResult("a figure", (Image("image/png", b"x" * 3_000),))
    history: list[Message] = [AssistantMessage("", (asked,)), ToolMessage(asked, result)]
    encoder = Encoder(ModelProfile("sees", vision=True), HERE)
    before = encoder.request(history, ())
    assert encoder.request([*history, AssistantMessage("Nice.")], ()).startswith(before[:-2])


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_result_says_so(text: str) -> None:
    asked = call("a")
    history: list[Message] = [AssistantMessage("", (asked,)), ToolMessage(asked, ToolResult(text))]
    assert body(history)["messages"][1]["content"] == EMPTY_RESULT


def test_half_a_character_in_an_output_does_not_stop_the_turn() -> None:
    assert body([UserMessage("a\ud800b")])["messages"][0]["content"] == "a?b"
