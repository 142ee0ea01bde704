"""The channels of a kernel behind a gateway: one WebSocket, which looks like any kernel's sockets.

Each message is a JSON object with its ``channel``, the protocol that a gateway speaks with
whoever names no other: https://jupyter-server.readthedocs.io/en/latest/developers/websocket-protocols.html
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

logger = logging.getLogger(__name__)

CHANNELS = ("shell", "iopub", "control")
_PARTS = ("header", "parent_header", "metadata", "content")
_LARGEST = 1_000_000_000
_TICK_SECONDS = 0.05
_AGAIN_SECONDS = 1.0
"""Between two tries to connect."""
_JOIN_SECONDS = 5.0
_WORDS = {
    "restarting": "ended and was started again",
    "dead": "ended and could not be started again",
}
"""What a gateway says of a kernel whose end it has seen."""
_BROKEN = "is out of reach: the connection to its gateway broke"


@dataclass(frozen=True, slots=True)
class Gateway:
    """How a kernel's WebSocket is reached."""

    request: Callable[[], Mapping[str, Any]]
    """Gives what tornado's ``HTTPRequest`` takes: url, headers with a fresh token, certificates."""


class GatewayLine:
    """Carries messages on a thread of its own until `close`, or until the connection breaks."""

    def __init__(self, context: Any, gateway: Gateway, lost: Callable[[str], None]) -> None:
        """Connect. `lost` is told, in words that follow "The kernel", why nothing more comes."""
        import zmq

        self._gateway = gateway
        self._lost = lost
        self._closing = threading.Event()
        self._ends: dict[str, Any] = {}
        self.sockets: list[Any] = []
        """Of `CHANNELS`; messages on them carry no signature."""
        for name in CHANNELS:
            near, far = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
            near.bind(f"inproc://gateway-{name}")
            far.connect(f"inproc://gateway-{name}")
            self.sockets.append(near)
            self._ends[name] = far
        self._thread = threading.Thread(target=self._main, name="k2-gateway", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Nobody else uses the sockets from then on. Any thread."""
        self._closing.set()
        if self._thread is not threading.current_thread():
            self._thread.join(_JOIN_SECONDS)

    def _main(self) -> None:
        asyncio.run(self._carry())

    async def _carry(self) -> None:
        talk = asyncio.create_task(self._talk())
        while not (self._closing.is_set() or talk.done()):
            await asyncio.wait([talk], timeout=_TICK_SECONDS)
        talk.cancel()
        with suppress(asyncio.CancelledError):
            await talk

    async def _talk(self) -> None:
        from tornado.httpclient import HTTPClientError, HTTPRequest
        from tornado.websocket import WebSocketClosedError, WebSocketError, websocket_connect

        try:
            connection = await websocket_connect(
                HTTPRequest(**self._gateway.request()), max_message_size=_LARGEST
            )
            await self._exchange(connection)
        except (
            *(HTTPClientError, OSError, ValueError),
            *(WebSocketClosedError, WebSocketError),
        ) as problem:
            logger.warning("the gateway cannot be reached: %s", problem)
            await asyncio.sleep(_AGAIN_SECONDS)
        self._lost(_BROKEN)

    async def _exchange(self, connection: Any) -> None:
        from zmq.asyncio import Socket

        ends = {name: Socket.from_socket(end) for name, end in self._ends.items()}
        sending = [
            asyncio.create_task(_send(connection, name, ends[name]))
            for name in ("shell", "control")
        ]
        try:
            while (text := await connection.read_message()) is not None:
                if isinstance(text, str):  # with buffers it is bytes: of widgets, never ours
                    await self._take(json.loads(text), ends)
        finally:
            for one in sending:
                one.cancel()
            await asyncio.gather(*sending, return_exceptions=True)
            connection.close()

    async def _take(self, message: Mapping[str, Any], ends: Mapping[str, Any]) -> None:
        from jupyter_client.session import DELIM

        end = ends.get(str(message.get("channel")))
        if end is None:
            return
        parts = [json.dumps(message.get(name) or {}).encode() for name in _PARTS]
        await end.send_multipart([DELIM, b"", *parts])
        state = (message.get("content") or {}).get("execution_state")
        if state in _WORDS:
            self._lost(_WORDS[state])


async def _send(connection: Any, channel: str, end: Any) -> None:
    """Everything that is asked on one channel."""
    from jupyter_client.session import DELIM

    while True:
        frames = await end.recv_multipart()
        at = frames.index(DELIM) + 2  # behind it the signature
        parts = zip(_PARTS, frames[at:], strict=False)
        message = {name: json.loads(part) for name, part in parts}
        await connection.write_message(json.dumps({**message, "channel": channel, "buffers": []}))
