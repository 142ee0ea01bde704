"""Long text within a limit: whole lines, whole rows and whole columns stay.

Tables lose columns in the middle, other overlong lines lose characters there, and then
the middle of the text goes; the tail keeps the larger part, for the end tells how it went.
A table that is cut keeps its header.
"""

from __future__ import annotations

from collections.abc import Sequence

from k2_jupyter.notebook.printed import left_out
from k2_jupyter.notebook.tables import Table, tables_in

_LINES_SHOWN = 20
"""A line may have this part of the limit, so that at least so many are seen."""
_NARROWEST = 100
_MARK = 40
"""Characters that say how many are left out of a line, at most."""
_CUT = " … "


def cut(text: str, limit: int) -> str:
    """Keep head and tail within about `limit` characters; lines between say what is left out."""
    if len(text) <= limit:
        return text
    lines = text.split("\n")
    width = max(_NARROWEST, limit // min(len(lines), _LINES_SHOWN) - _MARK)
    tables = tables_in(lines)
    columns_out = [_narrow(lines, table, width) for table in tables]
    lines = [_shortened(line, width) for line in lines]
    cuts = list(zip(tables, columns_out, strict=True))
    if sum(map(len, lines)) + len(lines) <= limit:
        for table, columns in reversed(cuts):
            if columns:
                lines.insert(table.stop, _columns_line(columns))
        return "\n".join(lines)
    return _without_middle(lines, cuts, text, limit)


def _narrow(lines: list[str], table: Table, width: int) -> int:
    """Take columns out of the table's lines; returns how many."""
    if table.width <= width:
        return 0
    start, stop, columns = table.beyond(width - len(_CUT))
    if columns:
        for position in range(table.start, table.stop):
            line = lines[position]
            if len(line) > start:
                lines[position] = f"{line[:start]}{_CUT}{line[stop:]}"
    return columns


def _shortened(line: str, width: int) -> str:
    if len(line) <= width:
        return line
    head, tail = line[: width * 3 // 5], line[-(width * 2 // 5) :]
    out = len(line) - len(head) - len(tail)
    return f"{head}… {out} characters left out …{tail}"


def _without_middle(
    lines: list[str], cuts: Sequence[tuple[Table, int]], text: str, limit: int
) -> str:
    head = _fitting(lines, limit * 2 // 5)
    used = sum(len(line) + 1 for line in lines[:head])
    tail = len(lines) - max(1, _fitting(lines[head:][::-1], limit - used))
    if tail <= head:
        return "\n".join(lines)
    table, columns = next(
        ((table, columns) for table, columns in cuts if table.start < tail < table.stop), (None, 0)
    )
    repeated: list[str] = []
    if table and head < table.start + table.header < tail:
        repeated = lines[table.start : table.start + table.header]
    if table and table.start <= head:
        marker = _table_marker(tail - head, columns)
    else:
        characters = len(text) - used - sum(len(line) + 1 for line in lines[tail:]) + 1
        marker = left_out(tail - head, characters).strip("\n")
    return "\n".join([*lines[:head], marker, *repeated, *lines[tail:]])


def _fitting(lines: Sequence[str], limit: int) -> int:
    """How many of the first lines fit."""
    used = 0
    for count, line in enumerate(lines):
        used += len(line) + 1
        if used > limit:
            return count
    return len(lines)


def _columns_line(columns: int) -> str:
    return f"… {_counted(columns, 'column')} left out; read_output pages them …"


def _table_marker(rows: int, columns: int) -> str:
    what = [_counted(rows, "row"), *([_counted(columns, "column")] if columns else [])]
    return f"… {', '.join(what)} left out; read_output pages them …"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
