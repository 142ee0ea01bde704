"""Runs cells as a page does: over the kernel's WebSocket at the Jupyter server."""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import websocket

from tests.hosts.lab.panel import HANG, Lab, Raw

Watch = Callable[[Raw], None]


class Cells:
    """One client of a kernel; `messages` are all that it got, by the request they belong to."""

    def __init__(self, channels: websocket.WebSocket) -> None:
        self._channels = channels
        self._session = uuid.uuid4().hex
        self.messages: list[Raw] = []

    def send(self, source: str, *, cell: str = "", silent: bool = False, **more: Any) -> str:
        """Ask for a run; the id of the request."""
        header = {
            "msg_id": uuid.uuid4().hex,
            "msg_type": "execute_request",
            "session": self._session,
            "username": "user",
            "version": "5.4",
        }
        content = {
            "code": source,
            "silent": silent,
            "store_history": not silent,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
            **more,
        }
        self._channels.send(
            json.dumps(
                {
                    "channel": "shell",
                    "header": header,
                    "parent_header": {},
                    "metadata": {"cellId": cell},
                    "content": content,
                    "buffers": [],
                }
            )
        )
        return header["msg_id"]

    def until(self, fits: Callable[[Raw], bool]) -> Raw:
        """The next message that fits, all before it taken."""
        until = time.monotonic() + HANG
        while time.monotonic() < until:
            message = json.loads(self._channels.recv())
            self.messages.append(message)
            if fits(message):
                return dict(message)
        raise AssertionError(f"nothing came; the last: {self.messages[-3:]}")

    def announced(self, asked: str) -> str:
        """Wait until a `%%k2` announces its turn; the turn."""

        def fits(message: Raw) -> bool:
            return of(message, asked) and "application/vnd.k2.turn+json" in message["content"].get(
                "data", {}
            )

        shown = self.until(fits)["content"]["data"]
        return str(shown["application/vnd.k2.turn+json"]["turn"])

    def reply(self, asked: str) -> Raw:
        """The content of the reply to a request, once all that belongs to it has come."""
        found: Raw = {}

        def over(message: Raw) -> bool:
            content = message["content"]
            if of(message, asked) and message["msg_type"] == "execute_reply":
                found["reply"] = content
            if of(message, asked) and content.get("execution_state") == "idle":
                found["idle"] = content
            return len(found) == 2

        if not any(over(message) for message in self.messages):
            self.until(over)
        reply: Raw = found["reply"]
        return reply

    def value(self, expression: str) -> str:
        """What an expression is in the kernel, as text."""
        asked = self.send("", silent=True, user_expressions={"v": expression})
        said: Raw = self.reply(asked)["user_expressions"]["v"]
        return str(said.get("data", said)["text/plain"])

    def shown(self, asked: str) -> str:
        """The last text that the display of a request showed."""
        texts = [
            message["content"]["data"]["text/plain"]
            for message in self.messages
            if of(message, asked) and "text/plain" in message["content"].get("data", {})
        ]
        return str(texts[-1])


def of(message: Raw, asked: str) -> bool:
    return bool(message["parent_header"].get("msg_id") == asked)


@contextlib.contextmanager
def cells_of(lab: Lab, kernel: str) -> Iterator[Cells]:
    """A client of that kernel."""
    url = f"ws://127.0.0.1:{lab.port}/api/kernels/{kernel}/channels?token={lab.token}"
    channels = websocket.create_connection(url, timeout=HANG)
    try:
        yield Cells(channels)
    finally:
        channels.shutdown()  # type: ignore[no-untyped-call]
