"""One turn of the sidebar: a worker thread drives the agent, the pages see its events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from k2_jupyter.adapters.shared_port import SharedPort
from k2_jupyter.agent.agent import Agent
from k2_jupyter.agent.history import History
from k2_jupyter.agent.limits import Stop
from k2_jupyter.agent.prompts import load
from k2_jupyter.events import (
    Answer,
    AnswerReceived,
    CallFinished,
    EndReason,
    Event,
    EventStream,
    Notice,
    Request,
    StepStarted,
    TurnFinished,
    TurnStarted,
)
from k2_jupyter.hosts.lab.asking import Asking
from k2_jupyter.hosts.lab.briefing import task, title
from k2_jupyter.hosts.lab.deltas import Deltas
from k2_jupyter.hosts.lab.fitting import fitting
from k2_jupyter.hosts.lab.joining import Joined
from k2_jupyter.hosts.lab.meanwhile import Meanwhile
from k2_jupyter.hosts.lab.parts import Parts
from k2_jupyter.hosts.lab.pausing import Pause
from k2_jupyter.hosts.lab.planned import Planned
from k2_jupyter.hosts.lab.restoring import Restoring
from k2_jupyter.hosts.lab.resuming import Resumption
from k2_jupyter.hosts.lab.scene import Scene
from k2_jupyter.hosts.lab.spent import Spent
from k2_jupyter.hosts.lab.telling import Teller
from k2_jupyter.hosts.lab.undoing import undoable
from k2_jupyter.hosts.lab.wire import Ask
from k2_jupyter.hosts.lab.worker import Worker
from k2_jupyter.journal.journal import Journal
from k2_jupyter.journal.recall import MESSAGE, recall
from k2_jupyter.journal.recorded import recorded
from k2_jupyter.journal.records import encode
from k2_jupyter.models.base import Model
from k2_jupyter.settings import state_folder


@dataclass(frozen=True, slots=True)
class _Played:
    """What a turn has when its agent begins."""

    journal: Journal
    meanwhile: Meanwhile
    restoring: Restoring
    tell: Teller
    asking: Asking

    def put(self, event: Event) -> Answer:
        """To the pages; what is answered."""
        self.tell.tell(event)
        return self.asking.answer(event)


class Turn(Worker[Stop]):
    """Of the agent; one that was cut off goes on where there is a `resumption`."""

    def __init__(
        self,
        asked: Ask,
        scene: Scene,
        ended: Callable[[EndReason], None],
        joined: Joined | None = None,
        resumption: Resumption | None = None,
    ) -> None:
        super().__init__("turn", Stop(), ended)
        self.asked = asked
        self.pause = Pause(
            self.stop, lambda state: scene.log.add({"type": "Paused", "state": state})
        )
        self.planned = Planned(scene)
        self.joined = joined
        """The `%%k2` that asked, where one did: it waits in the kernel."""
        self.finished: TurnFinished | None = None
        self._scene = scene
        self._resumption = resumption
        self._begun = False

    def _failed(self, why: str) -> None:
        """An end that no agent could tell of."""
        self.finished = TurnFinished("failed", None, why)
        if not self._begun:
            self._log(TurnStarted(self.id, title(self.asked), ""))
        self._log(self.finished)

    def _log(self, event: Event) -> None:
        self._scene.say(encode(event))

    def _work(self) -> EndReason:
        scene, asked = self._scene, self.asked
        settings = scene.choice.settings(asked.model)
        notice = fitting(settings, scene.language, asked.mode)
        if notice:
            self._log(Notice(notice))
        redactor = scene.redactor(settings.key)
        parts = Parts(scene, asked, self.joined, settings, redactor, self.stop)
        limits = parts.limits()
        with parts.journal(self.id, self._resumption) as journal:
            notebook = parts.notebook(journal)
            model = settings.build_model()
            if self._resumption is not None:  # it is told anew, from the records
                scene.kept.history = History(load("system"))
            agent = parts.agent(self.id, model, notebook, limits, self.planned.plan)
            meanwhile = Meanwhile(scene, journal, redactor, self.planned)
            restoring = Restoring(scene.document, notebook, self.stop)
            events = self._events(agent, model, parts, journal, meanwhile, restoring)
            spent = Spent(model.profile, limits, agent.history)
            tell = Teller(scene.log, redactor, Deltas(scene.log, redactor, scene.loop), spent)
            asking = Asking(scene, settings, limits, redactor, tell, spent, self.stop)
            played = _Played(journal, meanwhile, restoring, tell, asking)
            with undoable(scene, self.id, asked, journal, redactor, joined=self.joined is not None):
                return self._drive(recorded(events, journal), played)

    def _events(
        self,
        agent: Agent,
        model: Model,
        parts: Parts,
        journal: Journal,
        meanwhile: Meanwhile,
        restoring: Restoring,
    ) -> EventStream[None]:
        scene, cut_off = self._scene, self._resumption
        if cut_off is None:
            own = self.joined.told if self.joined else task(self.asked, scene.document)
            said = parts.redactor.text(own)
            told = parts.redactor.text(parts.briefing(meanwhile.news()))
            journal.write(MESSAGE, {"text": f"{said}\n\n{told}"})
            return agent.run(said, self.stop, briefing=told, turn=self.id)
        journal.write(MESSAGE, {"text": cut_off.message})
        scene.kernel.process(self.stop)  # its life is known once it answers
        restoring.life = scene.life
        return cut_off.events(
            agent.run(cut_off.record.request, self.stop, turn=self.id, resumed=True),
            history=agent.history,
            rereads=model.profile.rereads,
            plan=self.planned.plan,
            work=restoring,
        )

    def _drive(self, events: EventStream[None], played: _Played) -> EndReason:
        answer = cast("Answer", None)
        while not isinstance(event := events.send(answer), TurnFinished):
            self._begun = True
            if isinstance(event, StepStarted):
                played.meanwhile.step(event.number)
            answer = played.put(event)
            if isinstance(event, AnswerReceived | CallFinished) and self.pause.reached():
                self._look_again(played)
        played.meanwhile.write_plan()
        self.finished = event
        played.tell.tell(event)
        return event.reason

    def _look_again(self, played: _Played) -> None:
        """After a pause: where the kernel is new, its cells may have to run first."""
        restoring = played.restoring
        if self.stop.is_set() or not played.meanwhile.kernel_is_new():
            return
        if isinstance(port := restoring.notebook.kernel, SharedPort):
            port.catch_up()
        record = recall(state_folder(), self.id)
        records = [*(self._resumption.records if self._resumption else ()), record]
        restoring.life = self._scene.life
        events, answer = recorded(restoring.restore(records), played.journal), cast("Answer", None)
        while True:
            try:
                event = events.send(answer)
            except StopIteration as over:
                self._scene.kept.news += over.value
                return
            answer = played.put(event)
            if isinstance(event, Request) and self.stop.is_set():
                return  # it is asked again where the turn goes on
