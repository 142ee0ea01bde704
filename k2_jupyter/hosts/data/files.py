"""``--data FILE``: is it a table that an analysis can start from, and what does it look like?

Only the beginning of a text file is read. What stops an analysis is a `SettingsError` in
one line; what an analyst should know beforehand is a note in the briefing.
"""

from __future__ import annotations

import bz2
import difflib
import gzip
import json
import lzma
import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from k2_jupyter.errors import SettingsError
from k2_jupyter.hosts.data.tables import (
    Format,
    Table,
    TableError,
    read_excel,
    read_json,
    read_parquet,
)
from k2_jupyter.hosts.data.text_table import SAMPLE_BYTES, decode, read_table

SUFFIXES = (
    *(".csv", ".tsv", ".tab", ".txt", ".parquet", ".pq", ".xlsx", ".xlsm", ".xls"),
    *(".json", ".jsonl", ".ndjson", ".gz", ".bz2", ".xz"),
)
_LARGE = 200_000_000
_MOST_COLUMNS = 200
_LONGEST_NAME = 120
_PACKERS: dict[bytes, tuple[str, Callable[..., Any]]] = {
    b"\x1f\x8b": ("gzip", gzip.open),
    b"BZh": ("bzip2", bz2.open),
    b"\xfd7zXZ": ("xz", lzma.open),
}


@dataclass(frozen=True, slots=True)
class DataFile:
    """A data file as the briefing tells of it."""

    path: str
    """Relative to the working folder, with forward slashes."""
    format: Format
    bytes: int
    encoding: str | None = None
    delimiter: str | None = None
    columns: tuple[str, ...] | None = None
    """``None``: not known without reading the whole file or a library that is missing."""
    rows: int | None = None
    notes: tuple[str, ...] = ()
    location: Path = Path()
    """Where it is, absolute; not for the briefing."""

    def seen_from(self, root: Path) -> DataFile:
        """The same file, its path relative to another working folder."""
        return replace(self, path=_relative(self.location, root))

    def briefing_line(self) -> str:
        """One JSON object; ``<`` as an escape, so that no column name can close the briefing."""
        told = asdict(self)
        del told["location"]
        return json.dumps(told, ensure_ascii=False).replace("<", "\\u003c")


def inspect(path: str | os.PathLike[str], root: Path) -> DataFile:
    """Look at a data file; `root` is the working folder that its path will be relative to.

    Raises `SettingsError` where no analysis can start from it.
    """
    file = Path(path).expanduser()
    size = _size(file)
    try:
        table = _table(file)
    except TableError as problem:
        raise SettingsError(f"{_shown(file)} {problem}.") from None
    except PermissionError:
        raise SettingsError(f"{_shown(file)} can't be read: permission denied.") from None
    except OSError as problem:
        raise SettingsError(f"{_shown(file)} can't be read: {problem}.") from None
    notes = list(table.notes)
    columns = table.columns
    if columns is not None and len(columns) > _MOST_COLUMNS:
        notes.append(f"{len(columns)} columns, the first {_MOST_COLUMNS} are named here")
    if size > _LARGE:
        notes.append(f"large ({size / 1e9:.1f} GB): read it in chunks or sample it")
    return DataFile(
        _relative(file, root),
        table.format,
        size,
        table.encoding,
        table.delimiter,
        columns and tuple(name[:_LONGEST_NAME] for name in columns[:_MOST_COLUMNS]),
        table.rows,
        tuple(notes),
        file.absolute(),
    )


def _relative(file: Path, root: Path) -> str:
    return Path(os.path.relpath(file, root)).as_posix()


def _table(file: Path) -> Table:
    with file.open("rb") as opened:
        magic = opened.read(8)
    if magic.startswith(b"PAR1"):
        return read_parquet(file)
    if magic.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return read_excel(file)
    for start, (name, opener) in _PACKERS.items():
        if magic.startswith(start):
            table = _text(file, opener)
            note = f"compressed with {name}: pandas reads it as it is"
            return replace(table, notes=(note, *table.notes))
    return _text(file, Path.open)


def _text(file: Path, opener: Callable[..., Any]) -> Table:
    try:
        with opener(file, "rb") as opened:
            data = opened.read(SAMPLE_BYTES + 1)
    except (EOFError, lzma.LZMAError, gzip.BadGzipFile) as problem:
        raise TableError(f"is compressed and damaged: {problem}") from None
    complete = len(data) <= SAMPLE_BYTES
    decoded = decode(data[:SAMPLE_BYTES])
    if decoded is None:
        raise TableError(
            "is binary, and neither Parquet nor Excel: tables are read from CSV, TSV, Parquet, "
            "Excel and JSON"
        )
    suffixes = {suffix.lower() for suffix in file.suffixes[-2:]}
    if suffixes & {".json", ".jsonl", ".ndjson"}:
        return read_json(*decoded, complete=complete, lines=".json" not in suffixes)
    return read_table(*decoded, complete=complete)


def _size(file: Path) -> int:
    try:
        status = file.stat()
    except FileNotFoundError:
        raise SettingsError(_missing(file)) from None
    except OSError as problem:
        raise SettingsError(f"{_shown(file)} can't be read: {problem.strerror}.") from None
    if stat.S_ISDIR(status.st_mode):
        names = [name for name in _names(file) if name.lower().endswith(SUFFIXES)]
        listed = f"Name a file in it: {_listed(names)}." if names else "It holds no data files."
        raise SettingsError(f"{_shown(file)} is a folder. {listed}")
    if not stat.S_ISREG(status.st_mode):
        raise SettingsError(f"{_shown(file)} is no ordinary file.")
    if status.st_size == 0:
        raise SettingsError(f"{_shown(file)} is empty (0 bytes).")
    return status.st_size


def _missing(file: Path) -> str:
    names = _names(file.parent)
    near = difflib.get_close_matches(file.name, names, n=3, cutoff=0.6)
    if near:
        return f"There is no file {_shown(file)}. Near it: {_listed(near)}."
    data = [name for name in names if name.lower().endswith(SUFFIXES)]
    hint = f" That folder holds: {_listed(data)}." if data else ""
    return f"There is no file {_shown(file)}.{hint}"


def _names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return []


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return ", ".join(map(repr, names[:8])) + more


def _shown(file: Path) -> str:
    return repr(str(file))  # a name may hold line breaks
