"""What a `%%k2` asks, taken out of a message of the kernel's end: fixed fields, bounded."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from k2_jupyter.hosts.data.in_variables import table_told
from k2_jupyter.hosts.request_key import request_key
from k2_jupyter.in_kernel.magic.pipe import Message
from k2_jupyter.in_kernel.magic.requests import described
from k2_jupyter.messages import Json
from k2_jupyter.notebook.text import valid_unicode

_MOST_VARIABLES = 100
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
    file: Path | None = None
    """The notebook, where the front end names it."""

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Place:
        """From the options of a message."""
        return cls(
            _path(options.get("cwd")) or Path(),
            options.get("stdin") is True,
            options.get("front") == "kernel",
            _path(options.get("notebook")),
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
                valid_unicode(str(name)[:_LONGEST]): valid_unicode(str(text)[:_LONGEST])
                for name, text in list(message["names"].items())[:_MOST_VARIABLES]
            },
            [table for entry in message["data"][:_MOST_VARIABLES] if (table := table_told(entry))],
            Place.of(options),
            options.get("plan") is True,
            model if isinstance(model, str) else "",
            int(_positive(options.get("max_steps")) or 0) or None,
            _positive(options.get("max_cost")),
            options.get("again") is True,
        )

    @property
    def told(self) -> str:
        """The request as the model gets it: each ``{name}`` of a variable with its line."""
        return described(self.request, self.variables)

    @property
    def key(self) -> str:
        """What a record of this request is found by."""
        return request_key(self.request, self.before, plan=self.plan, model=self.model)


def _path(said: Any) -> Path | None:
    """An absolute one, or None."""
    if not isinstance(said, str) or "\0" in said or valid_unicode(said) != said:
        return None
    path = Path(said)
    return path if path.is_absolute() else None


def _positive(value: Any) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if number and value > 0 and math.isfinite(value) else None
