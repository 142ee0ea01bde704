"""Where the cells of a notebook come from: which turn wrote one, and what its step cost.

The journals of this user decide; what a notebook's metadata says of a cell that no journal
knows is told as its own word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from k2_jupyter.adapters.report import Origin, origins
from k2_jupyter.errors import JournalError
from k2_jupyter.hosts.lab.past import dollars, prices_of, turns_of, undone
from k2_jupyter.journal.journal import FILE_NAME, OPENED, TURN_ID, turn_folder
from k2_jupyter.journal.reading import Record, read
from k2_jupyter.messages import Usage
from k2_jupyter.models.profiles import Prices
from k2_jupyter.notebook.base import Cell, source_hash

_NAMED = re.compile(r"cell ([\w-]+)")


@dataclass(frozen=True, slots=True)
class Written:
    """A cell as a turn left it."""

    origin: Origin
    hash: str
    """Of the source as the turn wrote it last; "" where the journal does not have it."""

    def is_by(self, other: Written) -> bool:
        """Whether the same step wrote the same, and this one knows how long it ran."""
        own, its = self.origin, other.origin
        return (own.turn, own.step, self.hash) == (its.turn, its.step, other.hash)


def of_cells(state_dir: Path, notebook: Path, cells: Sequence[Cell]) -> tuple[Origin, ...]:
    """A row for each cell, in their order."""
    written = _written(state_dir, notebook, cells)
    found = []
    for own in origins(cells):
        cell = cells[own.number - 1]
        known = written.get(cell.id)
        found.append(own if known is None else _joined(own, known, cell))
    return tuple(found)


def _joined(own: Origin, known: Written, cell: Cell) -> Origin:
    """What the journal says, with what the code and the place of the cell say."""
    edited = known.hash != source_hash(cell.source) if known.hash else own.edited
    return replace(
        known.origin,
        number=own.number,
        kind=own.kind,
        edited=edited,
        variables=own.variables,
        files=own.files,
    )


def _written(state_dir: Path, notebook: Path, cells: Iterable[Cell]) -> dict[str, Written]:
    """By cell, the newest turn's word last.

    Looked for in the turns of the notebook, and in those that its cells name: a notebook
    that was moved or copied takes them along.
    """
    taken_back = undone(state_dir, notebook)
    own = [one.turn for one in reversed(turns_of(state_dir, notebook))]
    here = [turn for turn in own if turn not in taken_back]
    named = {turn for cell in cells if (turn := _turn_of(cell)) and TURN_ID.fullmatch(turn)}
    found: dict[str, Written] = {}
    for turn in [*sorted(named - set(own)), *here]:
        reading = _Reading(found, turn)
        try:
            for record in read(turn_folder(state_dir, turn) / FILE_NAME):
                reading.take(record)
        except (JournalError, KeyError, TypeError, ValueError, AttributeError):
            continue  # what could be read of it counts
    return found


def _turn_of(cell: Cell) -> str:
    k2 = cell.metadata.get("k2")
    turn = k2.get("turn") if isinstance(k2, Mapping) else None
    return turn if isinstance(turn, str) else ""


class _Reading:
    """Takes the records of one turn."""

    def __init__(self, found: dict[str, Written], turn: str) -> None:
        self._found = found
        self._row = Origin("", 0, "code", "agent", turn=turn)
        self._prices: Prices | None = None
        self._begun: datetime | None = None
        self._call = ""
        """Name of the tool at work."""

    def take(self, record: Record) -> None:
        """Raises what a wrong field raises."""
        data = record.data
        match record.type:
            case kind if kind == OPENED:
                self._prices = prices_of(data)
                self._row = replace(self._row, request=str(data.get("request") or ""))
            case "TurnStarted":
                request = self._row.request or str(data["task"])
                self._row = replace(self._row, request=request, model=str(data["model"]))
            case "StepStarted":
                self._begun = record.time
                self._row = replace(self._row, step=int(data["number"]))
            case "AnswerReceived":
                self._answered(data["message"]["usage"], record.time)
            case "CallStarted":
                self._call = str(data["call"]["name"])
            case "CellStarted":
                self._write(data["cell"], data["source"], record.time)
            case "CellFinished":
                self._ran(data["cell"], float(data["seconds"]))
            case "CallFinished" if not data["result"]["is_error"]:
                self._called(data["call"], data["result"]["text"], record.time)
            case "TurnFinished" if data["conclusion"] and data["conclusion"]["cell"]:
                self._write(data["conclusion"]["cell"], None, record.time)

    def _answered(self, used: Mapping[str, int], time: datetime) -> None:
        usage = Usage(used["input_tokens"], used["cached_tokens"], used["output_tokens"])
        tokens = usage.input_tokens - usage.cached_tokens + usage.output_tokens
        self._row = replace(
            self._row,
            tokens=tokens or None,
            dollars=dollars(self._prices, usage),
            seconds=(time - self._begun).total_seconds() if self._begun else None,
        )

    def _called(self, call: Mapping[str, Any], result: str, time: datetime) -> None:
        """Cells that are written without being run."""
        cell = _NAMED.match(result)
        if call["name"] in ("edit_cell", "add_markdown") and cell is not None:
            self._write(cell[1], json.loads(call["arguments"])["source"], time)

    def _ran(self, cell: str, seconds: float) -> None:
        written = self._found[cell]
        thought = written.origin.seconds or 0.0
        origin = replace(written.origin, seconds=round(thought + seconds, 1))
        self._found[cell] = replace(written, origin=origin)

    def _write(self, cell: str, source: str | None, time: datetime) -> None:
        before = self._found.get(cell)
        changes = before.origin.by == "mixed" if before else self._call == "edit_cell"
        row = replace(
            self._row,
            cell=cell,
            by="mixed" if changes else "agent",
            time=time.isoformat(timespec="seconds"),
        )
        written = Written(row, source_hash(source) if source is not None else "")
        if before is None or not before.is_by(written):
            self._found[cell] = written
