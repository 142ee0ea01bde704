"""A request that waits: answered once, and not for ever."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from k2_jupyter.events import Answer, Approval, ApprovalRequest, QuestionRequest, Reply, Request
from k2_jupyter.hosts.lab.event_log import EventLog
from k2_jupyter.hosts.lab.requests import Requests
from k2_jupyter.journal.redaction import PLACEHOLDER, Redactor

HANG = 30.0
SECRET = "canary-0123456789"
YES = {"type": "Approval", "granted": True, "comment": "", "always": False}
RUN = ApprovalRequest("run", ("line 1: starts a process",), code="!ls")


class Asked:
    """A request that a turn waits for, and the page that it is shown in."""

    def __init__(self, request: Request, *, life: float = HANG, **options: Any) -> None:
        self.log = EventLog()
        self.requests = Requests(self.log, life_seconds=life)
        self.stop = threading.Event()
        self._events: list[Mapping[str, Any]] = []
        self._changed = threading.Condition()
        ask = partial(self.requests.ask, request, Redactor([SECRET]), epoch=0, stop=self.stop)
        pool = ThreadPoolExecutor(1)
        self.answer: Future[tuple[Answer, bool]] = pool.submit(ask, **options)
        pool.shutdown(wait=False)

    def send(self, message: Any) -> None:
        with self._changed:
            self._events.append(message["event"])
            self._changed.notify_all()

    def dismiss(self) -> None:
        """Nothing to do."""

    def told(self, kind: str, number: int = 1) -> Mapping[str, Any]:
        """The event of that kind that comes as the `number`th."""

        def found() -> list[Mapping[str, Any]]:
            return [event for event in self._events if event["type"] == kind]

        with self._changed:
            assert self._changed.wait_for(lambda: len(found()) >= number, HANG)
            return found()[number - 1]


def test_an_approval_that_nobody_gives_is_asked_anew_where_somebody_is_there() -> None:
    asked = Asked(RUN, life=0.2)
    while asked.log.last < 2:
        assert not asked.answer.done()
    asked.log.attach(asked, None, 0)
    first = asked.told("Opened")
    assert asked.told("Closed") == {
        "type": "Closed",
        "id": first["id"],
        "answer": None,
        "by": "time",
    }
    assert asked.requests.answer(first["id"], YES, 0) != ""
    number = 2
    while asked.requests.answer(asked.told("Opened", number)["id"], YES, 0):
        number += 1  # this one was too old again
    assert asked.answer.result(HANG) == (Approval(granted=True), False)


def test_nobody_is_asked_anew_after_a_stop() -> None:
    asked = Asked(RUN, life=0.05)
    while asked.log.last < 2:
        assert not asked.answer.done()
    asked.stop.set()
    assert asked.answer.result(HANG) == (None, False)
    assert asked.log.last == 2


def test_a_question_stays_open() -> None:
    asked = Asked(QuestionRequest("Which?"), life=0.0)
    asked.log.attach(asked, None, 0)
    opened = asked.told("Opened")
    assert asked.requests.answer(opened["id"], {"type": "Reply", "text": "this"}, 0) == ""
    assert asked.answer.result(HANG) == (Reply("this"), False)


def test_nothing_secret_is_shown() -> None:
    asked = Asked(RUN, cell=SECRET, asks={"where": SECRET, "sent_to": None, "caps": {}})
    asked.log.attach(asked, None, 0)
    opened = asked.told("Opened")
    assert (opened["cell"], opened["asks"]["where"]) == (PLACEHOLDER, PLACEHOLDER)
    answer = {**YES, "granted": False, "comment": SECRET}
    asked.requests.answer(opened["id"], answer, 0)
    assert asked.told("Closed")["answer"]["comment"] == PLACEHOLDER
