"""A recorded turn in the memory of a conversation."""

from __future__ import annotations

from k2_jupyter.agent.calls import INTERRUPTED
from k2_jupyter.agent.history import History
from k2_jupyter.journal.recall import RecordedTurn


def remember(history: History, record: RecordedTurn, *, whole: bool = False) -> None:
    """What was said in a recorded turn, behind what is there.

    A call that a crash left without a result is answered with that; with `whole`, the answer
    that made it is left out, so that it is given again.
    """
    history.ask(record.message or record.task)
    answers = [*record.whole_answers()]
    if record.cut_off is not None and not whole:
        answers.append(record.cut_off)
    for answer, results in answers:
        history.add(answer)
        for result in results:
            history.answer(result)
        history.close(INTERRUPTED)
