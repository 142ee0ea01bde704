"""The loop: ask the model, carry out its calls, until it finishes or must stop."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field
from functools import cached_property

from k2_jupyter.agent.asking import Asking
from k2_jupyter.agent.calls import INTERRUPTED, Calls
from k2_jupyter.agent.ending import Ending, cut_short, finished
from k2_jupyter.agent.history import History
from k2_jupyter.agent.limits import Budget, Day, Limits
from k2_jupyter.agent.loops import announces
from k2_jupyter.agent.meter import Meter
from k2_jupyter.agent.prompts import load
from k2_jupyter.errors import (
    JournalError,
    ModelEmptyError,
    ModelError,
    NotebookError,
    StopRequested,
)
from k2_jupyter.events import (
    AnswerReceived,
    EventStream,
    StepStarted,
    TurnFinished,
    TurnStarted,
)
from k2_jupyter.messages import AssistantMessage, Usage
from k2_jupyter.models.base import Model
from k2_jupyter.tools.base import Toolset

CUTS_IN_A_ROW = 3
ALWAYS_CUT = (
    "The model's answers were cut off at their length limit, one after another. Ask for less at "
    "once, or allow longer answers at the endpoint."
)


@dataclass(slots=True)
class _Turn:
    """What one turn remembers from step to step."""

    budget: Budget
    asking: Asking
    calls: Calls
    nudges: set[str] = field(default_factory=set)
    """What the model was told already that it owes; each is said once."""
    cuts: int = 0
    """Answers in a row that were cut off at their length limit."""


class Agent:
    """One conversation about one notebook; `run` is one turn of it."""

    def __init__(
        self,
        model: Model,
        toolset: Toolset,
        *,
        limits: Limits | None = None,
        day: Day | None = None,
    ) -> None:
        self.history = History(load("system"))
        self._model = model
        self._toolset = toolset
        self._limits = limits or Limits()
        self._day = day

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
        state = self._turn(stop)
        try:
            yield TurnStarted(turn or uuid.uuid4().hex, task, self._model.name)
            if not resumed:
                self.history.ask(f"{task}\n\n{briefing}" if briefing else task)
            ending = yield from self._steps(state)
        except (StopRequested, ModelError, JournalError, NotebookError) as problem:
            ending = cut_short(problem)
        finally:
            self.history.close(INTERRUPTED)
            state.budget.settle()
        yield TurnFinished(
            ending.reason,
            ending.conclusion,
            ending.detail,
            steps=state.budget.steps,
            calls=state.budget.calls,
            usage=state.budget.usage,
            seconds=state.budget.seconds,
        )

    @cached_property
    def _meter(self) -> Meter:
        """What the endpoint teaches of its counting and its window holds for all turns."""
        return Meter(self._model.profile, self._toolset.specs)

    def _turn(self, stop: threading.Event) -> _Turn:
        budget = Budget(self._limits, stop, prices=self._model.profile.prices, day=self._day)

        def spend(usage: Usage) -> None:
            budget.spend(usage, known=self.history.sent)
            self.history.sent = usage.input_tokens + usage.output_tokens

        asking = Asking(self._model, self._toolset.specs, self._meter, spend)
        return _Turn(budget, asking, Calls(self._toolset, budget))

    def _steps(self, turn: _Turn) -> EventStream[Ending]:
        while True:
            ending = yield from self._step(turn)
            if ending is not None:
                return ending

    def _step(self, turn: _Turn) -> EventStream[Ending | None]:
        """One model call and the calls that it asked for; an `Ending` when it was the last."""
        stop = turn.budget.stop
        if stop.user_stop.is_set():
            raise StopRequested
        exhausted = yield from turn.budget.admit()
        if exhausted:
            return Ending("limit", f"{exhausted}.")
        yield StepStarted(turn.budget.steps)
        try:
            answer = yield from turn.asking.answer(self.history, stop)
        except StopRequested:
            if stop.user_stop.is_set():
                raise
            return None  # out of time: the next `admit` asks for more
        except ModelEmptyError:
            if not self._nudge(turn, "empty"):
                raise
            return None
        self.history.add(answer)
        yield AnswerReceived(answer)
        is_cut = answer.finish == "length"
        turn.cuts = turn.cuts + 1 if is_cut else 0
        if answer.calls:
            return (yield from turn.calls.carry_out(answer, self.history))
        return self._cut_off(turn) if is_cut else self._plain(answer, turn)

    def _cut_off(self, turn: _Turn) -> Ending | None:
        if turn.cuts > CUTS_IN_A_ROW:
            return Ending("model", ALWAYS_CUT)
        self.history.remind(load("cut_off"))
        return None

    def _plain(self, answer: AssistantMessage, turn: _Turn) -> Ending | None:
        """An answer without calls: the end, unless it owes something."""
        if self._toolset.owes_finish and self._nudge(turn, "ask_to_finish"):
            return None
        if self._toolset.unfinished and self._nudge(turn, "unfinished"):
            return None
        reads_once = not self._model.profile.rereads
        if reads_once and announces(answer.text) and self._nudge(turn, "announced"):
            return None
        return finished(self._toolset.conclude(answer.text))

    def _nudge(self, turn: _Turn, prompt: str) -> bool:
        """Tell the model what it owes, unless it has been told."""
        if prompt in turn.nudges:
            return False
        turn.nudges.add(prompt)
        self.history.remind(load(prompt))
        return True
