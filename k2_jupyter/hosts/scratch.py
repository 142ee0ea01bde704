"""A copy of a working folder, in which a notebook can be run again.

In the folder itself the cells would write over the results that are there, append to
files a second time and read what a deleted cell has left. The copy stands beside the
folder, so that paths like ``../data.csv`` lead to the same files. Absolute paths and
those into the folder above are the same as ever: a copy protects from repeats, it
contains nothing.
"""

from __future__ import annotations

import itertools
import os
import shutil
import stat
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from k2_jupyter.errors import SettingsError

MOST_BYTES = 2_000_000_000
MOST_FILES = 10_000
"""More than that would take too long, or fill the disk."""
_LINKED = frozenset(("node_modules", "__pycache__"))


@contextmanager
def scratch_copy(folder: Path, only: Collection[str] | None = None) -> Iterator[Path]:
    """Within: a copy of `folder`; afterwards it is gone.

    `only` names what to copy, as `standing_in` does (``None``: all). Hidden folders and
    virtual environments are linked. Raises `SettingsError` where the folder is too large,
    or the copy can't be made.
    """
    try:
        root = Path(tempfile.mkdtemp(prefix=f".{folder.name}-rerun-", dir=folder.parent))
    except OSError as problem:
        raise SettingsError(
            f"No copy of {folder} can be made beside it: {problem.strerror}."
        ) from None
    try:
        _Copy(folder, root, only).make()
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


def standing_in(folder: Path) -> frozenset[str]:
    """What is in the folder now: paths relative to it; of too many, too many to copy."""
    entries = itertools.islice(_walk(folder), MOST_FILES + 1)
    return frozenset(_relative(entry, folder) for entry in entries)


class _Copy:
    def __init__(self, folder: Path, root: Path, only: Collection[str] | None) -> None:
        self._folder, self._root, self._only = folder, root, only
        self._bytes = self._files = 0

    def make(self) -> None:
        try:
            for entry in _walk(self._folder):
                name = _relative(entry, self._folder)
                if self._only is None or name in self._only:
                    self._take(entry, self._root / name)
        except OSError as problem:
            raise SettingsError(
                f"{problem.filename or self._folder} can't be copied: {problem.strerror}."
            ) from None

    def _take(self, entry: os.DirEntry[str], target: Path) -> None:
        self._count(entry)
        if _is_linked(entry):
            target.symlink_to(entry.path)
        elif entry.is_symlink():
            target.symlink_to(Path(entry.path).readlink())
        elif entry.is_dir():
            target.mkdir()
        elif stat.S_ISREG(entry.stat().st_mode):
            shutil.copy2(entry.path, target)

    def _count(self, entry: os.DirEntry[str]) -> None:
        self._files += 1
        self._bytes += entry.stat(follow_symlinks=False).st_size
        if self._files > MOST_FILES or self._bytes > MOST_BYTES:
            raise SettingsError(
                f"{self._folder} holds more than {MOST_FILES:,} files or "
                f"{MOST_BYTES // 10**9} GB, too much to copy."
            )


def _walk(folder: Path) -> Iterator[os.DirEntry[str]]:
    """All entries, a folder before what it holds; not into links."""
    pending = [str(folder)]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                yield entry
                if entry.is_dir(follow_symlinks=False) and not _is_linked(entry):
                    pending.append(entry.path)


def _is_linked(entry: os.DirEntry[str]) -> bool:
    """A folder that tools keep, not the analysis."""
    if not entry.is_dir(follow_symlinks=False):
        return False
    environment = Path(entry.path, "pyvenv.cfg").exists()
    return entry.name.startswith(".") or entry.name in _LINKED or environment


def _relative(entry: os.DirEntry[str], folder: Path) -> str:
    return os.path.relpath(entry.path, folder)
