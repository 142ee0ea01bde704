"""A turn as its journal tells it."""

from __future__ import annotations

from pathlib import Path

from k2_jupyter.events import AnswerReceived, CallFinished, CellFinished, CellStarted, RunStatus
from k2_jupyter.journal.journal import Journal
from k2_jupyter.journal.recall import newest_begun, recall
from k2_jupyter.journal.records import encode_fields
from k2_jupyter.journal.redaction import Redactor
from k2_jupyter.messages import AssistantMessage, ToolCall, ToolResult


def write(state: Path, turn: str, *statuses: RunStatus) -> None:
    """A turn of answers that ran a cell each; the last answer's call never ended."""
    with Journal.create(state, turn, Redactor(), facts={"host": "test"}) as journal:
        for number, status in enumerate(statuses):
            call = ToolCall(f"c{number}", "run_cell", "{}")
            cell = f"cell{number}"
            for event in (
                AnswerReceived(AssistantMessage("", (call,))),
                CellStarted(cell, f"x = {number}", "part"),
                CellFinished(cell, status, 0.1),
                CallFinished(call, 0, ToolResult("told"), 0.1),
            ):
                journal.write(type(event).__name__, encode_fields(event))
        last = AnswerReceived(AssistantMessage("", (ToolCall("c", "run_cell", "{}"),)))
        journal.write("AnswerReceived", encode_fields(last))


def test_an_answer_that_was_not_carried_out_is_known_as_that(tmp_path: Path) -> None:
    write(tmp_path, "whole", "ok", "error")
    turn = recall(tmp_path, "whole")
    assert [len(results) for _, results in turn.whole_answers()] == [1, 1]
    assert turn.cut_off is not None
    assert [len(turn.cut_off[0].calls), len(turn.cut_off[1])] == [1, 0]
    assert [cell.ok for cell in turn.cells.values()] == [True, False]
    assert not turn.completed


def test_what_went_down_with_the_kernel_is_cut_off(tmp_path: Path) -> None:
    write(tmp_path, "cut", "ok", "dead", "ok")
    turn = recall(tmp_path, "cut")
    assert len(turn.whole_answers()) == 1
    assert turn.cut_off == (turn.answers[1][0], [])


def test_a_turn_is_found_by_its_facts(tmp_path: Path) -> None:
    write(tmp_path, "a", "ok")
    found = newest_begun(tmp_path, host="test")
    assert found is not None
    assert found.turn == "a"
    assert newest_begun(tmp_path, host="other") is None
