import errno
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from k2_jupyter.errors import JournalError
from k2_jupyter.events import (
    Answer,
    Approval,
    ApprovalRequest,
    CallFinished,
    CallStarted,
    CellFinished,
    CellOutput,
    CellStarted,
    Event,
    EventStream,
    Notice,
    QuestionRequest,
    TextDelta,
    TurnFinished,
    TurnStarted,
)
from k2_jupyter.journal.journal import Journal
from k2_jupyter.journal.recorded import recorded
from k2_jupyter.journal.redaction import Redactor
from k2_jupyter.messages import Image, ToolCall, ToolResult
from k2_jupyter.outputs import Display, Stream

CALL = ToolCall("call_0", "run_cell", '{"source": "1"}')


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.create(tmp_path, "t1", Redactor()) as journal:
        yield journal


def records(journal: Journal) -> list[dict[str, Any]]:
    text = (journal.folder / "journal.jsonl").read_text("ascii")
    return [json.loads(line) for line in text.splitlines()][1:]


def stream(*events: Event) -> EventStream[str]:
    yield from events
    return "the end"


def test_an_event_is_on_file_before_it_is_passed_on(journal: Journal) -> None:
    for event in recorded(stream(TurnStarted("t1", "task", "m"), CellStarted("c", "1")), journal):
        assert records(journal)[-1]["type"] == type(event).__name__


def test_the_intent_to_run_a_cell_is_synced_with_all_before_it(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real = os.fdatasync

    def fdatasync(file: int) -> None:
        real(file)
        synced.append(len(records(journal)))

    monkeypatch.setattr(os, "fdatasync", fdatasync)
    finished = CellFinished("c", "ok", 0.1)
    events = recorded(stream(CallStarted(CALL, 0), CellStarted("c", "1"), finished), journal)

    next(events)
    next(events)
    assert synced == [2]


def test_a_finished_call_reaches_the_disk_while_the_agent_goes_on(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, allowed = threading.Event(), threading.Event()
    real = os.fdatasync

    def fdatasync(file: int) -> None:
        begun.set()
        if not allowed.wait(10):
            raise TimeoutError("the agent waits for this")
        real(file)

    monkeypatch.setattr(os, "fdatasync", fdatasync)
    events = recorded(stream(CallFinished(CALL, 0, ToolResult("1"), 0.1), Notice("next")), journal)

    assert isinstance(next(events), CallFinished)
    assert next(events) == Notice("next")
    assert begun.wait(30)
    allowed.set()


def test_a_disk_that_fails_behind_the_back_stops_the_next_intent(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = threading.Event()

    def fdatasync(_: int) -> None:
        failed.set()
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", fdatasync)
        journal.sync_soon()
        assert failed.wait(30)
        with pytest.raises(JournalError, match="Input/output error"):
            next(recorded(stream(CellStarted("c", "1")), journal))
    with pytest.raises(JournalError):
        journal.close()


def test_what_streams_by_is_not_journaled(journal: Journal) -> None:
    output = CellOutput("c", Stream("stdout", "1"))

    list(recorded(stream(TextDelta("a"), output, Notice("kept")), journal))

    assert [record["type"] for record in records(journal)] == ["Notice"]


def test_the_return_value_comes_through(journal: Journal) -> None:
    def host() -> EventStream[str]:
        return (yield from recorded(stream(Notice("a")), journal))

    events = host()
    next(events)
    with pytest.raises(StopIteration) as stop:
        next(events)
    assert stop.value.value == "the end"


def test_an_answer_is_journaled_before_it_goes_in(journal: Journal) -> None:
    def agent() -> EventStream[None]:
        answer = yield ApprovalRequest("run", ("writes outside",))
        assert records(journal)[-1]["data"]["granted"] is True
        yield Notice(f"got {answer}")
        yield QuestionRequest("Which?")

    events = recorded(agent(), journal)
    request = next(events)
    assert isinstance(request, ApprovalRequest)
    assert events.send(Approval(True, "fine")) == Notice(
        "got Approval(granted=True, comment='fine')"
    )
    next(events)
    list(events)

    approval, no_answer = (records(journal)[index] for index in (1, 4))
    assert approval["type"] == "Approval"
    assert approval["data"] == {"request": 2, "granted": True, "comment": "fine"}
    assert (no_answer["type"], no_answer["data"]) == ("NoAnswer", {"request": 5})


def test_images_are_kept_as_digests_and_long_displays_too(journal: Journal) -> None:
    result = ToolResult("ok", (Image("image/png", b"abc"),))
    displays = (Display({"image/png": "A" * 900_000}), Display({"image/png": "B" * 900_000}))

    list(
        recorded(
            stream(CallFinished(CALL, 0, result, 0.1), CellFinished("c", "ok", 0.1, 1, displays)),
            journal,
        )
    )

    call, cell = records(journal)
    assert call["data"]["result"]["images"][0]["bytes"] == 3
    first, second = (output["data"]["image/png"] for output in cell["data"]["outputs"])
    assert first == "A" * 900_000
    assert second["omitted"]["bytes"] == 900_000


def test_closing_and_throwing_reach_the_agent(journal: Journal) -> None:
    seen: list[str] = []

    def agent() -> EventStream[None]:
        try:
            try:
                yield Notice("first")
            except KeyboardInterrupt:
                seen.append("interrupt")
            yield Notice("second")
        finally:
            seen.append("closed")

    events = recorded(agent(), journal)
    next(events)
    assert events.throw(KeyboardInterrupt()) == Notice("second")
    events.close()

    assert seen == ["interrupt", "closed"]


class TestFullDisk:
    @pytest.fixture
    def full(
        self, journal: Journal, file_size_limit: Callable[[int], AbstractContextManager[None]]
    ) -> AbstractContextManager[None]:
        """To be entered in the test: outside it the test runner writes files of its own."""
        return file_size_limit((journal.folder / "journal.jsonl").stat().st_size + 10)

    def test_an_intent_is_refused_inside_the_agent_and_the_turn_can_end(
        self, journal: Journal, full: AbstractContextManager[None]
    ) -> None:
        ran = False

        def agent() -> EventStream[None]:
            nonlocal ran
            try:
                yield CellStarted("c", "1")
                ran = True
            except JournalError as problem:
                yield CallFinished(CALL, 0, ToolResult("not run", is_error=True), 0.0)
                yield TurnFinished("failed", detail=str(problem))

        with full:
            events = list(recorded(agent(), journal))

        assert not ran
        assert [type(event) for event in events] == [CallFinished, TurnFinished]
        assert records(journal) == []

    def test_an_approval_that_cannot_be_kept_is_not_given(
        self, journal: Journal, full: AbstractContextManager[None]
    ) -> None:
        def agent() -> EventStream[None]:
            yield from ()
            answer: Answer = yield ApprovalRequest("run", ())
            pytest.fail(f"got {answer}")

        with full, pytest.raises(JournalError, match="can't be written"):
            next(recorded(agent(), journal))

    def test_an_agent_that_goes_on_regardless_is_closed(
        self, journal: Journal, full: AbstractContextManager[None]
    ) -> None:
        closed = False

        def agent() -> EventStream[None]:
            nonlocal closed
            try:
                while True:
                    try:
                        yield CellStarted("c", "1")
                    except JournalError:
                        continue
            finally:
                closed = True

        with full, pytest.raises(JournalError, match="can't be written"):
            next(recorded(agent(), journal))
        assert closed

    def test_an_end_that_cannot_be_kept_is_shown_and_says_so(
        self, journal: Journal, full: AbstractContextManager[None]
    ) -> None:
        with full:
            (event,) = recorded(stream(TurnFinished("limit", detail="All steps used.")), journal)

        assert isinstance(event, TurnFinished)
        assert event.detail.startswith("All steps used. The journal")
