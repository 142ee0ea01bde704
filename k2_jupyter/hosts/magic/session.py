"""A conversation with the user of one kernel: its turns, one after another."""

from __future__ import annotations

import logging
import queue
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from k2_jupyter.adapters.runner_kernel import RunnerKernel
from k2_jupyter.agent.agent import Agent
from k2_jupyter.agent.history import History
from k2_jupyter.agent.limits import Limits
from k2_jupyter.errors import K2Error
from k2_jupyter.events import (
    Answer,
    Approval,
    ApprovalRequest,
    CapRequest,
    Event,
    EventStream,
    Extension,
    QuestionRequest,
    Reply,
    TurnFinished,
)
from k2_jupyter.hosts.build import Policy, build_agent
from k2_jupyter.hosts.magic.card import Card
from k2_jupyter.in_kernel.magic.pipe import Message, Pipe, PipeClosed, ProtocolError
from k2_jupyter.journal.journal import Journal
from k2_jupyter.journal.recorded import recorded
from k2_jupyter.journal.redaction import Redactor, collect_secrets
from k2_jupyter.models.base import Model
from k2_jupyter.notebook.base import Notebook
from k2_jupyter.notebook.memory import MemoryDocument
from k2_jupyter.settings import Settings, config_folder, state_folder

logger = logging.getLogger(__name__)

_NOBODY = (
    "Nobody can be asked here (the notebook runs without input), so nothing was sent and "
    "nothing ran. Run the cell in a notebook that you have open, or allow it in your own "
    "configuration: `headless = true` in {config}."
)
_YES = ("y", "yes")
_NO = ("", "n", "no")


class Session:
    """Serves one kernel. The pipe's other end is not trusted with anything but its outputs."""

    def __init__(self, pipe: Pipe, *, keys: Mapping[str, str]) -> None:
        self._pipe = pipe
        self._keys = keys
        self._asked: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._runs: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._document = MemoryDocument()
        self._history: History | None = None
        self._agreed = False

    def serve(self) -> None:
        """Answer until the kernel is gone."""
        threading.Thread(target=self._listen, name="k2-pipe", daemon=True).start()
        while (message := self._asked.get()) is not None:
            self._stop.clear()
            with suppress(PipeClosed):
                status, text = self._answered(message)
                self._pipe.send("end", status=status, text=text)

    def _listen(self) -> None:
        """Sort what comes; on a thread of its own, so that an interrupt is heard at once."""
        places = {"turn": self._asked, "command": self._asked, "answer": self._answers}
        try:
            while True:
                message = self._pipe.receive()
                if message["op"] == "interrupt":
                    self._stop.set()
                else:
                    places.get(message["op"], self._runs).put(message)
        except (PipeClosed, ProtocolError) as problem:
            logger.warning("the kernel's end: %s", problem)
        self._stop.set()
        for place in (self._runs, self._answers, self._asked):
            place.put(None)

    def _answered(self, message: Message) -> tuple[str, str]:
        """Status and text of the end. A mistake of ours is said, and logged."""
        try:
            return self._turn(message)
        except K2Error as problem:
            return "failed", str(problem)
        except PipeClosed:
            raise
        except Exception as problem:
            logger.exception("a turn failed")
            return "failed", f"This is a bug of k2_jupyter: {problem!r}. Its log has more."

    # A turn

    def _turn(self, message: Message) -> tuple[str, str]:
        options = message["options"]
        settings = Settings.load(str(options.get("model") or "") or None, keys=self._keys)
        if options.get("stdin") is not True:
            return "failed", _NOBODY.format(config=config_folder() / "config.toml")
        folder = Path(str(options.get("cwd", "")))
        redactor = Redactor(self._secrets(settings, folder))
        request = redactor.text(message["request"])
        card = Card(self._pipe, request)
        model = settings.build_model()
        with Journal.create(state_folder(), uuid.uuid4().hex[:16], redactor) as journal:
            kernel = RunnerKernel(
                self._pipe,
                self._runs,
                redactor=redactor,
                spool_dir=journal.folder,
                title=lambda cell: notebook.purpose(cell) or "a cell",
            )
            notebook = Notebook(self._document, kernel)
            agent = self._agent(model, notebook, settings, options, redactor)
            self._history = agent.history
            events = agent.run(
                request,
                self._stop,
                briefing=redactor.text(_briefing(message["names"])),
                turn=journal.folder.name,
            )
            finished = self._driven(recorded(events, journal), card)
        card.close(finished)
        return finished.reason, finished.detail

    def _agent(
        self,
        model: Model,
        notebook: Notebook,
        settings: Settings,
        options: Mapping[str, Any],
        redactor: Redactor,
    ) -> Agent:
        standard = Limits()
        steps = options.get("max_steps")
        fewer = isinstance(steps, int) and 0 < steps < standard.steps
        agent = build_agent(
            model,
            notebook,
            limits=Limits(steps=steps) if fewer and isinstance(steps, int) else standard,
            redact=redactor.text,
            policy=Policy(
                private=[str(config_folder()), str(state_folder())],
                plan_only=options.get("plan") is True,
                task=() if self._agreed else _task_reasons(settings),
            ),
        )
        if self._history is not None:
            agent.history = self._history
        return agent

    def _secrets(self, settings: Settings, folder: Path) -> Iterator[str]:
        yield from self._keys.values()
        yield from collect_secrets({}, folder, settings.key)

    def _driven(self, events: EventStream[None], card: Card) -> TurnFinished:
        answer: Answer = None
        while True:
            event = events.send(answer)
            card.show(event)
            if isinstance(event, TurnFinished):
                return event
            answer = self._said(event, card)

    def _said(self, event: Event, card: Card) -> Answer:
        match event:
            case ApprovalRequest():
                return self._approval(event, card)
            case QuestionRequest():
                text = self._ask(card.question(event))
                return None if text is None else Reply(card.chosen(event, text))
            case CapRequest():
                return _extension(self._ask(card.cap(event)))
        return None

    def _approval(self, request: ApprovalRequest, card: Card) -> Approval:
        answer = self._ask(card.approval(request))
        if answer is None:
            return Approval(granted=False, comment="Nobody is there to approve.")
        if answer.lower() == "always" and not request.kinds:
            self._agreed = True
            return Approval(granted=True)
        if answer.lower() in _YES:
            return Approval(granted=True)
        said = "The user said no." if answer.lower() in _NO else f"The user said: {answer}"
        return Approval(granted=False, comment=said)

    def _ask(self, prompt: str) -> str | None:
        """What the user types; None where nobody can, or on a stop."""
        asked = uuid.uuid4().hex
        self._pipe.send("ask", id=asked, prompt=prompt)
        while not self._stop.is_set():
            try:
                message = self._answers.get(timeout=0.2)
            except queue.Empty:
                continue
            if message is None:
                return None
            if message["id"] == asked:
                text = message["text"]
                return None if text is None else str(text).strip()
        return None


def _task_reasons(settings: Settings) -> tuple[str, ...]:
    """What the user agrees to before the first cell."""
    endpoint = settings.endpoint
    where = "nothing leaves this machine"
    if endpoint is not None and not endpoint.is_loopback:
        where = f"the request, outputs and descriptions of variables go to {endpoint.host}"
    return (f"K2 writes and runs cells in this kernel, with your variables; {where}",)


def _extension(text: str | None) -> Extension | None:
    try:
        extra = float(text or 0)
    except ValueError:
        return None
    return Extension(extra) if 0 < extra < float("inf") else None


def _briefing(names: Mapping[str, Any]) -> str:
    lines = ["Working folder: the kernel's current directory. Write files there."]
    lines.append("Live kernel of the user, who waits. Variables of the user:")
    lines += [f"{name}: {what}" for name, what in names.items()] or ["none"]
    return "<briefing>\n" + "\n".join(lines) + "\n</briefing>"
