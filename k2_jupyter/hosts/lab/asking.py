"""Requests of a turn: put to whoever has the panel open, or decided by what was said before."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, replace

from k2_jupyter.agent.limits import Limits
from k2_jupyter.events import (
    Answer,
    Approval,
    ApprovalRequest,
    CallStarted,
    CapRequest,
    Event,
    Extension,
    Notice,
    QuestionRequest,
    Request,
)
from k2_jupyter.hosts.consent import agreement
from k2_jupyter.hosts.lab.scene import Scene
from k2_jupyter.hosts.lab.spent import Spent
from k2_jupyter.hosts.lab.telling import Teller
from k2_jupyter.journal.redaction import Redactor
from k2_jupyter.messages import Json, ToolCall
from k2_jupyter.settings import Settings

_AGREED = "You agreed to this task."
_BEFORE = "You allowed this kind in this notebook."
_NO_MORE = "The limit that the administrator of this server has set is reached."


class Asking:
    """Of one turn."""

    def __init__(
        self,
        scene: Scene,
        settings: Settings,
        limits: Limits,
        redactor: Redactor,
        tell: Teller,
        spent: Spent,
        stop: threading.Event,
    ) -> None:
        self._scene = scene
        self._settings = settings
        self._limits = limits
        self._redactor = redactor
        self._tell = tell
        self._spent = spent
        self._stop = stop
        self._task = agreement(settings)
        self._agreed: int | None = None
        """The kernel's epoch for which the user has agreed to the task."""
        self._cell: str | None = None

    def answer(self, event: Event) -> Answer:
        """To a request; ``None`` to any other event."""
        match event:
            case CallStarted(call):
                self._cell = _named_cell(call)
            case ApprovalRequest():
                return self._approval(event)
            case CapRequest():
                return self._cap(event)
            case QuestionRequest():
                return self._asked(event)[0]
        return None

    def _approval(self, request: ApprovalRequest) -> Answer:
        kinds, allowed = set(request.kinds), self._scene.kept.kinds
        epoch = self._scene.kernel.epoch
        agreed = epoch == self._agreed
        if agreed and kinds and kinds <= allowed:
            return Approval(granted=True, comment=_BEFORE)
        # The card says in rows what the sentence about the task says.
        own = tuple(reason for reason in request.reasons if reason != self._task)
        if agreed and not own:
            return Approval(granted=True, comment=_AGREED)
        card = None if agreed else self._card()
        answer, is_for_always = self._asked(replace(request, reasons=own), card)
        if isinstance(answer, Approval) and answer.granted:
            # What stands for the task is asked before a run; an edit is asked for itself.
            if request.action == "run":
                self._agreed = epoch
            if is_for_always and self._scene.rules.allow_kinds:
                allowed |= kinds
        return answer

    def _cap(self, request: CapRequest) -> Answer:
        rules = self._scene.rules
        if rules.left(request) <= 0:
            self._tell.tell(Notice(_NO_MORE))
            return None
        offered = min(request.offered, rules.left(request))
        answer, _ = self._asked(replace(request, offered=offered))
        if not isinstance(answer, Extension):
            return None
        granted = rules.granted(request, answer)
        if granted is not None:
            self._spent.extended(request, granted)
        return granted

    def _asked(
        self, request: Request, card: Mapping[str, Json] | None = None
    ) -> tuple[Answer, bool]:
        return self._scene.requests.ask(
            request,
            self._redactor,
            epoch=self._scene.kernel.epoch,
            cell=self._cell,
            asks=card,
            stop=self._stop,
        )

    def _card(self) -> Mapping[str, Json]:
        """What the user agrees to for the whole turn."""
        limits: dict[str, float | None] = asdict(self._limits)
        return {
            "where": f"{self._scene.notebook.name}, kernel {self._scene.spec.name}",
            "sent_to": self._settings.sent_to,
            "caps": limits,
        }


def _named_cell(call: ToolCall) -> str | None:
    """The cell that a call is about, where it names one."""
    try:
        arguments = json.loads(call.arguments)
    except (ValueError, RecursionError):
        return None
    cell = arguments.get("cell") if isinstance(arguments, dict) else None
    return cell if isinstance(cell, str) else None
