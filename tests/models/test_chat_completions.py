"""The wire: real HTTP on loopback, through the real client."""

from __future__ import annotations

import itertools
import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pytest

from k2_jupyter.errors import (
    ModelConnectionError,
    ModelError,
    ModelOutputError,
    ModelStatusError,
    SettingsError,
    StopRequested,
)
from k2_jupyter.events import Event, ReasoningDelta, Retrying, TextDelta
from k2_jupyter.messages import (
    AssistantMessage,
    Reasoning,
    ToolCall,
    ToolMessage,
    ToolResult,
    Usage,
)
from k2_jupyter.models.retry import RetryPolicy
from k2_jupyter.models.serving import chunks
from tests.asking import ASK, CALL, CALLING, HELLO, KEY, NO_DELAY, Serve, ask, in_turn, model_at
from tests.loopback import Reply, events, refusal, streamed

HANG = 30.0


def text_of(seen: Sequence[Event]) -> str:
    return "".join(event.text for event in seen if isinstance(event, TextDelta))


class TestNormalPath:
    def test_an_answer_with_reasoning_calls_and_usage_comes_back_as_sent(
        self, serve: Serve
    ) -> None:
        calls = (CALL, ToolCall("run_cell:1", "run_cell", '{"source": "' + "x" * 200 + '"}'))
        sent = AssistantMessage(
            "Let me see.", calls, Reasoning("Hm, hm."), "tool_calls", Usage(10, 4, 3)
        )
        answer, seen = ask(model_at(serve(lambda body: sent).base_url))
        assert answer == sent
        assert text_of(seen) == "Let me see."
        assert [event for event in seen if isinstance(event, ReasoningDelta)]

    def test_the_request_holds_the_conversation_the_tools_and_the_key(self, serve: Serve) -> None:
        server = serve(lambda body: HELLO)
        ask(model_at(server.base_url))
        (request,) = server.requests
        assert request["messages"] == [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hello?"},
        ]
        assert request["model"] == "served"
        assert request["tools"][0]["function"]["name"] == "run_cell"
        assert request["stream"] is True
        assert server.headers[0]["authorization"] == f"Bearer {KEY}"

    def test_only_the_headers_that_are_needed_go_out(
        self, serve: Serve, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENAI_ORG_ID", "org-secret")
        monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-platform")
        server = serve(lambda body: HELLO)
        ask(model_at(server.base_url, key=None))
        (headers,) = server.headers
        assert "authorization" not in headers
        assert not [name for name in headers if name.startswith(("openai-", "x-stainless"))]
        assert headers["user-agent"].startswith("k2_jupyter/")

    def test_an_answer_is_replayed_as_received(self, serve: Serve) -> None:
        server = serve(in_turn(AssistantMessage("", (CALL,), Reasoning("", "reasoning")), HELLO))
        model = model_at(server.base_url)
        first, _ = ask(model)
        ask(model, [*ASK, first, ToolMessage(CALL, ToolResult("2"))])
        assert server.requests[1]["messages"][2:] == [
            {
                "role": "assistant",
                "reasoning": "",
                "tool_calls": [
                    {
                        "id": CALL.id,
                        "type": "function",
                        "function": {"name": "run_cell", "arguments": CALL.arguments},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": CALL.id, "content": "2"},
        ]

    def test_what_came_while_the_host_was_drawing_is_shown_in_one_piece(self, serve: Serve) -> None:
        thought = Reasoning("Hm. " * 50)
        sent = AssistantMessage("word " * 200, (), thought)
        server = serve(lambda body: Reply(events(*chunks(sent, "m", size=1))))
        stream = model_at(server.base_url).stream(ASK, [], threading.Event())
        first = next(stream)
        for reader in threading.enumerate():
            if reader.name == "k2-model":
                reader.join(HANG)
        rest = list(stream)
        shown = [event for event in (first, *rest) if isinstance(event, TextDelta | ReasoningDelta)]
        assert len(rest) <= 3
        assert "".join(event.text for event in shown) == thought.text + sent.text

    def test_a_proxy_of_the_environment_does_not_see_what_is_for_this_machine(
        self, serve: Serve, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        proxy = serve(lambda body: HELLO)
        monkeypatch.setenv("HTTP_PROXY", proxy.base_url)
        monkeypatch.setenv("ALL_PROXY", proxy.base_url)
        server = serve(lambda body: HELLO)
        assert ask(model_at(server.base_url))[0] == HELLO
        assert proxy.connections == 0

    def test_a_completion_that_is_no_stream_is_taken(self, serve: Serve) -> None:
        message = {"role": "assistant", "content": "Whole."}
        body = {"choices": [{"message": message, "finish_reason": "stop"}]}
        reply = Reply([json.dumps(body).encode()], content_type="application/json")
        assert ask(model_at(serve(lambda _: reply).base_url))[0].text == "Whole."


class TestRetry:
    @pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
    def test_a_passing_error_is_asked_again(self, serve: Serve, status: int) -> None:
        server = serve(in_turn(refusal(status), HELLO))
        answer, seen = ask(model_at(server.base_url))
        assert answer == HELLO
        (retrying,) = [event for event in seen if isinstance(event, Retrying)]
        assert retrying.attempt == 2
        assert str(status) in retrying.reason
        assert len(server.bodies) == 2
        assert server.bodies[0] == server.bodies[1]

    @pytest.mark.parametrize(("kept", "end"), [(5, "whole"), (7, "cut")])
    def test_a_body_cut_after_its_finish_reason_is_whole(
        self, serve: Serve, kept: int, end: Any
    ) -> None:
        whole = list(streamed(CALLING).pieces)
        server = serve(in_turn(Reply(whole[:kept], end=end)))
        assert ask(model_at(server.base_url))[0].calls == (CALL,)
        assert len(server.bodies) == 1

    @pytest.mark.parametrize("end", ["cut", "whole"])
    @pytest.mark.parametrize("kept", [0, 1, 3, 4])
    def test_a_cut_stream_yields_no_call_and_is_asked_again(
        self, serve: Serve, kept: int, end: Any
    ) -> None:
        whole = list(streamed(CALLING).pieces)
        server = serve(in_turn(Reply(whole[:kept], end=end), HELLO))
        answer, seen = ask(model_at(server.base_url))
        assert answer == HELLO
        assert [type(event) for event in seen].count(Retrying) == 1

    @pytest.mark.parametrize(
        "broken",
        [
            pytest.param(events({"error": {"message": "boom", "code": 500}}), id="error event"),
            pytest.param(events({"object": "error", "message": "boom"}), id="vLLM's error"),
            pytest.param([b"data: {not json\n\n"], id="not JSON"),
            pytest.param([b"data: " + b"[" * 100_000 + b"\n\n"], id="too deep"),
            pytest.param([b"data: " + b"1" * 5000 + b"\n\n"], id="a huge number"),
            pytest.param([b"data: \xff\xfe\n\n"], id="not UTF-8"),
            pytest.param(events({"choices": [{"delta": {}, "finish_reason": "stop"}]}), id="empty"),
        ],
    )
    def test_a_broken_stream_is_asked_again(self, serve: Serve, broken: list[bytes]) -> None:
        server = serve(in_turn(Reply(broken), HELLO))
        assert ask(model_at(server.base_url))[0] == HELLO
        assert len(server.bodies) == 2

    def test_it_gives_up_with_the_cause(self, serve: Serve) -> None:
        server = serve(in_turn(refusal(503, message="overloaded")))
        with pytest.raises(ModelStatusError, match=r"503.*overloaded") as caught:
            ask(model_at(server.base_url))
        assert caught.value.status == 503
        assert len(server.bodies) == NO_DELAY.attempts

    def test_silence_is_a_failure(self, serve: Serve) -> None:
        whole = list(streamed(HELLO).pieces)
        server = serve(in_turn(Reply(whole[:2], end="silence"), HELLO))
        policy = RetryPolicy(attempts=2, first_wait=0.0, idle_seconds=0.05)
        assert ask(model_at(server.base_url, policy))[0] == HELLO
        assert server.client_gone.wait(10)

    def test_comments_are_silence(self, serve: Serve) -> None:
        gone = threading.Event()

        def beating() -> Iterator[bytes]:
            yield from list(streamed(HELLO).pieces)[:2]
            while not gone.wait(0.01):
                yield b": still here\n\n"

        server = serve(in_turn(Reply(beating()), HELLO))
        policy = RetryPolicy(attempts=2, first_wait=0.0, idle_seconds=0.1)
        assert ask(model_at(server.base_url, policy))[0] == HELLO
        gone.set()

    def test_retry_after_is_honoured(self, serve: Serve) -> None:
        server = serve(in_turn(refusal(429, retry_after="0.01"), HELLO))
        _, seen = ask(model_at(server.base_url, RetryPolicy(first_wait=60.0)))
        assert [event.seconds for event in seen if isinstance(event, Retrying)] == [0.01]

    def test_the_wait_that_is_shown_is_kept(self, serve: Serve) -> None:
        waits: list[float | None] = []

        class Recording(threading.Event):
            def wait(self, timeout: float | None = None) -> bool:
                waits.append(timeout)
                return False

        server = serve(in_turn(refusal(503), HELLO))
        _, seen = ask(model_at(server.base_url, RetryPolicy()), stop=Recording())
        assert waits == [event.seconds for event in seen if isinstance(event, Retrying)]
        assert len(waits) == 1

    def test_a_refused_connection_is_tried_again_and_then_named(self) -> None:
        with pytest.raises(ModelConnectionError, match=r"127\.0\.0\.1:9 .*refused"):
            ask(model_at("http://127.0.0.1:9/v1", RetryPolicy(attempts=100, first_wait=0.0)))

    def test_an_endpoint_that_answered_once_is_worth_more_patience(self, serve: Serve) -> None:
        cut = Reply(status=0, end="cut")
        server = serve(in_turn(HELLO, *[cut] * 5, HELLO))
        model = model_at(server.base_url, RetryPolicy(first_wait=0.0))
        ask(model)
        assert ask(model)[0] == HELLO

    def test_an_endpoint_that_dies_after_its_headers_was_there(self, serve: Serve) -> None:
        server = serve(in_turn(*[Reply(end="cut")] * 5, HELLO))
        assert ask(model_at(server.base_url, RetryPolicy(first_wait=0.0)))[0] == HELLO


class TestPermanent:
    @pytest.mark.parametrize(
        ("reply", "words"),
        [
            (refusal(401, message=f"bad key {KEY}"), "key was refused by 127.*k2 login"),
            (refusal(402), "balance"),
            (refusal(403, "access_terminated_error", "only for agents"), "only for agents"),
            (refusal(429, "exceeded_current_quota_error", "recharge"), "balance.*recharge"),
            (refusal(400, message="tool_call_id is not found"), "400.*tool_call_id"),
            (refusal(429, message="busy", retry_after="86400"), "busy"),
        ],
    )
    def test_is_not_asked_again(self, serve: Serve, reply: Reply, words: str) -> None:
        server = serve(in_turn(reply))
        with pytest.raises(ModelStatusError, match=words) as caught:
            ask(model_at(server.base_url))
        assert caught.value.status == reply.status
        assert len(server.bodies) == 1
        assert KEY not in str(caught.value)

    def test_an_unknown_model_is_told_with_those_that_are_known(self, serve: Serve) -> None:
        server = serve(in_turn(refusal(404, "resource_not_found_error", "no such model")))
        server.models = tuple(f"model-{number}" for number in range(12))
        with pytest.raises(ModelStatusError, match=r"`served`.*model-0, .*model-9, …"):
            ask(model_at(server.base_url))

    def test_a_page_of_html_is_no_model(self, serve: Serve) -> None:
        page = Reply([b"<html>Please log in</html>"], content_type="text/html")
        with pytest.raises(ModelOutputError, match=r"text/html.*Please log in"):
            ask(model_at(serve(lambda body: page).base_url))

    def test_a_redirect_is_refused_and_nothing_is_sent_on(self, serve: Serve) -> None:
        sink = serve(lambda body: HELLO)
        there = f"{sink.base_url}/chat/completions"
        server = serve(in_turn(refusal(307, location=there)))
        with pytest.raises(ModelConnectionError, match="redirects"):
            ask(model_at(server.base_url))
        assert len(server.bodies) == 1
        assert sink.connections == 0

    def test_a_filtered_answer_says_so(self, serve: Serve) -> None:
        filtered = AssistantMessage("Well,", finish="content_filter")
        with pytest.raises(ModelOutputError, match="filter"):
            ask(model_at(serve(lambda body: filtered).base_url))

    def test_an_answer_cut_by_its_length_limit_has_no_calls(self, serve: Serve) -> None:
        pieces = events(
            {"choices": [{"delta": {"content": "So: "}}]},
            {"choices": [{"delta": {"tool_calls": [{"function": {"name": "run_cell"}}]}}]},
            {"choices": [{"delta": {}, "finish_reason": "length"}]},
        )
        answer, _ = ask(model_at(serve(lambda body: Reply(pieces)).base_url))
        assert (answer.finish, answer.text, answer.calls) == ("length", "So: ", ())

    @pytest.mark.parametrize(
        "base_url", ["http://example.org/v1", "https://me:secret@example.org/v1", "ftp://x"]
    )
    def test_an_address_that_would_leak_is_refused(self, base_url: str) -> None:
        with pytest.raises(SettingsError) as caught:
            model_at(base_url)
        assert "secret" not in str(caught.value)


class TestStop:
    @pytest.mark.parametrize(
        "silent",
        [
            pytest.param(Reply(status=0, end="silence"), id="before the headers"),
            pytest.param(Reply(end="silence"), id="before the first event"),
            pytest.param(Reply(list(streamed(HELLO).pieces)[:2], end="silence"), id="in between"),
        ],
    )
    def test_a_silent_server_is_left_at_once(self, serve: Serve, silent: Reply) -> None:
        stop = threading.Event()

        def play(body: object) -> Reply:
            stop.set()
            return silent

        server = serve(play)
        with pytest.raises(StopRequested):
            ask(model_at(server.base_url), stop=stop)
        assert server.client_gone.wait(10), "the connection was left open"

    def test_a_host_that_takes_no_connection_is_left_at_once(self) -> None:
        class Pressed(threading.Event):
            """While the connection is being made: at the third look."""

            def is_set(self) -> bool:
                return next(looks) >= 3

        looks = itertools.count(1)
        with socket.create_server(("127.0.0.1", 0), backlog=0) as full, ExitStack() as waiting:
            for _ in range(3):  # what has no room in the queue gets no answer to its SYN
                one = waiting.enter_context(socket.socket())
                one.setblocking(False)
                one.connect_ex(full.getsockname())
            address = f"http://127.0.0.1:{full.getsockname()[1]}/v1"
            with pytest.raises(StopRequested):
                ask(model_at(address, RetryPolicy(attempts=1)), stop=Pressed())

    def test_a_stop_from_before_sends_nothing(self, serve: Serve) -> None:
        server = serve(lambda body: HELLO)
        stop = threading.Event()
        stop.set()
        with pytest.raises(StopRequested):
            ask(model_at(server.base_url), stop=stop)
        assert server.connections == 0

    def test_the_wait_before_a_retry_is_left_at_once(self, serve: Serve) -> None:
        server = serve(in_turn(refusal(503)))
        stop = threading.Event()
        stream = model_at(server.base_url, RetryPolicy(first_wait=60.0)).stream(ASK, [], stop)
        assert isinstance(next(stream), Retrying)
        stop.set()
        with pytest.raises(StopRequested):
            next(stream)

    def test_a_host_that_goes_away_closes_the_connection(self, serve: Serve) -> None:
        pieces = list(streamed(HELLO).pieces)[:2]
        server = serve(lambda body: Reply(pieces, end="silence"))
        stream = model_at(server.base_url).stream(ASK, [], threading.Event())
        next(stream)
        stream.close()
        assert server.client_gone.wait(10)


def test_no_key_is_in_what_a_log_could_show(serve: Serve) -> None:
    model = model_at(serve(in_turn(refusal(401, message=KEY))).base_url)
    with pytest.raises(ModelError) as caught:
        ask(model)
    shown = [repr(model), model.name, repr(caught.value), repr(caught.value.__cause__)]
    assert not [text for text in shown if KEY in text]


def test_the_connection_is_kept_from_step_to_step(serve: Serve) -> None:
    server = serve(lambda body: HELLO)
    model = model_at(server.base_url)
    for _ in range(10):
        ask(model)
    # A request may overtake the reading of the last bytes before it: then it needs a second.
    assert server.connections <= 3
