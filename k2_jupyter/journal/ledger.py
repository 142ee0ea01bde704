"""What all turns of a day have used, of whatever process: ``spent/<day>.jsonl``.

One line a model call in the state folder; a day begins at midnight, local time. Each line is
appended, and each limit checked, while the file is locked: two processes never both take the
last step of a day.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from k2_jupyter.errors import JournalError
from k2_jupyter.journal.disk import private_folder
from k2_jupyter.messages import Usage

_PATIENCE = 0.9
"""Seconds to wait for another process, which holds the lock for a moment only."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What was used, of everything that can have a cap."""

    steps: int = 0
    tokens: int = 0
    """New ones: input that no earlier request had, and output."""
    usage: Usage = field(default_factory=Usage)
    """As the endpoint counted: all input, the cached part of it, output."""
    seconds: float = 0.0
    dollars: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            self.steps + other.steps,
            self.tokens + other.tokens,
            self.usage + other.usage,
            self.seconds + other.seconds,
            self.dollars + other.dollars,
        )


class Ledger:
    """One process's view of it. Nothing is made on disk before the first `add`."""

    def __init__(self, state_dir: Path, *, today: Callable[[], date] | None = None) -> None:
        self._folder = state_dir / "spent"
        self._today = today or (lambda: datetime.now().astimezone().date())
        self._day: date | None = None
        self._read = 0
        self._total = Spent()

    def total(self) -> Spent:
        """Of today so far. Raises `JournalError`."""
        with self._locked() as file:
            return self._sum(file)

    def add(self, spent: Spent, *, most_steps: float = math.inf) -> bool:
        """Write it down, unless the day would then have more than `most_steps`.

        Raises `JournalError`; the file is then as it was.
        """
        with self._locked() as file:
            if spent.steps and self._sum(file).steps + spent.steps > most_steps:
                return False
            _append(file, _line(spent))
            return True

    def _sum(self, file: int) -> Spent:
        """Reads what is new since the last time."""
        while block := os.pread(file, 1 << 20, self._read):
            whole = block[: block.rfind(b"\n") + 1]
            if not whole:
                break
            self._read += len(whole)
            for line in whole.splitlines():
                self._total += _spent(line)
        return self._total

    @contextmanager
    def _locked(self) -> Iterator[int]:
        day = self._today()
        if day != self._day:
            self._day, self._read, self._total = day, 0, Spent()
        path = self._folder / f"{day.isoformat()}.jsonl"
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        file = -1
        try:
            private_folder(self._folder)
            file = os.open(path, flags, 0o600)
            _lock(file)
            yield file
        except OSError as problem:
            raise JournalError(
                f"What was spent today can't be kept in {path}: {problem.strerror or problem}. "
                "Without it no limit of a day would hold."
            ) from problem
        finally:
            if file >= 0:
                os.close(file)


def _append(file: int, line: bytes) -> None:
    size = os.fstat(file).st_size
    if size and os.pread(file, 1, size - 1) != b"\n":
        line = b"\n" + line  # a process was killed in the middle of its line
    written = 0
    try:
        while written < len(line):
            written += os.write(file, line[written:])
    except OSError:
        os.ftruncate(file, size)  # a full disk takes the beginning of a line
        raise


def _lock(file: int) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise OSError("another process holds it") from None
            time.sleep(0.01)


def _line(spent: Spent) -> bytes:
    record = {
        "steps": spent.steps,
        "tokens": spent.tokens,
        "input": spent.usage.input_tokens,
        "cached": spent.usage.cached_tokens,
        "output": spent.usage.output_tokens,
        "seconds": round(spent.seconds, 6),
        "dollars": spent.dollars,
    }
    return json.dumps(record, separators=(",", ":")).encode() + b"\n"


def _spent(line: bytes) -> Spent:
    """Nothing for a line that is none: a crash or a hand may have left it."""
    try:
        record = json.loads(line)
        usage = Usage(int(record["input"]), int(record["cached"]), int(record["output"]))
        spent = Spent(
            int(record["steps"]),
            int(record["tokens"]),
            usage,
            float(record["seconds"]),
            float(record["dollars"]),
        )
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return Spent()
    # With NaN in a sum no limit is ever reached.
    return spent if math.isfinite(spent.seconds + spent.dollars) else Spent()
