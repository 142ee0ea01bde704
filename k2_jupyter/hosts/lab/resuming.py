"""A turn that was cut off goes on: from its record, in a kernel that may be another by now.

Nothing runs twice unasked. What the record shows as ended is not run again where the kernel
lives on; where it is new, the user is asked whether these cells run first; and where a cell
had begun and its end is not recorded, the user decides, as nobody else can know.
"""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from k2_jupyter.adapters.page_document import PageDocument
from k2_jupyter.agent.calls import INTERRUPTED
from k2_jupyter.agent.history import History
from k2_jupyter.errors import CellNotFoundError, JournalError
from k2_jupyter.events import (
    Approval,
    ApprovalRequest,
    EventStream,
    PlanChanged,
    QuestionRequest,
    Reply,
)
from k2_jupyter.hosts.lab.prompts import load
from k2_jupyter.hosts.lab.scene import HOST
from k2_jupyter.hosts.lab.wire import Ask, Mode
from k2_jupyter.hosts.recalled import remember
from k2_jupyter.journal.recall import RecordedCell, RecordedTurn, all_begun, recall
from k2_jupyter.journal.redaction import PLACEHOLDER
from k2_jupyter.messages import ToolResult
from k2_jupyter.notebook.base import Cell, CellRun, Notebook, source_hash
from k2_jupyter.notebook.gist import gist
from k2_jupyter.notebook.observation import observe
from k2_jupyter.settings import state_folder
from k2_jupyter.tools.set_plan import Plan

_RUNS_CELLS = ("run_cell", "edit_cell")
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
_MOST_EARLIER = 10


class Resumption:
    """Of one turn, and of the turns that it resumed itself."""

    def __init__(self, records: Sequence[RecordedTurn], earlier: Sequence[RecordedTurn]) -> None:
        """`records`: the oldest first; `earlier`: other turns of the notebook, before them."""
        self.records = records
        self._earlier = earlier
        self.record = records[-1]

    def asked(self) -> Ask:
        """The request as if it were made again."""
        known = self.records[0].facts.get("asked") or {}
        mode: Mode = "plan" if known.get("mode") == "plan" else "ask"
        return Ask(
            uuid.uuid4().hex,
            self.record.request,
            None,
            (),
            mode,
            str(known.get("model") or ""),
            {},
            known.get("images") is True,
        )

    @property
    def message(self) -> str:
        """What the model was asked, as it got it."""
        return self.records[0].message

    def events(
        self,
        events: EventStream[None],
        *,
        history: History,
        rereads: bool,
        plan: Plan,
        work: Restoring,
    ) -> EventStream[None]:
        """What must be asked and run first, then the agent's own `events`; one turn."""
        yield next(events)
        if self.record.plan:
            plan.edit([(item.title, item.state) for item in self.record.plan])
            yield PlanChanged(plan.items)
        lines = yield from work.restore(self.records)
        for record in self._earlier:
            remember(history, record)
        history.ask(self.message)
        for record in self.records:
            _recollect(history, record, leave_out=rereads and record is self.record)
        if not rereads:
            listed = "\n".join(f"- {line}" for line in lines)
            history.remind(load("resumed", lines=listed))
        yield from events


def resumption(turn: str, notebook: str) -> Resumption | None:
    """Of a turn of this notebook, if it is the newest one and came to no conclusion.

    Reads the journals. Raises `JournalError`.
    """
    found = list(all_begun(state_folder(), host=HOST, notebook=notebook))[: _MOST_EARLIER + 1]
    if not found or found[0].turn != turn or found[0].completed:
        return None
    records = [found[0]]
    while isinstance(before := records[0].facts.get("resumed"), str):
        records.insert(0, recall(state_folder(), before))
    if not records[0].message:
        raise JournalError("It had not begun when it was cut off. Ask again.")
    chain = {record.turn for record in records}
    others = [one for one in reversed(found) if one.turn not in chain and one.message]
    return Resumption(records, others)


def _recollect(history: History, record: RecordedTurn, *, leave_out: bool) -> None:
    """What was answered in a recorded turn, and what came of it.

    `leave_out`: an answer nothing of which has run is left to be given again.
    """
    for answer, results in record.whole_answers():
        history.add(answer)
        for result in results:
            history.answer(result)
    if record.cut_off is None:
        return
    answer, results = record.cut_off
    known = _ended(record)
    ran = [call for call in answer.calls[: len(results)] if call.name in _RUNS_CELLS]
    if leave_out and not ran and known is None:
        return
    history.add(answer)
    for result in [*results, *([known] if known else [])]:
        history.answer(result)
    history.close(INTERRUPTED)


def _ended(record: RecordedTurn) -> ToolResult | None:
    """The result of the call that was under way, where its cell had come to an end."""
    cell = record.cells.get(record.under_way)
    if cell is None or not cell.ended or record.lost is not None:
        return None
    run = CellRun(cell.id, "ok" if cell.ok else "error", cell.outputs)
    code = source_hash(cell.source)
    return ToolResult(
        observe(run, source_hash=code).text, is_error=not cell.ok, gist=gist(run, source_hash=code)
    )


@dataclass(slots=True)
class Restoring:
    """Brings cells and kernel to where the record ends."""

    document: PageDocument
    notebook: Notebook
    life: str
    """Of the kernel now, as `RecordedCell.life`."""
    stop: threading.Event

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
        known = {one.id: one for record in records for one in record.cells.values()}
        for one in known.values():
            mark = {"k2": {"author": "agent", "purpose": one.purpose}}
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
