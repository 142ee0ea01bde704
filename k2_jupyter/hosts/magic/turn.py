"""The turns of one kernel: asked of the model, replayed from the journal, or resumed."""

from __future__ import annotations

import hashlib
import queue
import threading
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from k2_jupyter.adapters.ipython_source import transform
from k2_jupyter.adapters.runner_kernel import RunnerKernel
from k2_jupyter.agent.agent import Agent
from k2_jupyter.agent.history import History
from k2_jupyter.agent.limits import Limits
from k2_jupyter.agent.prompts import load
from k2_jupyter.errors import SettingsError
from k2_jupyter.events import Answer, EventStream, TurnFinished
from k2_jupyter.hosts.build import Policy, build_agent
from k2_jupyter.hosts.magic.asked import Asked, Place
from k2_jupyter.hosts.magic.asking import User
from k2_jupyter.hosts.magic.briefing import briefing
from k2_jupyter.hosts.magic.card import Card
from k2_jupyter.hosts.magic.replay import Replay, left_to_cells, offered, remember, unasked
from k2_jupyter.hosts.magic.saved import Saved, heading, look
from k2_jupyter.in_kernel.magic.pipe import Message, Pipe
from k2_jupyter.journal.journal import Journal
from k2_jupyter.journal.recall import MESSAGE, RecordedTurn, newest, newest_begun
from k2_jupyter.journal.recorded import recorded
from k2_jupyter.journal.redaction import Redactor, collect_secrets
from k2_jupyter.messages import Json, Usage
from k2_jupyter.models.base import Model
from k2_jupyter.notebook.base import Cell, Notebook
from k2_jupyter.notebook.memory import MemoryDocument
from k2_jupyter.settings import Settings, config_folder, shown_preferences, state_folder
from k2_jupyter.tools.gate import Gate
from k2_jupyter.tools.triage import Triage

HOST = "magic"
_MOST_STANDING = 2_000
_NOBODY = (
    "Nobody can be asked here (the notebook runs without input), and this request has no record "
    "in your journal: nothing was sent and nothing ran. Run the cell in a notebook that you have "
    "open, or allow it in your own configuration: `headless = true` in {preferences}."
)
_NEW = "asked now: no record in your journal"
_REPLAYED = "replayed, recorded on {:%Y-%m-%d at %H:%M}"
_RECORDED = "recorded on {:%Y-%m-%d at %H:%M}; not run again here"
_RESUMED = "resumed: the recorded cells ran again"
_NO_PRICES = (
    "The cost can't be kept below a limit: no prices are known of `{model}`. Ask without "
    "--max-cost, or limit the steps."
)


@dataclass(frozen=True, slots=True)
class End:
    """How a turn ended, for the kernel's end of the pipe."""

    status: str
    text: str = ""


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
    """Ids of the turns so far, or of those whose records stood for them."""
    last_cells: tuple[Cell, ...] = ()
    """That the last turn made."""
    _history: History | None = None
    _own: set[str] = field(default_factory=set)
    _always: bool = False
    _standing: dict[Path, tuple[str, ...]] = field(default_factory=dict)

    def ask(self, asked: Asked) -> End:
        """Replay what is recorded; ask the model for what is not. Raises `K2Error`."""
        settings = self.settings(asked.model)
        record = None if asked.again else newest(state_folder(), host=HOST, key=asked.key)
        saved = Saved() if asked.again else look(asked)
        if saved.below:
            return self._left_to_cells(asked, settings, record)
        if record is not None:
            return self._replayed(record, settings, asked.place)
        if not asked.place.stdin and not settings.preferences.headless:
            return End("failed", _NOBODY.format(preferences=shown_preferences()))
        limits = _limits(settings, asked)
        redactor = self._redactor(settings, asked.place.folder)
        request, task = redactor.text(asked.request), redactor.text(asked.told)
        told = redactor.text(briefing(asked, len(self.document.cells())))
        facts: dict[str, Json] = {"key": asked.key, "request": request}
        with self._opened(redactor, asked.place, facts) as journal:
            journal.write(MESSAGE, {"text": f"{task}\n\n{told}"})
            origin = "" if asked.again else _NEW
            card = Card(self.pipe, request, origin, settings.model.prices)
            notebook = self._notebook(journal, redactor, card)
            policy = self._policy(settings, asked.place, plan_only=asked.plan)
            agent = self._agent(settings.build_model(), notebook, limits, redactor, policy)
            events = agent.run(task, self.stop, briefing=told, turn=journal.folder.name)
            if saved.answered and asked.place.stdin and not self._was_begun(asked):
                events = offered(events)
            end = self._driven(recorded(events, journal), card, self._user(settings, asked.place))
        self._counted(settings, end)
        self.begun.append(journal.folder.name)
        self._offer(asked.place, heading(asked, request))
        return End(end.reason, end.detail)

    def _left_to_cells(self, asked: Asked, settings: Settings, record: RecordedTurn | None) -> End:
        request = self._redactor(settings, asked.place.folder).text(asked.request)
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
        """Restore what a turn and those before it had made, then go on where it was cut off."""
        if record.completed:
            return self._replayed(record, self.settings(), place)
        settings = self.settings()
        if not place.stdin and not settings.preferences.headless:
            return End("failed", _NOBODY.format(preferences=shown_preferences()))
        redactor = self._redactor(settings, place.folder)
        facts = {name: record.facts[name] for name in ("key", "request") if name in record.facts}
        with self._opened(redactor, place, {**facts, "resumed": record.turn}) as journal:
            journal.write(MESSAGE, {"text": record.message})
            card = Card(self.pipe, _request(record), _RESUMED, settings.model.prices)
            notebook = self._notebook(journal, redactor, card)
            policy = self._policy(settings, place)
            model = settings.build_model()
            limits = _limits(settings)
            agent = self._agent(model, notebook, limits, redactor, policy)
            remember(agent.history, record)
            if not model.profile.rereads:
                agent.history.ask(load("resumed"))
            replay = self._replay(record, notebook, settings, place)
            events = _first_cells(replay, agent, self.stop, journal.folder.name, record)
            end = self._driven(recorded(events, journal), card, self._user(settings, place))
        self._counted(settings, end)
        self.begun.append(journal.folder.name)
        return End(end.reason, end.detail)

    def settings(self, named: str = "") -> Settings:
        """The user's own; the notebook may choose among the models that these name."""
        return Settings.for_notebook(named or self.model, keys=self.keys)

    def _replayed(self, record: RecordedTurn, settings: Settings, place: Place) -> End:
        redactor = self._redactor(settings, place.folder)
        with self._opened(redactor, place, {"replayed": record.turn}) as journal:
            card = Card(self.pipe, _request(record), _REPLAYED.format(record.started.astimezone()))
            notebook = self._notebook(journal, redactor, card)
            replay = self._replay(record, notebook, settings, place)
            events = replay.events(journal.folder.name)
            end = self._driven(recorded(events, journal), card, self._user(settings, place))
        self.begun.append(record.turn)
        self._recall(record)
        return End(end.reason, end.detail)

    def _recall(self, record: RecordedTurn) -> None:
        """What was said in it, for the requests that come."""
        if self._history is None:
            self._history = History(load("system"))
        remember(self._history, record)

    def _replay(
        self, record: RecordedTurn, notebook: Notebook, settings: Settings, place: Place
    ) -> Replay:
        triage = self._triage(self._policy(settings, place))
        here = record.facts.get("folder") == str(place.folder)

        def approved(source: str) -> bool:
            digest = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
            return here and digest in record.approved

        return Replay(record, self.document, notebook, Gate(unasked(triage, approved)), self.stop)

    # Parts of a turn

    def _opened(self, redactor: Redactor, place: Place, facts: Mapping[str, Json]) -> Journal:
        all_facts: dict[str, Json] = {"host": HOST, "folder": str(place.folder), **facts}
        all_facts["earlier"] = list(self.begun)
        return Journal.create(state_folder(), uuid.uuid4().hex[:16], redactor, facts=all_facts)

    def _notebook(self, journal: Journal, redactor: Redactor, card: Card) -> Notebook:
        self.card = card
        kernel = RunnerKernel(
            self.pipe,
            self.runs,
            redactor=redactor,
            spool_dir=journal.folder,
            title=lambda cell: notebook.purpose(cell) or "a cell",
        )
        notebook = Notebook(self.document, kernel, own=self._own)
        return notebook

    def _agent(
        self, model: Model, notebook: Notebook, limits: Limits, redactor: Redactor, policy: Policy
    ) -> Agent:
        agent = build_agent(model, notebook, limits=limits, redact=redactor.text, policy=policy)
        if self._history is not None:
            agent.history = self._history
        self._history = agent.history
        return agent

    def _policy(self, settings: Settings, place: Place, *, plan_only: bool = False) -> Policy:
        return Policy(
            protected=self._files_of(place.folder),
            private=[str(config_folder()), str(state_folder())],
            plan_only=plan_only,
            task=() if self._always else _task_reasons(settings),
        )

    def _triage(self, policy: Policy) -> Triage:
        return Triage(transform, protected=policy.protected, private=policy.private)

    def _files_of(self, folder: Path) -> tuple[str, ...]:
        """The files that stood in the folder before the first turn: the user's."""
        if folder not in self._standing:
            try:
                names = [path.name for path in folder.iterdir() if path.is_file()]
            except OSError:  # gone, or not ours to read
                names = []
            self._standing[folder] = tuple(sorted(names)[:_MOST_STANDING])
        return self._standing[folder]

    def _redactor(self, settings: Settings, folder: Path) -> Redactor:
        return Redactor([*self.keys.values(), *collect_secrets({}, folder, settings.key)])

    def _user(self, settings: Settings, place: Place) -> User:
        headless = settings.preferences.headless
        return User(self.pipe, self.answers, self.stop, there=place.stdin, headless=headless)

    def _driven(self, events: EventStream[None], card: Card, user: User) -> TurnFinished:
        before = {cell.id for cell in self.document.cells()}
        answer: Answer = None
        while True:
            event = events.send(answer)
            if isinstance(event, TurnFinished):
                event = replace(event, detail=discreet(event.detail))
            card.show(event)
            if isinstance(event, TurnFinished):
                break
            answer = user.answer(event, card)
        self._always = self._always or user.always
        self.last_cells = tuple(cell for cell in self.document.cells() if cell.id not in before)
        return event

    def _counted(self, settings: Settings, end: TurnFinished) -> None:
        self.usage += end.usage
        if settings.model.prices is not None:
            self.dollars += settings.model.prices.of(end.usage)

    def _offer(self, place: Place, title: str) -> None:
        """The finished code as the next cell: what a card shows is no cell."""
        code = [cell for cell in self.last_cells if cell.kind == "code"]
        if code and place.notebook and place.stdin:
            self.pipe.send("next_input", source="\n\n".join([title, *map(_commented, code)]))


def _first_cells(
    replay: Replay,
    agent: Agent,
    stop: threading.Event,
    turn: str,
    record: RecordedTurn,
) -> EventStream[None]:
    """The recorded cells, then the agent; one turn for whoever watches."""
    from k2_jupyter.events import PlanChanged

    events = agent.run(record.task, stop, turn=turn, resumed=True)
    yield next(events)
    if record.plan:
        yield PlanChanged(record.plan)
    yield from replay.cells()
    if replay.why:
        events.close()
        yield TurnFinished(replay.ended, detail=replay.why)
        return
    yield from events


def _request(record: RecordedTurn) -> str:
    """In the user's words; the task has descriptions of variables in it."""
    return str(record.facts.get("request") or record.task)


def discreet(text: str) -> str:
    """Without the paths of the user's own folders: a notebook keeps it, and is given away."""
    for folder, name in (
        (config_folder(), "your configuration folder"),
        (state_folder(), "your state folder"),
        (Path.home(), "~"),
    ):
        text = text.replace(str(folder), name)
    return text


def _limits(settings: Settings, asked: Asked | None = None) -> Limits:
    """The strictest of what is usual, configured and asked for. Raises `SettingsError`."""
    standard, own = Limits(), settings.preferences
    steps = [standard.steps, own.max_steps, asked.steps if asked else None]
    costs = [own.max_cost, asked.cost if asked else None]
    dollars = min((cost for cost in costs if cost is not None), default=None)
    if dollars is not None and settings.endpoint is not None and settings.model.prices is None:
        raise SettingsError(_NO_PRICES.format(model=settings.model.name))
    return Limits(
        steps=min(number for number in steps if number is not None),
        calls=standard.calls,
        seconds=own.max_seconds or standard.seconds,
        dollars=dollars,
    )


def _task_reasons(settings: Settings) -> tuple[str, ...]:
    """What the user agrees to before the first cell."""
    endpoint = settings.endpoint
    where = "nothing leaves this machine"
    if endpoint is not None and not endpoint.is_loopback:
        where = f"the request, outputs and descriptions of variables go to {endpoint.host}"
    return (f"K2 writes and runs cells in this kernel, with your variables; {where}",)


def _commented(cell: Cell) -> str:
    k2 = cell.metadata.get("k2")
    purpose = k2.get("purpose") if isinstance(k2, Mapping) else ""
    return f"# {purpose}\n{cell.source}" if purpose else cell.source


def _ids() -> Iterator[str]:
    """Ids that no other turn's record has."""
    while True:
        yield uuid.uuid4().hex[:8]
