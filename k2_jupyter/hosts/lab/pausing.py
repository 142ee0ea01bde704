"""A turn that stands still because the user wants it to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal, TypeAlias

from k2_jupyter.agent.limits import Stop

PauseState: TypeAlias = Literal["wanted", "here", "over"]

_LOOK_SECONDS = 0.1


class Pause:
    """Of one turn. The server's loop asks for it and ends it; the turn's thread waits."""

    def __init__(self, stop: Stop, say: Callable[[PauseState], None]) -> None:
        self._stop = stop
        self._say = say
        self._changed = threading.Condition()
        self._wanted = False

    def ask(self) -> None:
        """From the end of the present call on. Twice is fine."""
        with self._changed:
            if not self._wanted and not self._stop.is_set():
                self._wanted = True
                self._say("wanted")

    def end(self) -> None:
        """Go on."""
        with self._changed:
            if self._wanted:
                self._wanted = False
                self._say("over")
                self._changed.notify_all()

    def reached(self) -> bool:
        """Between two calls: wait as long as the user wants. Was there anything to wait for?

        A stop ends the wait too. What was waited counts for no limit of the turn.
        """
        with self._changed:
            if not self._wanted or self._stop.is_set():
                return False
            self._say("here")
            begun = time.monotonic()
            while not self._changed.wait_for(self._is_over, _LOOK_SECONDS):
                pass
            self._stop.held += time.monotonic() - begun
            return True

    def _is_over(self) -> bool:
        return self._stop.is_set() or not self._wanted
