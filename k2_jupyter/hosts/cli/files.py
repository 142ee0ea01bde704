"""Where a run's files go, and that nothing of the user's is overwritten."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from k2_jupyter.errors import SettingsError

NOTEBOOK = "analysis.ipynb"
REPORT = "analysis.html"


def output_folder(chosen: Path | None, default: str, *, force: bool) -> Path:
    """Make the output folder; absolute.

    Without a choice it is the first of ``default``, ``default-2``, … that holds no earlier
    analysis. Raises `SettingsError` where the chosen folder holds one (unless `force`), is
    a file, or can't be made or written.
    """
    if chosen is None:
        names = itertools.chain([default], (f"{default}-{n}" for n in itertools.count(2)))
        folder = next(path for path in map(Path, names) if force or not _taken(path))
    elif not force and (chosen / NOTEBOOK).exists():
        raise SettingsError(
            f"{chosen / NOTEBOOK} exists: choose another --out, or overwrite it with --force."
        )
    else:
        folder = chosen
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise SettingsError(f"{folder} is a file: choose another --out.") from None
    except OSError as problem:
        raise SettingsError(f"The folder {folder} can't be made: {problem.strerror}.") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SettingsError(f"No permission to write to {folder}: choose another --out.")
    return folder.resolve()


def _taken(folder: Path) -> bool:
    return (folder / NOTEBOOK).exists() or (folder.exists() and not folder.is_dir())
