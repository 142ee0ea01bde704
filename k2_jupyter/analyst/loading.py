"""Reading a file and looking at it: the first cells of every analysis."""

from __future__ import annotations

from collections.abc import Sequence

from k2_jupyter.analyst.conversation import DataFile
from k2_jupyter.analyst.reading import Observation
from k2_jupyter.analyst.script import Script
from k2_jupyter.analyst.source import cell, imports, joined, literal
from k2_jupyter.analyst.table import Table, read_table
from k2_jupyter.analyst.worksheet import StepError, Worksheet

LARGE = 200_000_000
"""Bytes above which a text file is sampled."""
WIDE = 50
"""Columns that the profile prints of a wide table."""


def load(sheet: Worksheet, file: DataFile, packages: Sequence[str]) -> Script[Table]:
    """Import, read, profile. Raises `StepError`."""
    needed = (*packages, "Path") if file.bytes > LARGE else packages
    helpers = [cell("helpers"), cell("order") if "stats" in packages else ""]
    setup = joined(f"{imports(needed)}\n\n{cell('style')}", *helpers)
    yield from sheet.need(setup, "Import the libraries")
    source = read_source(file)
    yield from sheet.need(source, f"Read {file.path}", repair=lambda seen: repaired(file, seen))
    columns = "df"
    if len(file.columns) > WIDE:
        columns = f"df.iloc[:, :{WIDE}]"
    profile = cell("profile", columns=columns)
    table = read_table((yield from sheet.need(profile, "Profile the columns")))
    if table is None:
        raise StepError("the profile of the file could not be read back.")
    if not table.rows.value or not table.columns:
        raise StepError(f"`{file.path}` has no rows.")
    return table


def read_source(file: DataFile, **changed: str) -> str:
    """The cell that reads the file into ``df``; `changed` overrides read options."""
    reader, options = _READERS.get(file.format, ("read_csv", {}))
    if reader == "read_csv":
        options = _text_options(file)
    options = {**options, **changed}
    if file.bytes > LARGE and reader == "read_csv":
        return cell("read_large", path=literal(file.path), options=_written(options))
    lines = [f"df = pd.{reader}({literal(file.path)}{_written(options)})"]
    if reader == "read_json":
        lines.append("# Nested values are kept as text.")
        lines.append("nested = (list, dict)")
        lines.append(
            "df = df.map(lambda value: str(value) if isinstance(value, nested) else value)"
        )
    lines.append('print(f"{len(df):,} rows, {df.shape[1]} columns")')
    lines.append("df.head(3)")
    return "\n".join(lines)


def repaired(file: DataFile, seen: Observation) -> str | None:
    """Another way to read a text file that could not be read."""
    if file.format not in ("csv", "tsv", "txt"):
        return None
    if "UnicodeDecodeError" in seen.error or "UnicodeError" in seen.error:
        return read_source(file, encoding=literal("latin-1"))
    if "ParserError" in seen.error or "Error tokenizing" in seen.error:
        return read_source(file, engine=literal("python"), on_bad_lines=literal("skip"))
    return None


def _text_options(file: DataFile) -> dict[str, str]:
    options = {}
    if file.delimiter and file.delimiter != ",":
        options["sep"] = literal(file.delimiter)
    elif file.format == "tsv":
        options["sep"] = literal("\t")
    if file.encoding and file.encoding.lower().replace("-", "") not in ("utf8", "ascii"):
        options["encoding"] = literal(file.encoding)
    if any(note.startswith("ragged") for note in file.notes):
        # The C parser stops at the first line with too many fields.
        options |= {"engine": literal("python"), "on_bad_lines": literal("skip")}
    elif file.bytes <= LARGE:
        options["low_memory"] = "False"
    return options


def _written(options: dict[str, str]) -> str:
    return "".join(f", {name}={value}" for name, value in options.items())


_READERS: dict[str, tuple[str, dict[str, str]]] = {
    "parquet": ("read_parquet", {}),
    "excel": ("read_excel", {}),
    "json": ("read_json", {}),
    "jsonl": ("read_json", {"lines": "True"}),
}
