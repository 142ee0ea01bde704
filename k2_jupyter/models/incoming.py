"""One answer on its way from the thread that reads it to the one that waits for it."""

from __future__ import annotations

from collections import deque
from itertools import groupby
from queue import Empty, SimpleQueue
from typing import TypeAlias

from k2_jupyter.messages import AssistantMessage
from k2_jupyter.models.answer import Shown

End: TypeAlias = "AssistantMessage | Exception"
"""The answer, or why there is none."""


class Incoming:
    """Its pieces lie ready to be taken; only its end wakes the one that waits.

    It may come in thousands of pieces a second. Each change of thread costs more than to read
    a piece, and what the answer asks for is not begun before the last is read.
    """

    def __init__(self) -> None:
        self._pieces: deque[Shown] = deque()
        self._end: SimpleQueue[End] = SimpleQueue()

    def add(self, shown: Shown) -> None:
        """A piece, maybe with nothing to show: it is a sign of life all the same."""
        self._pieces.append(shown)

    def finish(self, end: End) -> None:
        """Nothing comes after this."""
        self._end.put(end)

    def wait(self, seconds: float) -> End | None:
        """The end, if it comes within this time; then all pieces are there."""
        try:
            return self._end.get(timeout=max(0.0, seconds))
        except Empty:
            return None

    def taken(self) -> Shown | None:
        """What can be shown of the pieces so far, joined; None where there was none."""
        if not self._pieces:
            return None
        shown: Shown = []
        while self._pieces:
            shown += self._pieces.popleft()
        return [kind("".join(one.text for one in run)) for kind, run in groupby(shown, type)]
