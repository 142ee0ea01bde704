"""The analyst's endpoint, asked by the package's own client."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator, Sequence

import pytest

from k2_jupyter.errors import ModelStatusError
from k2_jupyter.hosts.cli.serve_analyst import NAME, AnalystServer
from k2_jupyter.messages import AssistantMessage, Message, ToolCall, ToolSpec, UserMessage
from k2_jupyter.models.chat_completions import ChatCompletions
from k2_jupyter.models.presets import resolve

TOKEN = "a-token"
TOOL = ToolSpec("run_cell", "Runs.", {"type": "object", "properties": {}})


def respond(messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AssistantMessage:
    """Repeats what it was asked, and calls the first tool."""
    (question,) = messages
    assert isinstance(question, UserMessage)
    calls = tuple(ToolCall("c", tool.name, '{"n": 1}') for tool in tools)
    return AssistantMessage(question.text, calls, finish="tool_calls" if calls else "stop")


@pytest.fixture
def server() -> Iterator[AnalystServer]:
    with AnalystServer(respond, token=TOKEN) as serving:
        thread = threading.Thread(target=serving.serve_forever, args=(0.01,))
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


def ask(server: AnalystServer, key: str | None, *tools: ToolSpec) -> AssistantMessage:
    model = ChatCompletions(*resolve(NAME, server.base_url), key)
    stream = model.stream([UserMessage("Où?" * 50)], tools, threading.Event())
    while True:
        try:
            next(stream)
        except StopIteration as end:
            answer: AssistantMessage = end.value
            return answer


def post(server: AnalystServer, path: str, body: str, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request("POST", path, body, {"Authorization": f"Bearer {TOKEN}", **headers})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


def test_text_and_calls_cross_the_wire(server: AnalystServer) -> None:
    answer = ask(server, TOKEN, TOOL)
    assert answer.text == "Où?" * 50
    assert answer.calls == (ToolCall("c", "run_cell", '{"n": 1}'),)
    assert ask(server, TOKEN).finish == "stop"


@pytest.mark.parametrize("key", [None, "another"])
def test_the_token_is_asked_for(server: AnalystServer, key: str | None) -> None:
    with pytest.raises(ModelStatusError, match="key was refused"):
        ask(server, key)


def test_a_request_without_stream_gets_a_completion(server: AnalystServer) -> None:
    body = json.dumps({"messages": [{"role": "user", "content": "Hi"}]})
    status, text = post(server, "/v1/chat/completions", body)
    assert status == 200
    assert json.loads(text)["choices"][0]["message"]["content"] == "Hi"


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("/v1/chat/completions", "{", {}, 400),
        ("/v1/chat/completions", '{"messages": 3}', {}, 400),
        ("/v1/elsewhere", "{}", {}, 404),
        ("/v1/chat/completions", "{}", {"Host": "evil.example:80"}, 403),
        ("/v1/chat/completions", "{}", {"Content-Length": "99999999999"}, 413),
    ],
)
def test_what_it_can_not_do_is_refused_in_words(
    server: AnalystServer, path: str, body: str, headers: dict[str, str], status: int
) -> None:
    got, text = post(server, path, body, **headers)
    assert got == status
    assert json.loads(text)["error"]["message"]


def test_it_listens_on_this_machine_alone(server: AnalystServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert server.base_url.startswith("http://127.0.0.1:")
