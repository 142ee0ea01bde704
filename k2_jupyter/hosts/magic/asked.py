"""What a `%%k2` asks, taken out of a message of the kernel's end: fixed fields, bounded."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from k2_jupyter.in_kernel.magic.pipe import Message
from k2_jupyter.messages import Json
from k2_jupyter.notebook.text import valid_unicode

_MOST_VARIABLES = 100
_MOST_COLUMNS = 200
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Where the kernel's end says it is."""

    folder: Path
    """The kernel's working folder; ``.`` where it names none."""
    stdin: bool
    """Whether somebody can be asked."""
    notebook: bool
    """Whether there are cells, and not the prompt of a terminal."""

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Place:
        """From the options of a message."""
        folder = options.get("cwd")
        known = isinstance(folder, str) and "\0" not in folder and valid_unicode(folder) == folder
        path = Path(str(folder)) if known else Path()
        return cls(
            path if path.is_absolute() else Path(),
            options.get("stdin") is True,
            options.get("front") == "kernel",
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, and what the kernel tells of itself."""

    request: str
    before: tuple[str, ...]
    """The requests before it in the notebook."""
    variables: Mapping[str, str]
    tables: Sequence[Mapping[str, Json]]
    place: Place
    plan: bool = False
    model: str = ""
    steps: int | None = None
    cost: float | None = None
    again: bool = False

    @classmethod
    def of(cls, message: Message) -> Asked:
        """What is not what it should be is left out."""
        options = message["options"]
        model = options.get("model")
        return cls(
            valid_unicode(message["request"]),
            tuple(str(request) for request in message["before"]),
            {
                str(name)[:_LONGEST]: str(text)[:_LONGEST]
                for name, text in list(message["names"].items())[:_MOST_VARIABLES]
            },
            [table for entry in message["data"][:_MOST_VARIABLES] if (table := _table(entry))],
            Place.of(options),
            options.get("plan") is True,
            model if isinstance(model, str) else "",
            int(_positive(options.get("max_steps")) or 0) or None,
            _positive(options.get("max_cost")),
            options.get("again") is True,
        )

    @property
    def key(self) -> str:
        """Names this request behind those before it: what a record is found by.

        The options that change what is done belong to it, the caps do not.
        """
        words = json.dumps([*self.before, self.request, self.plan, self.model])
        return hashlib.sha256(words.encode()).hexdigest()


def _positive(value: Any) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if number and value > 0 and math.isfinite(value) else None


def _table(entry: Any) -> Mapping[str, Json] | None:
    """A variable that holds a table, as the briefing tells of it."""
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
