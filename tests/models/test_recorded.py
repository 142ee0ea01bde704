"""Streams of real servers, kept with `k2 record`, one folder a server."""

from __future__ import annotations

from pathlib import Path

from tests.asking import Serve, ask, model_at
from tests.faults.recorded import recorded

RECORDED = Path(__file__).with_name("recorded")


def test_a_call(serve: Serve) -> None:
    server = serve(lambda body: recorded(RECORDED / "llama_cpp" / "call.http"))
    answer, _ = ask(model_at(server.base_url))
    (call,) = answer.calls
    assert (call.name, call.arguments) == ("read_thermometer", '{"room":"kitchen"}')
    assert call.id == "JgKUMtE2XlZSnVS57RsVWJKQFIw49bzH"
    assert (answer.text, answer.finish, answer.repairs) == ("", "tool_calls", ())
    assert answer.usage.input_tokens > answer.usage.output_tokens > 0


def test_a_text(serve: Serve) -> None:
    server = serve(lambda body: recorded(RECORDED / "llama_cpp" / "result.http"))
    answer, _ = ask(model_at(server.base_url))
    assert "23.5" in answer.text
    assert (answer.calls, answer.finish) == ((), "stop")


def test_an_answer_at_its_limit(serve: Serve) -> None:
    server = serve(lambda body: recorded(RECORDED / "llama_cpp" / "length.http"))
    answer, _ = ask(model_at(server.base_url))
    assert (answer.finish, answer.usage.output_tokens) == ("length", 16)
