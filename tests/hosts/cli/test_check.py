from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console

from k2_jupyter.hosts.cli.check import run_check
from k2_jupyter.messages import AssistantMessage, ToolCall, Usage
from k2_jupyter.models.retry import RetryPolicy
from k2_jupyter.settings import Settings
from tests.loopback import Play, Reply, Server, refusal

Serve = Callable[[Play], Server]
READ = ToolCall("read_thermometer:0", "read_thermometer", '{"room": "kitchen"}')


def able(body: dict[str, Any]) -> AssistantMessage | Reply:
    """A model that does all that is asked of it."""
    last = body["messages"][-1]
    usage = Usage(10, 0, 5)
    if last["role"] == "tool":
        return AssistantMessage(f"It is {last['content']} there.", usage=usage)
    if body.get("tools"):
        return AssistantMessage(calls=(READ,), finish="tool_calls", usage=usage)
    return AssistantMessage("one, two, three, " * 12, usage=usage)


def when_tools(answer: AssistantMessage) -> Play:
    """`able`, but this where there are tools."""
    return lambda body: answer if body.get("tools") else able(body)


def checked(base_url: str) -> tuple[int, str]:
    screen = io.StringIO()
    settings = Settings.load("my-model", base_url)
    policy = RetryPolicy(attempts=1)
    code = run_check(settings, Console(file=screen, width=300), policy=policy)
    return code, screen.getvalue()


def test_an_endpoint_that_will_do(serve: Serve) -> None:
    code, shown = checked(serve(able).base_url)
    assert code == 0
    assert shown.count("works") == 5
    assert "10 in, 5 out" in shown


@pytest.mark.parametrize(
    ("play", "words"),
    [
        pytest.param(lambda body: refusal(401), "key was refused", id="wrong key"),
        pytest.param(lambda body: refusal(503), "HTTP 503", id="down"),
        pytest.param(lambda body: Reply([b"hi"], content_type="text/html"), "/v1", id="HTML"),
        pytest.param(when_tools(AssistantMessage("Warm.")), "in words", id="no call"),
        pytest.param(
            when_tools(AssistantMessage("<|tool_calls_section_begin|>…")),
            "--tool-call-parser",
            id="call as text",
        ),
        pytest.param(
            when_tools(AssistantMessage(calls=(ToolCall("a", "read_thermometer", '{"ro'),))),
            "not JSON",
            id="torn arguments",
        ),
        pytest.param(
            when_tools(AssistantMessage(calls=(ToolCall("a", "read_thermometer", "{}"),))),
            "schema",
            id="wrong arguments",
        ),
        pytest.param(
            when_tools(AssistantMessage(calls=(ToolCall("a", "thermo", "{}"),))),
            "'thermo'",
            id="unknown tool",
        ),
    ],
)
def test_what_will_not_do_is_told_in_plain_words(serve: Serve, play: Play, words: str) -> None:
    code, shown = checked(serve(play).base_url)
    assert code == 75
    assert "fails" in shown
    assert words in shown


def test_a_refusal_of_tools_is_told_where_it_happened(serve: Serve) -> None:
    unsupported = refusal(400, message="tools are not supported")
    server = serve(lambda body: unsupported if body.get("tools") else able(body))
    _, shown = checked(server.base_url)
    (line,) = [line for line in shown.splitlines() if "fails" in line]
    assert line.startswith("calls a tool")
    assert "tools are not supported" in line


def test_a_result_that_was_not_read_is_noticed(serve: Serve) -> None:
    def deaf(body: dict[str, Any]) -> AssistantMessage | Reply:
        answered = body["messages"][-1]["role"] == "tool"
        return AssistantMessage("It is 20 °C.") if answered else able(body)

    code, shown = checked(serve(deaf).base_url)
    assert code == 75
    assert "does not hold what the tool said" in shown


def test_what_is_odd_is_no_failure(serve: Serve) -> None:
    def terse(body: dict[str, Any]) -> AssistantMessage | Reply:
        return able(body) if "tools" in body else AssistantMessage("one")

    code, shown = checked(serve(terse).base_url)
    assert code == 0
    assert "one piece" in shown
    assert "no token counts" in shown


def test_nobody_there(serve: Serve) -> None:
    code, shown = checked("http://127.0.0.1:9/v1")
    assert code == 75
    assert "No usable connection to 127.0.0.1:9" in shown


def test_offline_there_is_nothing_to_check() -> None:
    screen = io.StringIO()
    assert run_check(Settings.load(), Console(file=screen)) == 0
    assert "k2 login" in screen.getvalue()
