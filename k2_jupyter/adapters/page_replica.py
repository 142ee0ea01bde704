"""The server's replica of a notebook's cells, and what is known of their past."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from k2_jupyter.adapters.page_view import Deeds, placed
from k2_jupyter.adapters.user_changes import FIRST, UserChanges
from k2_jupyter.errors import CellNotFoundError
from k2_jupyter.messages import Json
from k2_jupyter.notebook.base import Cell, CellKind
from k2_jupyter.notebook.changes import Change, Changes
from k2_jupyter.notebook.outputs import updated
from k2_jupyter.notebook.text import valid_unicode
from k2_jupyter.outputs import Output


@dataclass(slots=True)
class Past:
    """What the agent did to one cell, in this server's life."""

    made: bool = False
    written: set[str] = field(default_factory=set)
    """Hashes of the sources that the agent wrote, and of the one that it deleted."""
    counts: set[int] = field(default_factory=set)
    """Execution counts of its runs; none where the user has run the cell since."""
    gone: bool = False
    """Deleted by the agent or the user, and not brought back since."""
    cleared: bool = False
    """The user has cleared the outputs of the last run."""

    def is_left_over(self, cell: Cell) -> bool:
        """Is this a deleted cell that came back with an old state of the file?"""
        return self.gone and cell.hash in self.written


class Replica:
    """Cells by id, in order. Not thread-safe."""

    def __init__(self) -> None:
        self.cells: dict[str, Cell] = {}
        self.changes = UserChanges()
        self.running: set[str] = set()
        """Ids of cells that the agent runs now."""
        self.anchor: str | None = None
        self.facts: Mapping[str, Json] = {}
        self.noted = Changes()
        """Each change, before it is made; but for those of the user."""
        self._past: dict[str, Past] = {}

    def cell(self, cell_id: str) -> Cell:
        """One cell. Raises `CellNotFoundError`."""
        if cell_id not in self.cells:
            raise CellNotFoundError(f"There is no cell `{cell_id}`.")
        return self.cells[cell_id]

    def past(self, cell_id: str) -> Past:
        """What is known of that cell, deleted ones included."""
        return self._past.setdefault(cell_id, Past())

    def before(self, cell_id: str) -> list[str]:
        """Ids of the cells in front of that one."""
        ids = [*self.cells]
        return ids[: ids.index(cell_id)]

    # The agent

    def insert(
        self, source: str, kind: CellKind, after: str | None, metadata: Mapping[str, Json] | None
    ) -> Cell:
        """A new cell behind `after`, else behind the anchor, else at the end."""
        if after is not None:
            self.cell(after)
        place = self.anchor if after is None else after
        if place is None:
            place = next(reversed(self.cells), FIRST)
        cell = Cell(self._new_id(), kind, valid_unicode(source), metadata=dict(metadata or {}))
        cell = self._marked(cell)
        self.noted.note(Change(cell.id, None, cell.hash))
        self.cells = placed(self.cells, cell, place or None)
        past = self.past(cell.id)
        past.made = True
        past.written.add(cell.hash)
        if self.anchor == place:
            self.anchor = cell.id
        return cell

    def rewritten(self, cell: Cell, source: str) -> Cell:
        """The cell as it will be with another source of the agent's."""
        new = replace(cell, source=valid_unicode(source), outputs=(), execution_count=None)
        return self.changed(cell, self._marked(new))

    def changed(self, cell: Cell, new: Cell) -> Cell:
        """`new`, which is about to take the place of the cell."""
        self.noted.note(Change(cell.id, cell, new.hash, count=new.execution_count))
        self.past(cell.id).written.add(new.hash)
        return new

    def leaving(self, cell: Cell) -> None:
        """The cell is about to be deleted by the agent."""
        self.noted.note(Change(cell.id, cell, None, front=tuple(self.before(cell.id))))
        self.past(cell.id).written.add(cell.hash)

    def put_back(self, cell: Cell, front: Sequence[str]) -> None:
        """A cell that was deleted, behind the last of the cells in `front` that are there."""
        self.noted.note(Change(cell.id, None, cell.hash))
        there = [one for one in front if one in self.cells]
        self.cells = placed(self.cells, cell, there[-1] if there else None)
        past = self.past(cell.id)
        past.made, past.gone = True, False  # nobody else's cells are ever deleted
        past.written.add(cell.hash)

    def delete(self, cell_id: str) -> None:
        """By the agent: what the user did to the cell before is of no interest any more."""
        self._remove(cell_id)
        self.changes.forget(cell_id)

    def _remove(self, cell_id: str) -> None:
        if self.anchor == cell_id:
            self.anchor = next(reversed(self.before(cell_id)), FIRST)
        del self.cells[cell_id]
        self.past(cell_id).gone = True

    def set_outputs(
        self, cell_id: str, outputs: Sequence[Output], count: int | None
    ) -> Cell | None:
        """What a run of the agent's left; the cell, where it is still there."""
        self.running.discard(cell_id)
        cell = self.cells.get(cell_id)
        if cell is None or cell.kind != "code":
            return None
        self.noted.note(Change(cell.id, cell, cell.hash, count=count))
        cell = replace(cell, outputs=tuple(outputs), execution_count=count)
        self.cells[cell_id] = cell
        past = self.past(cell_id)
        past.cleared = False
        if count is not None:
            past.counts.add(count)
        return cell

    def update_display(self, display_id: str, data: Mapping[str, Json]) -> None:
        """In every cell that shows it."""
        for cell_id, cell in self.cells.items():
            outputs = tuple(updated(output, display_id, data) for output in cell.outputs)
            if outputs != cell.outputs:
                count = cell.execution_count
                self.noted.note(Change(cell_id, cell, cell.hash, count=count))
                self.cells[cell_id] = replace(cell, outputs=outputs)

    # The user

    def follow(self, deeds: Deeds, order: Sequence[str]) -> None:
        """Do what the user did in the page, which has the cells in this order now."""
        for cell in deeds.edited:
            self.take_source(cell)
        for cell, before in deeds.counted:
            if cell.id in self.cells and cell.id not in self.running:
                self._take_count(cell, before)
        for cell_id in deeds.deleted:
            self.user_deleted(cell_id)
        for cell in deeds.added:
            if cell.id in self.cells:  # the user has undone a deletion that was not reported
                self.take_source(cell)
            else:
                self.take(cell)
                self.changes.note(cell.id, "added")
        self.reorder(order)
        if deeds.moved:
            self.changes.note_move()

    def take(self, cell: Cell) -> None:
        """A cell of the user's, at the end until the order is known."""
        self.cells[cell.id] = cell
        self.past(cell.id).gone = False

    def take_source(self, cell: Cell) -> None:
        """The user's text wins, also where the agent has deleted the cell meanwhile."""
        known = self.cells.get(cell.id)
        if known is None:
            self.take(cell)
        elif (known.source, known.kind) == (cell.source, cell.kind):
            return
        elif cell.kind == "code":
            self.cells[cell.id] = replace(known, source=cell.source, kind=cell.kind)
        else:
            self.cells[cell.id] = replace(cell, metadata=known.metadata)
        self.changes.note(cell.id, "edited")

    def user_deleted(self, cell_id: str) -> None:
        """The page has it no more."""
        if cell_id in self.cells:
            self._remove(cell_id)
            self.changes.note(cell_id, "deleted")

    def take_outputs(self, cell: Cell) -> None:
        """Of a run that was not the agent's."""
        self.past(cell.id).counts.clear()
        self.cells[cell.id] = replace(
            self.cells[cell.id], outputs=cell.outputs, execution_count=cell.execution_count
        )

    def _take_count(self, cell: Cell, before: int | None) -> None:
        """Another count in the page: a run of the agent's, one of the user's, or cleared."""
        known, past = self.cells[cell.id], self.past(cell.id)
        if cell.execution_count in past.counts:
            past.cleared = False
        elif cell.execution_count is not None:
            self.take_outputs(cell)
            self.changes.note(cell.id, "ran")
        elif past.counts:  # its outputs stay here: the conclusion may rest on them
            past.cleared = past.cleared or before == known.execution_count
        else:
            self.take_outputs(cell)

    def reorder(self, order: Sequence[str]) -> None:
        """The page's order; what it does not have stays behind what it stood behind."""
        cells = {one: self.cells[one] for one in order if one in self.cells}
        before: str | None = None
        for one, cell in self.cells.items():
            if one not in cells:
                cells = placed(cells, cell, before)
            before = one
        self.cells = cells

    # Cells

    def _marked(self, cell: Cell) -> Cell:
        """With the facts of the turn in its mark, where it has one."""
        k2 = cell.metadata.get("k2")
        if not self.facts or not isinstance(k2, Mapping):
            return cell
        now = datetime.now(UTC).isoformat(timespec="seconds")
        k2 = {**k2, **self.facts, "time": now, "hash": cell.hash}
        return replace(cell, metadata={**cell.metadata, "k2": k2})

    def _new_id(self) -> str:
        while (cell_id := uuid.uuid4().hex[:8]) in self.cells or cell_id in self._past:
            pass
        return cell_id
