"""What a turn of the sidebar is made of."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from k2_jupyter.agent.agent import Agent
from k2_jupyter.agent.limits import Limits
from k2_jupyter.hosts.build import Policy, build_agent
from k2_jupyter.hosts.caps import caps, day
from k2_jupyter.hosts.consent import agreement
from k2_jupyter.hosts.data.in_variables import table_told
from k2_jupyter.hosts.lab.briefing import Surroundings, briefing, title
from k2_jupyter.hosts.lab.fitting import unlike
from k2_jupyter.hosts.lab.joining import Joined
from k2_jupyter.hosts.lab.resuming import Resumption
from k2_jupyter.hosts.lab.scene import HOST, Scene
from k2_jupyter.hosts.lab.wire import Ask
from k2_jupyter.journal.journal import Journal
from k2_jupyter.journal.redaction import Redactor
from k2_jupyter.messages import Json
from k2_jupyter.models.base import Model
from k2_jupyter.notebook.base import Notebook
from k2_jupyter.settings import Settings, config_folder, state_folder
from k2_jupyter.tools.set_plan import Plan

_LOOK_SECONDS = 10.0
"""For what the kernel holds, our part of it brought there first; a busy one is not asked."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Of one turn; each is made once, on the turn's thread."""

    scene: Scene
    asked: Ask
    joined: Joined | None
    settings: Settings
    redactor: Redactor
    stop: threading.Event

    def limits(self) -> Limits:
        """The lowest of what settings, request and administrator allow."""
        asked, rules = self.asked.caps, self.scene.rules
        lowest = caps(
            self.settings,
            steps=rules.lowest("steps", asked.get("steps")),
            seconds=rules.lowest("seconds", asked.get("seconds")),
            dollars=rules.lowest("dollars", asked.get("dollars")),
            only_lower=True,
        )
        return rules.within(lowest)

    def journal(self, turn: str, resumption: Resumption | None) -> Journal:
        """Of the turn with this id, which may go on with one that was cut off."""
        asked, prices = self.asked, self.settings.model.prices
        facts: dict[str, Json] = {
            "host": HOST,
            "request": title(asked),
            "folder": str(self.scene.notebook.parent),
            "prices": asdict(prices) if prices else None,
            "key": self.joined.key if self.joined else None,
            "asked": {"mode": asked.mode, "model": asked.model, "images": asked.images},
            "resumed": resumption.record.turn if resumption else None,
        }
        return Journal.create(
            state_folder(), turn, self.redactor, notebook=self.scene.notebook, facts=facts
        )

    def notebook(self, journal: Journal) -> Notebook:
        """The pages' cells, and the kernel that runs them."""
        document = self.scene.document
        document.stop = self.stop
        if self.joined is not None:
            kernel = self.joined.port(self.redactor, journal.folder)
        else:
            kernel = self.scene.kernel.port(
                redactor=self.redactor, spool_dir=journal.folder, announce=document.mirror
            )
        return Notebook(document, kernel, own=set(document.made))

    def agent(
        self, turn: str, model: Model, notebook: Notebook, limits: Limits, plan: Plan
    ) -> Agent:
        """With the conversation's history; its cells are marked as those of this turn."""
        kept, document = self.scene.kept, self.scene.document
        document.facts = {"turn": turn, "step": 0, "model": model.name}
        document.anchor = self.asked.after
        agent = build_agent(
            model,
            notebook,
            limits=limits,
            day=day(self.settings),
            redact=self.redactor.text,
            policy=Policy(
                allowed=frozenset(kept.kinds),
                protected=kept.standing.of(self.scene.notebook.parent),
                private=[str(config_folder()), str(state_folder())],
                plan_only=self.asked.mode == "plan",
                task=(agreement(self.settings),),
                images=self.asked.images,
            ),
            plan=plan,
        )
        agent.history = kept.history
        return agent

    def briefing(self, news: Sequence[str]) -> str:
        """What the model is told beside the request; `news` is what happened since."""
        scene = self.scene
        variables, tables = self._held()
        around = Surroundings(
            scene.notebook.parent,
            scene.root,
            scene.document,
            variables,
            [one for told in tables if (one := table_told(told))],
            unlike(scene.language, remote=scene.spec.remote),
            news,
        )
        return briefing(self.asked, around)

    def _held(self) -> tuple[Mapping[str, str], Sequence[object]]:
        """Variables of the user, and what is said of those that hold a table."""
        if self.joined is not None:
            return self.joined.variables(self.redactor), self.joined.tables()
        return self.scene.kernel.held(self.redactor, seconds=_LOOK_SECONDS, stop=self.stop)
