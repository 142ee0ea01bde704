"""A real kernel in which the user runs cells too: whose a variable is."""

from __future__ import annotations

from k2_jupyter.adapters.client_kernel import ClientKernel
from tests.notebook.contract import run


def as_the_user(kernel: ClientKernel, source: str) -> None:
    """Run a source as any other client would: without asking for the changes."""
    assert kernel._process is not None
    channels = kernel._process.channels
    asked = channels.execute(source)
    while channels.reply(asked, 100) is None:
        pass


def test_what_the_user_made_between_two_runs_is_theirs(fresh: ClientKernel) -> None:
    run(fresh, "mine = 1")
    as_the_user(fresh, "theirs, kept = [1], 2")
    first = run(fresh, "mine = 2\ntheirs.append(3)")
    assert first.changes.appeared == {}
    assert first.changes.changed == {"theirs": "list: 1 → 2 items", "mine": "int = 1 → 2"}
    assert first.changes.overwritten == ("theirs",)
    assert run(fresh, "theirs.append(4)").changes.overwritten == ()
    failing = run(fresh, "kept = 3\n1 / 0")
    assert failing.status == "error"
    assert failing.changes.overwritten == ("kept",)


def test_what_a_failing_cell_of_the_agents_made_is_the_agents(fresh: ClientKernel) -> None:
    run(fresh, "made = 1\n1 / 0")
    assert run(fresh, "made = 2").changes.overwritten == ()
