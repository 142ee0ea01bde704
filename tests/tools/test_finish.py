"""A conclusion is written into the notebook, its numbers checked first."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from k2_jupyter.notebook.memory import Played
from k2_jupyter.outputs import Stream
from k2_jupyter.tools.base import Finished
from k2_jupyter.tools.finish import Finish
from k2_jupyter.tools.run_cell import RunCell, reader
from k2_jupyter.tools.set_plan import Plan, SetPlan
from tests.tools.conftest import Bench

MakeBench = Callable[..., Bench]

RIGHT = {"number": "12.5", "cell": "cell1", "label": "mean"}
WRONG = {"number": "13.5", "cell": "cell1", "label": "mean"}


def after_a_run(bench: MakeBench) -> tuple[Bench, Finish]:
    b = bench(lambda source: Played([Stream("stdout", "mean 12.5\n")]))
    b.run(RunCell(b.notebook, b.plan, b.gate, reader()), source="f()", purpose="p")
    return b, Finish(b.notebook, model="played")


def test_the_numbers_that_answer_the_task_keep_their_names(bench: MakeBench) -> None:
    b, finish = after_a_run(bench)

    result = b.run(finish, conclusion="It is 12.5.", claims=[{**RIGHT, "headline": "mean, cm"}])

    assert isinstance(result, Finished)
    assert [claim.headline for claim in result.conclusion.claims] == ["mean, cm"]
    assert "'headline': 'mean, cm'" in str(b.notebook.document.cells()[-1].metadata)


def test_a_backed_conclusion_ends_the_turn_and_stands_in_the_notebook(bench: MakeBench) -> None:
    b, finish = after_a_run(bench)
    result = b.run(
        finish,
        conclusion="The mean is 12.5.",
        claims=[RIGHT],
        caveats=["One group only."],
        next_steps=["Ask for more."],
    )
    assert isinstance(result, Finished)
    cell = b.notebook.document.cells()[-1]
    assert cell.source == (
        "## Conclusion\n\nThe mean is 12.5.\n\n### Caveats\n\n- One group only.\n\n"
        "### Next steps\n\n- Ask for more."
    )
    assert result.conclusion.cell == cell.id
    assert [claim.found for claim in result.conclusion.claims] == [True]
    k2 = cell.metadata["k2"]
    assert isinstance(k2, dict)
    assert k2["role"] == "conclusion"


def test_a_wrong_number_comes_back_once_and_is_then_marked(bench: MakeBench) -> None:
    b, finish = after_a_run(bench)
    text = "The mean is 13.5, not 12.5."
    first = b.run(finish, conclusion=text, claims=[RIGHT, WRONG])
    assert first.is_error
    assert "13.5: not in the outputs of cell cell1" in first.text
    assert "12.5:" not in first.text
    second = b.run(finish, conclusion=text, claims=[RIGHT, WRONG])
    assert isinstance(second, Finished)
    assert (
        "The mean is 13.5 **(not found in the outputs)**, not 12.5."
        in b.notebook.document.cells()[-1].source
    )


def test_a_corrected_claim_is_taken(bench: MakeBench) -> None:
    b, finish = after_a_run(bench)
    b.run(finish, conclusion="The mean is 13.5.", claims=[WRONG])
    result = b.run(finish, conclusion="The mean is 12.5.", claims=[RIGHT])
    assert isinstance(result, Finished)
    assert all(claim.found for claim in result.conclusion.claims)


def test_numbers_without_any_claim_are_refused_again_and_again(bench: MakeBench) -> None:
    b, finish = after_a_run(bench)
    for _ in range(3):
        result = b.run(finish, conclusion="The mean is 12.5.", claims=[])
        assert result.is_error
        assert "no claim names a cell" in result.text
    last = b.run(finish, conclusion="The mean is 12.5.", claims=[])
    assert isinstance(last, Finished)
    assert [claim.found for claim in last.conclusion.claims] == [False]


def test_a_conclusion_without_numbers_needs_no_claims(bench: MakeBench) -> None:
    b, finish = after_a_run(bench)
    assert isinstance(b.run(finish, conclusion="No difference.", claims=[]), Finished)


def test_nothing_is_written_where_no_cell_ran(bench: MakeBench) -> None:
    b = bench()
    finish = Finish(b.notebook, model="played")
    result = b.run(finish, conclusion="It can't be done.", claims=[], outcome="cannot")
    assert isinstance(result, Finished)
    assert result.conclusion.outcome == "cannot"
    assert b.notebook.document.cells() == ()


@pytest.mark.parametrize(("state", "left"), [("open", True), ("active", True), ("done", False)])
def test_a_plan_with_items_left_is_unfinished(bench: MakeBench, state: str, left: bool) -> None:
    b, plan = bench(), Plan()
    b.run(SetPlan(plan), items=[{"title": "Test it", "state": state}])
    assert Finish(b.notebook, model="played", plan=plan).unfinished == left
    assert not Finish(b.notebook, model="played").unfinished


def test_plain_text_is_looked_up_in_all_outputs_and_marked_as_such(bench: MakeBench) -> None:
    b, finish = after_a_run(bench)
    assert finish.owed
    conclusion = finish.plain("The mean is 12.5 and the other 99.5.")
    assert conclusion.plain
    source = b.notebook.document.cells()[-1].source
    assert "12.5 and the other 99.5 **(not found in the outputs)**" in source
    assert "gave no claims" in source


def test_a_number_in_a_caveat_is_checked_too(bench: MakeBench) -> None:
    b, finish = after_a_run(bench)
    text = {"conclusion": "The mean is 12.5.", "claims": [RIGHT], "caveats": ["Only 77.5 % of it."]}
    assert "77.5 %: no claim" in b.run(finish, **text).text
    assert isinstance(b.run(finish, **text), Finished)
    source = b.notebook.document.cells()[-1].source
    assert "- Only 77.5 % **(not found in the outputs)** of it." in source
