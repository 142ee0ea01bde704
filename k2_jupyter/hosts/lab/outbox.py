"""How much may wait at the server for a page that reads slowly."""

from __future__ import annotations

import math

MOST = 32_000_000
"""Characters: many minutes of a turn."""


class Outbox:
    """Of one connection. Only counts; used by the server's loop alone.

    What a page gets as it comes is as long as the conversation and its cells are; the bound
    is for what is added later.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._waiting = 0
        self._room: float = math.inf

    @property
    def is_full(self) -> bool:
        """Does more wait than may?"""
        return self._waiting > self._room

    def greeted(self) -> None:
        """The page has been sent what it lacked."""
        self._room = self._waiting + self._most

    def add(self, size: int) -> None:
        """So much is about to be sent."""
        self._waiting += size

    def sent(self, size: int) -> None:
        """So much has left the server."""
        self._waiting -= size
