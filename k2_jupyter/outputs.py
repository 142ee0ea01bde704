"""What comes out of a cell, in the Jupyter message specification's terms.

`Output` is what a cell keeps; `OutputChange` is what a kernel sends, one after another.
`notebook/outputs.py` applies the second to the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from k2_jupyter.messages import Json

StreamName: TypeAlias = Literal["stdout", "stderr"]


@dataclass(frozen=True, slots=True)
class Stream:
    """Printed text."""

    name: StreamName
    text: str


@dataclass(frozen=True, slots=True)
class Display:
    """A `display_data`, or an `execute_result` where `execution_count` is set."""

    data: Mapping[str, Json]
    """MIME type → content; images as base64 text, as in the notebook format."""
    metadata: Mapping[str, Json] = field(default_factory=dict)
    display_id: str | None = None
    execution_count: int | None = None


@dataclass(frozen=True, slots=True)
class ErrorOutput:
    """An exception that ended the cell."""

    ename: str
    evalue: str
    traceback: tuple[str, ...] = ()
    """Lines as the kernel sent them, ANSI colours included."""


Output: TypeAlias = Stream | Display | ErrorOutput


@dataclass(frozen=True, slots=True)
class UpdateDisplay:
    """Replaces the content of every display with this id, in whichever cell it stands."""

    display_id: str
    data: Mapping[str, Json]
    metadata: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClearOutput:
    """Removes what the cell has shown; with `wait`, when the next output arrives."""

    wait: bool = False


OutputChange: TypeAlias = Output | UpdateDisplay | ClearOutput
