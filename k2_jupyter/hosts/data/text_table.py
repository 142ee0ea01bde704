"""What a text file with a table looks like: encoding, delimiter, header, defects.

Judged from the first records, as `csv` reads them; quoted line breaks are part of a field.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from itertools import islice

from k2_jupyter.hosts.data.tables import Table, TableError

SAMPLE_BYTES = 2_000_000
"""No more than this is ever read of a text file."""
_RECORDS = 2_000
_DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
_UNUSUAL = {" ": "a space", ":": "a colon", "~": "a tilde", "^": "a caret"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is the beginning of this one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes) -> tuple[str, str] | None:
    """Text and encoding; ``None`` where it is no text."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decoded(data, encoding), encoding
    if b"\0" in data:
        return None
    try:
        return _decoded(data, "utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def _decoded(data: bytes, encoding: str) -> str:
    # A sample may end within a character: not the file's fault.
    return codecs.getincrementaldecoder(encoding)().decode(data, final=False)


def read_table(text: str, encoding: str, *, complete: bool) -> Table:
    """Judge the beginning of a file; `complete`: it is all of it.

    Raises `TableError` where there are no rows.
    """
    delimiter = _delimiter(text)
    records, more = _records(text, delimiter, complete=complete)
    if not records:
        raise TableError("holds nothing but blank lines")
    header, body = records[0], records[1:]
    if not body:
        raise TableError("has a header but no rows")
    notes = (*_encoding_notes(encoding), *_shape_notes(text, delimiter, header, body))
    return Table(
        "tsv" if delimiter == "\t" else "csv",
        columns=tuple(header),
        rows=None if more else len(body),
        encoding=encoding,
        delimiter=delimiter,
        notes=notes,
    )


def _delimiter(text: str) -> str:
    """The one that splits most records into as many fields as the header has."""
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        share, width = _fit(text, delimiter)
        if width > 1 and (share, width) > best_score:
            best, best_score = delimiter, (share, width)
    return best


def _fit(text: str, delimiter: str) -> tuple[float, int]:
    records, _ = _records(text, delimiter, complete=True, limit=_RECORDS)
    if not records:
        return 0.0, 0
    width = len(records[0])
    same = sum(len(record) == width for record in records)
    return round(same / len(records), 2), width


def _records(
    text: str, delimiter: str, *, complete: bool, limit: int | None = None
) -> tuple[list[list[str]], bool]:
    """Records without blank ones, and whether there may be more than these."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        records = [record for record in islice(reader, limit) if any(map(str.strip, record))]
    except csv.Error:
        # A field beyond csv's 128 KiB: most often a quote that nobody closed.
        plain = csv.reader(
            text.splitlines(), delimiter=delimiter, quoting=csv.QUOTE_NONE, strict=False
        )
        records = [record for record in islice(plain, limit) if any(map(str.strip, record))]
    if complete:
        return records, False
    return records[:-1] or records, True  # the last one may be cut off


def _encoding_notes(encoding: str) -> list[str]:
    if encoding in ("cp1252", "latin-1"):
        return [f"not UTF-8: read as {encoding}, check names with accents"]
    return []


def _shape_notes(text: str, delimiter: str, header: list[str], body: list[list[str]]) -> list[str]:
    notes = []
    if len(header) == 1:
        notes.append("one column" + _hint(text))
    elif delimiter != ",":
        notes.append(f"fields are separated by {_DELIMITERS[delimiter]}")
    seen = [header, *body][:_RECORDS]
    ragged = sum(len(record) != len(header) for record in seen)
    if ragged:
        notes.append(
            f"ragged: {ragged} of the first {len(seen)} lines have another number of fields"
        )
    repeated = [name for name, count in Counter(header).items() if count > 1 and name]
    if repeated:
        notes.append("duplicate column names: " + ", ".join(repeated[:10]))
    if not all(name.strip() for name in header):
        notes.append("some columns have no name")
    if all(_is_number(name) for name in header):
        notes.append("the first line looks like data: there may be no header")
    if any(field.count("\n") > 50 for record in seen for field in record):
        notes.append("a field runs over more than 50 lines: a quote may be left open")
    return notes


def _hint(text: str) -> str:
    for delimiter, name in (_DELIMITERS | _UNUSUAL).items():
        share, width = _fit(text, delimiter)
        if width > 1 and share >= 0.5:
            return f"; {name} would split it into {width}"
    return ""


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True
