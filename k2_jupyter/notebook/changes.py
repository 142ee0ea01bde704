"""Taking changes of cells back, whatever was done to the cells since."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from k2_jupyter.notebook.base import Cell


@dataclass(frozen=True, slots=True)
class Change:
    """One cell before and after it was made, changed or deleted."""

    cell: str
    before: Cell | None
    """``None``: there was no such cell."""
    after: str | None
    """Hash of its source from then on; ``None``: the cell was deleted."""
    front: tuple[str, ...] = ()
    """Where it was deleted: ids of the cells in front of it, in their order."""
    count: int | None = None
    """Where only the outputs changed: the execution count from then on."""

    @property
    def outputs_only(self) -> bool:
        """Does the source stay as it is?"""
        return self.before is not None and self.before.hash == self.after

    def left(self, now: Cell | None) -> bool:
        """Is the cell still as this change left it?"""
        if now is None or self.after is None:
            return now is None and self.after is None
        same_run = not self.outputs_only or now.execution_count == self.count
        return now.hash == self.after and same_run

    def found(self, now: Cell | None) -> bool:
        """Is the cell as this change found it?"""
        if now is None or self.before is None:
            return now is None and self.before is None
        return now.source == self.before.source


@dataclass(slots=True)
class Changes:
    """What somebody does to the cells, each change as it is about to be made."""

    write: Callable[[Change], None] = lambda change: None
    """Where it is kept for another life of the process."""
    made: list[Change] = field(default_factory=list)
    _last: dict[str, Change] = field(default_factory=dict)
    """By cell."""

    def note(self, change: Change) -> None:
        """A change; outputs that belong to what was noted before need no change of their own."""
        last = self._last.get(change.cell)
        if last and change.outputs_only and (not last.outputs_only or last.count == change.count):
            return
        self._last[change.cell] = change
        self.made.append(change)
        self.write(change)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A notebook without some changes."""

    cells: tuple[Cell, ...]
    """In their order. Those that stay as they are are the very same objects."""
    edited: tuple[str, ...] = ()
    """Cells that somebody else has changed since: they stay as they are."""
    deleted: tuple[str, ...] = ()
    """Cells that somebody else has deleted since: they stay away."""


def earlier(cells: Sequence[Cell], changes: Sequence[Change]) -> Earlier:
    """These cells as they were before the changes, the oldest of which comes first.

    The newest is taken back first. A cell that is not as a change left it is somebody's work:
    it stays. Cells that no change names keep their order and their places.
    """
    state = {cell.id: cell for cell in cells}
    edited: dict[str, None] = {}
    deleted: dict[str, None] = {}
    for change in reversed(changes):
        now = state.get(change.cell)
        if change.left(now):
            state = _without(state, change)
        elif change.found(now):
            edited.pop(change.cell, None)
            deleted.pop(change.cell, None)
        else:
            (deleted if now is None else edited)[change.cell] = None
    return Earlier(tuple(state.values()), tuple(edited), tuple(deleted))


def _without(state: Mapping[str, Cell], change: Change) -> dict[str, Cell]:
    cells = dict(state)
    if change.before is None:
        cells.pop(change.cell, None)
    elif change.cell in cells:
        cells[change.cell] = change.before
    else:
        front = [cells[one] for one in change.front if one in cells]
        ids = [*cells]
        at = ids.index(front[-1].id) + 1 if front else 0
        ids.insert(at, change.cell)
        cells = {one: cells.get(one, change.before) for one in ids}
    return cells
