"""What an endpoint's error means: ask again, or tell the user what to change. Pure.

The status alone does not say: 429 is also an empty balance, and an error may come inside
a stream that began with 200. The wordings are those of the endpoints' own error lists
(2025-12 to 2026-08).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from k2_jupyter.errors import ModelConnectionError, ModelError, ModelStatusError
from k2_jupyter.models.profiles import EndpointProfile
from k2_jupyter.models.retry import Transient

_PASSING = {408, 409, 429}
_QUOTA = re.compile(
    r"quota|insufficient balance|account balance|recharge|in arrears|usage limit", re.IGNORECASE
)
_AFTER = re.compile(r"after (\d+(?:\.\d+)?) ?s(?:ec|\b)", re.IGNORECASE)
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
    host = endpoint.host
    kind, said = _parse(body)
    quote = f" It said: {said}" if said else ""
    if 300 <= status < 400:
        return ModelConnectionError(
            f"{host} redirects to another address. That is refused: your data would go there. "
            "If it is the right one, give it as the base URL."
        )
    if status == 401:
        text = (
            f"The key was refused by {host}. Is it another platform's key? "
            f"Run `k2 login` to store the right one.{quote}"
        )
    elif status in (402, 403) or (status == 429 and _QUOTA.search(f"{kind} {said}")):
        text = f"{host} does not serve this account now (HTTP {status}): check its balance, "
        text += f"limits and permissions.{quote}"
    elif status == 404:
        text = f"{host} knows no model `{model}` under {endpoint.base_url}.{quote}"
    elif status in _PASSING or status >= 500:
        error = ModelStatusError(f"{host} answered HTTP {status}.{quote}", status=status, kind=kind)
        return Transient(error, _requested_wait(headers, said))
    else:
        text = f"{host} refused the request (HTTP {status}).{quote or ' It gave no reason.'}"
    return ModelStatusError(text, status=status, kind=kind)


def classify_in_stream(
    endpoint: EndpointProfile, model: str, body: object
) -> ModelError | Transient:
    """An error object that came with HTTP 200; without a code it counts as the server's."""
    code = body.get("code") if isinstance(body, Mapping) else None
    match = re.search(r"status_code=(\d{3})", str(body))  # a gateway's own wording
    number = match[1] if match else str(code)
    status = int(number) if re.fullmatch(r"[45]\d\d", number) else 500
    return classify(endpoint, model, status=status, headers={}, body=body)


def with_known_models(error: ModelStatusError, ids: Sequence[str]) -> ModelStatusError:
    """A 404 that says which ids the endpoint has."""
    if not ids:
        return error
    shown = ", ".join(ids[:10]) + (", …" if len(ids) > 10 else "")
    return ModelStatusError(f"{error} It has: {shown}.", status=error.status, kind=error.kind)


def _parse(body: object) -> tuple[str, str]:
    """(type, message) of the shapes ``{"error": {…}}``, ``{…}`` and text (also HTML)."""
    if isinstance(body, Mapping):
        inner = body.get("error", body)
        if isinstance(inner, Mapping):
            kind = inner.get("type") or inner.get("code") or ""
            return str(kind), _one_line(str(inner.get("message") or ""))
        return "", _one_line(str(inner))
    text = body if isinstance(body, str) else ""
    return "", _one_line(re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", text))


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "…"


def _requested_wait(headers: Mapping[str, str], said: str) -> float | None:
    """Seconds from ``Retry-After`` (a number or a date), or from the message's own words."""
    value = headers.get("retry-after", "")
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        match = _AFTER.search(said)
        return float(match[1]) if match else None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
