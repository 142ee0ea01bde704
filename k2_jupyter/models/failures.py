"""What an endpoint's error means: ask again, shorten, or tell the user what to change. Pure.

The status alone does not say: 429 is also an empty balance, and an error may come inside
a stream that began with 200. The wordings are those of the endpoints' own error lists
(2025-12 to 2026-08).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from k2_jupyter.errors import (
    ModelConnectionError,
    ModelError,
    ModelOverflowError,
    ModelStatusError,
)
from k2_jupyter.models.error_body import Told, told_by
from k2_jupyter.models.profiles import EndpointProfile
from k2_jupyter.models.retry import Transient

_PASSING = {408, 409, 429, 499}
_QUOTA = re.compile(
    r"quota|insufficient balance|account balance|recharge|in arrears|usage limit", re.IGNORECASE
)
_AFTER = re.compile(r"after (\d+(?:\.\d+)?) ?s(?:ec|\b)", re.IGNORECASE)
_TOO_MANY_TOKENS = re.compile(
    r"input token length too long|token limit|context.?(length|size|window|limit)"
    r"|maximum context|prompt is too long|exceeds? max(imum)? tokens",
    re.IGNORECASE,
)
_TOO_MANY_BYTES = re.compile(
    r"exceeds the maximum size|entity too large|(payload|content|request body) too large"
    r"|message size \d+ exceeds limit",
    re.IGNORECASE,
)
_BUDGET = re.compile(r"max(_completion)?_tokens\W.{0,60}too (large|high|big)", re.IGNORECASE)
_LIMITS = (
    r"> (\d{3,})",
    r"exceeds limit (\d{3,})",
    r"token limit\D{0,3}(\d{3,})",
    r"n_ctx (\d+)",
    r"context (?:length|size|window)\D{0,24}(\d{3,})",
)
_REQUESTED = (
    r"requested\D{0,3}(\d{2,})",
    r"(?:request|input) \((\d{2,}) tokens",
    r"has (\d{2,}) input tokens",
    r"(\d{2,}) tokens >",
    r"message size (\d+)",
    r"n_prompt_tokens (\d+)",
)
_SHOWN = 300


def classify(
    endpoint: EndpointProfile,
    model: str,
    *,
    status: int,
    headers: Mapping[str, str],
    body: object,
) -> ModelError | Transient:
    """An HTTP error status, in words for people and with a verdict.

    `headers` is looked up case-insensitively by its own rules; `body` is the parsed error
    object, or text.
    """
    if 300 <= status < 400:
        return ModelConnectionError(
            f"{endpoint.host} redirects to another address. That is refused: your data would go "
            "there. If it is the right one, give it as the base URL."
        )
    told = told_by(body)
    lasting = _overflow(endpoint, status, told) or _permanent(endpoint, model, status, told)
    error = lasting or _passing(endpoint, status, told)
    name = headers.get("x-request-id") or headers.get("x-trace-id")
    if name:  # what the endpoint's own people ask for
        error.args = (f"{error} (request {name[:80]})",)
    return lasting or Transient(error, _requested_wait(headers, told.said))


def classify_in_stream(
    endpoint: EndpointProfile, model: str, body: object
) -> ModelError | Transient:
    """An error object that came with HTTP 200; without a code it counts as the server's."""
    told = told_by(body)
    match = re.search(r"status_code=(\d{3})", told.said)  # a gateway's own wording
    number = match[1] if match else told.code
    status = int(number) if re.fullmatch(r"[45]\d\d", number) else 500
    return classify(endpoint, model, status=status, headers={}, body=body)


def with_known_models(error: ModelStatusError, ids: Sequence[str]) -> ModelStatusError:
    """A 404 that says which ids the endpoint has."""
    if not ids:
        return error
    shown = ", ".join(ids[:10]) + (", …" if len(ids) > 10 else "")
    error.args = (f"{error} It has: {shown}.",)
    return error


def _overflow(endpoint: EndpointProfile, status: int, told: Told) -> ModelOverflowError | None:
    if status in (401, 402, 403, 404, 429) or _BUDGET.search(told.said):
        return None
    is_bytes = status == 413 or _TOO_MANY_BYTES.search(told.said)
    if not is_bytes and not _TOO_MANY_TOKENS.search(told.all):
        return None
    return ModelOverflowError(
        f"The conversation is longer than {endpoint.host} takes.{_quoted(told.said)}",
        status=status,
        kind=told.kind,
        said=told.said,
        unit="bytes" if is_bytes else "tokens",
        limit=_number(_LIMITS, told.all),
        requested=_number(_REQUESTED, told.all),
    )


def _permanent(
    endpoint: EndpointProfile, model: str, status: int, told: Told
) -> ModelStatusError | None:
    """What asking again as it is cannot mend; ``None`` for what may pass."""
    host, quote = endpoint.host, _quoted(told.said)
    if status == 401:
        text = (
            f"The key was refused by {host}. Is it another platform's key? "
            f"Run `k2 login` to store the right one.{quote}"
        )
    elif status in (402, 403) or (status == 429 and _QUOTA.search(told.all)):
        text = f"{host} does not serve this account now (HTTP {status}): check its balance, "
        text += f"limits and permissions.{quote}"
    elif status == 404:
        text = f"{host} knows no model `{model}` under {endpoint.base_url}.{quote}"
    elif status in _PASSING or status >= 500:
        return None
    else:
        text = f"{host} refused the request (HTTP {status}).{quote or ' It gave no reason.'}"
    return ModelStatusError(text, status=status, kind=told.kind, said=told.said)


def _passing(endpoint: EndpointProfile, status: int, told: Told) -> ModelStatusError:
    text = f"{endpoint.host} answered HTTP {status}.{_quoted(told.said)}"
    return ModelStatusError(text, status=status, kind=told.kind, said=told.said)


def _quoted(said: str) -> str:
    if not said:
        return ""
    return f" It said: {said if len(said) <= _SHOWN else said[:_SHOWN] + '…'}"


def _number(patterns: Sequence[str], text: str) -> int | None:
    """What the first pattern that fits says."""
    plain = text.replace(",", "")
    found = (re.search(pattern, plain, re.IGNORECASE) for pattern in patterns)
    # Longer ones are no count of anything, and `int` refuses more than 4,300 digits.
    return next((int(match[1]) for match in found if match and len(match[1]) < 16), None)


def _requested_wait(headers: Mapping[str, str], said: str) -> float | None:
    """Seconds from ``Retry-After`` (a number or a date), from the message's own words, or
    from ``X-RateLimit-Reset`` (seconds, or a moment in seconds or milliseconds)."""
    value = headers.get("retry-after", "")
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return float(value)
    now = datetime.now(UTC)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # the latter for a year of twenty digits
        match = _AFTER.search(said)
        return float(match[1]) if match else _reset(headers.get("x-ratelimit-reset", ""), now)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _reset(value: str, now: datetime) -> float | None:
    if not re.fullmatch(r"\d{1,15}(\.\d+)?", value):
        return None
    seconds = float(value)
    if seconds > 1e11:
        seconds /= 1_000
    return max(0.0, seconds - now.timestamp()) if seconds > 1e9 else seconds
