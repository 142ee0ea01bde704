"""Three-way merge of notebook cells: ours, the file's, and what both started from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from k2_jupyter.adapters.notebook_json import RawCell, cell_of, cell_text, raw_output
from k2_jupyter.notebook.base import Cell


@dataclass(frozen=True, slots=True)
class Saved:
    """A cell as it stands in a file: `text` is the whole of it."""

    source: str
    text: str


@dataclass(slots=True)
class Entry:
    """A cell: as a record, as the notebook format has it, and as saved (made when needed)."""

    cell: Cell
    raw: RawCell
    _state: Saved | None = field(default=None, repr=False)

    @classmethod
    def of(cls, raw: RawCell) -> Self:
        """From the notebook format."""
        cell = cell_of(raw)
        return cls(cell, {**raw, "source": cell.source})

    @property
    def state(self) -> Saved:
        """The cell as it would be saved now."""
        if self._state is None:
            self._state = Saved(self.cell.source, cell_text(self.raw))
        return self._state

    def change(self, cell: Cell) -> None:
        """Another source, other outputs or another count."""
        if cell.kind == "code":
            if cell.outputs is not self.cell.outputs:
                self.raw["outputs"] = [raw_output(output) for output in cell.outputs]
            self.raw["execution_count"] = cell.execution_count
        self.raw["source"] = cell.source
        self.cell = cell
        self._state = None


def merged(
    ours: Sequence[Entry], theirs: Iterable[Entry], base: Mapping[str, Saved]
) -> list[Entry]:
    """The cells in the file's order, and our new ones behind the cells they stood behind.

    The file wins where its source changed, for its new cells and for its deletions; we
    win for our new cells, our outputs, and our deletions of what nobody changed.
    """
    mine = {entry.cell.id: entry for entry in ours}
    result: list[Entry] = []
    for their in theirs:
        cell_id = their.cell.id
        before, our = base.get(cell_id), mine.get(cell_id)
        if our is not None:
            result.append(_one(our, their, before))
        elif before is None or before.source != their.cell.source:
            result.append(their)
    _place_new(ours, result, base)
    return result


def _one(our: Entry, their: Entry, before: Saved | None) -> Entry:
    if before is None or their.state == before:
        return our
    if our.state == before:
        return their
    if their.cell.source != before.source:
        our.change(replace(our.cell, source=their.cell.source))
    return our


def _place_new(ours: Sequence[Entry], result: list[Entry], base: Mapping[str, Saved]) -> None:
    there = [entry.cell.id for entry in result]
    at = 0
    for entry in ours:
        cell_id = entry.cell.id
        if cell_id in there:
            at = there.index(cell_id) + 1
        elif cell_id not in base:
            result.insert(at, entry)
            there.insert(at, cell_id)
            at += 1
