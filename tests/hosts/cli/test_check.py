from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from k2_jupyter.hosts.cli.check import run_check
from k2_jupyter.messages import AssistantMessage, Reasoning, ToolCall, Usage
from k2_jupyter.models.retry import RetryPolicy
from k2_jupyter.settings import Settings
from tests.loopback import Play, Reply, Server, events, refusal

Serve = Callable[[Play], Server]
Body = dict[str, Any]
Answer = AssistantMessage | Reply

USAGE = Usage(10, 0, 5)
ROWS = {
    "answers", "streams", "reports usage", "calls a tool", "call ids", "replays reasoning",
    "reads the result", "parallel calls", "keeps to a length", "context window",
}  # fmt: skip


def read(room: str, call_id: str = "") -> ToolCall:
    named = call_id or f"functions.read_thermometer:{room}"
    return ToolCall(named, "read_thermometer", json.dumps({"room": room}))


def able(body: Body) -> Answer:
    """A model that does all that is asked of it."""
    asked, last = body["messages"][0], body["messages"][-1]
    if last["role"] == "tool":
        said = [one["content"] for one in body["messages"] if one["role"] == "tool"]
        return AssistantMessage(f"It is {' and '.join(said)}.", usage=USAGE)
    if isinstance(asked["content"], list):
        return AssistantMessage("Red.", usage=USAGE)
    if body.get("max_tokens") == 16:
        return AssistantMessage("one, two, thr", finish="length", usage=USAGE)
    if body.get("tools"):
        rooms = ("kitchen", "cellar") if "cellar" in asked["content"] else ("kitchen",)
        return calling(*(read(room) for room in rooms))
    return AssistantMessage("one, two, three, " * 12, usage=USAGE)


def calling(*calls: ToolCall, **more: Any) -> AssistantMessage:
    return AssistantMessage(calls=calls, finish="tool_calls", usage=USAGE, **more)


def is_question(body: Body) -> bool:
    return bool(body.get("tools")) and body["messages"][-1]["role"] == "user"


def is_about_both(body: Body) -> bool:
    return is_question(body) and "cellar" in body["messages"][0]["content"]


def instead(when: Callable[[Body], bool], answer: Answer) -> Play:
    """`able`, but this answer to such requests."""
    return lambda body: answer if when(body) else able(body)


Rows = dict[str, dict[str, str]]
ONCE = RetryPolicy(attempts=1)


def checked(server: Server, model: str = "my-model", *, sees: bool = False) -> tuple[int, Rows]:
    """The exit code, and the rows by what they are about."""
    settings = Settings.load(model, server.base_url)
    settings = replace(settings, model=replace(settings.model, vision=sees))
    screen = io.StringIO()
    code = run_check(settings, Console(file=screen), as_json=True, policy=ONCE)
    return code, {row["what"]: row for row in json.loads(screen.getvalue())}


def printed(base_url: str) -> tuple[int, str]:
    screen = io.StringIO()
    console = Console(file=screen, width=80, soft_wrap=True)
    return run_check(Settings.load("my-model", base_url), console, policy=ONCE), screen.getvalue()


def verdicts(rows: Rows) -> dict[str, str]:
    """Of the rows that are not as they should be."""
    return {what: row["verdict"] for what, row in rows.items() if row["verdict"] != "works"}


def test_an_endpoint_that_will_do(serve: Serve) -> None:
    server = serve(able)
    server.models = ("my-model",)
    code, rows = checked(server)
    assert code == 0
    assert set(rows) == ROWS
    assert verdicts(rows) == {"replays reasoning": "unknown", "context window": "unknown"}
    assert rows["reports usage"]["detail"] == "10 in, 5 out"
    assert len(server.requests) == 6


def test_the_table_says_what_to_change(serve: Serve) -> None:
    server = serve(instead(is_question, AssistantMessage("<|tool_calls_section_begin|>…")))
    code, shown = printed(server.base_url)
    assert code == 75
    assert "with 6 short requests" in shown
    lines = shown.splitlines()
    (at,) = [at for at, line in enumerate(lines) if "will fail" in line]
    assert lines[at].startswith("calls a tool")
    assert "to change: start its server with" in lines[at + 1]


@pytest.mark.parametrize(
    ("play", "words"),
    [
        pytest.param(lambda body: refusal(401), "key was refused", id="wrong key"),
        pytest.param(lambda body: refusal(503), "HTTP 503", id="down"),
        pytest.param(lambda body: Reply([b"hi"], content_type="text/html"), "/v1", id="HTML"),
    ],
)
def test_without_an_answer_nothing_else_is_asked(serve: Serve, play: Play, words: str) -> None:
    code, rows = checked(serve(play))
    assert code == 75
    assert list(rows) == ["answers"]
    assert words in rows["answers"]["detail"]


@pytest.mark.parametrize(
    ("answer", "words", "change"),
    [
        pytest.param(AssistantMessage("Warm."), "in words", "", id="no call"),
        pytest.param(
            AssistantMessage("<|tool_calls_section_begin|>…"),
            "plain text",
            "--tool-call-parser",
            id="call as text",
        ),
        pytest.param(
            refusal(400, message='"auto" tool choice requires --enable-auto-tool-choice'),
            "auto",
            "--enable-auto-tool-choice --tool-call-parser",
            id="no parser",
        ),
        pytest.param(calling(ToolCall("a", "read_thermometer", '{"ro')), "not JSON", "", id="torn"),
        pytest.param(calling(ToolCall("a", "read_thermometer", "{}")), "schema", "", id="schema"),
        pytest.param(calling(ToolCall("a", "thermo", "{}")), "'thermo'", "", id="unknown tool"),
        pytest.param(
            AssistantMessage("Let me see. " * 9, finish="length"),
            "no end",
            "parallel_tool_calls = false",
            id="without end",
        ),
    ],
)
def test_a_tool_that_is_not_called_is_told_with_what_to_change(
    serve: Serve, answer: Answer, words: str, change: str
) -> None:
    code, rows = checked(serve(instead(is_question, answer)))
    assert code == 75
    assert rows["calls a tool"]["verdict"] == "will fail"
    assert words in rows["calls a tool"]["detail"]
    assert change in rows["calls a tool"]["change"]
    assert bool(change) == bool(rows["calls a tool"]["change"])
    assert "reads the result" not in rows
    assert rows["keeps to a length"]["verdict"] == "works"


MARKUP = (
    "<|tool_calls_section_begin|><|tool_call_begin|>functions.read_thermometer:0"
    '<|tool_call_argument_begin|>{"room": "kitchen"}<|tool_call_end|><|tool_calls_section_end|>'
)


@pytest.mark.parametrize(
    ("play", "what", "words"),
    [
        pytest.param(
            instead(lambda body: "tools" not in body and body["max_tokens"] > 16,
                    AssistantMessage("one", usage=USAGE)),
            "streams", "one piece", id="one piece",
        ),
        pytest.param(
            instead(lambda body: "tools" not in body, AssistantMessage("one, two, " * 20)),
            "reports usage", "no token counts", id="no usage",
        ),
        pytest.param(
            instead(lambda body: is_question(body) and not is_about_both(body),
                    AssistantMessage(MARKUP)),
            "calls a tool", "plain text", id="call in the text",
        ),
        pytest.param(
            instead(is_question, Reply(events(
                {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {
                    "name": "read_thermometer", "arguments": '{"room": "kitchen"}'}}]}}]},
                {"choices": [{"delta": {}, "finish_reason": "tool_calls"}]},
            ))),
            "call ids", "without ids", id="no id",
        ),
        pytest.param(
            instead(is_question, calling(read("kitchen"),
                                         text="<think>The tool, then.</think>")),
            "replays reasoning", "inside the text", id="reasoning in the text",
        ),
        pytest.param(
            instead(is_about_both, calling(read("kitchen"))),
            "parallel calls", "one call an answer", id="one call",
        ),
        pytest.param(
            instead(is_about_both, calling(read("kitchen", "a"), read("cellar", "a"))),
            "parallel calls", "its own", id="one id",
        ),
        pytest.param(
            instead(lambda body: body.get("max_tokens") == 16, AssistantMessage("one, " * 20)),
            "keeps to a length", "writes on", id="writes on",
        ),
    ],
)  # fmt: skip
def test_what_is_worked_around_is_no_failure(
    serve: Serve, play: Play, what: str, words: str
) -> None:
    code, rows = checked(serve(play))
    assert code == 0
    assert rows[what]["verdict"] == "worked around"
    assert words in rows[what]["detail"]


def test_a_field_that_is_refused_is_left_out_and_told(serve: Serve) -> None:
    refused = refusal(400, message="Unknown parameter: stream_options")
    _, rows = checked(serve(instead(lambda body: "stream_options" in body, refused)))
    assert rows["answers"]["verdict"] == "worked around"
    assert "stream_options" in rows["answers"]["detail"]


def test_an_id_that_hides_the_name_is_told_for_models_that_read_it(serve: Serve) -> None:
    play = instead(is_question, calling(read("kitchen", "call_1")))
    _, rows = checked(serve(play), "kimi-k2-thinking")
    assert rows["call ids"]["verdict"] == "worked around"
    assert "functions.read_thermometer" in rows["call ids"]["detail"]


def test_reasoning_is_sent_back_under_its_own_name(serve: Serve) -> None:
    thought = Reasoning("The tool knows.", "reasoning")

    def thinking(body: Body) -> Answer:
        if is_question(body):
            return calling(read("kitchen"), reasoning=thought)
        told = body["messages"][1:2]
        if told and told[0].get("reasoning") != thought.text:
            return refusal(400, message="reasoning_content is missing")
        return able(body)

    _, rows = checked(serve(thinking))
    assert rows["replays reasoning"]["verdict"] == "works"
    assert "`reasoning`" in rows["replays reasoning"]["detail"]


def test_an_endpoint_that_wants_reasoning_where_there_was_none(serve: Serve) -> None:
    def demanding(body: Body) -> Answer:
        if any("tool_calls" in one and "reasoning_content" not in one for one in body["messages"]):
            return refusal(400, message="reasoning_content is missing in assistant tool call")
        return able(body)

    code, rows = checked(serve(demanding))
    assert code == 0
    assert rows["replays reasoning"]["verdict"] == "worked around"


@pytest.mark.parametrize("what", ["reads the result", "parallel calls"])
def test_results_that_were_not_read_are_noticed(serve: Serve, what: str) -> None:
    def deaf(body: Body) -> Answer:
        results = [one for one in body["messages"] if one["role"] == "tool"]
        wanted = 2 if what == "parallel calls" else 1
        return (
            AssistantMessage("It is 23.5 °C." * (wanted - 1) or "Mild.")
            if (len(results) == wanted)
            else able(body)
        )

    code, rows = checked(serve(deaf))
    assert code == 75
    assert rows[what]["verdict"] == "will fail"
    assert "does not hold" in rows[what]["detail"]


class TestImages:
    @staticmethod
    def has_picture(body: Body) -> bool:
        return isinstance(body["messages"][0]["content"], list)

    def test_a_model_that_sees(self, serve: Serve) -> None:
        server = serve(able)
        code, rows = checked(server, sees=True)
        assert code == 0
        assert rows["sees images"]["verdict"] == "works"
        assert len(server.requests) == 7

    def test_one_that_sees_another_colour(self, serve: Serve) -> None:
        server = serve(instead(self.has_picture, AssistantMessage("Blue.")))
        _, rows = checked(server, sees=True)
        assert rows["sees images"]["verdict"] == "worked around"
        assert "vision = false" in rows["sees images"]["change"]

    def test_an_endpoint_that_refuses_them(self, serve: Serve) -> None:
        refused = refusal(400, message="image input is not supported")
        server = serve(instead(self.has_picture, refused))
        code, rows = checked(server, sees=True)
        assert code == 0
        assert rows["sees images"]["verdict"] == "worked around"
        assert "described in words" in rows["sees images"]["detail"]

    def test_a_model_without_eyes_is_sent_none(self, serve: Serve) -> None:
        _, rows = checked(serve(able))
        assert "sees images" not in rows


@pytest.mark.parametrize(
    ("listed", "verdict", "words"),
    [
        ({"max_model_len": 262_144}, "works", "262,144 tokens"),
        ({"meta": {"n_ctx": 65_536}}, "worked around", "context_tokens = 65536"),
        ({"context_length": 4_096}, "will fail", "16,384 or more"),
        ({"max_model_len": "much"}, "unknown", "131,072 tokens are assumed"),
    ],
)
def test_the_window_is_compared_with_the_assumed_one(
    serve: Serve, listed: Body, verdict: str, words: str
) -> None:
    server = serve(able)
    server.models = ("other", {"id": "my-model", **listed})
    code, rows = checked(server)
    assert rows["context window"]["verdict"] == verdict
    assert words in rows["context window"]["detail"] + rows["context window"]["change"]
    assert code == (75 if verdict == "will fail" else 0)


def test_nobody_there() -> None:
    code, shown = printed("http://127.0.0.1:9/v1")
    assert code == 75
    assert "No usable connection to 127.0.0.1:9" in shown


def test_offline_there_is_nothing_to_check() -> None:
    screen = io.StringIO()
    assert run_check(Settings.load(), Console(file=screen)) == 0
    assert "k2 login" in screen.getvalue()
