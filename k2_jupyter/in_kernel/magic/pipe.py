"""Messages between the kernel and the process that holds the agent, over a pair of pipes.

A message is four bytes of length, big endian, and a JSON object with an ``op``. Each end
takes the other for hostile: operations, fields, types and sizes are fixed, and no message
carries settings, keys or budgets. Standard library only; both ends use this module.
"""

from __future__ import annotations

import json
import math
import os
import queue
import threading
import time
import weakref
from typing import Any, Tuple, Union  # noqa: UP035 - as below

Message = dict[str, Any]
_Type = Union[type, Tuple[type, ...]]  # noqa: UP006, UP007 - evaluated; Python 3.8

LARGEST = 32_000_000
"""Bytes of one message."""
_MOST_WAITING = 200
"""Messages that wait to be written; then who sends waits too."""

TO_AGENT: dict[str, dict[str, _Type]] = {
    "turn": {
        "id": str,
        "request": str,
        "options": dict,
        "before": list,
        "names": dict,
        "data": list,
    },
    "output": {"run": str, "type": str, "content": dict, "metadata": dict},
    "ran": {
        "run": str,
        "status": str,
        "count": (int, type(None)),
        "seconds": float,
        "report": dict,
    },
    "described": {"id": str, "texts": dict},
    "answer": {"id": str, "text": (str, type(None))},
    "interrupt": {"id": str},
    "undone": {"lines": list},
    "command": {"id": str, "name": str, "words": list, "options": dict},
    "ping": {},
}
"""What the kernel's end may say, and the fields that each operation must have.

An ``interrupt`` names the turn or the command that it ends: it may come before that has begun.
"""

TO_KERNEL: dict[str, dict[str, _Type]] = {
    "card": {"html": str, "text": str, "parts": dict},
    "step": {"run": str, "cell": str, "source": str, "title": str},
    "stop_run": {"run": str},
    "describe": {"id": str, "names": list},
    "ask": {"id": str, "prompt": str},
    "said": {"id": str, "html": str, "text": str},
    "next_input": {"source": str},
    "end": {"status": str, "text": str},
    "pong": {},
}
"""What the agent's end may say."""


class PipeClosed(Exception):  # noqa: N818 - an end, not always an error
    """The other end is gone."""


class ProtocolError(Exception):
    """The other end sent what no message may be."""


class Pipe:
    """One end. Any thread may send; one thread receives.

    A thread of its own writes: an interrupt (`KeyboardInterrupt` in the main thread) then
    can't leave half a message in the pipe. A ``ping`` is answered here, so that whoever
    receives is known to live. Where the other end reads nothing for `patience` seconds
    while messages wait, the pipe counts as closed.
    """

    def __init__(
        self,
        reading: int,
        writing: int,
        accepted: dict[str, dict[str, _Type]],
        *,
        patience: float = math.inf,
    ) -> None:
        self._reading, self._writing = reading, writing
        # Each is closed by the thread that uses it: the number may be another file's by then.
        self._close_reading = weakref.finalize(self, os.close, reading)
        self._close_writing = weakref.finalize(self, os.close, writing)
        self._accepted = accepted
        self._patience = patience
        self._waiting: queue.Queue[bytes] = queue.Queue(_MOST_WAITING)
        self._closed = threading.Event()
        threading.Thread(target=self._write, name="k2-pipe-writer", daemon=True).start()

    def send(self, op: str, **fields: Any) -> None:
        """Raises `PipeClosed`; `ValueError` for what is too large or no JSON."""
        body = json.dumps({"op": op, **fields}).encode("ascii")
        if len(body) > LARGEST:
            raise ValueError(f"a message of {len(body)} bytes")
        until = time.monotonic() + self._patience
        while not self._closed.is_set():
            try:
                return self._waiting.put(body, timeout=0.2)
            except queue.Full:
                if time.monotonic() > until:
                    self._closed.set()
        raise PipeClosed("the other end is gone")

    def receive(self) -> Message:
        """The next message, checked. Raises `PipeClosed` and `ProtocolError`."""
        try:
            while (message := self._next())["op"] == "ping":
                self.send("pong")
        except (PipeClosed, ProtocolError):
            self._closed.set()
            self._close_reading()
            raise
        return message

    def close(self) -> None:
        """Nothing more is sent or received; the other end notices at once."""
        self._closed.set()

    @property
    def closed(self) -> bool:
        """Whether either end is known to be gone."""
        return self._closed.is_set()

    def drop(self) -> None:
        """Let go of both pipes in a process that has no thread at them."""
        self._closed.set()
        self._close_reading()
        self._close_writing()

    def _next(self) -> Message:
        size = int.from_bytes(self._read(4), "big")
        if size > LARGEST:
            raise ProtocolError(f"a message of {size} bytes")
        try:
            message = json.loads(self._read(size))
        except (ValueError, RecursionError):
            raise ProtocolError("no JSON") from None
        if not isinstance(message, dict):
            raise ProtocolError("no object")
        fields = self._accepted.get(str(message.get("op")))
        if fields is None or set(message) != {"op", *fields}:
            raise ProtocolError(f"no such message: {str(message.get('op'))[:40]}")
        for name, kind in fields.items():
            if not isinstance(message[name], kind):
                raise ProtocolError(f"{message['op']}: bad {name}")
        return message

    def _write(self) -> None:
        while not self._closed.is_set():
            try:
                body = self._waiting.get(timeout=0.2)
            except queue.Empty:
                continue
            data = memoryview(len(body).to_bytes(4, "big") + body)
            try:
                while data:
                    data = data[os.write(self._writing, data) :]
            except OSError:
                self._closed.set()
        self._close_writing()

    def _read(self, size: int) -> bytes:
        parts, left = [], size
        while left:
            try:
                part = os.read(self._reading, min(left, 1 << 20))
            except OSError as problem:
                raise PipeClosed(str(problem)) from None
            if not part or self._closed.is_set():
                raise PipeClosed("the other end is gone")
            parts.append(part)
            left -= len(part)
        return b"".join(parts)
