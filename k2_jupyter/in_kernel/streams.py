"""Keeps what is printed in messages of bearable size. Runs inside the user's kernel.

The source is sent to the kernel and lives in `sys.modules` under a private name: standard
library only, Python 3.8 and later, no names left behind. Without it ipykernel gathers what
is printed in 0.2 s into one message, however large (200 MB were seen), and its queue drops
what comes when 1,000 messages wait: then the last lines of a flood are lost.
"""

from __future__ import annotations

import sys
from typing import Any

PIECE = 524_288


def _in_pieces(stream: Any) -> None:
    """Let a stream flush after `PIECE` characters at the latest."""
    write = stream.write
    if not hasattr(stream, "pub_thread") or getattr(write, "in_pieces", False):
        return
    waiting = 0

    def piecewise(text: str) -> int:
        nonlocal waiting
        waiting += len(text)
        if waiting <= PIECE:
            write(text)
            return len(text)
        for start in range(0, len(text), PIECE):
            write(text[start : start + PIECE])
            stream.flush()
        waiting = 0
        return len(text)

    piecewise.in_pieces = True  # type: ignore[attr-defined]
    stream.write = piecewise


def _before_each_cell() -> None:
    # IPython puts a `write` of its own on the streams for each cell, and takes it off.
    _in_pieces(sys.stdout)
    _in_pieces(sys.stderr)


def _never_drop(kernel: Any) -> None:
    """Let the queue of outgoing messages grow; the kernel's own thread sets it."""
    thread = kernel.iopub_thread
    thread.schedule(lambda: setattr(thread.socket, "sndhwm", 0))


def install() -> None:
    """Begin; called once when the module has arrived in the kernel."""
    from IPython import get_ipython

    shell = get_ipython()
    shell.events.register("pre_execute", _before_each_cell)
    kernel = getattr(shell, "kernel", None)
    if hasattr(kernel, "iopub_thread"):
        _never_drop(kernel)
