"""Changes taken back: exactly where nobody did anything since, and never over anybody's work."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from k2_jupyter.notebook.base import Cell
from k2_jupyter.notebook.changes import Change, Changes, earlier
from k2_jupyter.outputs import Stream

DEEDS = st.lists(
    st.tuples(st.sampled_from(["insert", "replace", "delete", "run", "move"]), st.integers(0, 9)),
    max_size=12,
)


@dataclass
class Book:
    """A notebook that somebody changes; the agent notes what it does."""

    cells: list[Cell]
    noted: Changes | None = None
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def do(self, deed: str, pick: int) -> None:
        who = "agent" if self.noted else "user"
        number = next(self.numbers)
        if deed == "insert":
            cell = Cell(f"{who}{number}", "code", f"{who} wrote {number}")
            self.note(Change(cell.id, None, cell.hash))
            self.cells.insert(pick % (len(self.cells) + 1), cell)
        elif self.cells:
            at = pick % len(self.cells)
            getattr(self, f"_{deed}")(at, self.cells[at], f"{who} wrote {number}", number)

    def note(self, change: Change) -> None:
        if self.noted:
            self.noted.note(change)

    def _replace(self, at: int, cell: Cell, source: str, _: int) -> None:
        new = replace(cell, source=source, outputs=(), execution_count=None)
        self.note(Change(cell.id, cell, new.hash))
        self.cells[at] = new

    def _run(self, at: int, cell: Cell, text: str, number: int) -> None:
        self.note(Change(cell.id, cell, cell.hash, count=number))
        self.cells[at] = replace(cell, outputs=(Stream("stdout", text),), execution_count=number)

    def _delete(self, at: int, cell: Cell, _: str, __: int) -> None:
        front = tuple(one.id for one in self.cells[:at])
        self.note(Change(cell.id, cell, None, front=front))
        del self.cells[at]

    def _move(self, at: int, cell: Cell, _: str, number: int) -> None:
        if not self.noted:  # only the user moves cells
            del self.cells[at]
            self.cells.insert(number % (len(self.cells) + 1), cell)


def begun() -> Book:
    return Book([Cell(f"c{n}", "code", f"user had {n}", (), n) for n in range(4)])


def turn(deeds: Sequence[tuple[str, int]]) -> tuple[Book, list[Cell]]:
    """A notebook after a turn of the agent's, and the cells before it."""
    book = begun()
    before = [*book.cells]
    book.noted = Changes()
    for deed in deeds:
        book.do(*deed)
    return book, before


def made(book: Book) -> list[Change]:
    assert book.noted is not None
    return book.noted.made


@given(DEEDS)
def test_without_anybody_elses_changes_the_notebook_is_as_before(
    deeds: list[tuple[str, int]],
) -> None:
    book, before = turn(deeds)
    undone = earlier(book.cells, made(book))
    assert [*undone.cells] == before
    assert (undone.edited, undone.deleted) == ((), ())


@given(DEEDS, DEEDS)
def test_what_the_user_wrote_since_stays_as_it_is(
    agents: list[tuple[str, int]], users: list[tuple[str, int]]
) -> None:
    book, before = turn(agents)
    changes, book.noted = made(book), None
    for deed in users:
        book.do(*deed)
    undone = earlier(book.cells, changes)
    written = {cell.id: cell.source for cell in book.cells if "user wrote" in cell.source}
    kept = {cell.id: cell.source for cell in undone.cells}
    assert written.items() <= kept.items()
    touched = {change.cell for change in changes}
    assert {*written} & touched == {*undone.edited} & {*written}
    gone = {cell.id for cell in before} - {cell.id for cell in book.cells} & touched
    assert {*undone.deleted} <= gone
    order = [cell.id for cell in book.cells if cell.id in kept]
    assert [one for one in kept if one in order] == order


@given(DEEDS)
def test_taken_back_twice_is_as_taken_back_once(deeds: list[tuple[str, int]]) -> None:
    book, before = turn(deeds)
    again = earlier(before, made(book))
    assert [cell.source for cell in again.cells] == [cell.source for cell in before]


def test_a_deleted_cell_comes_back_behind_what_is_left_in_front_of_it() -> None:
    book, _ = turn([("delete", 2)])
    new = Cell("new", "code", "between")
    cells = [book.cells[0], new, book.cells[2]]  # the user deleted c1
    undone = earlier(cells, made(book))
    assert [cell.id for cell in undone.cells] == ["c0", "c2", "new", "c3"]


def test_a_text_of_the_users_that_the_agent_replaced_is_there_again() -> None:
    book, _ = turn([("insert", 4)])
    changes, book.noted = book.noted, None
    book.do("replace", 4)
    users = book.cells[4]
    book.noted = changes
    book.do("replace", 4)
    undone = earlier(book.cells, made(book))
    assert undone.cells[4] == users
    assert undone.edited == (users.id,)


def test_outputs_of_a_run_of_the_users_stay() -> None:
    book, _ = turn([("run", 1)])
    changes, book.noted = made(book), None
    book.do("run", 1)
    undone = earlier(book.cells, changes)
    assert [*undone.cells] == book.cells
