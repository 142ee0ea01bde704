"""What earlier turns of a notebook were, from the user's own journals."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from k2_jupyter.hosts.lab.event_log import EventLog
from k2_jupyter.hosts.lab.prompts import load
from k2_jupyter.hosts.lab.scene import HOST, Kept
from k2_jupyter.hosts.recalled import remember
from k2_jupyter.journal.recall import RecordedTurn, all_begun
from k2_jupyter.messages import Json
from k2_jupyter.settings import state_folder

_SHOWN = 50
_REMEMBERED = 10
"""Turns whose messages the model gets again; of the others people see the conclusion."""


def recall(notebook: Path, log: EventLog, kept: Kept) -> None:
    """Put them into a new conversation, the oldest first."""
    found = all_begun(state_folder(), host=HOST, notebook=str(notebook))
    records = [record for record in islice(found, _SHOWN) if record.request]
    for record in reversed(records):
        log.add(_earlier(record))
    kept.undos.recall(records[::-1], notebook)
    kept.undos.announce(log.add)
    for record in reversed(records[:_REMEMBERED]):
        if record.message:
            remember(kept.history, record)
    if records:
        kept.news.append(load("recalled"))


def _earlier(record: RecordedTurn) -> dict[str, Json]:
    finished = record.finished
    conclusion = finished.conclusion if finished else None
    return {
        "type": "Earlier",
        "turn": record.turn,
        "request": record.request,
        "model": record.model,
        "started": record.started.isoformat(timespec="seconds"),
        "reason": finished.reason if finished else "interrupted",
        "conclusion": conclusion.text if conclusion else "",
        "steps": finished.steps if finished else len(record.answers),
        "seconds": finished.seconds if finished else 0.0,
    }
