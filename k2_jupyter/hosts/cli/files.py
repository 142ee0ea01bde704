"""Where a run's files go, and that nothing of the user's is overwritten."""

from __future__ import annotations

import fcntl
import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from k2_jupyter.errors import SettingsError

NOTEBOOK = "analysis.ipynb"
REPORT = "analysis.html"


def output_folder(chosen: Path | None, default: str, *, force: bool) -> Path:
    """Make the output folder; absolute.

    Without a choice it is a new one: the first of ``default``, ``default-2``, … that does
    not exist (with `force`: ``default`` itself). Raises `SettingsError` where the chosen
    folder holds an analysis (unless `force`), is a file, or can't be made or written.
    """
    folder = chosen or Path(default)
    try:
        if chosen is None and not force:
            folder = _new_folder(default)
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise SettingsError(f"{folder} is a file: choose another --out.") from None
    except OSError as problem:
        raise SettingsError(f"The folder {folder} can't be made: {problem.strerror}.") from None
    for name in (NOTEBOOK, REPORT):
        if not force and (folder / name).exists():
            raise SettingsError(
                f"{folder / name} exists: choose another --out, or overwrite it with --force."
            )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SettingsError(f"No permission to write to {folder}: choose another --out.")
    return folder.resolve()


def _new_folder(default: str) -> Path:
    for number in itertools.count(1):
        folder = Path(default if number == 1 else f"{default}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder
    raise AssertionError("there is always another number")


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """No other run of this program works in the folder meanwhile; leaves no lock file.

    Raises `SettingsError` where one does.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise SettingsError(f"Another run works in {folder}: choose another --out.") from None
    finally:
        os.close(descriptor)


def files_in(folder: Path) -> list[str]:
    """Names of the files that stand in the folder now."""
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def drop_if_empty(folder: Path) -> None:
    """Remove a folder in which nothing was left."""
    with suppress(OSError):
        folder.rmdir()
