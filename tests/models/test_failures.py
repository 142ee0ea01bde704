from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from k2_jupyter.errors import ModelError, ModelStatusError
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
        ({}, "please try again after 7 seconds", 7.0),
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


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"error": {"type": "t", "message": "too\nmany"}}, "too many"),
        ({"type": "error", "error": {"message": "nested"}}, "nested"),
        ({"error": "a bare string"}, "a bare string"),
        ({"code": 20015, "message": "flat", "data": None}, "flat"),
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
