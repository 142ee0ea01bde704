"""Which of the user's variables hold a table that an analysis can start from.

Standard library only, Python 3.8 and later.
"""

from __future__ import annotations

import sys
from typing import Any

from .values import frames
from .values.variables import Report, lines

_MOST = 20


def tables(variables: dict[str, Any]) -> list[dict[str, Any]]:
    """The pandas frames among them: name, kind, number of rows, the first columns' names.

    Only the frames' own shape and labels are read; pandas is not imported for it.
    """
    pandas = sys.modules.get("pandas")
    frame: Any = getattr(pandas, "DataFrame", None)
    if frame is None:
        return []
    found = [
        {
            "variable": name,
            "kind": "DataFrame",
            "rows": int(value.shape[0]),
            "columns": list(frames.dtypes(value)),
        }
        for name, value in list(variables.items())
        if type(value) is frame and not name.startswith("_") and name.isidentifier()
    ]
    return found[:_MOST]


def held() -> Report:
    """What the kernel holds: a line about each variable, and the facts of the tables."""
    from IPython import get_ipython

    return Report({"variables": lines().content, "tables": tables(get_ipython().user_ns)})
