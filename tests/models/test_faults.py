"""What goes wrong between an endpoint and us, on real sockets."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import threading
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
import trustme

from k2_jupyter.errors import (
    ModelConnectionError,
    ModelEmptyError,
    ModelOutputError,
    ModelStatusError,
)
from k2_jupyter.events import Retrying, Waiting
from k2_jupyter.messages import AssistantMessage, Reasoning
from k2_jupyter.models.retry import RetryPolicy
from tests.asking import CALL, CALLING, HELLO, NO_DELAY, Serve, ask, in_turn, model_at
from tests.loopback import Reply, events, refusal, serving, streamed

WHOLE = list(streamed(CALLING).pieces)


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


class TestCutLines:
    @pytest.mark.parametrize("kept", range(5))
    @pytest.mark.parametrize(
        "fault",
        [
            pytest.param({"end": "reset"}, id="reset"),
            pytest.param({"end": "cut"}, id="cut"),
            pytest.param({"end": "whole"}, id="a clean end"),
            pytest.param({"framing": "close"}, id="a clean end without framing"),
        ],
    )
    def test_a_call_that_did_not_come_whole_is_never_returned(
        self, serve: Serve, kept: int, fault: dict[str, Any]
    ) -> None:
        server = serve(in_turn(Reply(WHOLE[:kept], **fault), HELLO))
        answer, seen = ask(model_at(server.base_url))
        assert answer == HELLO
        assert sum(isinstance(event, Retrying) for event in seen) == 1

    def test_what_ends_after_its_finish_reason_is_whole(self, serve: Serve) -> None:
        server = serve(in_turn(Reply(WHOLE[:5], framing="close")))
        assert ask(model_at(server.base_url))[0].calls == (CALL,)

    def test_a_byte_at_a_time_is_as_good(self, serve: Serve) -> None:
        sent = AssistantMessage("Größe – ¾ 🐍", (CALL,), Reasoning("So, né?"), "tool_calls")
        body = b"".join(streamed(sent).pieces)
        pieces = [body[at : at + 1] for at in range(len(body))]
        server = serve(in_turn(Reply(pieces)))
        assert ask(model_at(server.base_url))[0] == sent

    def test_a_refused_certificate_is_told_and_nothing_is_sent(self) -> None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)  # a CA that nobody trusts
        with serving(in_turn(HELLO), tls) as server:
            with pytest.raises(ModelConnectionError, match=r"certificate.*nothing was sent"):
                ask(model_at(server.base_url))
            assert server.bodies == []

    def test_a_name_that_is_not_known_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unknown(*args: object, **named: object) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        for variable in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(variable, raising=False)
        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        with pytest.raises(ModelConnectionError, match=r"no-such\.example.*not known"):
            ask(model_at("https://no-such.example/v1"))

    @pytest.mark.parametrize("name", ["[::1]", "localhost"])
    def test_a_host_that_has_only_ipv6_is_reached(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if not has_ipv6():
            pytest.skip("this machine has no IPv6 loopback")
        with serving(in_turn(HELLO), host="::1") as server:
            address = ("::1", server.server_port, 0, 0)
            found = [(socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", address)]
            monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **named: found)
            assert ask(model_at(f"http://{name}:{server.server_port}/v1"))[0] == HELLO
            assert len(server.bodies) == 1


class TestOddBodies:
    @pytest.mark.parametrize(
        "reply",
        [
            pytest.param(Reply(), id="an empty stream"),
            pytest.param(Reply(status=204, framing="none"), id="no content"),
            pytest.param(Reply(content_type="application/json"), id="empty JSON"),
            pytest.param(Reply([b": only\n\n", b": comments\n\n"]), id="comments"),
        ],
    )
    def test_nothing_at_all_is_asked_for_again(self, serve: Serve, reply: Reply) -> None:
        server = serve(in_turn(reply, HELLO))
        assert ask(model_at(server.base_url))[0] == HELLO

    def test_an_error_that_comes_as_a_success_is_one(self, serve: Serve) -> None:
        body = {"error": {"type": "exceeded_current_quota_error", "code": 429, "message": "no"}}
        reply = Reply([json.dumps(body).encode()], content_type="application/json")
        with pytest.raises(ModelStatusError, match="balance"):
            ask(model_at(serve(in_turn(reply)).base_url))

    def test_gzip_that_nobody_asked_for_is_read(self, serve: Serve) -> None:
        packed = gzip.compress(b"".join(streamed(HELLO).pieces))
        server = serve(in_turn(Reply([packed], headers={"content-encoding": "gzip"})))
        assert ask(model_at(server.base_url))[0] == HELLO
        assert server.headers[0]["accept-encoding"] == "identity"

    @pytest.mark.parametrize(
        ("status", "content_type", "words"),
        [(200, "text/event-stream", "longer than"), (200, "text/html", "no stream")],
    )
    def test_a_bomb_is_cut_short(
        self, serve: Serve, status: int, content_type: str, words: str
    ) -> None:
        bomb = gzip.compress(b"x" * 200_000_000, 1)
        reply = Reply([bomb], status, content_type, {"content-encoding": "gzip"})
        model = model_at(serve(in_turn(reply)).base_url)
        tracemalloc.start()
        try:
            with pytest.raises(ModelOutputError, match=words):
                ask(model)
            assert tracemalloc.get_traced_memory()[1] < 64_000_000
        finally:
            tracemalloc.stop()

    def test_a_bomb_for_an_error_is_an_error(self, serve: Serve) -> None:
        bomb = gzip.compress(b"x" * 50_000_000, 1)
        reply = Reply([bomb], 401, "text/plain", {"content-encoding": "gzip"})
        with pytest.raises(ModelStatusError, match="key was refused"):
            ask(model_at(serve(in_turn(reply)).base_url))

    def test_an_event_without_end_is_cut_short(self, serve: Serve) -> None:
        def endless() -> Iterator[bytes]:
            yield b"data: "
            for _ in range(1_000):
                yield b"x" * 100_000

        with pytest.raises(ModelOutputError, match=r"event.*longer than"):
            ask(model_at(serve(lambda body: Reply(endless())).base_url))


class TestSilence:
    @pytest.mark.parametrize(
        "beat",
        [
            pytest.param(b": still here\n\n", id="comments"),
            pytest.param(b'data: {"choices": []}\n\n', id="empty chunks"),
            pytest.param(b'data: {"choices": [{"delta": {"content": ""}}]}\n\n', id="empty text"),
        ],
    )
    def test_a_heart_that_beats_without_a_word_is_silence(self, serve: Serve, beat: bytes) -> None:
        gone = threading.Event()

        def beating() -> Iterator[bytes]:
            yield from WHOLE[:2]
            while not gone.wait(0.01):
                yield beat

        server = serve(in_turn(Reply(beating())))
        policy = RetryPolicy(attempts=1, idle_seconds=0.3, answer_seconds=30.0)
        with pytest.raises(ModelConnectionError, match="silent"):
            ask(model_at(server.base_url, policy))
        gone.set()

    def test_how_long_a_server_may_read_is_a_fact_about_it(self, serve: Serve) -> None:
        server = serve(in_turn(Reply(end="silence")))
        with pytest.raises(ModelConnectionError, match="silent"):
            ask(model_at(server.base_url, RetryPolicy(attempts=1), reading_seconds=0.2))

    def test_an_answer_has_a_longest_time_however_it_trickles(self, serve: Serve) -> None:
        gone = threading.Event()

        def trickling() -> Iterator[bytes]:
            while not gone.wait(0.01):
                yield from events({"choices": [{"delta": {"content": "x"}}]}, done=False)

        server = serve(in_turn(Reply(trickling())))
        policy = RetryPolicy(attempts=1, answer_seconds=0.3)
        with pytest.raises(ModelConnectionError, match="to an end"):
            ask(model_at(server.base_url, policy))
        gone.set()


class TestEmptyAnswers:
    NO_CALLS = Reply(events({"choices": [{"delta": {}, "finish_reason": "tool_calls"}]}))
    THOUGHT = Reply(events({"choices": [{"delta": {"reasoning": "Hm."}, "finish_reason": "stop"}]}))

    def test_calls_that_a_stream_lost_are_asked_for_in_one_piece(self, serve: Serve) -> None:
        server = serve(in_turn(self.NO_CALLS, self.NO_CALLS, CALLING))
        assert ask(model_at(server.base_url))[0].calls == (CALL,)
        assert [request["stream"] for request in server.requests] == [True, False, True]
        assert "stream_options" not in server.requests[1]

    @pytest.mark.parametrize(("reply", "reasoned"), [(NO_CALLS, False), (THOUGHT, True)])
    def test_it_ends_after_three_with_an_error_of_its_own(
        self, serve: Serve, reply: Reply, reasoned: bool
    ) -> None:
        server = serve(in_turn(reply))
        with pytest.raises(ModelEmptyError, match="empty") as empty:
            ask(model_at(server.base_url, RetryPolicy(first_wait=0.0)))
        assert empty.value.reasoned is reasoned
        assert len(server.requests) == 3


class TestWaiting:
    def test_a_wait_is_counted_down(self, serve: Serve) -> None:
        waits: list[float | None] = []

        class Recording(threading.Event):
            def wait(self, timeout: float | None = None) -> bool:
                waits.append(timeout)
                return False

        server = serve(in_turn(refusal(429, retry_after="3.5"), HELLO))
        _, seen = ask(model_at(server.base_url), stop=Recording())
        assert seen[:4] == [
            Retrying(2, 3.5, seen[0].reason if isinstance(seen[0], Retrying) else ""),
            Waiting(2.5), Waiting(1.5), Waiting(0.5),
        ]  # fmt: skip
        assert waits == [1.0, 1.0, 1.0, 0.5]

    @pytest.mark.parametrize("status", [402, 403])
    def test_what_money_must_mend_is_not_waited_for(self, serve: Serve, status: int) -> None:
        server = serve(in_turn(refusal(status, message="usage limit for this billing cycle")))
        with pytest.raises(ModelStatusError, match="balance"):
            ask(model_at(server.base_url, NO_DELAY))
        assert len(server.requests) == 1
