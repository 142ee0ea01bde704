"""Carries messages between a kernel that others use too and the thread that runs our cells.

The relay alone holds the sockets at the kernel, on a thread of its own. What we ask and what
comes of it goes over two pairs of sockets within this process, so that `channels` are those
of any kernel; to everything else it listens: whose cell runs, and whether the kernel leaves.
Of the cells of others, only that they run is kept.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from k2_jupyter.adapters.gateway_line import Gateway, GatewayLine
from k2_jupyter.adapters.kernel_channels import KernelChannels, connect

logger = logging.getLogger(__name__)

_TICK_MS = 50
_NUDGE_SECONDS = 0.3
_IN_MEMORY = 1_000
"""As in any other client of the server: this kernel's queue is not ours to enlarge."""
_BETWEEN = 32
"""Messages of ours that wait for a slow reader, before the kernel's queue has to."""
_AT_ONCE = 200
_LAST_WORDS = 20
"""Rounds for what a dead kernel has said before."""
_UNKNOWN = ""
"""What stands for whatever ran before we listened."""


class KernelRelay:
    """The sockets at one life of a kernel."""

    def __init__(
        self,
        connection: Mapping[str, Any] | Gateway,
        *,
        in_time: Callable[[], None],
        left: Callable[[bool], None],
        lost: Callable[[str], None],
    ) -> None:
        """Connect. `connection` is what a connection file holds, or a gateway.

        `in_time` is called at least each 50 ms, `left` when the kernel says that it leaves:
        with whether it is restarted; `lost` when a gateway says why nothing more comes.
        """
        import zmq
        from jupyter_client.session import Session

        self._in_time = in_time
        self._left = left
        self._context = zmq.Context()
        self._line: GatewayLine | None = None
        if isinstance(connection, Gateway):
            self._line = GatewayLine(self._context, connection, lost)
            signed = {"key": b""}
            self._shell, self._iopub, self._control = self._line.sockets
        else:
            signed = {name: connection[name] for name in ("key", "signature_scheme")}
            self._shell, self._iopub, self._control = _sockets(self._context, connection)
        self._session = Session(**signed)
        self._to_shell, shell = self._pair("shell")
        self._to_iopub, iopub = self._pair("iopub")
        self.channels = KernelChannels(self._context, shell, iopub, Session(**signed))
        """For one thread at a time, not the relay's."""
        self.language = ""
        """As the kernel itself says, in lower case."""
        self.busy: dict[str, None] = {_UNKNOWN: None}
        """Ids of the requests that the kernel works on."""
        self._wanted = ""
        self._over = False
        self._subscribed = False
        self._answered = False
        self._nudges = 0
        self._nudge_at = 0.0

    def _pair(self, name: str) -> tuple[Any, Any]:
        import zmq

        ends = self._context.socket(zmq.PAIR), self._context.socket(zmq.PAIR)
        for end in ends:
            end.sndhwm = end.rcvhwm = _BETWEEN
        ends[0].bind(f"inproc://{name}")
        ends[1].connect(f"inproc://{name}")
        return ends

    def rest(self) -> None:
        """Nobody waits for what comes of the last request. Any thread."""
        self._wanted = ""

    def end(self) -> None:
        """Let `carry` come to its end. Any thread."""
        self._over = True

    def close(self) -> None:
        """Close all sockets; nobody may use them any more."""
        if self._line is not None:
            self._line.close()
        self._context.destroy(linger=0)

    # On the relay's own thread

    def carry(self, greeted: Callable[[], None]) -> None:
        """Carry messages until `end`; `greeted` is called once the kernel has answered."""
        import zmq

        carried = {
            self._to_shell: self._send,
            self._shell: self._take_replies,
            self._iopub: self._take_news,
            self._control: self._take_answers,
        }
        poller = zmq.Poller()
        for socket in carried:
            poller.register(socket, zmq.POLLIN)
        met = False
        while not self._over:
            for socket, _ in poller.poll(_TICK_MS):
                carried[socket]()
            if not met:
                met = self._subscribed and self._answered
                greeted() if met else self._nudge()
            self._in_time()
        for _ in range(_LAST_WORDS):
            if not self._iopub.poll(_TICK_MS):
                return
            self._take_news()

    def _nudge(self) -> None:
        """Ask until we hear on iopub that we were heard: a subscription takes its time.

        Over control, which answers while a cell runs; the shell is for kernels that do not
        answer there.
        """
        now = time.monotonic()
        if now >= self._nudge_at:
            channel = self._shell if self._nudges % 10 == 1 else self._control
            self._session.send(channel, "kernel_info_request", {})
            self._nudges += 1
            self._nudge_at = now + _NUDGE_SECONDS

    def _send(self) -> None:
        for frames in _arrived(self._to_shell):
            header, _, _ = self._opened(frames)
            self._wanted = str(header.get("msg_id", ""))
            self._shell.send_multipart(frames)

    def _take_replies(self) -> None:
        for frames in _arrived(self._shell):
            if self._answer(frames).get("msg_id") == self._wanted:
                self._hand_over(self._to_shell, frames)

    def _take_answers(self) -> None:
        for frames in _arrived(self._control):
            self._answer(frames)

    def _answer(self, frames: list[bytes]) -> dict[str, Any]:
        """Take what a reply says of the kernel; returns the header of the request."""
        header, parent, parts = self._opened(frames)
        if header.get("msg_type") == "kernel_info_reply":
            language = self._content(parts).get("language_info", {}).get("name", "")
            self.language = str(language).lower() or self.language
            self._answered = True
        return parent

    def _take_news(self) -> None:
        for frames in _arrived(self._iopub):
            header, parent, parts = self._opened(frames)
            match header.get("msg_type"):
                case "status":
                    state = self._content(parts).get("execution_state")
                    self._note(str(parent.get("msg_id", "")), state)
                case "shutdown_reply":
                    self._left(bool(self._content(parts).get("restart")))
            self._subscribed = self._subscribed or parent.get("session") == self._session.session
            if parent.get("msg_id") == self._wanted:
                self._hand_over(self._to_iopub, frames)

    def _note(self, asked: str, state: Any) -> None:
        if state == "busy":
            self.busy[asked] = None
        elif state == "idle":
            self.busy.pop(asked, None)

    def _hand_over(self, end: Any, frames: list[bytes]) -> None:
        """Wait for a slow reader, as long as there is one."""
        import zmq

        while self._wanted:
            if end.poll(_TICK_MS, zmq.POLLOUT):
                end.send_multipart(frames)
                return
            if self._over:
                return
            self._in_time()

    def _opened(self, frames: list[bytes]) -> tuple[dict[str, Any], dict[str, Any], list[bytes]]:
        """Header and parent header, which cost little to read, and what may be read further."""
        try:
            parts: list[bytes] = self._session.feed_identities(frames)[1]  # type: ignore[assignment]
            return _loaded(parts[1]), _loaded(parts[2]), parts
        except (ValueError, IndexError):  # no message at all
            return {}, {}, []

    def _content(self, parts: list[bytes]) -> dict[str, Any]:
        """The content of a message whose signature is right."""
        try:
            content = self._session.deserialize(parts)["content"]
        except ValueError as problem:
            logger.warning("dropped a message from the kernel: %s", problem)
            return {}
        return content if isinstance(content, dict) else {}


def _sockets(context: Any, connection: Mapping[str, Any]) -> list[Any]:
    """At the kernel itself: shell, iopub and control."""
    import zmq

    kinds = (("shell", zmq.DEALER), ("iopub", zmq.SUB), ("control", zmq.DEALER))
    shell, iopub, control = (
        connect(context, connection, kind, name, in_memory=_IN_MEMORY) for name, kind in kinds
    )
    iopub.subscribe(b"")
    return [shell, iopub, control]


def _arrived(socket: Any) -> Iterator[list[bytes]]:
    """What waits there, and not for ever: others wait too."""
    import zmq

    for _ in range(_AT_ONCE):
        try:
            yield socket.recv_multipart(zmq.NOBLOCK)
        except zmq.Again:
            return


def _loaded(part: bytes) -> dict[str, Any]:
    try:
        loaded = json.loads(part)
    except ValueError:
        return {}
    return loaded if isinstance(loaded, dict) else {}
