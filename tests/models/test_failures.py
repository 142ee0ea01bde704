from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from k2_jupyter.errors import ModelError, ModelOverflowError, ModelStatusError
from k2_jupyter.models.failures import classify, classify_in_stream
from k2_jupyter.models.profiles import EndpointProfile
from k2_jupyter.models.retry import Transient

HERE = EndpointProfile("https://example.org/v1")


def verdict(
    status: int, body: object = None, headers: dict[str, str] | None = None
) -> ModelError | Transient:
    return classify(HERE, "m", status=status, headers=headers or {}, body=body)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("exceeded_current_quota_error", ""),
        ("", "Your account is suspended: insufficient balance"),
        ("", "please recharge"),
        ("", "You've reached your usage limit for this period"),
    ],
)
def test_an_empty_balance_is_not_a_passing_429(kind: str, message: str) -> None:
    error = verdict(429, {"type": kind, "message": message})
    assert isinstance(error, ModelStatusError)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("engine_overloaded_error", "The engine is currently overloaded"),
        ("rate_limit_reached_error", "max organization concurrency: 1, current: 2, limit: 1"),
    ],
)
def test_a_rate_limit_passes(kind: str, message: str) -> None:
    assert isinstance(verdict(429, {"type": kind, "message": message}), Transient)


@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({"retry-after": "2"}, "", 2.0),
        ({"retry-after": "0.5"}, "", 0.5),
        ({"retry-after": "soon"}, "", None),
        ({"retry-after": "-5"}, "", None),
        ({"retry-after": f"Wed, 21 Oct {'9' * 20} 07:28:00 GMT"}, "", None),
        ({}, "please try again after 7 seconds", 7.0),
        ({"x-ratelimit-reset": "9"}, "", 9.0),
        ({"x-ratelimit-reset": "9", "retry-after": "2"}, "", 2.0),
        ({"x-ratelimit-reset": "never"}, "", None),
        ({}, "busy", None),
    ],
)
def test_the_wait_that_is_asked_for(
    headers: dict[str, str], message: str, seconds: float | None
) -> None:
    error = verdict(429, {"message": message}, headers)
    assert isinstance(error, Transient)
    assert error.seconds == seconds


def test_the_wait_may_be_a_date() -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    error = verdict(503, None, {"retry-after": moment})
    assert isinstance(error, Transient)
    assert error.seconds == pytest.approx(3600, abs=60)


@pytest.mark.parametrize("scale", [1, 1000])
def test_the_wait_may_be_a_moment(scale: int) -> None:
    moment = (datetime.now(UTC) + timedelta(hours=1)).timestamp()
    error = verdict(429, None, {"x-ratelimit-reset": str(int(moment * scale))})
    assert isinstance(error, Transient)
    assert error.seconds == pytest.approx(3600, abs=60)


@pytest.mark.parametrize(
    ("said", "limit", "requested"),
    [
        ("Invalid request: Your request exceeded model token limit: 262144 (requested: 300123)",
         262_144, 300_123),
        ("Input token length too long", None, None),
        ("This model's maximum context length is 32768 tokens. However, you requested 40000",
         32_768, 40_000),
        ("The input (70000 tokens) is longer than the model's context length (65536 tokens).",
         65_536, 70_000),
        ("request (12345 tokens) exceeds the available context size (8192 tokens), try that",
         8_192, 12_345),
        ("prompt is too long: 210000 tokens > 200000 maximum", 200_000, 210_000),
        ("input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
         200_000, None),
        ("context_length_exceeded", None, None),
        (f"maximum context length is {'9' * 5_000}", None, None),
        ("exceeds max tokens", None, None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("status", [400, 500])
def test_too_many_tokens_are_an_overflow(
    status: int, said: str, limit: int | None, requested: int | None
) -> None:
    error = verdict(status, {"error": {"message": said}})
    assert isinstance(error, ModelOverflowError)
    assert (error.unit, error.limit, error.requested) == ("tokens", limit, requested)


def test_an_overflow_may_have_its_numbers_in_fields_of_their_own() -> None:
    body = {"type": "exceed_context_size_error", "n_prompt_tokens": 1407, "n_ctx": 256}
    error = classify_in_stream(HERE, "m", {"code": 500, "message": "too long", **body})
    assert isinstance(error, ModelOverflowError)
    assert (error.limit, error.requested) == (256, 1_407)


@pytest.mark.parametrize(
    ("status", "body", "limit"),
    [
        (400, {"message": "total message size 3000000 exceeds limit 2097152"}, 2_097_152),
        (400, {"message": "Request exceeds the maximum size"}, None),
        (413, "<html><h1>413 Request Entity Too Large</h1></html>", None),
        (413, None, None),
    ],
)
def test_too_many_bytes_are_an_overflow_too(status: int, body: Any, limit: int | None) -> None:
    error = verdict(status, body)
    assert isinstance(error, ModelOverflowError)
    assert (error.unit, error.limit) == ("bytes", limit)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (429, "rate limit: too many tokens, context window busy"),
        (401, "no access to this context length"),
        (400, "max_tokens is too large: 32768. This model's maximum context length is 32768"),
        (400, "temperature must be 1"),
    ],
)
def test_what_only_sounds_like_an_overflow_is_none(status: int, said: str) -> None:
    assert not isinstance(verdict(status, {"message": said}), ModelOverflowError)


def test_a_key_of_another_platform_is_suspected() -> None:
    error = verdict(401, {"type": "invalid_authentication_error", "message": "no"})
    assert "another platform's key" in str(error)


def test_the_words_of_the_upstream_count() -> None:
    raw = json.dumps({"error": {"type": "exceeded_current_quota_error", "message": "recharge"}})
    metadata = {"raw": raw, "provider_name": "Someone"}
    body = {"error": {"message": "Provider returned error", "code": 429, "metadata": metadata}}
    error = verdict(429, body)
    assert isinstance(error, ModelStatusError)
    assert (error.kind, error.said) == ("exceeded_current_quota_error", "recharge")
    assert isinstance(classify_in_stream(HERE, "m", body), ModelStatusError)


@pytest.mark.parametrize("status", [400, 401, 503])
def test_the_request_is_named_as_the_endpoint_knows_it(status: int) -> None:
    error = verdict(status, {"message": "no"}, {"x-request-id": "req-7"})
    shown = error.error if isinstance(error, Transient) else error
    assert str(shown).endswith("(request req-7)")


def test_a_refusal_names_the_parameter() -> None:
    error = verdict(400, {"message": "unsupported value", "param": "temperature"})
    assert isinstance(error, ModelStatusError)
    assert error.said == "unsupported value (temperature)"


def deep(depth: int) -> Any:
    body: Any = "bottom"
    for _ in range(depth):
        body = {"error": body, "metadata": {"raw": "{" * 9}}
    return body


@pytest.mark.parametrize("body", [None, 3, [], {}, {"error": []}, {"message": []}, deep(500)])
def test_any_body_gets_a_verdict(body: Any) -> None:
    assert isinstance(verdict(400, body), ModelStatusError)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"error": {"type": "t", "message": "too\nmany"}}, "too many"),
        ({"type": "error", "error": {"message": "nested"}}, "nested"),
        ({"error": "a bare string"}, "a bare string"),
        ({"code": 20015, "message": "flat", "data": None}, "flat"),
        ({"object": "error", "message": "an engine's", "code": 400}, "an engine's"),
        ({"detail": "a framework's"}, "a framework's"),
        ("<html><style>p {}</style><p>Bad gateway</p></html>", "Bad gateway"),
    ],
)
def test_what_it_said_is_quoted_from_every_shape(body: Any, said: str) -> None:
    assert f"It said: {said}" in str(verdict(400, body))


def test_a_long_page_is_cut() -> None:
    assert len(str(verdict(400, "x" * 100_000))) < 500


@pytest.mark.parametrize(
    ("body", "passes"),
    [
        ({"message": "boom"}, True),
        ({"message": "boom", "code": 502}, True),
        ({"message": "upstream said status_code=429"}, True),
        ({"message": "no", "code": "401"}, False),
        ({"message": "no", "code": 400}, False),
    ],
)
def test_an_error_inside_a_stream_is_judged_by_its_code(body: Any, passes: bool) -> None:
    assert isinstance(classify_in_stream(HERE, "m", body), Transient) is passes
