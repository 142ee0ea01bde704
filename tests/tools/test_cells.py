"""run_cell, edit_cell, delete_cell and add_markdown: whose a cell is, and what may run."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from k2_jupyter.errors import CellChangedError, CellNotFoundError
from k2_jupyter.events import (
    Approval,
    ApprovalRequest,
    CellFinished,
    CellOutput,
    CellStarted,
    PlanChanged,
)
from k2_jupyter.notebook.memory import Played
from k2_jupyter.outputs import ErrorOutput, Stream
from k2_jupyter.tools.add_markdown import AddMarkdown
from k2_jupyter.tools.delete_cell import DeleteCell
from k2_jupyter.tools.edit_cell import EditCell
from k2_jupyter.tools.run_cell import RunCell, reader
from k2_jupyter.tools.set_plan import SetPlan
from tests.tools.conftest import Bench

MakeBench = Callable[..., Bench]


def printing(source: str) -> Played:
    return Played([Stream("stdout", f"ran {source}\n")])


def run_cell(bench: Bench) -> RunCell:
    return RunCell(bench.notebook, bench.plan, bench.gate, reader())


def edit_cell(bench: Bench) -> EditCell:
    return EditCell(bench.notebook, bench.plan, bench.gate, reader())


def test_a_cell_is_appended_run_and_read_back(bench: MakeBench) -> None:
    b = bench(printing, ["x = 1"])
    result = b.run(run_cell(b), source="x + 1", purpose="add")
    _, cell = b.notebook.document.cells()
    assert result.text.startswith(f"cell {cell.id} (hash {cell.hash}) · ok · ")
    assert "<stdout>\nran x + 1\n</stdout>" in result.text
    assert [type(event) for event in b.events] == [CellStarted, CellOutput, CellFinished]
    assert cell.metadata == {"k2": {"author": "agent", "purpose": "add"}}
    assert cell.outputs == (Stream("stdout", "ran x + 1\n"),)
    assert b.notebook.own == {cell.id}


def test_a_failing_cell_is_an_error_that_stays(bench: MakeBench) -> None:
    b = bench(lambda source: Played([ErrorOutput("ValueError", "no")]))
    result = b.run(run_cell(b), source="f()", purpose="try")
    assert result.is_error
    assert "· error ·" in result.text
    assert "ValueError: no" in result.text
    assert len(b.notebook.document.cells()) == 1


@pytest.mark.parametrize("answer", [None, Approval(granted=False, comment="not today")])
def test_what_is_not_approved_does_not_run_and_leaves_no_cell(
    bench: MakeBench, answer: Approval | None
) -> None:
    b = bench(printing)
    b.answer = answer
    result = b.run(run_cell(b), source="rm(x)", purpose="clean")
    assert result.is_error
    assert "it removes files" in result.text
    assert "Do not work around" in result.text
    assert ("not today" in result.text) == (answer is not None)
    assert b.kernel.sources == []
    assert b.notebook.document.cells() == ()
    (request,) = b.asked
    assert isinstance(request, ApprovalRequest)
    assert (request.kinds, request.code) == (("delete",), "rm(x)")
    assert len(request.digest) == 64


def test_what_is_approved_runs(bench: MakeBench) -> None:
    b = bench(printing)
    b.agree()
    assert not b.run(run_cell(b), source="rm(x)", purpose="clean").is_error
    assert b.kernel.sources == ["rm(x)"]


def test_cells_are_linked_to_the_active_item(bench: MakeBench) -> None:
    b = bench(printing)
    items = [{"title": "load", "state": "active"}, {"title": "test"}]
    b.run(SetPlan(b.plan), items=items)
    b.run(run_cell(b), source="1", purpose="p")
    b.run(AddMarkdown(b.notebook, b.plan), source="# Two")
    b.run(SetPlan(b.plan), items=[{**items[0], "state": "done"}, {**items[1], "state": "active"}])
    b.run(run_cell(b), source="3", purpose="p")
    assert [(item.id, item.state, item.cells) for item in b.plan.items] == [
        ("p1", "done", ("cell1", "cell2")),
        ("p2", "active", ("cell3",)),
    ]
    assert isinstance(b.events[-1], CellFinished)
    assert len([event for event in b.events if isinstance(event, PlanChanged)]) == 5


def test_an_own_cell_is_repaired_in_place(bench: MakeBench) -> None:
    b = bench(printing)
    b.run(run_cell(b), source="bad", purpose="look")
    (cell,) = b.notebook.document.cells()
    result = b.run(edit_cell(b), cell=cell.id, hash=cell.hash, source="good")
    assert "ran good" in result.text
    assert b.asked == []
    (cell,) = b.notebook.document.cells()
    assert cell.source == "good"
    started = [event for event in b.events if isinstance(event, CellStarted)]
    assert [event.purpose for event in started] == ["look", "look"]


def test_an_edit_of_what_the_user_changed_overwrites_nothing(bench: MakeBench) -> None:
    b = bench(printing)
    b.run(run_cell(b), source="old", purpose="look")
    (cell,) = b.notebook.document.cells()
    b.notebook.document.replace(cell.id, "the user's", seen=cell.hash)
    with pytest.raises(CellChangedError) as problem:
        b.run(edit_cell(b), cell=cell.id, hash=cell.hash, source="new")
    assert problem.value.current == "the user's"
    assert b.notebook.document.cell(cell.id).source == "the user's"


def test_a_cell_of_the_users_is_edited_only_when_the_diff_was_agreed_to(bench: MakeBench) -> None:
    b = bench(printing, ["a = 1\nb = 2"])
    (cell,) = b.notebook.document.cells()
    change = {"cell": cell.id, "hash": cell.hash, "source": "a = 1\nb = 3"}
    assert b.run(edit_cell(b), **change).is_error
    assert b.notebook.document.cell(cell.id).source == "a = 1\nb = 2"
    (request,) = b.asked
    assert isinstance(request, ApprovalRequest)
    assert request.action == "edit"
    assert "-b = 2\n+b = 3" in request.code
    b.agree()
    assert not b.run(edit_cell(b), **change).is_error
    assert b.notebook.document.cell(cell.id).source == "a = 1\nb = 3"


def test_a_cell_of_the_users_runs_unchanged_without_a_question(bench: MakeBench) -> None:
    b = bench(printing, ["a = 1", "rm(x)"])
    cell, risky = b.notebook.document.cells()
    b.run(edit_cell(b), cell=cell.id, hash=cell.hash, source=cell.source)
    assert b.asked == []
    assert b.kernel.sources == ["a = 1"]
    assert b.run(edit_cell(b), cell=risky.id, hash=risky.hash, source=risky.source).is_error


def test_an_edit_can_not_smuggle_in_what_must_be_asked(bench: MakeBench) -> None:
    b = bench(printing)
    b.run(run_cell(b), source="ok", purpose="look")
    (cell,) = b.notebook.document.cells()
    assert b.run(edit_cell(b), cell=cell.id, hash=cell.hash, source="rm(x)").is_error
    assert b.notebook.document.cell(cell.id).source == "ok"


def test_what_somebody_put_into_the_cell_after_it_was_admitted_does_not_run(
    bench: MakeBench,
) -> None:
    b = bench(printing)
    b.run(SetPlan(b.plan), items=[{"title": "look", "state": "active"}])
    stream = run_cell(b).run({"source": "x = 1", "purpose": "p"}, threading.Event())
    assert isinstance(next(stream), PlanChanged)  # the cell stands in the document by now
    (cell,) = b.notebook.document.cells()
    b.notebook.document.replace(cell.id, "rm(x)", seen=cell.hash)
    with pytest.raises(CellChangedError):
        next(stream)
    assert b.kernel.sources == []


def test_an_edit_without_a_run_runs_nothing(bench: MakeBench) -> None:
    b = bench(printing)
    b.run(AddMarkdown(b.notebook, b.plan), source="# One")
    (cell,) = b.notebook.document.cells()
    result = b.run(edit_cell(b), cell=cell.id, hash=cell.hash, source="# Two")
    assert result.text == f"cell {cell.id} changed (hash {b.notebook.document.cell(cell.id).hash})"
    assert b.kernel.sources == []


def test_only_own_cells_can_be_deleted(bench: MakeBench) -> None:
    b = bench(printing, ["mine"])
    b.run(run_cell(b), source="yours", purpose="p")
    users, own = b.notebook.document.cells()
    assert b.run(DeleteCell(b.notebook), cell=users.id, hash=users.hash).is_error
    assert not b.run(DeleteCell(b.notebook), cell=own.id, hash=own.hash).is_error
    assert [cell.source for cell in b.notebook.document.cells()] == ["mine"]


def test_a_cell_that_is_not_there_is_named(bench: MakeBench) -> None:
    b = bench()
    with pytest.raises(CellNotFoundError, match="nowhere"):
        b.run(DeleteCell(b.notebook), cell="nowhere", hash="0")
