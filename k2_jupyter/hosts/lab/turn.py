"""One turn of the sidebar: a worker thread drives the agent, the pages see its events."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, cast

from k2_jupyter.adapters.shared_port import SharedPort
from k2_jupyter.agent.agent import Agent
from k2_jupyter.agent.history import History
from k2_jupyter.agent.limits import Limits, Stop
from k2_jupyter.agent.prompts import load as load_prompt
from k2_jupyter.errors import K2Error
from k2_jupyter.events import (
    Answer,
    AnswerReceived,
    CallFinished,
    EndReason,
    Event,
    EventStream,
    ItemState,
    Notice,
    PlanChanged,
    StepStarted,
    TurnFinished,
    TurnStarted,
)
from k2_jupyter.hosts.build import Policy, build_agent
from k2_jupyter.hosts.caps import caps, day
from k2_jupyter.hosts.consent import agreement
from k2_jupyter.hosts.data.in_variables import table_told
from k2_jupyter.hosts.lab.asking import Asking
from k2_jupyter.hosts.lab.briefing import Surroundings, briefing, task, title
from k2_jupyter.hosts.lab.deltas import Deltas
from k2_jupyter.hosts.lab.fitting import fitting, unlike
from k2_jupyter.hosts.lab.joining import Joined
from k2_jupyter.hosts.lab.pausing import Pause
from k2_jupyter.hosts.lab.prompts import load
from k2_jupyter.hosts.lab.resuming import Restoring, Resumption
from k2_jupyter.hosts.lab.scene import HOST, Scene
from k2_jupyter.hosts.lab.spent import Spent
from k2_jupyter.hosts.lab.telling import Teller
from k2_jupyter.hosts.lab.undoing import undoable
from k2_jupyter.hosts.lab.wire import Ask
from k2_jupyter.journal.journal import Journal
from k2_jupyter.journal.recall import KERNEL, MESSAGE, recall
from k2_jupyter.journal.recorded import recorded
from k2_jupyter.journal.records import encode, encode_fields
from k2_jupyter.journal.redaction import Redactor
from k2_jupyter.messages import Json
from k2_jupyter.models.base import Model
from k2_jupyter.notebook.base import Notebook
from k2_jupyter.settings import Settings, config_folder, state_folder
from k2_jupyter.tools.set_plan import Plan

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 10.0
"""For what the kernel holds, our part of it brought there first; a busy one is not asked."""
_BUG = "This is a bug of k2_jupyter: {!r}. The server's log has more."


class Turn:
    """Started once; `ended` is called by its thread when it is over, whatever happened."""

    def __init__(
        self,
        asked: Ask,
        scene: Scene,
        ended: Callable[[EndReason], None],
        joined: Joined | None = None,
        resumption: Resumption | None = None,
    ) -> None:
        self.id = uuid.uuid4().hex[:16]
        self.asked = asked
        self.stop = Stop()
        self.pause = Pause(
            self.stop, lambda state: scene.log.add({"type": "Paused", "state": state})
        )
        self.joined = joined
        """The `%%k2` that asked, where one did: it waits in the kernel."""
        self.finished: TurnFinished | None = None
        self._scene = scene
        self._ended = ended
        self._plan = Plan()
        self._edited = False
        """Whether the user has changed the plan since the journal had it."""
        self._resumption = resumption
        self._life = ""
        self._work: Restoring | None = None
        self._begun = False
        self._thread = threading.Thread(target=self._main, name=f"k2-turn-{self.id}", daemon=True)

    def start(self) -> None:
        """In its own thread."""
        self._thread.start()

    def join(self, seconds: float) -> bool:
        """Wait so long for its end; whether it came."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def edit_plan(self, wanted: Sequence[tuple[str, ItemState]]) -> None:
        """The user's own plan; the model is told before its next answer."""
        self._plan.edit(wanted)
        self._edited = True
        items = self._plan.items
        self._log(PlanChanged(items))
        told = "; ".join(f"“{item.title}” ({item.state})" for item in items) or "empty"
        self._scene.kept.news.append(load("plan", items=told))

    def _main(self) -> None:
        reason: EndReason = "failed"
        try:
            reason = self._play()
        except K2Error as problem:
            self._failed(str(problem))
        except Exception as problem:
            logger.exception("a turn of the sidebar failed")
            self._failed(_BUG.format(problem))
        finally:
            self._ended(reason)

    def _failed(self, why: str) -> None:
        """An end that no agent could tell of."""
        if not self._begun:
            self._log(TurnStarted(self.id, title(self.asked), ""))
        self.finished = TurnFinished("failed", None, why)
        self._log(self.finished)

    def _log(self, event: Event) -> None:
        self._scene.say(encode(event))

    def _play(self) -> EndReason:
        scene, asked = self._scene, self.asked
        settings = scene.choice.settings(asked.model)
        limits = scene.rules.within(self._caps(settings))
        notice = fitting(settings, scene.language, asked.mode)
        if notice:
            self._log(Notice(notice))
        redactor = scene.redactor(settings.key)
        prices = settings.model.prices
        facts: dict[str, Json] = {
            "host": HOST,
            "request": title(asked),
            "folder": str(scene.notebook.parent),
            "prices": asdict(prices) if prices else None,
            "key": self.joined.key if self.joined else None,
            "asked": {"mode": asked.mode, "model": asked.model, "images": asked.images},
            "resumed": self._resumption.record.turn if self._resumption else None,
        }
        with Journal.create(
            state_folder(), self.id, redactor, notebook=scene.notebook, facts=facts
        ) as journal:
            notebook = self._notebook(redactor, journal)
            model = settings.build_model()
            agent = self._agent(model, notebook, settings, limits, redactor)
            events = self._events(agent, model, notebook, journal, redactor)
            spent = Spent(model.profile, limits, agent.history)
            deltas = Deltas(scene.log, redactor, scene.loop)
            tell = Teller(scene.log, redactor, deltas, spent)
            asking = Asking(scene, settings, limits, redactor, tell, spent, self.stop)
            with undoable(scene, self.id, title(asked), journal, redactor):
                return self._drive(recorded(events, journal), journal, tell, asking)

    def _events(
        self,
        agent: Agent,
        model: Model,
        notebook: Notebook,
        journal: Journal,
        redactor: Redactor,
    ) -> EventStream[None]:
        scene, cut_off = self._scene, self._resumption
        self._work = work = Restoring(scene.document, notebook, "", self.stop)
        if cut_off is None:
            own = self.joined.told if self.joined else task(self.asked, scene.document)
            said, told = redactor.text(own), redactor.text(self._briefing(redactor))
            journal.write(MESSAGE, {"text": f"{said}\n\n{told}"})
            return agent.run(said, self.stop, briefing=told, turn=self.id)
        journal.write(MESSAGE, {"text": cut_off.message})
        scene.kernel.process(self.stop)  # its life is known once it answers
        work.life = scene.life
        return cut_off.events(
            agent.run(cut_off.record.request, self.stop, turn=self.id, resumed=True),
            history=agent.history,
            rereads=model.profile.rereads,
            plan=self._plan,
            work=work,
        )

    def _drive(
        self, events: EventStream[None], journal: Journal, tell: Teller, asking: Asking
    ) -> EndReason:
        answer = cast("Answer", None)
        while not isinstance(event := events.send(answer), TurnFinished):
            self._begun = True
            if isinstance(event, StepStarted):
                self._step(event.number, journal)
            tell.tell(event)
            answer = asking.answer(event)
            if isinstance(event, AnswerReceived | CallFinished) and self.pause.reached():
                self._look_again(journal, tell, asking)
        self._write_plan(journal)
        self.finished = event
        tell.tell(event)
        return event.reason

    def _look_again(self, journal: Journal, tell: Teller, asking: Asking) -> None:
        """After a pause: where the kernel is new, its cells may have to run first."""
        work, before = self._work, self._life
        if work is None or not before or self.stop.is_set():
            return
        self._note_life(journal)
        if self._life == before:
            return
        if isinstance(port := work.notebook.kernel, SharedPort):
            port.catch_up()
        record = recall(state_folder(), self.id)
        records = [*(self._resumption.records if self._resumption else ()), record]
        work.life = self._life
        events, answer = recorded(work.restore(records), journal), cast("Answer", None)
        while not self.stop.is_set():
            try:
                event = events.send(answer)
            except StopIteration as over:
                self._scene.kept.news += over.value
                return
            tell.tell(event)
            answer = asking.answer(event)

    def _step(self, number: int, journal: Journal) -> None:
        """Before each model call but the first: what the user did meanwhile."""
        self._scene.document.facts = {**self._scene.document.facts, "step": number}
        self._write_plan(journal)
        self._note_life(journal)
        if number == 1:
            return
        changes = self._scene.document.take_user_changes()
        lines = [*self._scene.news(), *changes]
        if lines:
            listed = "\n".join(f"- {line}" for line in lines)
            self._scene.kept.history.remind(load("meanwhile", lines=listed))
        self._tell_changes(changes)

    def _note_life(self, journal: Journal) -> None:
        """Which kernel has what the cells make, for whoever resumes the turn."""
        life = self._scene.life
        if life and life != self._life:
            self._life = life
            journal.write(KERNEL, {"life": life})

    def _tell_changes(self, changes: Sequence[str]) -> None:
        if changes:
            self._scene.say({"type": "UserChanged", "lines": list(changes)})

    def _write_plan(self, journal: Journal) -> None:
        if self._edited:
            self._edited = False
            journal.write(PlanChanged.__name__, encode_fields(PlanChanged(self._plan.items)))

    # Parts of a turn

    def _caps(self, settings: Settings) -> Limits:
        asked, rules = self.asked.caps, self._scene.rules
        return caps(
            settings,
            steps=rules.lowest("steps", asked.get("steps")),
            seconds=rules.lowest("seconds", asked.get("seconds")),
            dollars=rules.lowest("dollars", asked.get("dollars")),
            only_lower=True,
        )

    def _notebook(self, redactor: Redactor, journal: Journal) -> Notebook:
        document = self._scene.document
        document.stop = self.stop
        if self.joined is not None:
            kernel = self.joined.port(redactor, journal.folder)
        else:
            kernel = self._scene.kernel.port(
                redactor=redactor, spool_dir=journal.folder, announce=document.mirror
            )
        return Notebook(document, kernel, own=set(document.made))

    def _agent(
        self,
        model: Model,
        notebook: Notebook,
        settings: Settings,
        limits: Limits,
        redactor: Redactor,
    ) -> Agent:
        kept, document = self._scene.kept, self._scene.document
        document.facts = {"turn": self.id, "step": 0, "model": model.name}
        document.anchor = self.asked.after
        agent = build_agent(
            model,
            notebook,
            limits=limits,
            day=day(settings),
            redact=redactor.text,
            policy=Policy(
                allowed=frozenset(kept.kinds),
                protected=kept.standing.of(self._scene.notebook.parent),
                private=[str(config_folder()), str(state_folder())],
                plan_only=self.asked.mode == "plan",
                task=(agreement(settings),),
                images=self.asked.images,
            ),
            plan=self._plan,
        )
        if self._resumption is not None:  # it is told anew, from the records
            kept.history = History(load_prompt("system"))
        agent.history = kept.history
        return agent

    def _held(self, redactor: Redactor) -> tuple[Mapping[str, str], Sequence[Any]]:
        """Variables of the user, and what is said of those that hold a table."""
        if self.joined is not None:
            return self.joined.variables(redactor), self.joined.tables()
        return self._scene.kernel.held(redactor, seconds=_LOOK_SECONDS, stop=self.stop)

    def _briefing(self, redactor: Redactor) -> str:
        scene = self._scene
        changes = scene.document.take_user_changes()
        self._tell_changes(changes)
        variables, tables = self._held(redactor)
        around = Surroundings(
            scene.notebook.parent,
            scene.root,
            scene.document,
            variables,
            [one for told in tables if (one := table_told(told))],
            unlike(scene.language, remote=scene.spec.remote),
            [*scene.news(), *changes],
        )
        return briefing(self.asked, around)
