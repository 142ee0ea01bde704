"""One life of a kernel that a Jupyter server owns and others use besides us."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Literal, TypeAlias

from k2_jupyter.adapters.kernel_channels import KernelChannels
from k2_jupyter.adapters.kernel_owner import KernelOwner, Sight
from k2_jupyter.adapters.kernel_process import words_for
from k2_jupyter.adapters.kernel_relay import KernelRelay
from k2_jupyter.adapters.process import CHECK_SECONDS
from k2_jupyter.errors import KernelError

Ending: TypeAlias = Literal["restarted", "died"]

_AGAIN_SECONDS = 0.5
_INTERRUPTS = 20
"""How often a run is interrupted that nobody waits for."""
_LEAVING_SECONDS = 0.5
"""A server interrupts the kernel first and asks it to leave right then."""


class SharedProcess:
    """The kernel from one start to its end: the `Process` that a run needs.

    Runs use it inside of `used`, one at a time; `relay` goes on meanwhile on another thread.
    """

    ours = False

    def __init__(self, owner: KernelOwner, sight: Sight, epoch: int) -> None:
        self.epoch = epoch
        self.pid = sight.pid
        self.installed = False
        """Whether our part is in this kernel; for whoever is inside of `used`."""
        self.connection = sight.connection
        self._owner = owner
        self._named = sight.language
        self._relay = KernelRelay(
            sight.connection, in_time=self._in_time, left=self._left, lost=self._lost
        )
        self._busy = self._relay.busy
        self._withdrawn: dict[str, tuple[int, float]] = {}
        """Request → interrupts left, and when the next is due."""
        self._look_at = 0.0
        self._looking: Future[Sight | None] | None = None
        self._leaving = False
        self._judging = threading.Lock()
        self._over = threading.Event()
        self._ending: tuple[Ending, str] = ("died", "ended")
        self._one_at_a_time = threading.Lock()
        self._relayed = False

    # For runs

    @contextmanager
    def used(self) -> Iterator[None]:
        """The channels are the caller's alone; whoever else wants them waits.

        Who finds this life `over` then must not touch them: they may be closed.
        """
        try:
            with self._one_at_a_time:
                try:
                    yield
                finally:
                    self._relay.rest()
        finally:
            self._free()

    @property
    def channels(self) -> KernelChannels:
        return self._relay.channels

    @property
    def language(self) -> str:
        """In lower case; as the kernel's specification names it, until the kernel itself does."""
        return self._relay.language or self._named

    def alive(self) -> bool:
        """Whether this life goes on. Asks the server, so not on its loop's thread."""
        with suppress(TimeoutError, KernelError):
            self._judge(self._owner.look().result(2 * CHECK_SECONDS))
        if self._leaving:
            self._over.wait(_LEAVING_SECONDS)
        return not self.over

    def ending(self) -> str:
        return self._ending[1]

    def behind_others(self, asked: str) -> bool:
        """Whether a request waits for what others have asked before it."""
        return bool(self._busy) and asked not in self._busy

    def interrupt(self, asked: str) -> None:
        """Interrupt this request if it runs: the kernel may be at a cell of the user's."""
        if asked in self._busy:
            with suppress(KernelError):
                self._owner.interrupt(lambda: asked in self._busy)

    def withdraw(self, asked: str) -> None:
        """Interrupt it until it ends, or as soon as it begins; the relay does, in time."""
        self._withdrawn[asked] = (_INTERRUPTS, 0.0)

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

    # For everybody

    @property
    def over(self) -> bool:
        """Whether this life is known to have ended."""
        return self._over.is_set()

    @property
    def how(self) -> Ending:
        """What became of the kernel, once it is over."""
        return self._ending[0]

    @property
    def busy(self) -> bool:
        """Whether the kernel works on anything, as far as is known."""
        return bool(self._busy)

    @property
    def in_use(self) -> bool:
        """Whether somebody is inside of `used`."""
        return self._one_at_a_time.locked()

    @property
    def stuck(self) -> bool:
        """Whether the kernel works on a run that was given up."""
        return any(asked in self._busy for asked in list(self._withdrawn))

    # On the thread of the relay

    def relay(self, greeted: Callable[[], None]) -> None:
        """Carry messages to the end of this life; `greeted` is called once it can be used."""
        self._relay.carry(greeted)
        self._relayed = True
        self._free()

    def _in_time(self) -> None:
        """What is due, whether the kernel says something or not."""
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + CHECK_SECONDS
            self._look()
        for asked, (left, due) in list(self._withdrawn.items()):
            if asked in self._busy and left and now >= due:
                self._withdrawn[asked] = (left - 1, now + _AGAIN_SECONDS)
                self.interrupt(asked)

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

    def _left(self, restart: bool) -> None:
        if restart:
            self.end("restarted", "was restarted by the user")
        else:
            self.end("died", "was shut down by the user")

    def _lost(self, words: str) -> None:
        self.end("died", words)

    # The end

    def _judge(self, sight: Sight | None) -> None:
        """Whether what the server sees is this life's end."""
        if sight is None:
            self._left(restart=False)
        elif sight.alive and sight.pid == self.pid:
            self._leaving = sight.leaving
        elif self._leaving or (sight.leaving and sight.code == 0):
            # a kernel that had died before is "leaving" too while the server replaces it
            self._left(restart=True)
        elif sight.alive:
            self.end("died", "ended and was started again")
        else:
            self.end("died", words_for(sight.code))

    def end(self, how: Ending, words: str) -> None:
        """This life is over; what was said first of its end stays. Any thread."""
        with self._judging:
            if not self.over:
                self._ending = (how, words)
                self._over.set()
                self._relay.end()

    def _free(self) -> None:
        """Close the sockets when the relay and the last user have left them."""
        if self._relayed and self._one_at_a_time.acquire(blocking=False):
            self._relay.close()
            self._one_at_a_time.release()
