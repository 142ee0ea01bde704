"""What earlier turns of a notebook were, from the user's own journals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path

from k2_jupyter.hosts.lab.prompts import load
from k2_jupyter.hosts.lab.scene import HOST, Kept, Scene
from k2_jupyter.hosts.recalled import remember
from k2_jupyter.journal.recall import RecordedTurn, all_begun
from k2_jupyter.messages import Json
from k2_jupyter.settings import state_folder

_SHOWN = 50
_REMEMBERED = 10
"""Turns whose messages the model gets again; of the others people see the conclusion."""
_UNREADABLE = "What was done here before can't be read, so K2 begins anew: {}."


def recall(scene: Scene) -> None:
    """Put them into a new conversation, the oldest first; else say why they are not there."""
    try:
        _recall(scene.notebook, scene.kept, scene.say)
    except OSError as problem:
        scene.notice(_UNREADABLE.format(problem))


def _recall(notebook: Path, kept: Kept, say: Callable[[Mapping[str, Json]], None]) -> None:
    found = all_begun(state_folder(), host=HOST, notebook=str(notebook))
    records = [record for record in islice(found, _SHOWN) if record.request]
    for record in reversed(records):
        say(_earlier(record))
    kept.undos.recall(records[::-1], notebook)
    kept.undos.announce(say)
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
