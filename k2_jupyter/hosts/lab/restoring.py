"""Cells and kernel as the record of a turn that was cut off has them.

What the record shows as ended is not run again where the kernel lives on; where it is new,
the user is asked whether these cells run first; and where a cell had begun and its end is not
recorded, the user decides, as nobody else can know.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from k2_jupyter.adapters.page_document import PageDocument
from k2_jupyter.errors import CellNotFoundError
from k2_jupyter.events import Approval, ApprovalRequest, EventStream, QuestionRequest, Reply
from k2_jupyter.hosts.lab.prompts import load
from k2_jupyter.journal.recall import RecordedCell, RecordedTurn
from k2_jupyter.journal.redaction import PLACEHOLDER
from k2_jupyter.messages import Json
from k2_jupyter.notebook.base import Cell, Notebook, source_hash

_NEW_KERNEL = (
    "The kernel is new: what this turn made in the one before is gone. "
    "These cells run again first, in this order:"
)
_UNKNOWN = (
    "Outcome unknown: {name} had begun when the record of this turn broke off. Whether it "
    "ran to its end, nobody knows. If it changes files or anything else outside of the kernel, "
    "look there first. Run it again?"
)
AGAIN, NOT_AGAIN = "Run it again", "Go on without it"


@dataclass(slots=True)
class Restoring:
    """Brings cells and kernel to where the record ends."""

    document: PageDocument
    notebook: Notebook
    stop: threading.Event
    life: str = ""
    """Of the kernel now, as `RecordedCell.life`."""

    def restore(self, records: Sequence[RecordedTurn]) -> EventStream[list[str]]:
        """What became of it, in lines for the model."""
        last = records[-1]
        cells = self._own(records)
        lines = []
        lost = _lost(records, self.life)
        here = {cell.id for cell in cells}
        again = [one for one in lost if one.id in here]
        if again:
            lines.append((yield from self._again(again)))
        elif cells and not lost:
            lines.append(load("resumed_here"))
        unknown = last.cells.get(last.under_way)
        if unknown is not None and not unknown.ended and unknown.id in here:
            lines.append((yield from self._unknown(unknown)))
        return lines

    def _own(self, records: Sequence[RecordedTurn]) -> Sequence[Cell]:
        """The recorded cells; those that no page has saved are put back."""
        front: list[str] = [cell.id for cell in self.document.cells()]
        known = {one.id: (one, turn) for turn in records for one in turn.cells.values()}
        for one, turn in known.values():
            mark = {"k2": _mark(one, turn)}
            cell = Cell(one.id, "code", one.source, one.outputs, metadata=mark)
            self.document.adopt(cell, front)
            front.append(one.id)
        self.notebook.own |= self.document.made
        return [cell for cell in self.document.cells() if cell.id in known]

    def _again(self, cells: Sequence[RecordedCell]) -> EventStream[str]:
        names = tuple(f"{n}. {_name(cell)}" for n, cell in enumerate(cells, 1))
        sources = [self._source(cell) for cell in cells]
        granted = yield from _approved((_NEW_KERNEL, *names), "\n\n".join(sources))
        if not granted:
            return load("resumed_nothing")
        for cell in cells:
            status = yield from self._run(cell)
            if status != "ok":
                return load("resumed_failed", cell=cell.id, status=status)
        return load("resumed_again", cells=", ".join(cell.id for cell in cells))

    def _unknown(self, cell: RecordedCell) -> EventStream[str]:
        question = _UNKNOWN.format(name=_name(cell))
        answer = yield QuestionRequest(question, (NOT_AGAIN, AGAIN))
        if not (isinstance(answer, Reply) and answer.text == AGAIN):
            return load("resumed_unknown", cell=cell.id)
        status = yield from self._run(cell)
        return load("resumed_again", cells=f"{cell.id} ({status})")

    def _run(self, cell: RecordedCell) -> EventStream[str]:
        """As it stands in the notebook now, which the user may have changed. The status."""
        source = self._source(cell)
        if PLACEHOLDER in source:
            return "not run: it held a secret, which no record keeps"
        try:
            run = yield from self.notebook.run_cell(
                cell.id, source, purpose=cell.purpose, timeout=None, stop=self.stop
            )
        except CellNotFoundError:
            return "deleted by the user"
        return run.status

    def _source(self, cell: RecordedCell) -> str:
        return self.document.cell(cell.id).source


def _mark(cell: RecordedCell, turn: RecordedTurn) -> Mapping[str, Json]:
    """Without the hash it would be taken for one that the user has edited."""
    made = {"author": "agent", "purpose": cell.purpose, "hash": source_hash(cell.source)}
    return {**made, "turn": turn.turn, "model": turn.model}


def _lost(records: Sequence[RecordedTurn], life: str) -> list[RecordedCell]:
    """What the kernel that ran the last cell had, if it is another now; in its order."""
    found: dict[str, RecordedCell] = {}
    newest: RecordedCell | None = None
    for record in reversed([record for record in records if record.cells]):
        *_, last = record.cells.values()
        newest = newest or last
        if last.life != newest.life:
            break
        its = (last.life, last.epoch)
        well = [one for one in record.cells.values() if one.ok and (one.life, one.epoch) == its]
        found = {one.id: one for one in well if one.id not in found} | found
    is_here = newest is not None and life != "" and newest.life == life
    return [] if is_here else [*found.values()]


def _approved(reasons: tuple[str, ...], code: str) -> EventStream[bool]:
    digest = hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()
    answer = yield ApprovalRequest("run", reasons, code=code, digest=digest)
    return isinstance(answer, Approval) and answer.granted


def _name(cell: RecordedCell) -> str:
    return f"cell {cell.id} (“{cell.purpose}”)" if cell.purpose else f"cell {cell.id}"
