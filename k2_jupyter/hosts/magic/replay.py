"""A recorded turn once more: its cells run, and no model is asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from k2_jupyter.events import (
    Claim,
    Conclusion,
    EndReason,
    EventStream,
    Notice,
    PlanChanged,
    QuestionRequest,
    Reply,
    TurnFinished,
    TurnStarted,
)
from k2_jupyter.journal.recall import RecordedCell, RecordedTurn
from k2_jupyter.journal.redaction import PLACEHOLDER
from k2_jupyter.notebook.base import Cell, Notebook
from k2_jupyter.notebook.compare import difference
from k2_jupyter.notebook.memory import MemoryDocument
from k2_jupyter.outputs import Display, Output
from k2_jupyter.tools import claims
from k2_jupyter.tools.finish import as_markdown
from k2_jupyter.tools.gate import Gate
from k2_jupyter.tools.triage import Risk

_AGAIN = "`%%k2 --again` asks anew."
_BELOW = (
    "The finished code of this request stands in a cell below and runs there; nothing was asked "
    f"and nothing ran here. {_AGAIN}"
)
_OFFER = (
    "This notebook shows an answer to this request that is not in your journal: it is somebody "
    "else's, or the record is gone. The cells behind it stand in the card alone, and what stands "
    "in a card never runs. Ask the model now?"
)
_DECLINED = "Not asked, as you said: nothing was sent and nothing ran."


@dataclass(slots=True)
class Replay:
    """The recorded cells of a turn, run again in their order.

    `gate` asks about what is risky and was not approved for this folder when it was recorded.
    """

    record: RecordedTurn
    document: MemoryDocument
    notebook: Notebook
    gate: Gate
    stop: threading.Event
    ended: EndReason = "done"
    why: str = ""
    _differ: list[str] = field(default_factory=list)

    def events(self, turn: str) -> EventStream[None]:
        """As a turn: from `TurnStarted` to `TurnFinished`."""
        started = time.monotonic()
        yield TurnStarted(turn, self.record.task, self.record.model)
        if self.record.plan:
            yield PlanChanged(self.record.plan)
        yield from self.cells()
        conclusion = None if self.why else self._conclusion()
        if self._differ:
            yield Notice(
                f"{len(self._differ)} of {len(self._code)} cells put out something else than when "
                f"this was recorded, so the conclusion may no longer hold. {_AGAIN} "
                f"The first: {self._differ[0]}"
            )
        if conclusion is not None:
            self._keep(conclusion)
        yield TurnFinished(
            self.ended, conclusion, self.why, calls=0, seconds=time.monotonic() - started
        )

    def cells(self) -> EventStream[None]:
        """The cells alone; `why` says afterwards what stopped them, or ""."""
        for number, recorded in enumerate(self._code, 1):
            self.why = yield from self._run(recorded, f"Cell {number} of {len(self._code)}")
            if self.why:
                return

    @property
    def _code(self) -> Sequence[RecordedCell]:
        return [cell for cell in self.record.cells.values() if cell.ok]

    def _run(self, recorded: RecordedCell, which: str) -> EventStream[str]:
        """ "" or why the replay ends here."""
        self.ended = "failed"
        if PLACEHOLDER in recorded.source:
            return f"{which} held a secret, which the record does not keep. {_AGAIN}"
        refusal = yield from self.gate.admit(recorded.source)
        if refusal:
            return f"{which} was not approved and did not run. {_AGAIN}"
        self.document.put(
            Cell(
                recorded.id,
                "code",
                recorded.source,
                metadata={"k2": {"author": "agent", "purpose": recorded.purpose}},
            )
        )
        self.notebook.own.add(recorded.id)
        run = yield from self.notebook.run_cell(
            recorded.id, recorded.source, purpose=recorded.purpose, timeout=None, stop=self.stop
        )
        if self.stop.is_set() or run.status == "interrupted":
            self.ended = "interrupted"
            return "Stopped by the user."
        if run.status != "ok":
            return f"{which} ended with “{run.status}”, which it did not when recorded. {_AGAIN}"
        what = difference(*_comparable(recorded.outputs, run.outputs))
        if what:
            self._differ.append(f"“{recorded.purpose or which}”: {what}")
        self.ended = "done"
        return ""

    def _conclusion(self) -> Conclusion | None:
        """The recorded one, its numbers looked up in what the cells put out now."""
        recorded = self.record.finished and self.record.finished.conclusion
        if not recorded:
            return None
        self.ended = recorded.outcome
        if not recorded.claims:
            return recorded
        findings = "\n\n".join([recorded.text, *recorded.caveats])
        checked: Sequence[Claim] = claims.check(findings, recorded.claims, self._cell)
        return replace(recorded, claims=tuple(checked))

    def _cell(self, cell_id: str) -> Cell | None:
        return next((cell for cell in self.document.cells() if cell.id == cell_id), None)

    def _keep(self, conclusion: Conclusion) -> None:
        if self._code:
            metadata = {"role": "conclusion"}
            self.notebook.add(as_markdown(conclusion), kind="markdown", metadata=metadata)


def left_to_cells(request: str, record: RecordedTurn | None) -> EventStream[None]:
    """A turn whose finished code stands in the notebook; what is recorded of it is shown."""
    yield TurnStarted(record.turn if record else "", request, record.model if record else "")
    if record is not None and record.plan:
        yield PlanChanged(record.plan)
    yield Notice(_BELOW)
    conclusion = record.finished.conclusion if record and record.finished else None
    yield TurnFinished(conclusion.outcome if conclusion else "done", conclusion)


def offered(events: EventStream[None]) -> EventStream[None]:
    """A turn that the model is asked for only if the user says so."""
    yield next(events)
    answer = yield QuestionRequest(_OFFER, ("yes", "no"))
    if isinstance(answer, Reply) and answer.text.lower() in ("y", "yes"):
        yield from events
        return
    events.close()
    yield TurnFinished("failed", detail=_DECLINED)


def behind(replay: Replay, events: EventStream[None]) -> EventStream[None]:
    """The recorded cells, then the agent's `events`; one turn for whoever watches."""
    yield next(events)
    if replay.record.plan:
        yield PlanChanged(replay.record.plan)
    yield from replay.cells()
    if replay.why:
        events.close()
        yield TurnFinished(replay.ended, detail=replay.why)
        return
    yield from events


def unasked(
    triage: Callable[[str], tuple[Risk, ...]], approved: Callable[[str], bool]
) -> Callable[[str], tuple[Risk, ...]]:
    """A triage that has nothing against sources that were approved."""

    def risks(source: str) -> tuple[Risk, ...]:
        found = triage(source)  # also of what is approved: it remembers
        return () if approved(source) else found

    return risks


def _comparable(
    before: Sequence[Output], after: Sequence[Output]
) -> tuple[Sequence[Output], Sequence[Output]]:
    """Both without displays, where the record left out the content of one: it was too large."""
    if not any(_cut(output) for output in before):
        return before, after
    return list(_printed(before)), list(_printed(after))


def _cut(output: Output) -> bool:
    if not isinstance(output, Display):
        return False
    return any(isinstance(one, dict) and set(one) == {"omitted"} for one in output.data.values())


def _printed(outputs: Sequence[Output]) -> Iterator[Output]:
    return (output for output in outputs if not isinstance(output, Display))
