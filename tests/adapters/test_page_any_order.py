"""Whatever the moment: a page and the server's replica end alike, and no user's text is lost."""

from __future__ import annotations

import copy
import itertools
import threading
from collections.abc import Callable
from contextlib import suppress

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from k2_jupyter.adapters.page_document import PageDocument
from k2_jupyter.errors import CellChangedError, CellNotFoundError
from k2_jupyter.notebook.base import Cell, source_hash
from k2_jupyter.outputs import Stream
from tests.adapters.played_page import PlayedPage, Raw, raw

PICK = st.integers(0, 7)


class AgentAndUser(RuleBasedStateMachine):
    """Both change the notebook; messages are under way; the page is loaded anew at times."""

    @initialize(answers=st.booleans())
    def begin(self, answers: bool) -> None:
        self.numbers = itertools.count(1)
        self.counts = itertools.count(1)
        self.answers = answers
        self.document = PageDocument(answer_seconds=60 if answers else 0)
        self.seen: set[str] = set()
        """Hashes of what the agent has read before it changed it."""
        self.made: set[str] = set()
        self.dead: set[str] = set()
        """What somebody deleted, at least for a while."""
        self.trash: list[Raw] = []
        self.files: list[list[Raw]] = [[raw("u0", "user 0")]]
        self.page = PlayedPage(self.document, self.files[0])
        self.page.guard = self.guard
        self.page.attach()

    def guard(self, source: str) -> None:
        assert "user" not in source or source_hash(source) in self.seen

    # The agent

    @rule()
    def inserts(self) -> None:
        self.made.add(self.document.insert(f"agent {next(self.numbers)}").id)

    @rule(pick=PICK)
    def inserts_behind(self, pick: int) -> None:
        if cell := self.read(pick):
            self.made.add(self.document.insert(f"agent {next(self.numbers)}", after=cell.id).id)

    @rule(pick=PICK)
    def sets_the_anchor(self, pick: int) -> None:
        if cell := self.read(pick):
            self.document.anchor = cell.id

    @rule(pick=PICK)
    def replaces(self, pick: int) -> None:
        if cell := self.read(pick):
            source = f"agent {next(self.numbers)}"
            self.act(lambda: self.document.replace(cell.id, source, seen=cell.hash))

    @rule(pick=PICK)
    def deletes(self, pick: int) -> None:
        if cell := self.read(pick):
            self.dead.add(cell.id)
            self.act(lambda: self.document.delete(cell.id, seen=cell.hash))

    @rule(pick=PICK)
    def runs(self, pick: int) -> None:
        if cell := self.read(pick):
            count = next(self.counts)
            self.document.set_outputs(cell.id, [Stream("stdout", f"{count}")], count)
            self.document.save()

    def read(self, pick: int) -> Cell | None:
        cells = self.document.cells()
        if not cells:
            return None
        cell = cells[pick % len(cells)]
        self.seen.add(cell.hash)
        return cell

    def act(self, change: Callable[[], object]) -> None:
        """Carry it out, while the page works if it answers at all."""

        def changing() -> None:
            with suppress(CellChangedError, CellNotFoundError):
                change()

        if not self.answers:
            changing()
            return
        thread = threading.Thread(target=changing)
        thread.start()
        while thread.is_alive():
            if not (self.page.work() or self.page.deliver()):
                thread.join(0.0005)

    # The user

    @rule(pick=PICK)
    def types(self, pick: int) -> None:
        if cell := self.pick(pick):
            self.page.edit(cell["id"], f"{cell['source']} user {next(self.numbers)}")

    @rule(pick=PICK)
    def adds(self, pick: int) -> None:
        number = next(self.numbers)
        self.page.add(raw(f"u{number}", f"user {number}"), pick % (len(self.page.cells) + 1))

    @rule(pick=PICK)
    def removes(self, pick: int) -> None:
        if cell := self.pick(pick):
            self.dead.add(cell["id"])
            self.trash.append(cell)
            self.page.remove(cell["id"])

    @rule(pick=PICK)
    def undoes(self, pick: int) -> None:
        there = {cell["id"] for cell in self.page.cells}
        if self.trash and self.trash[-1]["id"] not in there:
            self.page.add(self.trash.pop(), pick % (len(there) + 1))

    @rule(pick=PICK, to=PICK)
    def moves(self, pick: int, to: int) -> None:
        if cell := self.pick(pick):
            self.page.move(cell["id"], to % len(self.page.cells))

    @rule(pick=PICK)
    def runs_too(self, pick: int) -> None:
        if cell := self.pick(pick):
            self.page.ran(cell["id"], next(self.counts))

    def pick(self, pick: int) -> Raw | None:
        cells = self.page.cells
        return copy.deepcopy(cells[pick % len(cells)]) if cells else None

    # The wire

    @rule()
    def carries_out_one(self) -> None:
        self.page.work()

    @rule()
    def delivers_one(self) -> None:
        self.page.deliver()

    @rule()
    def saves(self) -> None:
        self.files.append(copy.deepcopy(self.page.cells))

    @rule(pick=PICK, first_comes=st.booleans())
    def reloads(self, pick: int, first_comes: bool) -> None:
        """From any state of the file; the old connection may be noticed late."""
        files = self.files + self.page.saves
        old, self.page = self.page, PlayedPage(self.document, files[pick % len(files)])
        self.files, self.trash = files, []
        self.page.guard = self.guard
        if first_comes:
            self.page.attach()
        self.document.detach(old)
        if not first_comes:
            self.page.attach()

    @rule()
    def reconnects(self) -> None:
        """The page has all it had; what was under way is lost."""
        old, self.page = self.page, PlayedPage(self.document, self.page.cells)
        self.files += old.saves
        self.page.guard = self.guard
        self.document.detach(old)
        self.page.attach()

    def teardown(self) -> None:
        if not hasattr(self, "page"):
            return
        self.page.settle()
        replica = [(cell.id, cell.source) for cell in self.document.cells()]
        assert self.page.sources == replica
        assert self.made - self.dead <= {cell_id for cell_id, _ in replica}


TestAnyOrder = AgentAndUser.TestCase
TestAnyOrder.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
