"""The past turns of a notebook, from the user's own journals: listed, told again, purged."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from k2_jupyter.agent.limits import new_tokens
from k2_jupyter.errors import JournalError
from k2_jupyter.hosts.lab.told import LONGEST_RESULT
from k2_jupyter.hosts.lab.undos import HOST as UNDO_HOST
from k2_jupyter.journal.journal import FILE_NAME, turn_folder
from k2_jupyter.journal.reading import Record, TurnSummary, read, summary, turns
from k2_jupyter.journal.recall import RecordedTurn, all_begun, recall
from k2_jupyter.journal.recorded import UNANSWERED
from k2_jupyter.messages import Json, Usage
from k2_jupyter.models.profiles import Prices

MOST = 300
"""Turns that are listed: a notebook that has more is asked for its newest."""

_AS_THEY_ARE = (
    *("TurnStarted", "StepStarted", "Retrying", "AnswerReceived", "CallStarted"),
    *("CellStarted", "PlanChanged", "TurnFinished"),
)
_REQUESTS = ("ApprovalRequest", "QuestionRequest", "CapRequest")
_ANSWERS = ("Approval", "Reply", "Extension", UNANSWERED)


class NoTurnError(Exception):
    """This notebook has no such turn, or not any more."""


@dataclass(frozen=True, slots=True)
class Purged:
    """How many journals are gone, and how many stay because their turns run."""

    purged: int
    kept: int


def past(state_dir: Path, notebook: Path) -> list[dict[str, Json]]:
    """For the page, the newest first; of a damaged journal the state alone."""
    found, taken_back = turns_of(state_dir, notebook)[:MOST], undone(state_dir, notebook)
    return [{**_listed(state_dir, turn), "undone": turn.turn in taken_back} for turn in found]


def turns_of(state_dir: Path, notebook: Path) -> list[TurnSummary]:
    """The newest first, without what undid or redid one."""
    return [
        turn
        for turn in turns(state_dir)
        if turn.notebook == str(notebook) and turn.host != UNDO_HOST
    ]


def undone(state_dir: Path, notebook: Path) -> set[str]:
    """The turns whose last undo was not redone."""
    last: dict[str, bool] = {}
    for act in all_begun(state_dir, host=UNDO_HOST, notebook=str(notebook)):
        if act.finished is not None:
            last.setdefault(str(act.facts.get("of")), act.facts.get("what") == "undo")
    return {turn for turn, is_undone in last.items() if is_undone}


def transcript(state_dir: Path, notebook: Path, turn: str) -> list[dict[str, Json]]:
    """What happened in a turn as events of the wire, each with its time.

    Raises `NoTurnError`, `JournalError`.
    """
    found = _one(state_dir, notebook, turn)
    return [
        {"time": time, "event": event}
        for time, event in _told(read(found.folder / FILE_NAME), found.turn)
    ]


def purge(state_dir: Path, notebook: Path, turn: str = "") -> Purged:
    """Delete the journal of this turn, or of all; those of running turns stay.

    Raises `NoTurnError`, and `JournalError` for what can't be deleted.
    """
    chosen = [_one(state_dir, notebook, turn)] if turn else turns_of(state_dir, notebook)
    ended = [one for one in chosen if one.state != "running"]
    gone = {one.turn for one in ended}
    for act in all_begun(state_dir, host=UNDO_HOST, notebook=str(notebook)):
        if act.facts.get("of") in gone:
            _delete(turn_folder(state_dir, act.turn))
    for one in ended:
        _delete(one.folder)
    return Purged(len(ended), len(chosen) - len(ended))


def cost(record: RecordedTurn) -> tuple[Usage, int, float | None]:
    """All tokens of a turn, the new ones among them, and US dollars where a price was known."""
    total, new, known = Usage(), 0, 0
    for message, _ in record.answers:
        total += message.usage
        new += new_tokens(message.usage, known)
        known = message.usage.input_tokens + message.usage.output_tokens
    return total, new, dollars(prices_of(record.facts), total)


def dollars(prices: Prices | None, usage: Usage) -> float | None:
    """What this cost; ``None`` where no price is known, or the endpoint counted nothing."""
    counted = usage.input_tokens or usage.output_tokens
    return prices.of(usage) if prices and counted else None


def prices_of(facts: Mapping[str, Any]) -> Prices | None:
    """What tokens cost when the turn ran; ``None`` where the journal does not say."""
    try:
        return Prices(**{name: float(price) for name, price in facts["prices"].items()})
    except (KeyError, AttributeError, TypeError, ValueError):
        return None


def _delete(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except OSError as problem:
        raise JournalError(f"{folder} can't be deleted: {problem.strerror}.") from problem


def _one(state_dir: Path, notebook: Path, turn: str) -> TurnSummary:
    try:
        found = summary(state_dir, turn)
    except (JournalError, OSError):
        found = None
    if found is None or found.notebook != str(notebook):
        raise NoTurnError("This notebook has no such turn. It may have been purged.")
    return found


def _listed(state_dir: Path, turn: TurnSummary) -> dict[str, Json]:
    listed: dict[str, Json] = {
        "turn": turn.turn,
        "request": turn.task,
        "model": turn.model,
        "started": turn.started.isoformat(timespec="seconds") if turn.started else "",
        "outcome": turn.state,
        "conclusion": "",
        "detail": "",
        "steps": turn.steps,
        "tokens": 0,
        "cached": 0,
        "dollars": None,
        "seconds": 0.0,
    }
    try:
        record = recall(state_dir, turn.turn)
    except JournalError:
        return {**listed, "outcome": "damaged"}
    finished = record.finished
    conclusion = finished.conclusion if finished else None
    usage, new, paid = cost(record)
    return {
        **listed,
        "request": record.request,
        "conclusion": conclusion.text if conclusion else "",
        "detail": finished.detail if finished else "",
        "tokens": new,
        "cached": usage.cached_tokens,
        "dollars": paid,
        "seconds": finished.seconds if finished else 0.0,
    }


def _told(records: Iterator[Record], turn: str) -> Iterator[tuple[str, dict[str, Json]]]:
    request = ""
    open_request: dict[str, Json] | None = None
    for record in records:
        time, data = record.time.isoformat(), record.data
        match record.type:
            case "JournalOpened":
                request = str(data.get("request") or "")
            case "TurnStarted":
                yield time, _asked(turn, request or str(data["task"]), str(data["model"]))
                yield time, {"type": "TurnStarted", **data}
            case kind if kind in _AS_THEY_ARE:
                yield time, {"type": kind, **data}
            case "Notice":
                yield time, {"type": "Notice", "text": data["text"], "detail": ""}
            case "CallFinished":
                yield time, _call_finished(data)
            case "CellFinished":
                yield time, {"type": "CellFinished", **data, "outputs": []}
            case kind if kind in _REQUESTS:
                open_request = {"type": kind, **data}
            case kind if kind in _ANSWERS and open_request is not None:
                yield time, _opened(open_request, record.number)
                yield time, _closed(kind, data, record.number)
                open_request = None


def _asked(turn: str, request: str, model: str) -> dict[str, Json]:
    return {
        "type": "Asked",
        "id": turn,
        "request": request,
        "attached": [],
        "mode": "ask",
        "model": model,
    }


def _call_finished(data: Mapping[str, Any]) -> dict[str, Json]:
    result = data["result"]
    text = str(result["text"])
    gist = str(result["gist"]) or text.strip().partition("\n")[0]
    shown = {
        "is_error": result["is_error"],
        "gist": gist[:LONGEST_RESULT],
        "text": text[:LONGEST_RESULT],
    }
    return {"type": "CallFinished", **data, "result": shown}


def _opened(request: Mapping[str, Json], number: int) -> dict[str, Json]:
    return {
        "type": "Opened",
        "id": str(number),
        "request": request,
        "cell": None,
        "epoch": 0,
        "asks": None,
    }


def _closed(kind: str, data: Mapping[str, Any], number: int) -> dict[str, Json]:
    fields = {name: value for name, value in data.items() if name != "request"}
    answer = None if kind == UNANSWERED else {"type": kind, **fields}
    return {"type": "Closed", "id": str(number), "answer": answer, "by": "page"}
