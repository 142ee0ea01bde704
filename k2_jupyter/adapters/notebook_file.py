"""Reading a notebook file of any age, and replacing one so that nothing can be lost."""

from __future__ import annotations

import errno
import json
import os
import stat
import tempfile
import uuid
import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from k2_jupyter.adapters.notebook_repair import repaired
from k2_jupyter.errors import DocumentError

FORMAT = (4, 5)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells that a file is another by now."""

    changed: int
    size: int
    inode: int


def stamp(path: Path) -> Stamp | None:
    """The file's stamp; None where there is no file. Raises `DocumentError`."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise DocumentError(_cause(f"{path} cannot be read", problem)) from problem
    return Stamp(found.st_mtime_ns, found.st_size, found.st_ino)


def read(path: Path) -> bytes:
    """The file's bytes. Raises `DocumentError`."""
    try:
        return path.read_bytes()
    except OSError as problem:
        raise DocumentError(_cause(f"{path} cannot be read", problem)) from problem


def parse(data: bytes, path: Path, *, repair: bool = False) -> dict[str, Any]:
    """A notebook in format 4.5 (or a later 4.x, as it is), every cell with its own id.

    With `repair`, one that breaks its format is read as far as it can be, which is for
    looking at it only. Raises `DocumentError` with the cause where it is none.
    """
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as problem:
        raise DocumentError(f"{path} is no notebook: not JSON ({_first_line(problem)}).") from None
    if not isinstance(found, dict) or not isinstance(found.get("nbformat"), int):
        raise DocumentError(f"{path} is no notebook: it is JSON without `nbformat`.")
    notebook = _upgraded(repaired(found), path) if repair else _valid(_upgraded(found, path), path)
    seen: set[str] = set()
    for cell in notebook["cells"]:
        if cell.get("id") in seen or not isinstance(cell.get("id"), str):
            cell["id"] = uuid.uuid4().hex[:8]
        seen.add(cell["id"])
    return notebook


def _upgraded(found: dict[str, Any], path: Path) -> dict[str, Any]:
    import nbformat

    major, minor = found["nbformat"], found.get("nbformat_minor", 0)
    if major > FORMAT[0]:
        raise DocumentError(
            f"{path} is of notebook format {major}, which is newer than this program."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about missing ids, which we make
            notebook = nbformat.reads(json.dumps(found), as_version=4)
            if (major, minor) < FORMAT:
                notebook = nbformat.convert(notebook, 4)
                notebook["nbformat_minor"] = FORMAT[1]
            for cell in notebook["cells"]:
                cell.setdefault("id", uuid.uuid4().hex[:8])
    except (nbformat.ValidationError, AttributeError, KeyError, TypeError, ValueError) as problem:
        raise DocumentError(f"{path} is no valid notebook: {_first_line(problem)}") from None
    plain: dict[str, Any] = json.loads(json.dumps(notebook))
    return plain


def _valid(notebook: dict[str, Any], path: Path) -> dict[str, Any]:
    import nbformat

    try:
        nbformat.validate(notebook, relax_add_props=True)
    except nbformat.ValidationError as problem:
        raise DocumentError(f"{path} is no valid notebook: {_first_line(problem)}") from None
    return notebook


def replace(path: Path, data: bytes) -> Stamp | None:
    """Put `data` where `path` is, all or nothing; an existing file's mode is kept.

    Raises `DocumentError` with the cause; the old file is whole then.
    """
    temporary: Path | None = None
    is_new = not path.exists()
    try:
        with tempfile.NamedTemporaryFile(
            prefix=f".{path.name}.", suffix=".tmp", dir=path.parent, delete=False
        ) as file:
            temporary = Path(file.name)
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), _mode(path))
            os.fsync(file.fileno())
        temporary.replace(path)
        if is_new:  # later, either name in the folder leads to a whole notebook
            _sync_folder(path.parent)
    except OSError as problem:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        raise DocumentError(_cause(f"{path} cannot be saved", problem)) from problem
    return stamp(path)


def move(path: Path, target: Path) -> None:
    """Rename a file. Raises `DocumentError`."""
    try:
        path.rename(target)
    except OSError as problem:
        raise DocumentError(_cause(f"{path} cannot be moved to {target}", problem)) from problem


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0o077)
        os.umask(mask)
        return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_CAUSES = {
    errno.ENOSPC: "the disk is full; free some space and try again",
    errno.EDQUOT: "the disk quota is used up; free some space and try again",
    errno.EACCES: "no permission",
    errno.EPERM: "no permission",
    errno.EROFS: "the file system is read-only",
    errno.ENOENT: "there is no such file or folder",
    errno.EISDIR: "it is a folder",
}


def _cause(what: str, problem: OSError) -> str:
    cause = _CAUSES.get(problem.errno or 0, problem.strerror or str(problem))
    return f"{what}: {cause}."


def _first_line(problem: Exception) -> str:
    return str(problem).split("\n", 1)[0][:200]
