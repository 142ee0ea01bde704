"""What a kernel's requests become: turns of one agent, records replayed, a conversation.

Over 250 lines: asking, replaying, resuming and undoing share one state.
"""

from __future__ import annotations

import hashlib
import logging
import queue
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import cast

from k2_jupyter.adapters.runner_kernel import RunnerKernel
from k2_jupyter.agent.agent import Agent
from k2_jupyter.agent.history import History
from k2_jupyter.agent.limits import Limits
from k2_jupyter.agent.prompts import load
from k2_jupyter.errors import K2Error
from k2_jupyter.events import Answer, EventStream, TurnFinished, TurnStarted
from k2_jupyter.hosts.build import build_agent
from k2_jupyter.hosts.caps import caps, day
from k2_jupyter.hosts.discreet import discreet
from k2_jupyter.hosts.magic.asked import Asked, Place
from k2_jupyter.hosts.magic.asking import User
from k2_jupyter.hosts.magic.briefing import briefing
from k2_jupyter.hosts.magic.card import Card
from k2_jupyter.hosts.magic.consent import Consent, check_somebody
from k2_jupyter.hosts.magic.end import End
from k2_jupyter.hosts.magic.replay import Replay, behind, left_to_cells, offered, unasked
from k2_jupyter.hosts.magic.saved import Saved, finished, look, stands_below
from k2_jupyter.hosts.recalled import remember
from k2_jupyter.in_kernel.magic.pipe import Message, Pipe
from k2_jupyter.journal.journal import Journal
from k2_jupyter.journal.recall import MESSAGE, RecordedTurn, newest, newest_begun
from k2_jupyter.journal.recorded import recorded
from k2_jupyter.journal.redaction import Redactor, collect_secrets
from k2_jupyter.messages import Json, Usage
from k2_jupyter.models.base import Model
from k2_jupyter.notebook.base import Cell, Notebook
from k2_jupyter.notebook.memory import MemoryDocument
from k2_jupyter.settings import Settings, state_folder
from k2_jupyter.tools.gate import Gate

logger = logging.getLogger(__name__)

HOST = "magic"
_SIDEBAR = "lab"
"""By which the journals of the other host are found, for requests that joined in there."""
_NEW = "asked now: no record in your journal"
_REPLAYED = "replayed, recorded on {:%Y-%m-%d at %H:%M}"
_RECORDED = "recorded on {:%Y-%m-%d at %H:%M}; not run again here"
_RESUMED = "resumed: the recorded cells ran again"


@dataclass(frozen=True, slots=True)
class _Turn:
    """What belongs to one turn alone."""

    settings: Settings
    place: Place
    redactor: Redactor
    journal: Journal
    card: Card
    notebook: Notebook

    @property
    def id(self) -> str:
        return self.journal.folder.name


@dataclass(slots=True)
class Turns:
    """What one kernel's conversation has come to; `stop` ends the turn under way."""

    pipe: Pipe
    runs: queue.SimpleQueue[Message | None]
    answers: queue.SimpleQueue[Message | None]
    keys: Mapping[str, str]
    stop: threading.Event = field(default_factory=threading.Event)
    document: MemoryDocument = field(default_factory=lambda: MemoryDocument(ids=_ids()))
    model: str = ""
    """What ``%k2 model NAME`` chose for this kernel."""
    card: Card | None = None
    """Of the last turn."""
    usage: Usage = field(default_factory=Usage)
    dollars: float = 0.0
    begun: list[str] = field(default_factory=list)
    """Ids of the turns whose cells made what is in the kernel, or of the records of these."""
    last_cells: tuple[Cell, ...] = ()
    """That the last turn made."""
    _history: History | None = None
    _own: set[str] = field(default_factory=set)
    _consent: Consent = field(default_factory=Consent)
    _place: Place = field(default_factory=lambda: Place.of({}))
    _standing: int = 0
    """How many of `begun` an undo leaves: those before the last request or ``resume``."""
    _undone: tuple[str, ...] = ()
    """What the user took back, as it was said, until the model was told."""

    def begin(self, place: Place) -> None:
        """What comes now can be undone as a whole."""
        self._place, self._standing = place, len(self.begun)

    def ask(self, asked: Asked) -> End:
        """Replay what is recorded; ask the model for what is not. Raises `K2Error`."""
        self.begin(asked.place)
        settings, place = self.settings(asked.model), asked.place
        saved = Saved() if asked.again else look(asked)
        record = None if asked.again else _recorded(asked, saved)
        if saved.below or (record is not None and _is_below(asked, record)):
            return self._left_to_cells(asked, settings, record)
        if record is not None:
            return self._replayed(record, settings, place)
        check_somebody(settings, place)
        limits = caps(settings, steps=asked.steps, dollars=asked.cost, only_lower=True)
        redactor = self._redactor(settings, place)
        request, task = redactor.text(asked.request), redactor.text(asked.told)
        told = redactor.text(briefing(asked, len(self.document.cells()), self._undone))
        origin = "" if asked.again else _NEW
        facts: dict[str, Json] = {"key": asked.key, "request": request}
        with self._opened(settings, place, request, origin, facts) as turn:
            turn.journal.write(MESSAGE, {"text": f"{task}\n\n{told}"})
            agent = self._agent(settings.build_model(), turn, limits, plan_only=asked.plan)
            self._undone = ()
            events = agent.run(task, self.stop, briefing=told, turn=turn.id)
            if saved.answered and place.stdin and not self._was_begun(asked):
                events = offered(events)
            end = self._driven(turn, events)
        code = finished(asked, request, self.last_cells)
        if code and place.notebook and place.stdin:  # what a card shows is no cell
            self.pipe.send("next_input", source=code)
        return end

    def _left_to_cells(self, asked: Asked, settings: Settings, record: RecordedTurn | None) -> End:
        request = self._redactor(settings, asked.place).text(asked.request)
        origin = _RECORDED.format(record.started.astimezone()) if record else ""
        self.card, self.last_cells = Card(self.pipe, request, origin), ()
        for event in left_to_cells(request, record):
            self.card.show(event)
        if record is not None:
            self.begun.append(record.turn)
            self._recall(record)
        return End("done")

    def _was_begun(self, asked: Asked) -> bool:
        """Whether the model was asked this before, though it came to no conclusion."""
        record = newest_begun(state_folder(), host=HOST, key=asked.key)
        return record is not None and bool(record.answers)

    def resume(self, record: RecordedTurn, place: Place) -> End:
        """Restore what a turn had made, then go on where it was cut off. Raises `K2Error`."""
        settings = self.settings()
        if record.completed:
            return self._replayed(record, settings, place)
        check_somebody(settings, place)
        facts = {name: record.facts[name] for name in ("key", "request") if name in record.facts}
        facts["resumed"] = record.turn
        with self._opened(settings, place, record.request, _RESUMED, facts) as turn:
            turn.journal.write(MESSAGE, {"text": record.message})
            model = settings.build_model()
            agent = self._agent(model, turn, caps(settings))
            remember(agent.history, record, whole=model.profile.rereads)
            if not model.profile.rereads:
                agent.history.remind(load("resumed"))
            events = agent.run(record.task, self.stop, turn=turn.id, resumed=True)
            return self._driven(turn, behind(self._replay(record, turn), events))

    def undone(self, lines: list[str]) -> None:
        """The user took the variables of the last turn back; the next one is told so.

        The journal keeps it: what was undone is not made again by a later ``resume``.
        """
        taken_back = self.begun[self._standing :]
        if not taken_back:
            return
        del self.begun[self._standing :]
        self._undone = tuple(lines)
        facts: dict[str, Json] = {"undone": taken_back[-1]}
        try:
            with self._opened(self.settings(), self._place, "", "", facts) as turn:
                for _ in recorded(_undoing(turn.id), turn.journal):
                    pass
        except K2Error as problem:
            logger.warning("an undo is not in the journal: %s", problem)

    def settings(self, named: str = "") -> Settings:
        """The user's own; the notebook may choose among the models that these name."""
        return Settings.for_notebook(named or self.model, keys=self.keys)

    def _replayed(self, record: RecordedTurn, settings: Settings, place: Place) -> End:
        origin = _REPLAYED.format(record.started.astimezone())
        facts: dict[str, Json] = {"replayed": record.turn}
        with self._opened(settings, place, record.request, origin, facts) as turn:
            end = self._driven(turn, self._replay(record, turn).events(turn.id), as_of=record.turn)
        # Its cells stand in the document already where they ran in this kernel before.
        again = (cell for cell in self.document.cells() if cell.id in record.cells)
        self.last_cells = (*again, *(c for c in self.last_cells if c.id not in record.cells))
        self._recall(record)
        return end

    def _recall(self, record: RecordedTurn) -> None:
        """What was said in it, for the requests that come."""
        if self._history is None:
            self._history = History(load("system"))
        remember(self._history, record)

    def _replay(self, record: RecordedTurn, turn: _Turn) -> Replay:
        triage = self._consent.triage(turn.settings, turn.place)
        here = record.facts.get("folder") == str(turn.place.folder)

        def approved(source: str) -> bool:
            digest = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
            return here and digest in record.approved

        gate = Gate(unasked(triage, approved))
        return Replay(record, self.document, turn.notebook, gate, self.stop)

    # Parts of a turn

    @contextmanager
    def _opened(
        self,
        settings: Settings,
        place: Place,
        task: str,
        origin: str,
        facts: Mapping[str, Json],
    ) -> Iterator[_Turn]:
        """A turn with a journal of its own."""
        redactor = self._redactor(settings, place)
        all_facts: dict[str, Json] = {"host": HOST, "folder": str(place.folder), **facts}
        all_facts["earlier"] = list(self.begun)
        name = uuid.uuid4().hex[:16]
        with Journal.create(state_folder(), name, redactor, facts=all_facts) as journal:
            kernel = RunnerKernel(
                self.pipe,
                self.runs,
                redactor=redactor,
                spool_dir=journal.folder,
                title=lambda cell: notebook.purpose(cell) or "a cell",
            )
            notebook = Notebook(self.document, kernel, own=self._own)
            card = Card(self.pipe, task, origin, settings.model.prices)
            yield _Turn(settings, place, redactor, journal, card, notebook)

    def _agent(
        self, model: Model, turn: _Turn, limits: Limits, *, plan_only: bool = False
    ) -> Agent:
        agent = build_agent(
            model,
            turn.notebook,
            limits=limits,
            day=day(turn.settings),
            redact=turn.redactor.text,
            policy=self._consent.policy(turn.settings, turn.place, plan_only=plan_only),
        )
        if self._history is not None:
            agent.history = self._history
        self._history = agent.history
        return agent

    def _redactor(self, settings: Settings, place: Place) -> Redactor:
        return Redactor([*self.keys.values(), *collect_secrets({}, place.folder, settings.key)])

    def _driven(self, turn: _Turn, events: EventStream[None], *, as_of: str = "") -> End:
        """Show the events and answer the requests; `as_of` is the record that is replayed."""
        headless = turn.settings.preferences.headless
        there = turn.place.stdin
        user = User(self.pipe, self.answers, self.stop, there=there, headless=headless)
        before = {cell.id for cell in self.document.cells()}
        self.card = turn.card
        self.begun.append(as_of or turn.id)
        watched, answer = recorded(events, turn.journal), cast("Answer", None)
        while not isinstance(event := watched.send(answer), TurnFinished):
            turn.card.show(event)
            answer = user.answer(event, turn.card)
        event = replace(event, detail=discreet(event.detail))
        turn.card.show(event)
        self._consent.always = self._consent.always or user.always
        self.last_cells = tuple(cell for cell in self.document.cells() if cell.id not in before)
        self.usage += event.usage
        if turn.settings.model.prices is not None:
            self.dollars += turn.settings.model.prices.of(event.usage)
        return End(event.reason, event.detail)


def _recorded(asked: Asked, saved: Saved) -> RecordedTurn | None:
    """The newest of this request made in this folder, here or in the sidebar.

    One of another folder counts where the notebook shows an answer, so that it was moved, or
    where nobody can be asked. Else the same words are a new request, about other data.
    """
    key, folder = asked.key, str(asked.place.folder)
    for host in (HOST, _SIDEBAR):
        here = newest(state_folder(), host=host, key=key, folder=folder)
        if here is not None:
            return here
    moved = saved.answered or not asked.place.stdin
    return newest(state_folder(), host=HOST, key=key) if moved else None


def _is_below(asked: Asked, record: RecordedTurn) -> bool:
    """Whether the notebook has the cells of a turn that was the sidebar's."""
    if record.facts.get("host") != _SIDEBAR:
        return False
    return stands_below(asked, {cell.source for cell in record.cells.values() if cell.ok})


def _undoing(turn: str) -> EventStream[None]:
    yield TurnStarted(turn, "%k2 undo", "")
    yield TurnFinished("done")


def _ids() -> Iterator[str]:
    """Ids that no other turn's record has."""
    while True:
        yield uuid.uuid4().hex[:8]
