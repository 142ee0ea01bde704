"""What the user did to the cells, gathered until the model is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from k2_jupyter.notebook.base import Cell

Deed: TypeAlias = Literal["added", "edited", "ran", "deleted"]
FIRST = ""
"""The place before all cells: no cell has this id."""
_LINES = 10


class UserChanges:
    """Each cell once, however often it changed since the model was told."""

    def __init__(self) -> None:
        self._deeds: dict[str, set[Deed]] = {}
        self._moved = False

    def note(self, cell_id: str, deed: Deed) -> None:
        """The user did this to the cell."""
        deeds = self._deeds.setdefault(cell_id, set())
        if deed == "deleted":
            was_new = "added" in deeds
            del self._deeds[cell_id]
            if was_new:
                return
            self._deeds[cell_id] = {"deleted"}
        elif "deleted" in deeds:  # and undone
            self._deeds[cell_id] = {"edited"}
        else:
            deeds.add(deed)

    def note_move(self) -> None:
        """The user put cells into another order."""
        self._moved = True

    def forget(self, cell_id: str) -> None:
        """The agent has deleted the cell itself."""
        self._deeds.pop(cell_id, None)

    def take(self, cells: Mapping[str, Cell]) -> list[str]:
        """Lines for the model, of the cells in their order as they stand now; told once."""
        ids = [FIRST, *cells]
        lines = []
        for cell_id, deeds in self._deeds.items():
            cell = cells.get(cell_id)
            if cell is None:
                lines.append(f"The user deleted cell {cell_id}.")
            elif "added" not in deeds:
                lines.append(_changed(cell, deeds))
            elif cell.source.strip():
                lines.append(_added(cell, deeds, ids[ids.index(cell_id) - 1]))
        if self._moved:
            lines.append("The user moved cells: read_notebook shows the present order.")
        self._deeds, self._moved = {}, False
        if len(lines) > _LINES:
            others = len(lines) - _LINES + 1
            lines[_LINES - 1 :] = [f"{others} more changes of the user's: use read_notebook."]
        return lines


def _changed(cell: Cell, deeds: set[Deed]) -> str:
    if "edited" not in deeds:
        return f"The user ran cell {cell.id}{_count(cell)}: its outputs are new."
    did = f"edited and ran cell {cell.id}{_count(cell)}" if "ran" in deeds else None
    did = did or f"edited cell {cell.id}"
    return f"The user {did} (hash {cell.hash} now): read it again before you change it."


def _added(cell: Cell, deeds: set[Deed], before: str) -> str:
    kind = "cell" if cell.kind == "code" else f"{cell.kind} cell"
    where = f"behind cell {before}" if before else "as the first"
    ran = f" and ran it{_count(cell)}" if "ran" in deeds else ""
    return f"The user added the {kind} {cell.id} (hash {cell.hash}) {where}{ran}."


def _count(cell: Cell) -> str:
    return "" if cell.execution_count is None else f", now [{cell.execution_count}]"
