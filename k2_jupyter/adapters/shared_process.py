"""One life of a kernel that a Jupyter server owns and others use besides us.

A relay on a thread of its own holds the sockets at the kernel. It carries our requests and
what comes of them over two pairs of sockets within this process, so that `channels` are those
of any kernel, and listens to everything else that the kernel says: whose cell runs, and
whether it is being restarted. Nothing of the cells of others is kept.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Any, Literal, TypeAlias

from k2_jupyter.adapters.execution import CHECK_SECONDS
from k2_jupyter.adapters.kernel_channels import KernelChannels, connect
from k2_jupyter.adapters.kernel_owner import KernelOwner, Sight
from k2_jupyter.adapters.kernel_process import words_for
from k2_jupyter.errors import KernelError

logger = logging.getLogger(__name__)

Ending: TypeAlias = Literal["restarted", "died"]

_TICK_MS = 50
_NUDGE_SECONDS = 0.3
_IN_MEMORY = 1_000
"""As in any other client of the server: this kernel's queue is not ours to enlarge."""
_BETWEEN = 32
"""Messages of ours that wait for a slow reader, before the kernel's queue has to."""
_AT_ONCE = 200
_LAST_WORDS = 20
"""Rounds for what a dead kernel has said before."""
_AGAIN_SECONDS = 0.5
_INTERRUPTS = 20
"""How often a run is interrupted that nobody waits for."""
_LEAVING_SECONDS = 0.5
"""A server interrupts the kernel first and asks it to leave right then."""
_UNKNOWN = ""
"""What stands for whatever ran before we listened."""


class SharedProcess:
    """The kernel from one start to its end. Our side of the `Process` that a run needs."""

    ours = False

    def __init__(self, owner: KernelOwner, sight: Sight, epoch: int) -> None:
        import zmq
        from jupyter_client.session import Session

        self.epoch = epoch
        self.pid = sight.pid
        self.language = owner.spec_language()
        self.installed = False
        """Whether our part is in this kernel; of whoever holds `used`."""
        self._owner = owner
        info = sight.connection
        signed = {"key": info["key"], "signature_scheme": info["signature_scheme"]}
        self._session = Session(**signed)
        self._context = context = zmq.Context()
        self._shell = connect(context, info, zmq.DEALER, "shell", in_memory=_IN_MEMORY)
        self._iopub = connect(context, info, zmq.SUB, "iopub", in_memory=_IN_MEMORY)
        self._iopub.subscribe(b"")
        self._control = connect(context, info, zmq.DEALER, "control", in_memory=_IN_MEMORY)
        self._to_shell, shell = self._pair("shell")
        self._to_iopub, iopub = self._pair("iopub")
        self.channels = KernelChannels(context, shell, iopub, Session(**signed))
        self._wanted = ""
        """Id of the request whose messages somebody waits for."""
        self._busy: dict[str, None] = {_UNKNOWN: None}
        """Ids of the requests that the kernel works on."""
        self._withdrawn: dict[str, tuple[int, float]] = {}
        """Request → interrupts left, and when the next is due."""
        self._subscribed = False
        self._answered = False
        self._nudges = 0
        self._nudge_at = 0.0
        self._look_at = 0.0
        self._looking: Future[Sight | None] | None = None
        self._leaving = False
        self._judging = threading.Lock()
        self._over = threading.Event()
        self._ending: tuple[Ending, str] = ("died", "ended")
        self._one_at_a_time = threading.Lock()
        self._relayed = False

    def _pair(self, name: str) -> tuple[Any, Any]:
        import zmq

        ends = self._context.socket(zmq.PAIR), self._context.socket(zmq.PAIR)
        for end in ends:
            end.sndhwm = end.rcvhwm = _BETWEEN
        ends[0].bind(f"inproc://{name}")
        ends[1].connect(f"inproc://{name}")
        return ends

    # For runs, on the one thread that holds `used`

    @contextmanager
    def used(self) -> Iterator[None]:
        """The channels are the caller's alone; whoever else wants them waits."""
        with self._one_at_a_time:
            try:
                yield
            finally:
                self._wanted = ""
        self._free()

    def in_use(self) -> bool:
        """Whether somebody holds `used`."""
        return self._one_at_a_time.locked()

    def alive(self) -> bool:
        """Whether this life goes on. Asks the server, so not on its loop's thread."""
        with suppress(TimeoutError, KernelError):
            self._judge(self._owner.look().result(2 * CHECK_SECONDS))
        if self._leaving:
            self._over.wait(_LEAVING_SECONDS)
        return not self._over.is_set()

    @property
    def over(self) -> bool:
        """Whether this life is known to have ended."""
        return self._over.is_set()

    def ending(self) -> str:
        return self._ending[1]

    @property
    def how(self) -> Ending:
        """What became of the kernel, for whoever watches it."""
        return self._ending[0]

    @property
    def busy(self) -> bool:
        """Whether the kernel works on anything, as far as is known."""
        return bool(self._busy)

    @property
    def stuck(self) -> bool:
        """Whether it works on a run that was given up."""
        return any(asked in self._busy for asked in list(self._withdrawn))

    def behind_others(self, asked: str) -> bool:
        """Whether a request waits for what others have asked before it."""
        return bool(self._busy) and asked not in self._busy

    def ping(self) -> Callable[[int], bool]:
        """Ask for a sign of life behind all that waits in the kernel's queue.

        Returns what waits for it, up to so many milliseconds. An "idle" could be that
        between two cells of the user's, or be lost in a flood; this reply is neither.
        """
        before = list(self._busy)
        asked = self.channels.send("kernel_info_request", {})

        def answered(wait_ms: int) -> bool:
            if self.channels.reply(asked, wait_ms) is None:
                return False
            for one in before:
                self._busy.pop(one, None)
            return True

        return answered

    def interrupt(self, asked: str) -> None:
        """Interrupt this request if it runs: the kernel may be at a cell of the user's."""
        if asked in self._busy:
            with suppress(KernelError):
                self._owner.interrupt(lambda: asked in self._busy)

    def withdraw(self, asked: str) -> None:
        """Interrupt it until it ends, or as soon as it begins; the relay does, in time."""
        self._withdrawn[asked] = (_INTERRUPTS, 0.0)

    # The relay, on its own thread

    def relay(self, closing: threading.Event, greeted: Callable[[], None]) -> None:
        """Carry messages to the end of this life; `greeted` is called once it can be used."""
        import zmq

        poller = zmq.Poller()
        carry = {
            self._to_shell: self._send,
            self._shell: self._take_replies,
            self._iopub: self._take_news,
            self._control: self._take_answers,
        }
        for socket in carry:
            poller.register(socket, zmq.POLLIN)
        told = False
        while not self._over.is_set():
            if closing.is_set():
                self.end("died", "is no longer ours to use")
            for socket, _ in poller.poll(_TICK_MS):
                carry[socket]()
            if not told and self._subscribed and self._answered:
                told = True
                greeted()
            self._in_time()
        for _ in range(_LAST_WORDS):
            if not self._iopub.poll(_TICK_MS):
                break
            self._take_news()
        self._relayed = True
        self._free()

    def _in_time(self) -> None:
        """What is due, whether the kernel says something or not."""
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + CHECK_SECONDS
            self._look()
        if now >= self._nudge_at and not (self._subscribed and self._answered):
            self._nudge_at = now + _NUDGE_SECONDS
            self._nudge()
        for asked, (left, due) in list(self._withdrawn.items()):
            if asked in self._busy and left and now >= due:
                self._withdrawn[asked] = (left - 1, now + _AGAIN_SECONDS)
                self.interrupt(asked)

    def _nudge(self) -> None:
        """Ask until we hear on iopub that we were heard: a subscription takes its time.

        Over control, which answers while a cell runs; the shell is for kernels that do not
        answer there.
        """
        channel = self._shell if self._nudges % 10 == 1 else self._control
        self._nudges += 1
        self._session.send(channel, "kernel_info_request", {})

    def _send(self) -> None:
        for frames in _arrived(self._to_shell):
            header, _, _ = self._opened(frames)
            self._wanted = str(header.get("msg_id", ""))
            self._shell.send_multipart(frames)

    def _take_replies(self) -> None:
        for frames in _arrived(self._shell):
            header, parent, parts = self._opened(frames)
            if header.get("msg_type") == "kernel_info_reply":
                self._answer(parts)
            if parent.get("msg_id") == self._wanted:
                self._hand_over(self._to_shell, frames)

    def _take_answers(self) -> None:
        for frames in _arrived(self._control):
            header, _, parts = self._opened(frames)
            if header.get("msg_type") == "kernel_info_reply":
                self._answer(parts)

    def _answer(self, parts: list[bytes]) -> None:
        language = self._content(parts).get("language_info", {}).get("name", "")
        self.language = str(language).lower() or self.language
        self._answered = True

    def _take_news(self) -> None:
        for frames in _arrived(self._iopub):
            header, parent, parts = self._opened(frames)
            kind = header.get("msg_type")
            if kind == "status":
                asked = str(parent.get("msg_id", ""))
                self._state(asked, self._content(parts).get("execution_state"))
            elif kind == "shutdown_reply":
                if self._content(parts).get("restart"):
                    self.end("restarted", "was restarted by the user")
                else:
                    self.end("died", "was shut down by the user")
            self._subscribed = self._subscribed or parent.get("session") == self._session.session
            if parent.get("msg_id") == self._wanted:
                self._hand_over(self._to_iopub, frames)

    def _state(self, asked: str, state: Any) -> None:
        if state == "busy":
            self._busy[asked] = None
        elif state == "idle":
            self._busy.pop(asked, None)
            self._withdrawn.pop(asked, None)

    def _hand_over(self, end: Any, frames: list[bytes]) -> None:
        """Wait for a slow reader, as long as there is one."""
        import zmq

        while self._wanted:
            if end.poll(_TICK_MS, zmq.POLLOUT):
                end.send_multipart(frames)
                return
            if self._over.is_set():
                return
            self._in_time()

    def _opened(self, frames: list[bytes]) -> tuple[dict[str, Any], dict[str, Any], list[bytes]]:
        """Header and parent header, which cost little to read, and what may be read further."""
        parts: list[bytes] = self._session.feed_identities(frames)[1]  # type: ignore[assignment]
        return _loaded(parts[1]), _loaded(parts[2]), parts

    def _content(self, parts: list[bytes]) -> dict[str, Any]:
        """The content of a message whose signature is right."""
        try:
            content = self._session.deserialize(parts)["content"]
        except ValueError as problem:
            logger.warning("dropped a message from the kernel: %s", problem)
            return {}
        return content if isinstance(content, dict) else {}

    # The end

    def _look(self) -> None:
        if self._looking is not None and not self._looking.done():
            return  # the server is busy; it answers later
        try:
            self._looking = self._owner.look()
        except KernelError:
            self.end("died", "went with the Jupyter server")
        else:
            self._looking.add_done_callback(self._looked)

    def _looked(self, looking: Future[Sight | None]) -> None:
        if not looking.cancelled() and looking.exception() is None:
            self._judge(looking.result())

    def _judge(self, sight: Sight | None) -> None:
        """Whether what the server sees is this life's end."""
        if sight is None:
            self.end("died", "was shut down by the user")
        elif sight.alive and sight.pid == self.pid:
            self._leaving = sight.leaving
        elif sight.leaving or self._leaving:
            self.end("restarted", "was restarted by the user")
        elif sight.alive:
            self.end("restarted", "ended and was started again")
        else:
            self.end("died", words_for(sight.code))

    def end(self, how: Ending, words: str) -> None:
        """This life is over; what was said first of its end stays."""
        with self._judging:
            if not self._over.is_set():
                self._ending = (how, words)
                self._over.set()

    def _free(self) -> None:
        """Close the sockets when the relay and the last user have left them."""
        if self._relayed and self._one_at_a_time.acquire(blocking=False):
            self._context.destroy(linger=0)
            self._one_at_a_time.release()


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
