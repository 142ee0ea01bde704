"""A model endpoint on loopback that plays a Python function, faults included."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, TypeAlias

from k2_jupyter.messages import AssistantMessage
from k2_jupyter.models.serving import chunks


@dataclass(frozen=True)
class Reply:
    """What the server sends; the defaults are a stream that ends as it should."""

    pieces: Iterable[bytes] = ()
    status: int = 200
    """0: not even a status line."""
    content_type: str = "text/event-stream"
    headers: Mapping[str, str] = field(default_factory=dict)
    end: Literal["whole", "cut", "reset", "silence"] = "whole"
    """``cut``: the connection closes in mid-body; ``reset``: it is torn down (RST);
    ``silence``: nothing until the client goes."""
    framing: Literal["chunked", "close", "none"] = "chunked"
    """``close``: the body goes on until the connection closes; ``none``: there is no body."""


Play: TypeAlias = Callable[[dict[str, Any]], Reply | AssistantMessage]


class Server(ThreadingHTTPServer):
    """Answers POST …/chat/completions with `play(body)` and GET …/models with `models`."""

    daemon_threads = True

    def __init__(self, play: Play, host: str) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, 0), _Handler)
        self._host = f"[{host}]" if ":" in host else host
        self.play = play
        self.models: tuple[str | Mapping[str, Any], ...] = ()
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.connections = 0
        self.client_gone = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no error; anything else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    @property
    def base_url(self) -> str:
        scheme = "https" if isinstance(self.socket, ssl.SSLSocket) else "http"
        return f"{scheme}://{self._host}:{self.server_port}/v1"

    @property
    def requests(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.bodies]


@contextmanager
def serving(
    play: Play, tls: ssl.SSLContext | None = None, *, host: str = "127.0.0.1"
) -> Iterator[Server]:
    """A server in a thread."""
    with Server(play, host) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def events(*values: object, done: bool = True) -> list[bytes]:
    """Each value as a server-sent event."""
    lines = [f"data: {json.dumps(value)}\n\n".encode() for value in values]
    return [*lines, b"data: [DONE]\n\n"] if done else lines


def streamed(answer: AssistantMessage, **options: Any) -> Reply:
    """The answer as a well-formed stream."""
    return Reply(events(*chunks(answer, "served")), **options)


def refusal(status: int, kind: str = "", message: str = "", **headers: str) -> Reply:
    """An error status with the usual error object."""
    body = json.dumps({"error": {"type": kind, "message": message}}).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply([body], status, "application/json", named)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each small write waits 40 ms for the one before
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_GET(self) -> None:
        models = self.server.models
        listing = {"data": [{"id": one} if isinstance(one, str) else one for one in models]}
        self._send(Reply([json.dumps(listing).encode()], content_type="application/json"))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.bodies.append(body)
        self.server.headers.append({name.lower(): text for name, text in self.headers.items()})
        reply = self.server.play(json.loads(body))
        self._send(streamed(reply) if isinstance(reply, AssistantMessage) else reply)

    def _send(self, reply: Reply) -> None:
        try:
            self._send_all(reply)
        except ConnectionError:
            self.close_connection = True
            self.server.client_gone.set()

    def _send_all(self, reply: Reply) -> None:
        if reply.status:
            self.send_response(reply.status)
            self.send_header("content-type", reply.content_type)
            if reply.framing == "chunked":
                self.send_header("transfer-encoding", "chunked")
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
        is_chunked = reply.framing == "chunked"
        for piece in reply.pieces:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if is_chunked else piece)
        if reply.end == "whole" and is_chunked:
            self.wfile.write(b"0\r\n\r\n")
        if reply.end == "silence":
            self.rfile.read(1)  # returns when the client is gone
            self.server.client_gone.set()
        if reply.end == "reset":
            linger = struct.pack("ii", 1, 0)  # close() then sends RST instead of FIN
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        if reply.end != "whole" or reply.framing == "close":
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's name
        pass
