"""`k2 serve-analyst`: the offline analyst behind an OpenAI-compatible endpoint.

So that the whole wire can be tried without a key and without leaving the machine.
"""

from __future__ import annotations

import hmac
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from rich.console import Console

from k2_jupyter.messages import AssistantMessage
from k2_jupyter.models.presets import SERVED_ANALYST
from k2_jupyter.models.scripted import Respond
from k2_jupyter.models.serving import chunks, decode_request

NAME = SERVED_ANALYST.name
_MAX_REQUEST = 64_000_000


class AnalystServer(ThreadingHTTPServer):
    """Answers chat completions on 127.0.0.1 by a function; port 0 takes a free one.

    With `token` a request without it is refused.
    """

    daemon_threads = True

    def __init__(self, respond: Respond, *, port: int = 0, token: str | None = None) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.respond = respond
        self.token = token

    @property
    def base_url(self) -> str:
        """For ``--base-url``."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no error; anything else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def serve(respond: Respond, console: Console, *, port: int = 0, token: str | None = None) -> int:
    """Serve until interrupted."""
    with AnalystServer(respond, port=port, token=token) as server:
        console.print(f"{NAME} at {server.base_url} (end with Ctrl-C). Try it:")
        console.print(f'  k2 run "TASK" --data FILE --model {NAME} --base-url {server.base_url}')
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            console.print("ended")
    return 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else a small write may wait 40 ms for the one before
    server: AnalystServer

    def do_GET(self) -> None:
        if self._is_allowed():
            if self.path == "/v1/models":
                self._send(200, {"object": "list", "data": [{"id": NAME, "object": "model"}]})
            else:
                self._refuse(404, "not_found_error", f"there is no {self.path}")

    def do_POST(self) -> None:
        body = self._body()
        if body is None or not self._is_allowed():
            return
        if self.path != "/v1/chat/completions":
            self._refuse(404, "not_found_error", f"there is no {self.path}")
            return
        try:
            request = json.loads(body)
            messages, tools = decode_request(request)
        except ValueError as problem:
            self._refuse(400, "invalid_request_error", str(problem))
            return
        answer = self.server.respond(messages, tools)
        self._stream(answer) if request.get("stream") else self._send(200, _completion(answer))

    def _body(self) -> bytes | None:
        length = self.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > _MAX_REQUEST:
            self.close_connection = True
            self._refuse(413, "invalid_request_error", "the request has no length or is too long")
            return None
        return self.rfile.read(int(length))

    def _is_allowed(self) -> bool:
        host = self.headers.get("host", "").rpartition(":")[0]
        given = self.headers.get("authorization", "").removeprefix("Bearer ")
        # A page in a browser can reach this port under a name of its own (DNS rebinding).
        if host not in ("127.0.0.1", "localhost"):
            self._refuse(403, "permission_denied_error", "asked under an unknown host name")
        elif self.server.token is not None and not hmac.compare_digest(
            given.encode(), self.server.token.encode()
        ):
            self._refuse(401, "invalid_authentication_error", "the token is missing or wrong")
        else:
            return True
        return False

    def _stream(self, answer: AssistantMessage) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for chunk in chunks(answer, NAME):
            self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
        self.wfile.write(b"data: [DONE]\n\n")

    def _refuse(self, status: int, kind: str, message: str) -> None:
        self._send(status, {"error": {"type": kind, "message": message}})

    def _send(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's name
        """Nothing: the terminal is for the address."""


def _completion(answer: AssistantMessage) -> dict[str, Any]:
    """The answer to a request that wants no stream."""
    calls = [
        {"id": call.id, "type": "function",
         "function": {"name": call.name, "arguments": call.arguments}}
        for call in answer.calls
    ]  # fmt: skip
    message = {"role": "assistant", "content": answer.text, "tool_calls": calls or None}
    finish = "tool_calls" if calls else answer.finish
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return {"id": "chatcmpl-1", "object": "chat.completion", "model": NAME, "choices": [choice]}
