"""Ctrl-C and friends become `stop`: the turn ends in order, the files are valid."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


@contextmanager
def stopping(stop: threading.Event, asking: Callable[[], bool]) -> Iterator[None]:
    """Within: the first signal sets `stop`, a second one raises `KeyboardInterrupt`.

    While a question stands (`asking`) the first one raises too: a terminal read goes on
    after a signal handler that returns.
    """

    def handle(_signal: int, _frame: FrameType | None) -> None:
        again = stop.is_set()
        stop.set()
        if again or asking():
            raise KeyboardInterrupt

    before = {number: signal.signal(number, handle) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
