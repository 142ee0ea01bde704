from __future__ import annotations

import json
from typing import Any

import pytest

from k2_jupyter.messages import (
    AssistantMessage,
    Message,
    Reasoning,
    SystemMessage,
    ToolCall,
    ToolMessage,
    ToolResult,
    ToolSpec,
    UserMessage,
)
from k2_jupyter.models.codec import Encoder
from k2_jupyter.models.profiles import EndpointProfile, ModelProfile
from k2_jupyter.models.serving import decode_request


def test_a_server_reads_what_the_client_wrote() -> None:
    call = ToolCall("functions.run_cell:0", "run_cell", '{"a": 1}')
    tool = ToolSpec("run_cell", "Runs.", {"type": "object"})
    history: list[Message] = [
        SystemMessage("s"),
        UserMessage("u"),
        AssistantMessage("", (call,), Reasoning("", "reasoning"), finish="tool_calls"),
        ToolMessage(call, ToolResult("out")),
        AssistantMessage("end"),
    ]
    encoder = Encoder(ModelProfile("m"), EndpointProfile("https://example.org/v1"))
    body = json.loads(encoder.request(history, [tool]))
    assert decode_request(body) == (history, [tool])


def test_the_text_of_a_message_with_images_is_read() -> None:
    parts = [{"type": "text", "text": "Look."}, {"type": "image_url", "image_url": {}}]
    messages, _ = decode_request({"messages": [{"role": "user", "content": parts}]})
    assert messages == [UserMessage("Look.")]


@pytest.mark.parametrize(
    "body", [{}, [], {"messages": [{}]}, {"messages": ["x"]}, {"messages": [{"role": "bishop"}]}]
)
def test_anything_else_is_no_request(body: Any) -> None:
    with pytest.raises(ValueError, match="not a chat completion request"):
        decode_request(body)
