"""What becomes of the tool calls of one answer: each is carried out, or told why not."""

from __future__ import annotations

import time
from collections.abc import Sequence

from k2_jupyter.agent.ending import Ending, finished
from k2_jupyter.agent.history import History
from k2_jupyter.agent.limits import Budget
from k2_jupyter.agent.loops import Loops
from k2_jupyter.errors import JournalError, NotebookError, StopRequested
from k2_jupyter.events import CallFinished, CallStarted, EventStream
from k2_jupyter.messages import AssistantMessage, ToolCall, ToolResult
from k2_jupyter.tools.base import Finished, Toolset, error

INTERRUPTED = "Interrupted: this call was not completed. Do not assume that it succeeded."
NOT_CARRIED_OUT = (
    "Not carried out: the turn had ended, or its tool calls were used up, when this call came up."
)
TOO_MANY = "Not carried out: one answer may have {} tool calls. Make it again if it is needed."
CUT_OFF = "Not carried out: the answer was cut off. Make the call again if it is needed."
MOST_CALLS = 16
"""Of one answer; more are no plan but a flood."""


class Calls:
    """Carries out the calls of one turn."""

    def __init__(self, toolset: Toolset, budget: Budget) -> None:
        self._toolset = toolset
        self._budget = budget
        self._loops = Loops()

    def carry_out(self, answer: AssistantMessage, history: History) -> EventStream[Ending | None]:
        """Run the calls in order; each gets its answer, also when the turn ends in between."""
        ending: Ending | None = None
        done: list[tuple[ToolCall, ToolResult]] = []
        self._loops.next_answer()
        for position, call in enumerate(answer.calls):
            if self._budget.stop.is_set():
                break
            if answer.finish == "length":
                known: ToolResult | None = error(CUT_OFF)
            elif ending is not None or not self._budget.has_calls:
                known = error(NOT_CARRIED_OUT)
            elif position >= MOST_CALLS:
                known = error(TOO_MANY.format(MOST_CALLS))
            else:
                known = _same(call, done)
            result = yield from self._call(call, position, history, known)
            done.append((call, result))
            if isinstance(result, Finished):
                ending = finished(result.conclusion)
            elif ending is None and self._loops.over:
                ending = Ending("limit", f"{self._loops.over}.")
        history.close(INTERRUPTED)
        return ending

    def _call(
        self, call: ToolCall, position: int, history: History, known: ToolResult | None
    ) -> EventStream[ToolResult]:
        """Carry out one call, unless its result is `known` beforehand."""
        started = time.monotonic()
        failure: JournalError | NotebookError | None = None
        result: ToolResult
        try:
            yield CallStarted(call, position)
            if known is None:
                self._budget.calls += 1
                result = yield from self._toolset.call(call, self._budget.stop)
                result = self._loops.told(call, result)
            else:
                result = known
        except StopRequested:
            result = error(INTERRUPTED)
        except (JournalError, NotebookError) as problem:
            failure, result = problem, error(f"{INTERRUPTED} {problem}")
        history.answer(result)
        yield CallFinished(call, position, result, time.monotonic() - started)
        if failure is not None:
            raise failure
        return result


def _same(call: ToolCall, done: Sequence[tuple[ToolCall, ToolResult]]) -> ToolResult | None:
    """The result of the same call in the same answer: a doubled call is meant once."""
    for earlier, result in done:
        if (earlier.name, earlier.arguments) == (call.name, call.arguments):
            return result
    return None
