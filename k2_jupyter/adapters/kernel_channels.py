"""How to talk to a kernel process: requests on the shell channel, what comes of them on both."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
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


def connect(
    context: Any, connection: Mapping[str, Any], kind: int, channel: str, *, in_memory: int
) -> Any:
    """A socket of this kind at a kernel's channel; `in_memory` messages wait on our side.

    `connection` is what a connection file holds.
    """
    separator = "-" if connection["transport"] == "ipc" else ":"
    port = connection[f"{channel}_port"]
    socket = context.socket(kind)
    socket.rcvhwm = in_memory
    if public := connection.get("curve_publickey"):  # jupyter_client's "transport_encryption"
        socket.curve_secretkey = connection["curve_secretkey"].encode()
        socket.curve_publickey = socket.curve_serverkey = public.encode()
    socket.connect(f"{connection['transport']}://{connection['ip']}{separator}{port}")
    return socket


class KernelChannels:
    """The client's side of one kernel's channels. One thread at a time may use them."""

    def __init__(self, context: Any, shell: Any, iopub: Any, session: Any) -> None:
        """Use these sockets of a ZMQ context; `session` signs and checks."""
        self._context = context
        self._shell = shell
        self._iopub = iopub
        self._session = session

    @classmethod
    def connected(cls, connection: Mapping[str, Any], session: Any) -> KernelChannels:
        """Connect to a kernel. `connection` is what a connection file holds."""
        import zmq

        context = zmq.Context()
        shell, iopub = (
            connect(context, connection, kind, name, in_memory=_MESSAGES_IN_MEMORY)
            for kind, name in ((zmq.DEALER, "shell"), (zmq.SUB, "iopub"))
        )
        iopub.subscribe(b"")
        return cls(context, shell, iopub, session)

    def send(
        self,
        kind: str,
        content: Mapping[str, Json],
        metadata: Json = None,
        *,
        announce: Callable[[str], None] | None = None,
    ) -> str:
        """Send a request on the shell channel; returns its message id.

        `announce` is told the id before the request goes out.
        """
        message = self._session.msg(kind, content, metadata=metadata or {})
        asked = str(message["header"]["msg_id"])
        if announce:
            announce(asked)
        self._session.send(self._shell, message)
        return asked

    def execute(
        self,
        source: str,
        *,
        expression: str = "",
        cell_id: str = "",
        silent: bool = False,
        announce: Callable[[str], None] | None = None,
    ) -> str:
        """Ask the kernel to run a source, and then to evaluate an expression.

        `announce` is told the message id before the kernel can say anything.
        """
        content: dict[str, Json] = {
            "code": source,
            "silent": silent,
            "store_history": not silent,
            "user_expressions": {"k2": expression} if expression else {},
            "allow_stdin": False,
            "stop_on_error": False,
        }
        metadata: Json = {"cellId": cell_id} if cell_id else None
        return self.send("execute_request", content, metadata, announce=announce)

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
