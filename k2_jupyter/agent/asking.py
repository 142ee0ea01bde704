"""One complete answer of the model, to a history that fits its window.

What a request may change of the one before, in this order, so that the endpoint's cached
prefix is given up as seldom as possible: old results age in batches (`ageing.py`); near the
window's end all but the newest are hidden; then the model writes notes that stand for the
conversation; and where it can't, a list of what was called does. A model that reads its
whole turn anew for each answer (`ModelProfile.rereads`) gets all of it, always.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import closing

from k2_jupyter.agent.ageing import Marks, aged, hidden
from k2_jupyter.agent.history import History
from k2_jupyter.agent.meter import CHARACTERS_PER_TOKEN, Meter
from k2_jupyter.agent.notes import digest, newest_steps, outset
from k2_jupyter.agent.prompts import load
from k2_jupyter.errors import ModelOutputError, ModelOverflowError
from k2_jupyter.events import Answer, EventStream, Notice, Retrying, Waiting
from k2_jupyter.messages import AssistantMessage, Message, ToolSpec, Usage, UserMessage
from k2_jupyter.models.base import Model
from k2_jupyter.notebook.cutting import cut

_NOTES_SHARE = 1 / 8
"""Of the window, for notes; as much again for the newest steps, which stay as they are."""
_WORTH = 1 / 8
"""Of the window, must be won for the conversation to be given up for notes."""
_SENDABLE = 0.9
"""Of the window, may be sent to ask for notes: these are shorter than another answer."""
_END = 0.5
"""Of the window, is sent of a conversation that is too long even for that."""
_HIDDEN = "Old outputs were taken out of the conversation: it nears the end of the model's window."
_SUMMARISED = "The conversation nears the end of the model's window; the model writes notes of it."
_NOTED = "The conversation goes on from these notes."
_RESET = "The conversation had outgrown the model's window; it goes on from a list of its calls."


class Asking:
    """Asks one model, in one turn."""

    def __init__(
        self,
        model: Model,
        tools: Sequence[ToolSpec],
        meter: Meter,
        spend: Callable[[Usage], None],
    ) -> None:
        """`spend` is told what each answer has used, notes included."""
        self._model = model
        self._tools = tools
        self._meter = meter
        self._spend = spend
        self._marks = Marks.of(model.profile)

    def answer(self, history: History, stop: threading.Event) -> EventStream[AssistantMessage]:
        """As `Model.stream`. The history is shortened where it must be, and stays valid."""
        if self._marks is None:
            return (yield from self._asked(history.messages, stop))
        history.swap(aged(history.messages, self._marks))
        yield from self._fit(history, stop)
        rungs = iter((self._as_it_is, self._hide_all, self._summarise, self._reset))
        while True:
            try:
                return (yield from self._asked(history.messages, stop))
            except ModelOverflowError as problem:
                self._meter.refused(history.messages, problem)
                again = False
                while not again:
                    rung = next(rungs, None)
                    if rung is None:
                        raise
                    again = yield from rung(history, stop)

    def _asked(
        self, messages: Sequence[Message], stop: threading.Event
    ) -> EventStream[AssistantMessage]:
        answer = yield from self._model.stream(messages, self._tools, stop)
        self._meter.learn(messages, answer.usage.input_tokens)
        self._spend(answer.usage)
        return answer

    def _fit(self, history: History, stop: threading.Event) -> EventStream[None]:
        for shorten in (self._hide, self._summarise, self._reset):
            if self._meter.tokens(history.messages) <= self._meter.high:
                return
            yield from shorten(history, stop)

    # The rungs: each tells whether it is worth asking again

    def _as_it_is(self, history: History, stop: threading.Event) -> EventStream[bool]:
        """The window is known now, and with it how much room the answer may ask for."""
        yield from ()
        return self._meter.tokens(history.messages) <= self._meter.high

    def _hide(self, history: History, stop: threading.Event) -> EventStream[bool]:
        """Worth it only where it lasts; else every step would cost the cached prefix."""
        shorter = hidden(history.messages, recent=3, pictures=True)
        would_be = list(history.messages)
        for position, message in shorter.items():
            would_be[position] = message
        won = self._meter.tokens(history.messages) - self._meter.tokens(would_be)
        if won < self._meter.window * _WORTH:
            return False
        yield Notice(_HIDDEN)
        history.swap(shorter)
        return True

    def _hide_all(self, history: History, stop: threading.Event) -> EventStream[bool]:
        shorter = hidden(history.messages, recent=1, pictures=False)
        if shorter:
            yield Notice(_HIDDEN)
            history.swap(shorter)
        return bool(shorter)

    def _summarise(self, history: History, stop: threading.Event) -> EventStream[bool]:
        if not self._is_worth_it(history):
            return False
        yield Notice(_SUMMARISED)
        try:
            answer = yield from _quietly(self._asked(self._question(history), stop))
        except (ModelOverflowError, ModelOutputError):
            return False
        if not answer.text.strip():
            return False
        notes = cut(answer.text.strip(), self._room)
        yield Notice(_NOTED, notes)
        self._condense(history, notes, own=True)
        return True

    def _reset(self, history: History, stop: threading.Event) -> EventStream[bool]:
        if not self._is_worth_it(history):
            return False
        yield Notice(_RESET)
        self._condense(history, digest(history.messages, self._room), own=False)
        return True

    @property
    def _room(self) -> int:
        """Characters for notes."""
        return round(self._meter.window * _NOTES_SHARE) * CHARACTERS_PER_TOKEN

    def _is_worth_it(self, history: History) -> bool:
        fixed = [history.messages[0], UserMessage(outset(history.asked, "", own=True))]
        won = self._meter.tokens(history.messages) - self._meter.tokens(fixed)
        return won >= self._meter.window * (_NOTES_SHARE + _WORTH)

    def _question(self, history: History) -> list[Message]:
        """The conversation, or as much of its end as can be sent, and the request for notes."""
        question = UserMessage(load("summarise"))
        whole = [*history.messages, question]
        if self._meter.tokens(whole) <= self._meter.window * _SENDABLE:
            return whole
        newest = self._newest(history, self._meter.window * _END)
        older = history.messages[: len(history.messages) - newest]
        told = outset(history.asked, digest(older, self._room), own=False)
        return [history.messages[0], UserMessage(told), *history.messages[len(older) :], question]

    def _condense(self, history: History, notes: str, *, own: bool) -> None:
        newest = self._newest(history, self._meter.window * _NOTES_SHARE) if own else 0
        history.condense(outset(history.asked, notes, own=own), newest=newest)

    def _newest(self, history: History, room: float) -> int:
        """How many of the last messages come to `room` tokens, in whole steps."""
        empty = self._meter.tokens([])

        def fits(newest: Sequence[Message]) -> bool:
            return self._meter.tokens(newest) - empty <= room

        return newest_steps(history.messages, fits)


def _quietly(events: EventStream[AssistantMessage]) -> EventStream[AssistantMessage]:
    """What the model writes for itself is not shown; that it is asked again is."""
    answer: Answer = None
    with closing(events):
        while True:
            try:
                event = events.send(answer)
            except StopIteration as end:
                result: AssistantMessage = end.value
                return result
            answer = (yield event) if isinstance(event, Retrying | Waiting) else None
