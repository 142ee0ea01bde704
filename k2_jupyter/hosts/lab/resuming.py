"""A turn that was cut off goes on: from its record, in a kernel that may be another by now.

Nothing runs twice unasked (`restoring.py`).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from k2_jupyter.agent.calls import INTERRUPTED
from k2_jupyter.agent.history import History
from k2_jupyter.errors import JournalError
from k2_jupyter.events import EventStream, PlanChanged
from k2_jupyter.hosts.lab.prompts import load
from k2_jupyter.hosts.lab.restoring import Restoring
from k2_jupyter.hosts.lab.scene import HOST
from k2_jupyter.hosts.lab.wire import Ask, Mode
from k2_jupyter.hosts.recalled import remember
from k2_jupyter.journal.recall import RecordedTurn, all_begun, recall
from k2_jupyter.messages import ToolResult
from k2_jupyter.notebook.base import CellRun, source_hash
from k2_jupyter.notebook.gist import gist
from k2_jupyter.notebook.observation import observe
from k2_jupyter.settings import state_folder
from k2_jupyter.tools.set_plan import Plan

_RUNS_CELLS = ("run_cell", "edit_cell")
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
    def turns(self) -> Sequence[str]:
        """Ids of all that go on with it."""
        return [record.turn for record in self.records]

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
