"""The record of a turn on disk: written before anything is done.

One line of JSON a record, ``{"v": 1, "seq": n, "ts": UTC, "type": …, "data": {…}}``, in
``turns/<turn>/journal.jsonl`` of the state directory. The first record is `OPENED`;
`recorded.py` writes the others.

An append is not on the disk until `sync`; `sync_soon` has it brought there without waiting.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Self

from k2_jupyter import __version__
from k2_jupyter.errors import JournalError
from k2_jupyter.journal.disk import Syncer, private_folder, sync_folder
from k2_jupyter.journal.redaction import Redactor
from k2_jupyter.messages import Json

VERSION = 1
FILE_NAME = "journal.jsonl"
OPENED = "JournalOpened"

TURN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def turn_folder(state_dir: Path, turn: str) -> Path:
    """Where a turn keeps its files. Raises `JournalError` for what is no turn id."""
    if not TURN_ID.fullmatch(turn):
        raise JournalError(f"{turn!r} is not the id of a turn.")
    return state_dir / "turns" / turn


class Journal:
    """An open journal. One writer; the file stays locked until `close`."""

    def __init__(self, descriptor: int, folder: Path, redactor: Redactor) -> None:
        self.folder = folder
        self._descriptor = descriptor
        self._redactor = redactor
        self._sequence = 0
        self._size = 0
        self._syncer = Syncer(descriptor)

    @classmethod
    def create(
        cls,
        state_dir: Path,
        turn: str,
        redactor: Redactor,
        *,
        notebook: Path | None = None,
        facts: Mapping[str, Json] = MappingProxyType({}),
    ) -> Journal:
        """Start the journal of a new turn, readable by its owner alone under any umask.

        `facts` stand in its first record beside the notebook.

        Raises `JournalError` where that is not possible, the turn exists, or the folder
        belongs to or can be changed by somebody else.
        """
        folder = turn_folder(state_dir, turn)
        try:
            private_folder(folder.parent)
            folder.mkdir(mode=0o700)
            folder.chmod(0o700)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
            file = os.open(folder / FILE_NAME, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            os.fchmod(file, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            sync_folder(folder)
            sync_folder(folder.parent)
        except OSError as problem:
            raise JournalError(f"The journal {folder} can't be made: {problem}") from problem
        journal = cls(file, folder, redactor)
        shown = None if notebook is None else str(notebook)
        try:
            journal.write(OPENED, {"version": __version__, "notebook": shown, **facts})
        except JournalError:
            journal.close()
            raise
        return journal

    def write(self, kind: str, data: Mapping[str, Json]) -> int:
        """Append a record; returns its number. Raises `JournalError`, the file unchanged."""
        number = self._sequence + 1
        record = {
            "v": VERSION,
            "seq": number,
            "ts": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "type": kind,
            "data": self._redactor.json(data),
        }
        # ASCII, so that a torn line is never a torn character too.
        line = json.dumps(record, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"
        try:
            self._syncer.check()
            self._append(line)
        except OSError as problem:
            raise JournalError(self._cannot(problem)) from problem
        self._sequence = number
        self._size += len(line)
        return number

    def sync(self) -> None:
        """Return when all records are on the disk. Raises `JournalError`."""
        try:
            self._syncer.now()
        except OSError as problem:
            raise JournalError(self._cannot(problem)) from problem

    def sync_soon(self) -> None:
        """Have all records brought to the disk, without waiting; a failure shows at `write`."""
        self._syncer.soon()

    def close(self) -> None:
        """Bring everything to the disk and release the lock. Closing twice is fine."""
        if self._descriptor < 0:
            return
        self._syncer.close()
        try:
            self.sync()
        finally:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _append(self, line: bytes) -> None:
        written = 0
        try:
            while written < len(line):
                written += os.write(self._descriptor, line[written:])
        except OSError:
            # A full disk takes the beginning of a line: nothing may follow such a stump.
            os.ftruncate(self._descriptor, self._size)
            raise

    def _cannot(self, problem: OSError) -> str:
        return (
            f"The journal {self.folder / FILE_NAME} can't be written: "
            f"{problem.strerror or problem}. Nothing is run without it."
        )
