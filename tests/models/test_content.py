"""Markup that a server left in an answer: what is taken from it, and what is not."""

from __future__ import annotations

import json

import pytest

from k2_jupyter.messages import ToolCall, ToolSpec
from k2_jupyter.models.content import CALL_IN_REASONING, CALL_IN_TEXT, Content, settled

PROPERTIES = {"source": {"type": "string"}}
RUN = ToolSpec(
    "run_cell", "Runs.", {"type": "object", "properties": PROPERTIES, "required": ["source"]}
)
FINISH = ToolSpec("finish", "Ends.", {"type": "object", "properties": {}})
TOOLS = [RUN, FINISH]

BEGIN, END = "<|tool_calls_section_begin|>", "<|tool_calls_section_end|>"
ARGUMENTS = '{"source": "a < b\\nprint(1)"}'


def marked(
    arguments: str = ARGUMENTS,
    call_id: str = "functions.run_cell:0",
    end: str = "<|tool_call_end|>",
) -> str:
    return f"<|tool_call_begin|>{call_id}<|tool_call_argument_begin|>{arguments}{end}"


def in_text(text: str, tools: list[ToolSpec] = TOOLS) -> Content:
    return settled(Content(text, None, ()), tools)


CALL = ToolCall("functions.run_cell:0", "run_cell", ARGUMENTS)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"So:{BEGIN}{marked()}{END}", id="as the model writes it"),
        pytest.param(f"So:{marked()}", id="no section"),
        pytest.param(f"So:{BEGIN}{marked(end='')}", id="no end markers"),
        pytest.param(
            f"So:<|tool_call_section_begin|>{marked()}<|tool_call_section_end|>", id="singular"
        ),
        pytest.param(f"So:{BEGIN}\n{marked()}\n{END}", id="on lines of their own"),
        pytest.param(f"So:{BEGIN}{marked()}{END}<|im_end|>", id="a stray end of message"),
    ],
)
def test_a_call_in_the_text_is_taken_and_its_markup_is_not_kept(text: str) -> None:
    content = in_text(text)
    assert (content.text, content.calls) == ("So:", (CALL,))
    assert CALL_IN_TEXT in content.repairs


def test_several_sections_and_what_stands_between() -> None:
    second = marked("{}", "functions.finish:1")
    content = in_text(f"One.{BEGIN}{marked()}{END}Two.{BEGIN}{second}{END}Three.")
    assert content.text == "One.Two.Three."
    assert [call.name for call in content.calls] == ["run_cell", "finish"]


def test_several_calls_in_a_section() -> None:
    both = f"{marked()}{marked('{}', 'functions.finish:1')}"
    assert [call.name for call in in_text(f"{BEGIN}{both}{END}").calls] == ["run_cell", "finish"]


@pytest.mark.parametrize(
    "call_id", ["functions.run_cell:3", "run_cell:3", "functions.run_cell.3", "run_cell", "3"]
)
def test_a_call_is_named_by_its_id_or_by_what_fits(call_id: str) -> None:
    (call,) = in_text(marked(call_id=call_id)).calls
    assert (call.name, call.id) == ("run_cell", call_id)


def test_a_bare_number_names_no_tool_where_several_fit() -> None:
    (call,) = in_text(marked(call_id="3"), [RUN, ToolSpec("also", "", RUN.parameters)]).calls
    assert call.name == "3"


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        pytest.param(marked('{"source": "x ='), '{"source": "x =', id="torn"),
        pytest.param(marked('{"source": "x"} and so'), '{"source": "x"} and so', id="a rest"),
        pytest.param(marked("[1]"), "[1]", id="no object"),
    ],
)
def test_faulty_arguments_come_as_they_are_so_that_the_model_is_told(
    text: str, arguments: str
) -> None:
    assert [call.arguments for call in in_text(text).calls] == [arguments]


def test_an_opening_without_a_readable_call_is_a_call_of_nothing() -> None:
    content = in_text(f"So:{BEGIN}run_cell(source=1){END}")
    assert (content.text, content.calls) == ("So:", (ToolCall("", "", "run_cell(source=1)"),))


@pytest.mark.parametrize(
    "text",
    [
        f"K2 writes\n```\n{BEGIN}{marked()}{END}\n```\nfor a call.",
        f"It begins with `{BEGIN}` in the text.",
        "A lone `</think>` ends it.",
    ],
)
def test_a_quotation_is_text(text: str) -> None:
    assert in_text(text) == Content(text, None, ())


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Done.<|im_end|>", "Done."),
        (f"Done.{BEGIN}{END}", "Done."),
        (f"Done.{END}", "Done."),
        ("a <|b|> c", "a <|b|> c"),
    ],
)
def test_stray_markers_go(text: str, kept: str) -> None:
    content = in_text(text)
    assert (content.text, content.calls) == (kept, ())


@pytest.mark.parametrize(
    ("text", "reasoning", "kept"),
    [
        ("<think>Hm.</think>Yes.", "Hm.", "Yes."),
        ("\n<think>\nHm.\n</think>\n\nYes.", "\nHm.\n", "Yes."),
        ("Hm.</think>Yes.", "Hm.", "Yes."),
        ("<think>Hm.", "Hm.", ""),
    ],
)
def test_reasoning_is_taken_out_of_the_text(text: str, reasoning: str, kept: str) -> None:
    content = in_text(text)
    assert (content.reasoning, content.text) == (reasoning, kept)


def thought(reasoning: str, text: str = "", calls: tuple[ToolCall, ...] = ()) -> Content:
    return settled(Content(text, reasoning, calls), TOOLS)


def test_a_call_at_the_end_of_the_reasoning_is_taken() -> None:
    content = thought(f"I should run it.{BEGIN}{marked()}{END}\n")
    assert content.calls == (CALL,)
    assert content.reasoning == "I should run it.\n"
    assert content.repairs == (CALL_IN_REASONING,)


@pytest.mark.parametrize(
    ("reasoning", "text"),
    [
        pytest.param(f"A call looks so: {marked()} they say.", "", id="not at its end"),
        pytest.param(f"I ran it.{marked()}", "It is done.", id="beside an answer"),
        pytest.param(marked(call_id="functions.rm:0"), "", id="no such tool"),
        pytest.param(marked('{"source": "x ='), "", id="torn"),
    ],
)
def test_a_call_elsewhere_in_the_reasoning_is_a_thought(reasoning: str, text: str) -> None:
    assert thought(reasoning, text) == Content(text, reasoning, ())


def test_where_the_server_gave_calls_markup_gives_none() -> None:
    own = ToolCall("a", "finish", "{}")
    content = settled(Content(f"So:{BEGIN}{marked()}{END}", f"Hm.{marked()}", (own,)), TOOLS)
    assert (content.text, content.calls) == ("So:", (own,))


def test_what_is_taken_is_what_the_model_wrote() -> None:
    source = 'print("<|tool_call_end|>", {"a": [1]})\n# ünicode \\ "q"'
    arguments = json.dumps({"source": source}, ensure_ascii=False)
    (call,) = in_text(f"{BEGIN}{marked(arguments)}{END}").calls
    assert json.loads(call.arguments) == {"source": source}
