"""Requests that wait for the turn before, in the order in which they came."""

from __future__ import annotations

from k2_jupyter.hosts.lab.wire import Ask


class Waiting:
    """Of one conversation; on the server's loop."""

    def __init__(self) -> None:
        self.held = False
        """Whether they wait for the user, who has stopped a turn."""
        self._asked: dict[str, Ask] = {}
        self._next_up = ""
        """The request that the user made after the stop, before the turn had ended."""

    def __len__(self) -> int:
        return len(self._asked)

    def __contains__(self, asked: str) -> bool:
        return asked in self._asked

    def add(self, asked: Ask, *, stopping: bool) -> None:
        """Behind all others; `stopping`: the turn that it waits for is being stopped."""
        if stopping:
            self._next_up = self._next_up or asked.id
        self._asked[asked.id] = asked

    def take(self, asked: str) -> Ask | None:
        """Out of the row, wherever it stands."""
        return self._asked.pop(asked, None)

    def clear(self) -> None:
        """Nothing waits any more."""
        self._asked.clear()

    def after_stop(self) -> Ask | None:
        """What the user asked after stopping the turn that has ended now."""
        next_up, self._next_up = self._next_up, ""
        return self.take(next_up)

    def first(self) -> Ask | None:
        """The next one, unless the user has stopped them."""
        return None if self.held or not self._asked else self.take(next(iter(self._asked)))
