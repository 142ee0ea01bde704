"""Where an endpoint may be, and what counts as the same place."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from k2_jupyter.errors import SettingsError

_PORTS = {"http": 80, "https": 443}


def checked(base_url: str) -> str:
    """The base URL without a trailing slash.

    Raises `SettingsError` for anything but https, or http on loopback, and for a URL that
    holds a user name, a password, a query or a fragment (they would end up in messages).
    """
    try:
        parts = urlsplit(base_url.strip())
        port = parts.port
    except ValueError as problem:
        raise SettingsError(f"The base URL is not a URL: {problem}.") from None
    if port == 0 or parts.scheme not in _PORTS or not parts.hostname:
        raise SettingsError(
            "The base URL must look like https://HOST/v1 (or http://127.0.0.1:PORT/v1)."
        )
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise SettingsError(
            f"The base URL for {parts.hostname} must not hold a user, a password or a query: "
            "give the key with `k2 login` or in K2_API_KEY."
        )
    if parts.scheme == "http" and not _is_loopback(parts):
        raise SettingsError(
            f"http:// would send your key and data to {parts.hostname} in the clear: use https://."
        )
    return parts.geturl().rstrip("/")


def is_loopback(base_url: str) -> bool:
    """Whether the endpoint is on this machine, so that nothing leaves it."""
    return _is_loopback(urlsplit(base_url))


def origin(base_url: str) -> tuple[str, str, int]:
    """(scheme, host, port): a key belongs to one of these."""
    parts = urlsplit(base_url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme]


def host(base_url: str) -> str:
    """``HOST`` or ``HOST:PORT``, for messages."""
    scheme, name, port = origin(base_url)
    name = f"[{name}]" if ":" in name else name
    return name if port == _PORTS[scheme] else f"{name}:{port}"


def _is_loopback(parts: SplitResult) -> bool:
    if parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
