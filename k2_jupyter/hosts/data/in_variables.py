"""Tables in variables of the user, as a kernel tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k2_jupyter.messages import Json

_MOST_COLUMNS = 200
_LONGEST = 200


def table_told(entry: Any) -> Mapping[str, Json] | None:
    """A variable that holds a table, as a briefing tells of it; ``None`` for what is none."""
    if not isinstance(entry, dict):
        return None
    name, rows, columns = entry.get("variable"), entry.get("rows"), entry.get("columns")
    if not (isinstance(name, str) and name[:_LONGEST].isidentifier() and isinstance(columns, list)):
        return None
    return {
        "variable": name[:_LONGEST],
        "kind": "DataFrame",
        "rows": rows if isinstance(rows, int) else None,
        "columns": [str(column)[:_LONGEST] for column in columns[:_MOST_COLUMNS]],
    }
