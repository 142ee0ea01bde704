"""How to talk to a kernel process: requests on the shell channel, what comes of them on both."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias

from k2_jupyter.adapters.kernel_setup import Message
from k2_jupyter.messages import Json

logger = logging.getLogger(__name__)

Channel: TypeAlias = Literal["iopub", "shell"]

POLL_MS = 100
"""How long a wait for messages lasts, so that `stop` is seen."""
_BATCH_SECONDS = 0.05
_MESSAGES_IN_MEMORY = 32
"""A flood waits in the kernel's queue (`in_kernel/streams.py`), not in our memory."""


class KernelChannels:
    """The client's side of one kernel's sockets. One thread at a time may use them."""

    def __init__(self, connection: Mapping[str, Any], session: Any) -> None:
        """Connect. `connection` is what a connection file holds; `session` signs and checks."""
        import zmq

        self._session = session
        self._context = zmq.Context()
        self._shell = self._connect(connection, zmq.DEALER, "shell_port")
        self._iopub = self._connect(connection, zmq.SUB, "iopub_port")
        self._iopub.subscribe(b"")

    def _connect(self, connection: Mapping[str, Any], kind: int, port: str) -> Any:
        separator = "-" if connection["transport"] == "ipc" else ":"
        socket = self._context.socket(kind)
        socket.rcvhwm = _MESSAGES_IN_MEMORY
        socket.connect(
            f"{connection['transport']}://{connection['ip']}{separator}{connection[port]}"
        )
        return socket

    def send(self, kind: str, content: Mapping[str, Json], metadata: Json = None) -> str:
        """Send a request on the shell channel; returns its message id."""
        message = self._session.send(self._shell, kind, content, metadata=metadata or {})
        return str(message["header"]["msg_id"])

    def execute(
        self, source: str, *, expression: str = "", cell_id: str = "", silent: bool = False
    ) -> str:
        """Ask the kernel to run a source, and then to evaluate an expression."""
        content: dict[str, Json] = {
            "code": source,
            "silent": silent,
            "store_history": not silent,
            "user_expressions": {"k2": expression} if expression else {},
            "allow_stdin": False,
            "stop_on_error": False,
        }
        return self.send("execute_request", content, {"cellId": cell_id} if cell_id else None)

    def receive(self, wait_ms: int) -> Iterator[tuple[Channel, Message]]:
        """What has arrived, outputs first; waits at most `wait_ms` for something."""
        import zmq

        poller = zmq.Poller()
        poller.register(self._iopub, zmq.POLLIN)
        poller.register(self._shell, zmq.POLLIN)
        arrived = dict(poller.poll(wait_ms))
        if self._iopub in arrived:
            yield from self._received("iopub", self._iopub)
        if self._shell in arrived:
            yield from self._received("shell", self._shell)

    def _received(self, channel: Channel, socket: Any) -> Iterator[tuple[Channel, Message]]:
        until = time.monotonic() + _BATCH_SECONDS
        while time.monotonic() < until:  # not endless: a flood would hide replies and `stop`
            try:
                _, message = self._session.recv(socket)
            except ValueError as problem:  # a signature that is not ours, or no message at all
                logger.warning("dropped a message from the kernel: %s", problem)
                continue
            if message is None:
                return
            yield channel, message

    def reply(self, asked: str, wait_ms: int) -> Message | None:
        """The reply to a request, if it arrives in time; everything else is dropped."""
        for channel, message in self.receive(wait_ms):
            if channel == "shell" and message["parent_header"].get("msg_id") == asked:
                return message
        return None

    def close(self) -> None:
        """Drop everything that waits."""
        self._context.destroy(linger=0)
