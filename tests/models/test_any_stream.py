"""Properties of the stream reader: whatever is sent, and however it is cut."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from k2_jupyter.errors import ModelError, ModelOutputError
from k2_jupyter.events import ReasoningDelta, TextDelta
from k2_jupyter.messages import AssistantMessage, Reasoning, ToolCall, Usage
from k2_jupyter.models.answer import Answer, IncompleteError, StreamError
from k2_jupyter.models.arguments import is_whole
from k2_jupyter.models.chat_completions import ChatCompletions
from k2_jupyter.models.event_stream import values
from k2_jupyter.models.retry import RetryPolicy
from k2_jupyter.models.serving import chunks
from tests.asking import TOOL, ask, model_at
from tests.loopback import Reply, events, serving

examples = settings(deadline=None, derandomize=True, database=None, max_examples=150)

_PIECES = [
    "a",
    "é",
    "🐍",
    " ",
    "\n",
    "<",
    "|",
    "<|",
    "|>",
    "tool_call",
    "think>",
    "`",
    '"',
    "{",
    "\\",
]
_MARKUP = ("<|tool_call", "<|im_end|>", "<think>", "</think>")
_TYPED = (IncompleteError, StreamError, ModelOutputError)

texts = st.lists(st.sampled_from(_PIECES) | st.text(max_size=5), max_size=12).map("".join)
plain_texts = texts.map(lambda text: text.encode("utf-8", "replace").decode()).filter(
    lambda text: not any(mark in text for mark in _MARKUP)
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | plain_texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(plain_texts, inner, max_size=3),
    max_leaves=6,
)
arguments = st.dictionaries(plain_texts, json_values, max_size=3).map(json.dumps)
calls = st.lists(
    st.builds(ToolCall, st.text("abc:0123", min_size=1), st.text("ab_", min_size=1), arguments),
    max_size=3,
    unique_by=lambda call: call.id,
).map(tuple)
counts = st.integers(0, 10**6)


@st.composite
def messages(draw: st.DrawFn) -> AssistantMessage:
    asked = draw(calls)
    text = draw(plain_texts.filter(lambda text: bool(asked or text.strip())))
    reasoning = draw(
        st.none() | st.builds(Reasoning, plain_texts, st.sampled_from(["reasoning", "thinking"]))
    )
    usage = Usage(draw(counts), 0, draw(counts))
    return AssistantMessage(text, asked, reasoning, "tool_calls" if asked else "stop", usage)


def cut(data: st.DataObject, body: bytes) -> list[bytes]:
    """The bytes in pieces of any length."""
    places = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=20)))
    return [body[start:end] for start, end in zip([0, *places], [*places, len(body)], strict=True)]


def read(pieces: Sequence[bytes]) -> tuple[AssistantMessage, list[TextDelta | ReasoningDelta]]:
    answer = Answer([TOOL])
    shown = [event for chunk in values(pieces) for event in answer.add(chunk)]
    return answer.message(), [*shown, *answer.rest()]


@examples
@given(messages(), st.integers(1, 9), st.data())
def test_any_cut_of_any_answer_gives_that_answer(
    sent: AssistantMessage, size: int, data: st.DataObject
) -> None:
    noise = data.draw(st.sampled_from([b"", b": beat\n\n", b"\r\n", b'data: {"choices": []}\n\n']))
    body = noise.join(events(*chunks(sent, "m", size=size)))
    got, shown = read(cut(data, body))
    assert got == sent
    assert "".join(one.text for one in shown if isinstance(one, TextDelta)) == sent.text
    thought = "".join(one.text for one in shown if isinstance(one, ReasoningDelta))
    assert thought == (sent.reasoning.text if sent.reasoning else "")


@examples
@given(messages(), st.data())
def test_a_stream_that_ends_early_is_whole_or_nothing(
    sent: AssistantMessage, data: st.DataObject
) -> None:
    body = b"".join(events(*chunks(sent, "m", size=3)))
    kept = body[: data.draw(st.integers(0, len(body)))]
    try:
        got, _ = read([kept])
    except _TYPED:
        return
    assert (got.text, got.calls, got.reasoning) == (sent.text, sent.calls, sent.reasoning)


@examples
@given(texts, st.integers(1, 5), st.data())
def test_markup_or_not_a_text_is_read_the_same_wherever_it_is_cut(
    text: str, size: int, data: st.DataObject
) -> None:
    marks = st.sampled_from(
        [*_MARKUP, "<|tool_calls_section_begin|>", "<|tool_call_begin|>functions.run_cell:0",
         '<|tool_call_argument_begin|>{"source": "1"}', "<|tool_call_end|>", "```"]
    )  # fmt: skip
    text += "".join(data.draw(st.lists(marks, max_size=6))) + data.draw(texts)
    text = text.encode("utf-8", "replace").decode()
    assume(text.strip())
    outcomes: list[AssistantMessage | str] = []
    for length in (size, len(text)):
        pieces = (text[at : at + length] for at in range(0, len(text), length))
        stream = [{"choices": [{"delta": {"content": piece}}]} for piece in pieces]
        end = {"choices": [{"delta": {}, "finish_reason": "stop"}]}
        try:
            outcomes.append(read(events(*stream, end))[0])
        except _TYPED as problem:
            outcomes.append(repr(problem))
    assert outcomes[0] == outcomes[1]


names = st.sampled_from(
    ["choices", "delta", "message", "content", "tool_calls", "function", "name", "arguments", "id",
     "index", "finish_reason", "usage", "prompt_tokens", "prompt_tokens_details", "reasoning",
     "reasoning_details", "text", "type", "error", "object"]
)  # fmt: skip
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts
    | st.sampled_from(["stop", "tool_calls", "length", "error", "{}", '{"a": 1', "<think>"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=5),
    max_leaves=20,
)  # fmt: skip
chunk_like = st.builds(
    lambda delta, finish: {"choices": [{"delta": delta, "finish_reason": finish}]},
    st.dictionaries(names, junk, max_size=5),
    junk,
)


@examples
@given(st.lists(junk | chunk_like, max_size=6))
def test_junk_is_an_answer_without_torn_calls_or_an_error_that_is_known(stream: list[Any]) -> None:
    answer = Answer([TOOL])
    try:
        for chunk in stream:
            list(answer.add(chunk))
        got = answer.message()
    except _TYPED:
        return
    assert got.calls or got.text.strip() or got.finish == "length"
    if got.finish not in ("stop", "tool_calls", "function_call"):
        assert all(is_whole(call.arguments) for call in got.calls)


lines = st.sampled_from([b"data: ", b"\n", b"\n\n", b"event: error\n", b": ", b"[DONE]", b"{}"])


@pytest.fixture(scope="module")
def echo() -> Iterator[tuple[ChatCompletions, list[bytes]]]:
    """A model at a server that sends the bytes in the list."""
    body: list[bytes] = []
    with serving(lambda request: Reply(list(body))) as server:
        yield model_at(server.base_url, RetryPolicy(attempts=1)), body


@examples
@given(st.lists(st.binary(max_size=20) | lines, max_size=12))
def test_any_bytes_over_the_wire_are_an_error_of_the_model(
    echo: tuple[ChatCompletions, list[bytes]], garbage: list[bytes]
) -> None:
    model, body = echo
    body[:] = [piece for piece in garbage if piece]
    with pytest.raises(ModelError):
        ask(model)
