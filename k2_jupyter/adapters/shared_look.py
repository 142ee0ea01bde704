"""A look at what a shared kernel holds, where the kernel has time for one."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

from k2_jupyter.adapters.kernel_channels import POLL_MS
from k2_jupyter.adapters.kernel_runs import ask
from k2_jupyter.adapters.kernel_setup import value_of
from k2_jupyter.adapters.shared_port import install
from k2_jupyter.adapters.shared_process import SharedProcess

_BUSY_SECONDS = 0.5


class Late(threading.Event):
    """Set after so many seconds, and as soon as `stop` is."""

    def __init__(self, seconds: float, stop: threading.Event | None = None) -> None:
        super().__init__()
        self._until = time.monotonic() + seconds
        self._stop = stop

    def is_set(self) -> bool:
        stopped = self._stop is not None and self._stop.is_set()
        return stopped or time.monotonic() > self._until


def look(process: SharedProcess, expression: str, late: threading.Event) -> Mapping[str, Any]:
    """What the kernel says to an expression; empty where it is busy, not Python, or late."""
    if process.language != "python" or process.in_use:
        return {}
    with process.used():
        asked = not process.over and _free(process, late) and install(process, late)
        return (asked and value_of(ask(process, expression, late))) or {}


def _free(process: SharedProcess, late: threading.Event) -> bool:
    """Whether the kernel has time now; what it did before it was followed, nobody knows."""
    answered = process.ping() if process.busy else None
    late = Late(_BUSY_SECONDS, late)
    while answered and not answered(POLL_MS):
        if late.is_set():
            return False
    return True
