"""Takes changes of cells back in the pages of a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from k2_jupyter.adapters.page_document import PageDocument
from k2_jupyter.errors import CellChangedError, CellNotFoundError
from k2_jupyter.notebook.base import Cell
from k2_jupyter.notebook.changes import Change, earlier


@dataclass(slots=True)
class TakenBack:
    """What became of the cells; their ids."""

    removed: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)
    put_back: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    """Changed by the user since, and so left as they are."""
    deleted: list[str] = field(default_factory=list)
    """By the user since, and so not brought back."""


def take_back(document: PageDocument, changes: Sequence[Change]) -> TakenBack:
    """The cells as before these changes, but for what the user has done to them since.

    What is done is noted as changes in its turn: taken back, they are the redo. Raises
    `StopRequested`.
    """
    cells = document.cells()
    wanted = earlier(cells, changes)
    there = {cell.id: cell for cell in wanted.cells}
    done = TakenBack(edited=[*wanted.edited], deleted=[*wanted.deleted])
    for cell in cells:
        new = there.get(cell.id)
        if new is not cell:
            _change(document, cell, new, done)
    known = {cell.id for cell in cells}
    ids = [cell.id for cell in wanted.cells]
    for at, cell in enumerate(wanted.cells):
        if cell.id not in known:
            document.put_back(cell, ids[:at])
            done.put_back.append(cell.id)
    return done


def _change(document: PageDocument, cell: Cell, new: Cell | None, done: TakenBack) -> None:
    try:
        if new is None:
            document.delete(cell.id, seen=cell.hash)
            done.removed.append(cell.id)
        else:
            document.restore(new, seen=cell.hash)
            done.restored.append(cell.id)
    except CellChangedError:
        done.edited.append(cell.id)
    except CellNotFoundError:
        done.deleted.append(cell.id)
