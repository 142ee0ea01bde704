"""read_notebook, read_output, inspect_variables, restart_kernel and ask_user."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from k2_jupyter.errors import KernelSilentError
from k2_jupyter.events import ApprovalRequest, QuestionRequest, Reply
from k2_jupyter.notebook.memory import MemoryKernel
from k2_jupyter.tools.ask_user import AskUser
from k2_jupyter.tools.inspect_variables import InspectVariables
from k2_jupyter.tools.read_notebook import ReadNotebook
from k2_jupyter.tools.restart_kernel import RestartKernel
from k2_jupyter.tools.run_cell import RunCell, reader
from tests.tools.conftest import Bench

MakeBench = Callable[..., Bench]


def test_the_notebook_is_read_with_ids_hashes_and_whose_it_is(bench: MakeBench) -> None:
    b = bench(sources=["x = 1"])
    b.run(RunCell(b.notebook, b.plan, b.gate, reader()), source="y = 2", purpose="p")
    users, own = b.notebook.document.cells()
    text = b.run(ReadNotebook(b.notebook)).text
    assert f"cell {users.id} (hash {users.hash}) · code · the user's" in text
    assert f"cell {own.id} (hash {own.hash}) · code · yours" in text
    assert "x = 1" in text


def test_an_empty_notebook_says_so(bench: MakeBench) -> None:
    b = bench()
    assert b.run(ReadNotebook(b.notebook)).text == "The notebook is empty."


def test_variables_are_described(bench: MakeBench) -> None:
    b = bench()
    b.notebook.kernel = MemoryKernel(variables={"df": "DataFrame, 3 rows", "n": "int = 4"})
    assert "df: DataFrame, 3 rows\nn: int = 4" in b.run(InspectVariables(b.notebook)).text
    text = b.run(InspectVariables(b.notebook), names=["n", "m"]).text
    assert "n: int = 4\nm: not defined" in text


def test_a_kernel_that_gives_no_answer_is_told_to_the_model(bench: MakeBench) -> None:
    class Silent(MemoryKernel):
        def describe(
            self, names: Sequence[str] = (), *, stop: threading.Event
        ) -> Mapping[str, str]:
            raise KernelSilentError("The kernel is busy.")

    b = bench()
    b.notebook.kernel = Silent()
    result = b.run(InspectVariables(b.notebook))
    assert (result.text, result.is_error) == ("The kernel is busy.", True)


def test_a_restart_is_asked_for(bench: MakeBench) -> None:
    b = bench()
    tool = RestartKernel(b.notebook, b.gate)
    assert b.run(tool, reason="a fresh start").is_error
    assert b.kernel.epoch == 0
    (request,) = b.asked
    assert isinstance(request, ApprovalRequest)
    assert (request.action, request.reasons) == ("restart", ("a fresh start",))
    b.agree()
    assert "All variables are gone" in b.run(tool, reason="a fresh start").text
    assert b.kernel.epoch == 1


def test_a_question_reaches_the_person_or_comes_back(bench: MakeBench) -> None:
    b = bench()
    assert "Nobody is there" in b.run(AskUser(), question="Which?", choices=["a", "b"]).text
    b.answer = Reply("b, please")
    assert b.run(AskUser(), question="Which?").text == "The user answers: b, please"
    assert b.asked[0] == QuestionRequest("Which?", ("a", "b"))
