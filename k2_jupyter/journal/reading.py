"""Reading journals back."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from k2_jupyter.errors import JournalError
from k2_jupyter.journal.journal import FILE_NAME, TURN_ID, VERSION, turn_folder

TORN = "TornLine"
_BLOCK = 65_536


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a journal."""

    number: int
    time: datetime
    type: str
    """Name of the event's or answer's class."""
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TurnSummary:
    """A turn in one line."""

    turn: str
    folder: Path
    started: datetime | None = None
    task: str = ""
    """First line of the task."""
    model: str = ""
    state: str = "unfinished"
    """The `EndReason`; ``running`` while its journal is open; ``unfinished`` if it ended
    without a last record; ``damaged`` if its journal can't be read."""
    steps: int = 0
    notebook: str | None = None
    host: str = ""
    """What it was done from, as its first record says."""


def read(path: Path) -> Generator[Record, None, None]:
    """The records of a journal in order.

    A last line that was cut off, as a crash may leave it, comes as a record of type `TORN`
    with its length in ``bytes``. Raises `JournalError` with the number of the line for any
    other damage: bad JSON, another version, a gap in the numbering.
    """
    previous: Record | None = None
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n"):
                    time = previous.time if previous else datetime.fromtimestamp(0).astimezone()
                    yield Record(number, time, TORN, {"bytes": len(line)})
                    return
                previous = _parse(line, number, path)
                yield previous
    except OSError as problem:
        raise JournalError(f"{path} can't be read: {problem.strerror}") from problem


def turns(state_dir: Path) -> tuple[TurnSummary, ...]:
    """All turns, the newest first."""
    folder = state_dir / "turns"
    if not folder.is_dir():
        return ()
    names = [entry.name for entry in folder.iterdir() if TURN_ID.fullmatch(entry.name)]
    found = [summary(state_dir, name) for name in sorted(names)]
    known = [turn for turn in found if turn.started is not None]
    known.sort(key=lambda turn: (turn.started, turn.turn), reverse=True)
    return (*known, *(turn for turn in found if turn.started is None))


def summary(state_dir: Path, turn: str) -> TurnSummary:
    """One turn in one line. Raises `JournalError` for what is no turn id."""
    folder = turn_folder(state_dir, turn)
    path = folder / FILE_NAME
    try:
        return _summary(turn, folder, path)
    except JournalError:
        return TurnSummary(turn, folder, state="damaged")


def find(state_dir: Path, beginning: str) -> str:
    """The id of the one turn that begins so. Raises `JournalError` for none or several."""
    names = [turn.turn for turn in turns(state_dir)]
    if beginning in names:
        return beginning
    matching = [name for name in names if beginning and name.startswith(beginning)]
    if len(matching) == 1:
        return matching[0]
    count = f"{len(matching)} turns begin" if matching else "No turn begins"
    raise JournalError(f"{count} with {beginning!r}; `k2 turns list` shows them.")


def is_running(path: Path) -> bool:
    """Whether the writer still holds the journal open."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _summary(turn: str, folder: Path, path: Path) -> TurnSummary:
    """From both ends of the file; only an unfinished one is read in full, for its steps."""
    records = read(path)
    opened = next(records, None)
    begun = next((record for record in records if record.type == "TurnStarted"), None)
    records.close()
    if opened is None or begun is None:
        return TurnSummary(turn, folder, state="running" if is_running(path) else "unfinished")
    last = _last_record(path)
    task = str(begun.data.get("task", "")).strip()
    found = TurnSummary(
        turn,
        folder,
        started=begun.time,
        task=task.splitlines()[0] if task else "",
        model=str(begun.data.get("model", "")),
        notebook=opened.data.get("notebook"),
        host=str(opened.data.get("host", "")),
    )
    if last is not None and last.type == "TurnFinished":
        return replace(found, state=str(last.data["reason"]), steps=int(last.data["steps"]))
    steps = sum(record.type == "StepStarted" for record in read(path))
    return replace(found, state="running" if is_running(path) else "unfinished", steps=steps)


def _last_record(path: Path) -> Record | None:
    """The record of the last line, or ``None`` if it is torn."""
    with path.open("rb") as file:
        place = file.seek(0, os.SEEK_END)
        tail = b""
        while place > 0 and b"\n" not in tail[:-1]:
            place = max(0, place - _BLOCK)
            file.seek(place)
            tail = file.read(_BLOCK) + tail if tail else file.read()
    line = tail[tail.rfind(b"\n", 0, -1) + 1 :]
    return _parse(line, None, path) if line.endswith(b"\n") else None


def _parse(line: bytes, number: int | None, path: Path) -> Record:
    try:
        found = json.loads(line)
        known = found["v"] == VERSION and number in (None, found["seq"])
        time = datetime.fromisoformat(found["ts"])
        record = Record(int(found["seq"]), time, str(found["type"]), dict(found["data"]))
    except (ValueError, KeyError, TypeError) as problem:
        raise _damaged(path, number) from problem
    if not known:
        raise _damaged(path, number)
    return record


def _damaged(path: Path, number: int | None) -> JournalError:
    where = "its last line" if number is None else f"line {number}"
    return JournalError(f"{path} is damaged at {where}.")
