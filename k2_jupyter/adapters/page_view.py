"""What one JupyterLab page has of a notebook, as far as it has said so.

A page answers each instruction with ``done``, in the order in which it carried them out
between its own reports. So at each report it is known which instructions it had carried
out by then, and what differs besides is the user's doing.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol, Self, TypeAlias

from k2_jupyter.adapters.page_cells import from_page, outputs_to_page, to_page
from k2_jupyter.messages import Json
from k2_jupyter.notebook.base import Cell

What: TypeAlias = Literal["insert", "replace", "delete", "outputs", "save"]

_numbers = itertools.count(1)


class Page(Protocol):
    """Where instructions go; any thread may send."""

    def send(self, message: Mapping[str, Json]) -> None: ...


@dataclass(slots=True, eq=False)
class Errand:
    """An instruction that the page has not answered yet."""

    what: What
    cell: Cell | None = None
    """As it is when the instruction is carried out; for ``delete``, as it was."""
    after: str | None = None
    """Of ``insert``: the cell in front."""
    over: threading.Event = field(default_factory=threading.Event)
    """Answered, or the page went away."""
    counted: bool = False
    """Whether the document has the change, whatever the page may say later."""
    refused: bool = False
    current: str | None = None
    """Of a refusal: the source as it stands there."""
    why: str = ""
    was: Mapping[str, Json] = field(default_factory=dict)
    """Of a deleted cell: metadata of others than us."""
    attachments: Mapping[str, Json] = field(default_factory=dict)
    """Of a deleted cell: the pictures in its text."""
    _sent: float = field(default_factory=time.monotonic)

    @classmethod
    def alone(cls, what: What, cell: Cell) -> Self:
        """Where no page has to be asked."""
        errand = cls(what, cell)
        errand.over.set()
        return errand

    @property
    def age(self) -> float:
        """Seconds since it was sent."""
        return time.monotonic() - self._sent


@dataclass(frozen=True, slots=True)
class Deeds:
    """What the user did in a page since its last report."""

    edited: Sequence[Cell] = ()
    """With the new source or kind."""
    counted: Sequence[tuple[Cell, int | None]] = ()
    """Whose execution count is another, with the count before."""
    added: Sequence[Cell] = ()
    deleted: Sequence[str] = ()
    moved: bool = False


class View:
    """One page's cells in their order, and what it was told to change."""

    def __init__(self, page: Page, cells: Iterable[Cell], *, shares: bool = False) -> None:
        self.page = page
        self.shares = shares
        """Whether what one such page does reaches the others without us."""
        self.cells = {cell.id: cell for cell in cells}
        self.dropped: set[str] = set()
        """Ids of cells that the user deleted in this page."""
        self._errands: dict[str, Errand] = {}

    def has(self, cell_id: str) -> bool:
        """Will the page have that cell when it has done what it was told?"""
        whats = [errand.what for errand in self._waiting(cell_id)]
        return (cell_id in self.cells or "insert" in whats) and "delete" not in whats

    def is_changing(self, cell_id: str) -> bool:
        """Is the page about to make, change or delete that cell?"""
        return any(errand.what != "outputs" for errand in self._waiting(cell_id))

    def is_filling(self, cell_id: str) -> bool:
        """Are outputs of that cell on their way?"""
        return any(errand.what == "outputs" for errand in self._waiting(cell_id))

    def _waiting(self, cell_id: str) -> Iterator[Errand]:
        for errand in self._errands.values():
            if errand.cell is not None and errand.cell.id == cell_id:
                yield errand

    # Instructions

    def insert(self, cell: Cell, before: Sequence[str]) -> None:
        """A new cell behind the nearest of the cells `before` it that the page has."""
        after = next((one for one in reversed(before) if self.has(one)), None)
        errand = Errand("insert", cell, after)
        self._send(errand, cell=to_page(cell), after=after)

    def replace(self, cell: Cell, seen: str) -> Errand:
        """Another source, and the outputs away."""
        new = to_page(cell)
        fields: dict[str, Json] = {"source": new["source"], "metadata": new["metadata"]}
        return self._send(Errand("replace", cell), cell=cell.id, seen=seen, **fields)

    def delete(self, cell: Cell) -> Errand:
        """The cell away, as long as it has this source."""
        return self._send(Errand("delete", cell), cell=cell.id, seen=cell.hash)

    def outputs(self, cell: Cell) -> None:
        """What a run left that the page did not see."""
        shown = outputs_to_page(cell.outputs)
        count = cell.execution_count
        self._send(Errand("outputs", cell), cell=cell.id, outputs=shown, count=count)

    def shows(self, cell: Cell) -> None:
        """The page has the outputs of that cell's run."""
        known = self.cells.get(cell.id)
        if known is not None:
            count, outputs = cell.execution_count, cell.outputs
            self.cells[cell.id] = replace(known, execution_count=count, outputs=outputs)

    def save(self, over: str) -> Errand:
        """Write the file, also over the version with the hash `over`."""
        return self._send(Errand("save"), **({"over": over} if over else {}))

    def _send(self, errand: Errand, **fields: Json) -> Errand:
        name = f"d{next(_numbers)}"
        self._errands[name] = errand
        self.page.send({"op": "do", "what": errand.what, "id": name, **fields})
        return errand

    # What the page says

    def done(self, message: Mapping[str, Any]) -> Errand | None:
        """The instruction that this answers, carried out here as well; its answer is in it."""
        errand = self._errands.pop(str(message.get("id")), None)
        if errand is None:
            return None
        if message.get("ok") is True:
            errand.was = message.get("was", {})
            errand.attachments = message.get("attachments", {})
            self._carry_out(errand)
        else:
            errand.refused = True
            errand.why = str(message.get("why", ""))
            current = message.get("current")
            errand.current = current if isinstance(current, str) else None
            known = self.cells.get(errand.cell.id) if errand.cell is not None else None
            if known is not None and errand.current is not None:
                self.cells[known.id] = replace(known, source=errand.current)
        return errand

    def changed(self, message: Mapping[str, Any]) -> Deeds:
        """Take a report; what in it is the user's doing."""
        reported = {cell.id: cell for cell in from_page(message.get("cells"), self.cells)}
        order = _ids(message.get("order"))
        before = self.cells
        known = [(before[one], cell) for one, cell in reported.items() if one in before]
        edited = [new for old, new in known if (old.source, old.kind) != (new.source, new.kind)]
        counted = [
            (new, old.execution_count)
            for old, new in known
            if old.execution_count != new.execution_count
        ]
        self.cells = before | {new.id: new for _, new in known}
        if order is None:
            return Deeds(edited, counted)
        there = before | reported
        order = [one for one in order if one in there]
        self.cells = {one: self.cells.get(one) or reported[one] for one in order}
        deleted = [one for one in before if one not in self.cells]
        added = [cell for one, cell in self.cells.items() if one not in before]
        self.dropped = (self.dropped | {*deleted}) - {*order}
        was = [one for one in before if one in self.cells]
        moved = was != [one for one in order if one in before]
        return Deeds(edited, counted, added, deleted, moved)

    def close(self) -> None:
        """The page is gone: nobody needs to wait for it."""
        for errand in self._errands.values():
            errand.over.set()
        self._errands.clear()

    def _carry_out(self, errand: Errand) -> None:
        cell = errand.cell
        if cell is None:
            return
        if errand.what == "delete":
            self.cells.pop(cell.id, None)
        elif errand.what == "insert":
            self.dropped.discard(cell.id)
            if cell.id not in self.cells:  # else the user has undone its deletion
                self.cells = placed(self.cells, cell, errand.after)
        elif cell.id in self.cells and errand.what == "replace":
            self.cells[cell.id] = cell
        elif cell.id in self.cells:
            self.shows(cell)


def placed(cells: Mapping[str, Cell], cell: Cell, after: str | None) -> dict[str, Cell]:
    """The cells with one more, behind `after` (``None``: the first); without that, the last."""
    ids = [one for one in cells if one != cell.id]
    at = ids.index(after) + 1 if after in ids else len(ids) if after else 0
    ids.insert(at, cell.id)
    return {one: cell if one == cell.id else cells[one] for one in ids}


def _ids(order: Any) -> list[str] | None:
    if not isinstance(order, list):
        return None
    return list(dict.fromkeys(one for one in order if isinstance(one, str)))
