"""What goes over one line to an endpoint, and how the line is cut.

Hooks for the HTTP client, whichever of httpx and httpx2 that is.
"""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from k2_jupyter import __version__
from k2_jupyter.errors import ModelOutputError
from k2_jupyter.models.bodies import bounded, plain

_HEADERS = {
    "accept", "accept-encoding", "authorization", "connection", "content-length", "content-type",
    "host", "transfer-encoding",
}  # fmt: skip
_MAX_REFUSAL = 100_000


class RefusedError(Exception):
    """The endpoint answered with another status than success."""

    def __init__(self, status: int, headers: Mapping[str, str], body: object) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.headers = headers
        self.body = body


@dataclass(frozen=True, slots=True)
class Heard:
    """One response as it came, uncompressed; its body grows while it is read."""

    status: int
    content_type: str
    body: bytearray = field(default_factory=bytearray)


class Wire:
    """What goes over the line: headers on the way out, and the socket to cut it by.

    With `heard`, the responses are kept there too.
    """

    def __init__(self, *, has_key: bool, heard: list[Heard] | None = None) -> None:
        self._has_key = has_key
        self._heard = heard
        self._socket: socket.socket | None = None
        self.is_cut = False
        self.was_answered = False

    def prepare(self, request: Any) -> None:
        """Before each request: only the headers it needs, and hold on to its socket."""
        for name in list(request.headers):
            if name.lower() not in _HEADERS:
                del request.headers[name]  # OPENAI_ORG_ID and the like, and the platform's
        request.headers["user-agent"] = f"k2_jupyter/{__version__}"
        request.headers["accept-encoding"] = "identity"
        if not self._has_key:
            request.headers.pop("authorization", None)
        request.extensions["trace"] = self._trace

    def receive(self, response: Any) -> None:
        """After the headers of each response: a refusal ends here, its body bounded."""
        self.was_answered = True
        if response.is_success:
            return
        try:
            text = bounded(self.pieces(response), _MAX_REFUSAL).decode("utf-8", "replace")
        except ModelOutputError:
            text = ""  # the status tells enough
        raise RefusedError(response.status_code, response.headers, _parsed(text))

    def pieces(self, response: Any) -> Iterator[bytes]:
        """The body of a response, uncompressed, as it comes."""
        pieces = plain(response.iter_raw(), response.headers.get("content-encoding", ""))
        if self._heard is None:
            return pieces
        heard = Heard(response.status_code, response.headers.get("content-type", ""))
        self._heard.append(heard)
        return _kept(pieces, heard.body)

    def cut(self) -> None:
        """Shut the socket, the one to come included. Closing would not wake a reader."""
        self.is_cut = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        # httpcore's documented extension; behind a proxy the events have another first part.
        # A later request on the same line makes no new socket.
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")
            if self.is_cut:
                self.cut()


def _kept(pieces: Iterator[bytes], body: bytearray) -> Iterator[bytes]:
    for piece in pieces:
        body.extend(piece)
        yield piece


def _parsed(text: str) -> object:
    try:
        parsed: object = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return parsed
