"""The loop: ask the model, carry out its calls, until it finishes or must stop."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from k2_jupyter.agent.ageing import Marks
from k2_jupyter.agent.history import History
from k2_jupyter.agent.limits import Budget, Limits
from k2_jupyter.agent.prompts import load
from k2_jupyter.errors import JournalError, ModelError, NotebookError, StopRequested
from k2_jupyter.events import (
    AnswerReceived,
    CallFinished,
    CallStarted,
    Conclusion,
    EndReason,
    EventStream,
    StepStarted,
    TurnFinished,
    TurnStarted,
)
from k2_jupyter.messages import AssistantMessage, ToolCall, ToolResult, Usage
from k2_jupyter.models.base import Model
from k2_jupyter.tools.base import Finished, Toolset, error

INTERRUPTED = "Interrupted: this call was not completed. Do not assume that it succeeded."
NOT_CARRIED_OUT = (
    "Not carried out: the turn had ended, or its tool calls were used up, when this call came up."
)
CUTS_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Ending:
    """Why the loop ended."""

    reason: EndReason
    detail: str = ""
    conclusion: Conclusion | None = None


@dataclass(slots=True)
class _Turn:
    """What one turn remembers from step to step."""

    budget: Budget
    usage: Usage = field(default_factory=Usage)
    asked_to_finish: bool = False
    cuts: int = 0
    """Answers in a row that were cut off at their length limit."""


class Agent:
    """One conversation about one notebook; `run` is one turn of it."""

    def __init__(self, model: Model, toolset: Toolset, *, limits: Limits | None = None) -> None:
        self.history = History(load("system"))
        self._model = model
        self._toolset = toolset
        self._limits = limits or Limits()
        self._marks = Marks.of(model.profile)
        self._prices = model.profile.prices

    def run(
        self,
        task: str,
        stop: threading.Event,
        *,
        briefing: str = "",
        turn: str = "",
        resumed: bool = False,
    ) -> EventStream[None]:
        """One turn, from the user's words to `TurnFinished`.

        `briefing` is what the host knows of files and cells; it goes with the task. A
        `resumed` turn goes on where the history ends, which holds the task already.
        `stop` ends the turn within 1 s; every open call is then answered, so that the
        history is valid for the next turn.
        """
        state = _Turn(Budget(self._limits, stop))
        ending: Ending | None = None
        try:
            yield TurnStarted(turn or uuid.uuid4().hex, task, self._model.name)
            if not resumed:
                self.history.ask(f"{task}\n\n{briefing}" if briefing else task)
            while ending is None:
                ending = yield from self._step(state)
        except StopRequested:
            ending = Ending("interrupted", "Stopped by the user.")
        except ModelError as problem:
            ending = Ending("model", str(problem))
        except (JournalError, NotebookError) as problem:
            ending = Ending("failed", str(problem))
        finally:
            self.history.close(INTERRUPTED)
        yield TurnFinished(
            ending.reason,
            ending.conclusion,
            ending.detail,
            steps=state.budget.steps,
            calls=state.budget.calls,
            usage=state.usage,
            seconds=state.budget.seconds,
        )

    def _step(self, turn: _Turn) -> EventStream[Ending | None]:
        """One model call and the calls that it asked for; an `Ending` when it was the last."""
        stop = turn.budget.stop
        if stop.user_stop.is_set():
            raise StopRequested
        exhausted = yield from turn.budget.admit()
        if exhausted:
            return Ending("limit", f"{exhausted}.")
        turn.budget.steps += 1
        yield StepStarted(turn.budget.steps)
        if self._marks is not None:
            self.history.age(self._marks)
        try:
            answer = yield from self._model.stream(self.history.messages, self._toolset.specs, stop)
        except StopRequested:
            if stop.user_stop.is_set():
                raise
            return None  # out of time: the next `admit` asks for more
        self.history.add(answer)
        turn.usage += answer.usage
        if self._prices is not None:
            turn.budget.dollars = self._prices.of(turn.usage)
        yield AnswerReceived(answer)
        if answer.calls:
            turn.cuts = 0
            return (yield from self._carry_out(answer.calls, turn.budget))
        return self._plain(answer, turn)

    def _carry_out(self, calls: Sequence[ToolCall], budget: Budget) -> EventStream[Ending | None]:
        """Run the calls in order; each gets its answer, also when the turn ends in between."""
        ending: Ending | None = None
        for position, call in enumerate(calls):
            if ending is not None or budget.stop.is_set() or not budget.has_calls:
                break
            result = yield from self._call(call, position, budget)
            if isinstance(result, Finished):
                ending = _finished(result.conclusion)
        self.history.close(INTERRUPTED if budget.stop.is_set() else NOT_CARRIED_OUT)
        return ending

    def _call(self, call: ToolCall, position: int, budget: Budget) -> EventStream[ToolResult]:
        started = time.monotonic()
        failure: JournalError | NotebookError | None = None
        result: ToolResult
        try:
            yield CallStarted(call, position)
            budget.calls += 1
            result = yield from self._toolset.call(call, budget.stop)
        except StopRequested:
            result = error(INTERRUPTED)
        except (JournalError, NotebookError) as problem:
            failure, result = problem, error(f"{INTERRUPTED} {problem}")
        self.history.answer(result)
        yield CallFinished(call, position, result, time.monotonic() - started)
        if failure is not None:
            raise failure
        return result

    def _plain(self, answer: AssistantMessage, turn: _Turn) -> Ending | None:
        """An answer without calls: the end, unless it was cut off or owes a `finish`."""
        if answer.finish == "length" and turn.cuts < CUTS_IN_A_ROW:
            turn.cuts += 1
            self.history.ask(load("cut_off"))
            return None
        if self._toolset.owes_finish and not turn.asked_to_finish:
            turn.asked_to_finish = True
            self.history.ask(load("ask_to_finish"))
            return None
        return _finished(self._toolset.conclude(answer.text))


def _finished(conclusion: Conclusion) -> Ending:
    return Ending(conclusion.outcome, conclusion=conclusion)
