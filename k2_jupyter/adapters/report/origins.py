"""Who wrote each cell of a notebook: by its metadata, or by somebody who knows better."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from k2_jupyter.adapters.ipython_source import transform
from k2_jupyter.notebook.base import Cell, source_hash
from k2_jupyter.notebook.names import Reads, reads
from k2_jupyter.notebook.text import visible

Author: TypeAlias = Literal["agent", "mixed", "claimed", "user"]
"""``agent``: a journal says so. ``mixed``: the user's, changed by the agent. ``claimed``: its
metadata alone says that it is the agent's. ``user``: nothing says so."""

_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Origin:
    """Of one cell; what is not known is "", empty or ``None``."""

    cell: str
    number: int
    """Its place in the notebook, from 1."""
    kind: str
    by: Author
    edited: bool = False
    """The agent wrote it, and somebody has changed its source since."""
    turn: str = ""
    request: str = ""
    step: int | None = None
    model: str = ""
    time: str = ""
    """ISO 8601."""
    variables: tuple[tuple[str, str], ...] = ()
    """Names that it reads, and the cells above that bound them last."""
    files: tuple[str, ...] = ()
    """Paths that its code reads."""
    tokens: int | None = None
    """New ones, of the step that wrote it."""
    dollars: float | None = None
    seconds: float | None = None
    """That the step and the cell's last run in the turn took."""


def origins(cells: Sequence[Cell]) -> tuple[Origin, ...]:
    """As the notebook says of itself, of any content."""
    code = ((cell.id, cell.source) for cell in cells if cell.kind == "code")
    read = reads(code, transform)
    return tuple(
        _claimed(cell, number, read.get(cell.id, Reads())) for number, cell in enumerate(cells, 1)
    )


def _claimed(cell: Cell, number: int, read: Reads) -> Origin:
    found = cell.metadata.get("k2")
    k2 = found if isinstance(found, Mapping) and found.get("author") == "agent" else None
    if k2 is None:
        return Origin(
            cell.id, number, cell.kind, "user", variables=read.variables, files=read.files
        )
    step, known = k2.get("step"), k2.get("hash")
    return Origin(
        cell.id,
        number,
        cell.kind,
        "claimed",
        edited=isinstance(known, str) and known != source_hash(cell.source),
        turn=_text(k2.get("turn")),
        step=step if isinstance(step, int) and not isinstance(step, bool) else None,
        model=_text(k2.get("model")),
        time=_text(k2.get("time")),
        variables=read.variables,
        files=read.files,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the report's table, all of it text."""

    cell: str
    """Its id where the page shows the cell, else ""."""
    name: str
    author: str
    told: str
    """The request, and how it came about."""
    reads: str
    cost: str


@dataclass(frozen=True, slots=True)
class Table:
    summary: str
    is_claimed: bool
    """Whether a row stands on the notebook's own word."""
    rows: tuple[Row, ...]


_AUTHORS = {"agent": "K2", "mixed": "user, changed by K2", "claimed": "K2, it says", "user": "user"}


def table(found: Sequence[Origin], shown: Iterable[str]) -> Table | None:
    """For the page; ``None`` where all cells are the user's. `shown`: ids of its cells."""
    if all(one.by == "user" for one in found):
        return None
    linked = set(shown)
    numbers = {one.cell: one.number for one in found}
    written = [one for one in found if one.by != "user"]
    edited = sum(one.edited for one in written)
    summary = f"Who wrote which cell: {len(written)} of {len(found)} by K2"
    return Table(
        summary + (f", {edited} edited since" if edited else ""),
        any(one.by == "claimed" for one in found),
        tuple(_row(one, numbers, linked) for one in found),
    )


def _row(one: Origin, numbers: Mapping[str, int], linked: set[str]) -> Row:
    step = f"step {one.step}" if one.step else ""
    variables = (f"{name} (cell {numbers[cell]})" for name, cell in one.variables)
    money = f"${one.dollars:.4f}" if one.dollars is not None else ""
    used = f"{one.tokens:,} tokens" if one.tokens else ""
    took = f"{one.seconds:.1f} s" if one.seconds is not None else ""
    return Row(
        one.cell if one.cell in linked else "",
        f"cell {one.number}",
        _AUTHORS[one.by] + (", edited since" if one.edited else ""),
        _joined(_text(one.request), step, _text(one.model), _moment(one.time)),
        visible(", ".join([*variables, *one.files])),
        _joined(used, money, took),
    )


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _moment(time: str) -> str:
    try:
        return datetime.fromisoformat(time).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError):
        return ""


def _text(value: object) -> str:
    text = visible(value).strip() if isinstance(value, str) else ""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
