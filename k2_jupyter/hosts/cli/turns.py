"""`k2 turns`: what earlier turns did, from their journals."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from k2_jupyter.errors import SettingsError
from k2_jupyter.journal.journal import FILE_NAME, turn_folder
from k2_jupyter.journal.reading import TORN, Record, TurnSummary, find, read, turns
from k2_jupyter.notebook.text import visible, without_ansi

_MARKS = {"open": "·", "active": "▸", "done": "✓", "failed": "✗", "dropped": "–"}


def list_turns(state_dir: Path, console: Console) -> int:
    """Print a line for each turn, the newest first; returns 0."""
    found = turns(state_dir)
    if not found:
        console.print("No turns yet.")
        return 0
    width = max(len(turn.turn) for turn in found)
    for turn in found:
        begun = f"{turn.started.astimezone():%Y-%m-%d %H:%M}" if turn.started else "?"
        facts = f"{turn.turn:{width}}  {begun:16}  {turn.state:11}  {turn.steps:3} steps  "
        line = Text(_plain(facts + turn.task))
        if console.is_terminal:
            line.truncate(console.width, overflow="ellipsis")
        console.print(line, soft_wrap=True)
    return 0


def show_turn(state_dir: Path, turn: str, console: Console) -> int:
    """Print what happened in the turn whose id begins with `turn`; returns 0.

    Raises `JournalError` where no turn or several begin so, and, after what could be
    read, for a damaged journal.
    """
    path = turn_folder(state_dir, find(state_dir, turn)) / FILE_NAME
    plan: Sequence[Mapping[str, Any]] = ()
    for record in read(path):
        if record.type == "PlanChanged":
            plan = record.data["items"]
        elif record.type == "TurnFinished":
            _print(console, *_plan(plan))
            plan = ()
        _print(console, *_told(record))
    _print(console, *_plan(plan))
    return 0


def purge(
    state_dir: Path,
    console: Console,
    *,
    ids: Sequence[str] = (),
    older_than: int | None = None,
    all: bool = False,  # noqa: A002 (the option's name)
) -> int:
    """Delete the journals of these turns, those begun before so many days, or all; returns 0.

    A running turn stays, and so does what counts for the caps of a day: numbers alone. Raises
    `SettingsError` where nothing is chosen, `JournalError` for an id that is none.
    """
    if not ids and older_than is None and not all:
        raise SettingsError("Say which: ids of turns, --older-than DAYS, or --all.")
    chosen = {find(state_dir, beginning) for beginning in ids}
    limit = datetime.now(UTC) - timedelta(days=older_than) if older_than is not None else None
    purged = 0
    for turn in turns(state_dir):
        old = limit is not None and turn.started is not None and turn.started < limit
        if not (all or old or turn.turn in chosen):
            continue
        if turn.state == "running":
            console.print(f"{turn.turn} is running and stays.", markup=False)
            continue
        _delete(turn)
        purged += 1
    console.print(f"{purged} {'turn' if purged == 1 else 'turns'} purged.")
    return 0


def _delete(turn: TurnSummary) -> None:
    try:
        shutil.rmtree(turn.folder)
    except OSError as problem:
        raise SettingsError(f"{turn.folder} can't be deleted: {problem.strerror}.") from problem


def _told(record: Record) -> list[str]:
    teller = _TELLERS.get(record.type)
    return teller(record.data) if teller else []


def _started(data: Mapping[str, Any]) -> list[str]:
    return [data["task"], f"({data['model']})", ""]


def _cell(data: Mapping[str, Any]) -> list[str]:
    return [f"cell {data['cell']}: {data['purpose'] or 'no purpose given'}"]


def _cell_end(data: Mapping[str, Any]) -> list[str]:
    return [f"  {data['status']}, {data['seconds']:.1f} s"]


def _limit(data: Mapping[str, Any]) -> list[str]:
    today = " of the day" if data.get("period") == "day" else ""
    return [f"limit{today} reached: {data['limit']}, {data['used']:,.10g}"]


def _note(data: Mapping[str, Any]) -> list[str]:
    detail = data.get("detail", "").splitlines()
    return [f"note: {data['text']}", *(f"  {line}" for line in detail)]


def _finished(data: Mapping[str, Any]) -> list[str]:
    lines = ["", f"{data['reason']} after {data['steps']} steps, {data['seconds']:.0f} s"]
    if data["detail"]:
        lines.append(data["detail"])
    conclusion = data["conclusion"]
    if conclusion:
        lines += ["", conclusion["text"]]
        lines += [f"- {caveat}" for caveat in conclusion["caveats"]]
    return lines


_TELLERS: dict[str, Callable[[Mapping[str, Any]], list[str]]] = {
    "TurnStarted": _started,
    "CellStarted": _cell,
    "CellFinished": _cell_end,
    "ApprovalRequest": lambda data: [f"asked: {data['action']}? {'; '.join(data['reasons'])}"],
    "Approval": lambda data: [f"  {'granted' if data['granted'] else 'refused'} {data['comment']}"],
    "QuestionRequest": lambda data: [f"asked: {data['question']}"],
    "Reply": lambda data: [f"  {data['text']}"],
    "CapRequest": _limit,
    "Extension": lambda data: [f"  {data['extra']:,.10g} more"],
    "NoAnswer": lambda _: ["  no answer"],
    "Notice": _note,
    "TurnFinished": _finished,
    TORN: lambda _: ["(the journal's last line was cut off and is left out)"],
}


def _plan(items: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = [f"  {_MARKS.get(item['state'], '?')} {item['title']}" for item in items]
    return ["", "Plan", *lines] if lines else []


def _print(console: Console, *lines: str) -> None:
    for line in lines:
        console.print(Text(_plain(line)), soft_wrap=True)


def _plain(text: str) -> str:
    """Text from data, without anything that a terminal would obey."""
    return visible(without_ansi(text))
