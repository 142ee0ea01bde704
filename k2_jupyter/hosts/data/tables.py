"""Parquet, Excel and JSON: what each tells of itself without being read as a whole."""

from __future__ import annotations

import json
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

Format: TypeAlias = Literal["csv", "tsv", "parquet", "excel", "json", "jsonl"]

_EXCEL_READ = 20_000_000
"""An Excel file above this is not opened: its strings are read as a whole."""


class TableError(Exception):
    """What is wrong, as the end of a sentence that begins with the file's name."""


@dataclass(frozen=True, slots=True)
class Table:
    """What could be seen of a table; ``None``: not without reading more."""

    format: Format
    columns: tuple[str, ...] | None = None
    rows: int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    notes: tuple[str, ...] = ()


def read_json(text: str, encoding: str, *, complete: bool, lines: bool) -> Table:
    """Tell an array, an object and JSON lines apart; `lines`: the name says lines.

    Raises `TableError` where it is not JSON or holds nothing.
    """
    lines = lines or _is_lines(text)
    if not complete:
        return Table("jsonl" if lines else "json", encoding=encoding)
    value = _lines(text) if lines else _document(text)
    if not value:
        raise TableError("holds no rows")
    if not isinstance(value, list):
        return Table("json", encoding=encoding, notes=("one JSON object at the top",))
    keys = dict.fromkeys(key for row in value[:1000] if isinstance(row, dict) for key in row)
    return Table(
        "jsonl" if lines else "json",
        columns=tuple(keys) or None,
        rows=len(value),
        encoding=encoding,
    )


def _is_lines(text: str) -> bool:
    first, _, rest = text.strip().partition("\n")
    if not rest:
        return False
    try:
        json.loads(first)
    except json.JSONDecodeError:
        return False
    return True


def _document(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        where = f"line {problem.lineno}, column {problem.colno}"
        raise TableError(f"is not valid JSON: {problem.msg} at {where}") from None


def _lines(text: str) -> list[object]:
    values = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                values.append(json.loads(line))
            except json.JSONDecodeError as problem:
                raise TableError(f"is not valid JSON at line {number}: {problem.msg}") from None
    return values


def read_parquet(file: Path) -> Table:
    """From the footer alone. Raises `TableError` where it is damaged or has no rows."""
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import read_metadata
    except ImportError:
        return Table("parquet")
    try:
        found = read_metadata(file)
    except ArrowException as problem:
        raise TableError(f"is damaged Parquet: {problem}") from None
    if found.num_rows == 0:
        raise TableError("has columns but no rows")
    names: Sequence[str] = found.schema.to_arrow_schema().names
    return Table("parquet", columns=tuple(names), rows=found.num_rows)


def read_excel(file: Path) -> Table:
    """From the first sheet's first row. Raises `TableError` for other zip and OLE files."""
    if not zipfile.is_zipfile(file):
        if file.suffix.lower() != ".xls":
            raise TableError("is neither a table nor an Excel workbook")
        return Table("excel", notes=("an old .xls file: pandas needs xlrd",))
    with zipfile.ZipFile(file) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise TableError("is a zip archive: unpack it and name the table in it")
    if file.stat().st_size > _EXCEL_READ:
        return Table("excel")
    try:
        import openpyxl  # type: ignore[import-untyped]
    except ImportError:
        return Table("excel")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and validations that it does not know
        book = openpyxl.load_workbook(file, read_only=True)
    try:
        rows = book.worksheets[0].iter_rows(max_row=2, values_only=True)
        first, second = next(rows, ()), next(rows, None)
        sheets = book.sheetnames
    finally:
        book.close()
    if not first or second is None:
        raise TableError("has no rows below a header in its first sheet")
    several = (f"sheets: {', '.join(sheets[:20])}",) if len(sheets) > 1 else ()
    names = tuple("" if name is None else str(name) for name in first)
    return Table("excel", columns=names, notes=several)
