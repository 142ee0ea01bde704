"""What the journal asks of the disk: that it keeps what it was given, for its owner alone."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path


class Syncer:
    """Brings a file to the disk, now or in the background."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._wanted = threading.Event()
        self._closed = False
        self._problem: OSError | None = None
        self._thread: threading.Thread | None = None

    def now(self) -> None:
        self.check()
        self._wanted.clear()
        os.fdatasync(self._descriptor)

    def soon(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="k2-journal", daemon=True)
            self._thread.start()
        self._wanted.set()

    def check(self) -> None:
        """Raise what went wrong in the background: written data may be lost by then."""
        if self._problem is not None:
            raise self._problem

    def close(self) -> None:
        """End the background work; what it has not done is left to `now`."""
        self._closed = True
        self._wanted.set()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while self._wanted.wait() and not self._closed:
            self._wanted.clear()
            try:
                os.fdatasync(self._descriptor)
            except OSError as problem:
                self._problem = problem


def private_folder(folder: Path) -> None:
    """Make `folder` (0700), or check that nobody else can change what is in it."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
        folder.chmod(0o700)
    except FileExistsError:
        found = folder.lstat()
        open_to_others = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or open_to_others:
            hint = f"it must be a folder of yours that only you can change; try chmod 700 {folder}"
            raise PermissionError(hint) from None


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
