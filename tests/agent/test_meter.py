"""Tokens, estimated and learned."""

from __future__ import annotations

import pytest

from k2_jupyter.agent.meter import Meter
from k2_jupyter.errors import ModelOverflowError
from k2_jupyter.messages import (
    AssistantMessage,
    Image,
    Message,
    Reasoning,
    ToolCall,
    ToolMessage,
    ToolResult,
    ToolSpec,
    UserMessage,
)
from k2_jupyter.models.profiles import ModelProfile

CALL = ToolCall("c", "run_cell", "x" * 400)
MESSAGES: list[Message] = [
    UserMessage("a" * 4_000),
    AssistantMessage("b" * 400, (CALL,), Reasoning("c" * 4_000)),
    ToolMessage(CALL, ToolResult("d" * 4_000, images=(Image("image/png", b""),))),
]


def meter(window: int = 100_000, output: int | None = None) -> Meter:
    return Meter(ModelProfile("m", context_tokens=window, output_tokens=output), ())


def test_all_that_is_sent_is_counted() -> None:
    text = (4_000 + 400 + 400 + 4_000 + 4_000) / 4
    assert meter().tokens(MESSAGES) == pytest.approx((text + 1_200) * 1.2, rel=0.02)
    tools = [ToolSpec("tool", "d" * 4_000, {})]
    assert Meter(ModelProfile("m"), tools).tokens([]) == pytest.approx(1_200, abs=5)


def test_a_character_that_is_not_ascii_is_a_token() -> None:
    chinese = meter().tokens([UserMessage("数" * 1_000)])
    assert chinese == pytest.approx(1_200, rel=0.02)


def test_the_endpoints_own_count_is_learned() -> None:
    learned = meter()
    learned.learn(MESSAGES, 9_000)
    assert learned.tokens(MESSAGES) == 9_000
    assert learned.tokens([*MESSAGES, *MESSAGES]) == 18_000
    learned.learn(MESSAGES, 0)  # it does not count
    assert learned.tokens(MESSAGES) == 9_000


@pytest.mark.parametrize(
    ("window", "output", "high"),
    [
        (262_144, 32_768, 222_822),  # 85 %
        (64_000, 32_000, 46_976),  # an answer gets a quarter, and 1,024 are spare
        (16_000, None, 10_976),
        (2_000, None, 1_000),
    ],
)
def test_an_answer_has_its_room(window: int, output: int | None, high: int) -> None:
    assert meter(window, output).high == high


def test_an_overflow_teaches_the_window_and_the_count() -> None:
    named = meter()
    named.refused(MESSAGES, ModelOverflowError("", status=400, limit=5_000, requested=6_000))
    assert (named.window, named.tokens(MESSAGES)) == (5_000, 6_000)
    nameless = meter()
    nameless.learn(MESSAGES, 10_000)
    nameless.refused(MESSAGES, ModelOverflowError("", status=400))
    assert nameless.window == 8_500
    bytewise = meter()
    bytewise.refused(MESSAGES, ModelOverflowError("", status=413, unit="bytes", limit=5))
    assert bytewise.window == 100_000
