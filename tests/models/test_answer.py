"""Streams as endpoints send them: whole, odd, and broken."""

from __future__ import annotations

from typing import Any

import pytest

from k2_jupyter.errors import ModelOutputError
from k2_jupyter.messages import AssistantMessage, Reasoning, ToolCall, ToolSpec, Usage
from k2_jupyter.models.answer import Answer, IncompleteError, NothingError, StreamError
from k2_jupyter.models.serving import chunks

USAGE = {"prompt_tokens": 7, "completion_tokens": 2}


def delta(finish: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": finish}]}


def part(index: int | None, call_id: str = "", name: str = "", arguments: Any = "") -> Any:
    return {"index": index, "id": call_id, "function": {"name": name, "arguments": arguments}}


def calls(*parts: Any) -> dict[str, Any]:
    return delta(tool_calls=list(parts))


def assembled(*stream: Any) -> AssistantMessage:
    answer = Answer()
    for chunk in stream:
        list(answer.add(chunk))
    return answer.message()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_any_chunking_gives_the_same_answer(size: int) -> None:
    sent = AssistantMessage(
        "Text – with ünicode.",
        (ToolCall("a", "run_cell", '{"source": "x = 1"}'), ToolCall("b", "finish", "{}")),
        Reasoning("Why?\n", "reasoning"),
        "tool_calls",
        Usage(3, 2, 1),
    )
    assert assembled(*chunks(sent, "m", size=size)) == sent


A, B = '{"n": 1}', '{"n": 2}'


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param([calls(part(0, "a", "f", A), part(1, "b", "g", B))], id="one chunk"),
        pytest.param(
            [calls(part(0, "a", "f")), calls(part(1, "b", "g")), calls(part(0, arguments=A)),
             calls(part(1, arguments=B))],
            id="interleaved",
        ),
        pytest.param(
            [calls(part(0, "a", "f", A)), calls(part(0, "b", "g")), calls(part(0, arguments=B))],
            id="all at 0, told apart by id",
        ),
        pytest.param(
            [calls(part(None, "a", "f", A)), calls(part(None, "b", "g", B))], id="no index"
        ),
        pytest.param([calls(part(3, "a", "f", A)), calls(part(9, "b", "g", B))], id="gaps"),
        pytest.param(
            [calls(part(0, "a", "f", A)), calls(part(0, "b", "g", B))], id="whole, all at 0"
        ),
        pytest.param(
            [calls(part(None, "a", "f")), calls(part(None, arguments=A[:3])),
             calls(part(None, arguments=A[3:])), calls(part(None, "b", "g", B))],
            id="no index, in pieces",
        ),
        pytest.param(
            [calls(part(0, "a", "", A)), calls(part(0, "", "f")), calls(part(1, "b", "g", B))],
            id="name after arguments",
        ),
        pytest.param(
            [calls(part(0, "a", "f", A[:3])), calls(part(0, "a", "f", A[3:])),
             calls(part(1, "b", "g", B))],
            id="name and id in every piece",
        ),
        pytest.param(
            [calls(None, {"index": 0, "function": None}), calls(part(0, "a", "f", {"n": 1})),
             calls(part(1, "b", "g", B))],
            id="holes, and arguments as an object",
        ),
    ],
)  # fmt: skip
def test_calls_are_put_together_however_they_come(stream: list[Any]) -> None:
    answer = assembled(*stream, delta("tool_calls"))
    assert answer.calls == (ToolCall("a", "f", A), ToolCall("b", "g", B))


def test_a_name_may_come_in_two_pieces_or_at_the_end() -> None:
    halves = [calls(part(0, "a", "run_")), calls(part(0, "", "cell")), calls(part(0, arguments=A))]
    assert assembled(*halves, delta("stop")).calls == (ToolCall("a", "run_cell", A),)
    late = [calls(part(0, "a", arguments=A)), calls(part(0, "", "run_cell"))]
    assert assembled(*late, delta("stop")).calls == (ToolCall("a", "run_cell", A),)


@pytest.mark.parametrize("index", [0, None])
def test_calls_without_ids_are_told_apart_by_the_end_of_the_one_before(index: int | None) -> None:
    stream = [calls(part(index, "", "f", A)), calls(part(index, "", "g", B))]
    answer = assembled(*stream, delta("stop"))
    assert answer.calls == (ToolCall("", "f", A), ToolCall("", "g", B))


def test_two_calls_with_one_id_stay_two() -> None:
    stream = [calls(part(0, "a", "f", A), part(1, "a", "f", A))]
    assert assembled(*stream, delta("stop")).calls == (ToolCall("a", "f", A),) * 2


def test_a_call_without_index_or_id_begins_where_the_one_before_is_whole() -> None:
    stream = [calls(part(None, "", "f", A)), calls(part(None, "", "g", B))]
    answer = assembled(*stream, delta("stop"))
    assert [(call.name, call.arguments) for call in answer.calls] == [("f", A), ("g", B)]


@pytest.mark.parametrize("finish", ["stop", "tool_calls", "function_call"])
def test_calls_count_whatever_the_finish_reason_calls_them(finish: str) -> None:
    assert len(assembled(calls(part(0, "a", "f", A)), delta(finish)).calls) == 1


@pytest.mark.parametrize("finish", [None, "unexpected_state", "eos"])
def test_without_a_known_finish_reason_the_usage_proves_the_end(finish: str | None) -> None:
    stream = [calls(part(0, "a", "f", A)), delta(finish)]
    with pytest.raises(IncompleteError):
        assembled(*stream)
    assert assembled(*stream, {"choices": [], "usage": USAGE}).calls
    torn = [calls(part(0, "a", "f", A[:-1])), delta(finish), {"choices": [], "usage": USAGE}]
    with pytest.raises(IncompleteError):
        assembled(*torn)


@pytest.mark.parametrize(
    "stream",
    [
        [],
        [delta("stop")],
        [delta(content=" "), delta("stop")],
        [delta(tool_calls=[]), delta("tool_calls")],
        [delta(tool_calls=[{}]), delta("tool_calls")],
        [delta(tool_calls=[]), delta("stop")],
        [delta(reasoning_content="Hm."), delta("stop")],
        [delta(content="Half an ans")],
        [delta(content="Well"), delta("error")],
        [calls(part(0, "a", "f", A)), delta("error"), {"choices": [], "usage": USAGE}],
    ],
)
def test_an_empty_or_torn_answer_is_none(stream: list[Any]) -> None:
    with pytest.raises(IncompleteError):
        assembled(*stream)


@pytest.mark.parametrize(
    ("stream", "reasoned", "lost_calls"),
    [
        ([delta(tool_calls=[]), delta("tool_calls")], False, True),
        ([delta(reasoning_content="Hm."), delta("stop")], True, False),
        ([delta(content=" \n"), delta("stop")], False, False),
    ],
)
def test_an_answer_of_nothing_says_what_is_missing(
    stream: list[Any], reasoned: bool, lost_calls: bool
) -> None:
    with pytest.raises(NothingError) as nothing:
        assembled(*stream)
    assert (nothing.value.reasoned, nothing.value.lost_calls) == (reasoned, lost_calls)


def test_calls_before_a_torn_one_do_not_run_either() -> None:
    torn = [calls(part(0, "a", "f", A), part(1, "b", "g", B[:4])), delta("length")]
    assert assembled(delta(content="So:"), *torn).calls == ()


@pytest.mark.parametrize("text", ["(no content)", "[reasoning unavailable]"])
def test_a_proxys_filler_is_text_like_any_other(text: str) -> None:
    answer = assembled(delta(content=text, reasoning_content=text), delta("stop"))
    assert (answer.text, answer.reasoning) == (text, Reasoning(text))


def test_length_keeps_the_text_and_drops_the_calls() -> None:
    answer = assembled(delta(content="So:"), calls(part(0, "a", "f", A)), delta("length"))
    assert answer == AssistantMessage("So:", finish="length")


def test_a_filtered_answer_is_an_error() -> None:
    with pytest.raises(ModelOutputError, match="filter"):
        assembled(calls(part(0, "a", "f", A)), delta("content_filter"))


@pytest.mark.parametrize(
    "chunk", [{"error": {"message": "x"}}, {"error": "x"}, {"object": "error", "message": "x"}]
)
def test_an_error_object_is_raised(chunk: Any) -> None:
    with pytest.raises(StreamError):
        assembled(delta(content="a"), chunk)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"usage": USAGE | {"cached_tokens": 5}}, Usage(7, 5, 2)),
        ({"usage": USAGE | {"prompt_tokens_details": {"cached_tokens": 5}}}, Usage(7, 5, 2)),
        ({"usage": USAGE | {"cached_tokens": 50}}, Usage(57, 50, 2)),
        ({"choices": [{"delta": {}, "usage": USAGE}]}, Usage(7, 0, 2)),
        ({"usage": None}, Usage()),
        ({"usage": {"prompt_tokens": None}}, Usage()),
        ({"usage": {"prompt_tokens": 10**400}}, Usage()),
    ],
)
def test_usage_is_found_where_it_is(usage: Any, expected: Usage) -> None:
    assert assembled(delta("stop", content="a"), usage).usage == expected


def test_reasoning_that_comes_twice_is_taken_once() -> None:
    both = delta(reasoning_content="Hm.", reasoning="Hm.")
    assert assembled(both, delta("stop", content="a")).reasoning == Reasoning("Hm.")


def test_reasoning_details_are_put_together_and_kept() -> None:
    def details(index: int, **fields: Any) -> dict[str, Any]:
        return delta(reasoning_details=[{"type": "reasoning.text", "index": index, **fields}])

    stream = [details(0, text="Hm", format="f"), details(0, text=", hm."), details(1, text="So.")]
    answer = assembled(*stream, details(1, signature="s"), delta("stop", content="Yes."))
    assert answer.reasoning == Reasoning(
        "",
        "",
        (
            {"type": "reasoning.text", "index": 0, "text": "Hm, hm.", "format": "f"},
            {"type": "reasoning.text", "index": 1, "text": "So.", "signature": "s"},
        ),
    )


def test_reasoning_may_come_after_the_text() -> None:
    answer = assembled(delta(content="Yes."), delta(reasoning="Hm."), delta("stop"))
    assert (answer.text, answer.reasoning) == ("Yes.", Reasoning("Hm.", "reasoning"))


def test_content_may_be_a_list_of_parts() -> None:
    message = {"role": "assistant", "content": [{"type": "text", "text": "a"}, {"text": "b"}, 3]}
    assert assembled({"choices": [{"message": message, "finish_reason": "stop"}]}).text == "ab"


def test_markup_is_recovered_and_not_shown() -> None:
    tool = ToolSpec("f", "", {"type": "object", "properties": {"n": {"type": "integer"}}})
    markup = f"<|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{A}"
    answer = Answer([tool])
    shown = [event for piece in f"So:{markup}" for event in answer.add(delta(content=piece))]
    list(answer.add(delta("stop")))
    assert "".join(event.text for event in (*shown, *answer.rest())) == "So:"
    message = answer.message()
    assert (message.text, message.calls) == ("So:", (ToolCall("functions.f:0", "f", A),))
    assert message.repairs


def test_what_adds_nothing_is_no_progress() -> None:
    answer = Answer()
    idle: list[Any] = [delta(), delta(content=None), {"choices": []}, {"usage": USAGE}]
    for chunk in idle:
        list(answer.add(chunk))
    assert answer.size == 0
    list(answer.add(calls(part(0, "a", "f", A))))
    assert answer.size > 0


def test_an_answer_without_end_is_ended() -> None:
    with pytest.raises(ModelOutputError, match="longer than"):
        assembled(*[delta(content="x" * 1_000_000)] * 20)


def test_empty_reasoning_is_not_none() -> None:
    answer = assembled(delta(reasoning_content=""), delta("stop", content="a"))
    assert answer.reasoning == Reasoning("")
    assert assembled(delta("stop", content="a")).reasoning is None


@pytest.mark.parametrize(
    "junk", [None, 3, [], {"choices": None}, {"choices": [None]}, {"choices": [{"delta": None}]}]
)
def test_junk_between_chunks_is_passed_over(junk: Any) -> None:
    assert assembled(junk, delta(content="a"), junk, delta("stop")).text == "a"
