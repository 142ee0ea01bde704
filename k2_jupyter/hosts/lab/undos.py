"""Which turns of a notebook can be undone or redone, and the changes that this takes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any, Literal, TypeAlias

from k2_jupyter.adapters.change_records import of_record, to_record
from k2_jupyter.journal.journal import FILE_NAME, Journal, turn_folder
from k2_jupyter.journal.reading import read
from k2_jupyter.journal.recall import RecordedTurn, all_begun
from k2_jupyter.journal.redaction import Redactor
from k2_jupyter.messages import Json
from k2_jupyter.notebook.changes import Change, Changes
from k2_jupyter.settings import state_folder

HOST = "lab-undo"
"""The fact by which the journals of undone and redone turns are found."""
CHANGED = "CellChanged"
"""Type of the records of changed cells in a journal."""

Deed: TypeAlias = Literal["undo", "redo"]


@dataclass(frozen=True, slots=True)
class Known:
    """The changes that are to be taken back, as far as they are known."""

    changes: Sequence[Change]
    secret: Sequence[str] = ()
    """Cells whose text is not kept, as there are secrets in it."""
    cut: Sequence[str] = ()
    """Cells whose outputs were too long to keep."""


@dataclass(slots=True)
class Undoable:
    """A turn that changed cells."""

    turn: str
    request: str
    journals: list[str]
    """Of what was done last, the turn itself or an undo or redo: oldest first."""
    changes: Sequence[Change] | None = None
    """The same, where it was done in this server's life."""
    undone: bool = False
    joined: bool = False
    """Whether a `%%k2` asked: its kernel knows by itself what it did to the names."""
    _begun: list[Change] = field(default_factory=list)
    """Of an undo or redo that was stopped."""

    def known(self) -> Known:
        """What the next undo or redo takes back. Raises `JournalError`."""
        if self.changes is not None:
            return Known(self.changes)
        return _recorded(self.journals)

    def did(self, deed: Deed, journal: str, changes: Sequence[Change], *, whole: bool) -> None:
        """It was undone or redone; what was not `whole` can be done again, to its end."""
        self._begun += changes
        if whole:
            self.undone, self.changes, self.journals = deed == "undo", self._begun, [journal]
            self._begun = []


class Undos:
    """The turns of one notebook that changed cells, the oldest first."""

    def __init__(self) -> None:
        self._turns: dict[str, Undoable] = {}
        self._unsaid: list[Undoable] = []

    def of(self, turn: str) -> Undoable | None:
        """What is known of a turn."""
        return self._turns.get(turn)

    def undone(self, turns: Iterable[str]) -> bool:
        """Is one of these undone?"""
        known = (self._turns.get(turn) for turn in turns)
        return any(one is not None and one.undone for one in known)

    def add(self, undoable: Undoable) -> None:
        """The newest."""
        self._turns[undoable.turn] = undoable
        self._unsaid.append(undoable)

    def announce(self, say: Callable[[Mapping[str, Json]], None]) -> None:
        """Tell the pages of those that were added since."""
        for one in self._unsaid:
            say({"type": "Undoable", "turn": one.turn})
            if one.undone:
                say({"type": "Undone", "turn": one.turn, "lines": []})
        self._unsaid.clear()

    def since(self, turn: str) -> list[Undoable]:
        """The later turns that are not undone."""
        later = takewhile(lambda one: one.turn != turn, reversed(self._turns.values()))
        return [one for one in later if not one.undone]

    def recall(self, records: Sequence[RecordedTurn], notebook: Path) -> None:
        """The turns before this server's life, the oldest first."""
        for record in records:
            if record.changes:
                joined = record.facts.get("key") is not None
                self.add(Undoable(record.turn, record.request, [record.turn], joined=joined))
        found = [*all_begun(state_folder(), host=HOST, notebook=str(notebook))]
        for act in reversed(found):
            known = self.of(str(act.facts.get("of")))
            if known is not None and act.finished is not None:
                known.undone, known.journals = act.facts.get("what") == "undo", [act.turn]


def noted(journal: Journal, redactor: Redactor) -> Changes:
    """Takes changes, and keeps each in the journal before it is made."""

    def write(change: Change) -> None:
        record = to_record(change)
        source = change.before.source if change.before else ""
        journal.write(CHANGED, {**record, "secret": redactor.text(source) != source})

    return Changes(write)


def _recorded(journals: Sequence[str]) -> Known:
    changes: list[Change] = []
    secret: dict[str, None] = {}
    cut: dict[str, None] = {}
    for data in _records(journals):
        changes.append(of_record(data))
        if data["secret"]:
            secret[data["cell"]] = None
        if data["cut"]:
            cut[data["cell"]] = None
    return Known([one for one in changes if one.cell not in secret], tuple(secret), tuple(cut))


def _records(journals: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    for journal in journals:
        for record in read(turn_folder(state_folder(), journal) / FILE_NAME):
            if record.type == CHANGED:
                yield record.data
