"""A recorded turn in the memory of a conversation."""

from __future__ import annotations

from k2_jupyter.agent.history import History
from k2_jupyter.journal.recall import RecordedTurn


def remember(history: History, record: RecordedTurn) -> None:
    """What was said in a recorded turn, behind what is there; answers without a result go."""
    history.ask(record.message or record.task)
    for answer, results in record.whole_answers():
        history.add(answer)
        for result in results:
            history.answer(result)
