"""Whether later turns build on what a turn made, so that it can't be undone alone."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from k2_jupyter.adapters.ipython_source import transform
from k2_jupyter.hosts.lab.undos import Undoable
from k2_jupyter.journal.recall import RecordedTurn, recall
from k2_jupyter.notebook.base import Cell
from k2_jupyter.notebook.names import reads
from k2_jupyter.settings import state_folder

_PLACES = ("after",)
"""Arguments of calls that only say where a cell goes."""
_CELL = (
    "The later turn “{}” works with cell {}, which this one made or changed. Undo the later one "
    "first."
)
_NAME = "The later turn “{}” uses {} of cell {}, which this one made. Undo the later one first."


def reason_against(undoable: Undoable, later: Sequence[Undoable], cells: Sequence[Cell]) -> str:
    """Why the turn can't be undone, or "". `cells` are all of the notebook as they are now.

    Raises `JournalError`.
    """
    touched = {change.cell for change in undoable.known().changes}
    uses = [*users(touched, cells)]
    for other in later:
        record = recall(state_folder(), other.turn)
        request = _shortened(other.request)
        changed = {change.cell for change in other.known().changes}
        for cell in sorted(touched & (changed | _named(record))):
            return _CELL.format(request, cell)
        for user, name, cell in uses:
            if user in changed:
                return _NAME.format(request, name, cell)
    return ""


def users(touched: set[str], cells: Sequence[Cell]) -> Iterator[tuple[str, str, str]]:
    """Cells that use a name of one of those `touched`: the user, the name, the cell with it.

    In the order in which they ran, as far as it is known: else they are taken to come last.
    """
    code = sorted(
        (cell for cell in cells if cell.kind == "code"),
        key=lambda cell: math.inf if cell.execution_count is None else cell.execution_count,
    )
    for user, read in reads([(cell.id, cell.source) for cell in code], transform).items():
        for name, cell in read.variables if user not in touched else ():
            if cell in touched:
                yield user, name, cell


def _named(record: RecordedTurn) -> set[str]:
    """Texts among the arguments of its calls, the ids of cells among them."""
    texts: set[str] = set()
    for message, _ in record.answers:
        for call in message.calls:
            with suppress(ValueError):
                texts |= _texts(json.loads(call.arguments))
    return texts


def _texts(value: Any) -> set[str]:
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        return set().union(*(_texts(it) for name, it in value.items() if name not in _PLACES))
    return set().union(*map(_texts, value)) if isinstance(value, list) else set()


def _shortened(request: str) -> str:
    first = request.strip().partition("\n")[0]
    return first if len(first) <= 60 else f"{first[:59]}…"
