"""A notebook run again by kernels that are played; real ones in tests/hosts/cli/test_verify.py."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from k2_jupyter.events import CellFinished, CellOutput, CellStarted, Event, EventStream
from k2_jupyter.notebook.base import Cell
from k2_jupyter.notebook.memory import MemoryKernel, Played
from k2_jupyter.notebook.rerun import Verification, rerun
from k2_jupyter.outputs import Display, Stream, UpdateDisplay


def printing(source: str) -> Played:
    return Played([Stream("stdout", source)])


def ran(*sources: str) -> list[Cell]:
    """Cells that printed their source."""
    return [
        Cell(f"c{n}", "code", source, (Stream("stdout", source),), execution_count=n)
        for n, source in enumerate(sources, 1)
    ]


def play(events: EventStream[Verification]) -> tuple[Verification, list[Event]]:
    seen = []
    while True:
        try:
            seen.append(next(events))
        except StopIteration as end:
            return end.value, seen


def verified(
    cells: Sequence[Cell],
    kernel: MemoryKernel | None = None,
    *,
    seconds: float = 60,
    refuse: Callable[[str], str] = lambda source: "",
) -> Verification:
    again = rerun(
        cells, kernel or MemoryKernel(printing), threading.Event(), seconds=seconds, refuse=refuse
    )
    return play(again)[0]


def test_all_code_cells_run_in_order_and_are_equal() -> None:
    kernel = MemoryKernel(printing)
    text = Cell("m", "markdown", "text")
    empty = Cell("e", "code", " \n")

    found = verified([text, *ran("a", "b"), empty], kernel)

    assert kernel.sources == ["a", "b"]
    assert found == Verification(cells=2, ran=2)
    assert found.equal
    assert found.sentence == "re-run: all 2 cells equal"


def test_what_differs_is_told_by_cell() -> None:
    cells = ran("a", "b", "c")
    cells[1] = replace(cells[1], outputs=(Stream("stdout", "x"),))

    found = verified(cells)

    assert not found.equal
    assert found.sentence == "re-run: 1 of 3 cells differs"
    (difference,) = found.differences
    assert (difference.cell, difference.number) == ("c2", 2)
    assert difference.what == "printed text, line 1: `x` then, `b` now"


def test_a_cell_that_never_ran_is_said_to_have_had_no_outputs() -> None:
    found = verified([Cell("c1", "code", "a")])

    assert found.differences[0].what.startswith("had no outputs; ")


def test_an_update_of_an_earlier_display_counts() -> None:
    cells = [
        Cell("c1", "code", "show", (Display({"text/plain": "new"}),), 1),
        Cell("c2", "code", "update", (), 2),
    ]
    first = Played([Display({"text/plain": "old"}, display_id="d")])
    second = Played([UpdateDisplay("d", {"text/plain": "new"})])
    kernel = MemoryKernel(lambda source: first if source == "show" else second)

    assert verified(cells, kernel).equal


def test_the_time_and_a_stop_end_it() -> None:
    stop = threading.Event()
    events = rerun(ran("a", "b"), MemoryKernel(printing), stop, seconds=60)
    while not isinstance(next(events), CellFinished):
        pass
    stop.set()

    found = play(events)[0]
    assert (found.ran, found.stopped) == (1, "interrupted")
    assert found.sentence == "re-run: 1 of 2 cells, then interrupted"
    assert not found.equal
    assert not found.out_of_time
    late = verified(ran("a"), seconds=0)
    assert (late.sentence, late.out_of_time) == ("not re-run: the time was up", True)


def test_a_kernel_that_dies_or_hangs_ends_it() -> None:
    for status, said in (
        ("dead", "the kernel died in cell 2"),
        ("timeout", "cell 2 did not end in time"),
        ("aborted", "cell 2 did not run"),
    ):
        ends = Played(status=status)  # type: ignore[arg-type]
        kernel = MemoryKernel(lambda source, ends=ends: ends if source == "b" else printing(source))  # type: ignore[misc]

        found = verified(ran("a", "b", "c"), kernel)

        assert (found.ran, found.stopped, found.differences) == (1, said, ())


def test_what_needs_an_approval_is_not_run() -> None:
    kernel = MemoryKernel(printing)

    found = verified(
        ran("a", "b"), kernel, refuse=lambda source: "network" if source == "b" else ""
    )

    assert kernel.sources == ["a"]
    assert found.stopped == "cell 2 was not run without approval (network)"


def test_progress_is_told_and_the_cells_stay_as_they_are() -> None:
    cells = ran("a")
    cells[0] = replace(cells[0], metadata={"k2": {"purpose": "Count"}})

    _, events = play(rerun(cells, MemoryKernel(printing), threading.Event(), seconds=60))

    assert [type(event) for event in events] == [CellStarted, CellOutput, CellFinished]
    assert isinstance(events[0], CellStarted)
    assert events[0].purpose == "Count"
    assert cells[0].execution_count == 1


def test_a_notebook_without_code_is_equal() -> None:
    found = verified([Cell("m", "markdown", "text")])

    assert found.equal
    assert found.sentence == "re-run: no code cells"
