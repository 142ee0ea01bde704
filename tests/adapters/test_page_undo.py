"""Changes taken back in a page, played; what is taken back of cells: tests/notebook."""

from __future__ import annotations

import copy
import json

from k2_jupyter.adapters.change_records import of_record, to_record
from k2_jupyter.adapters.page_document import PageDocument
from k2_jupyter.adapters.page_undo import TakenBack, take_back
from k2_jupyter.notebook.base import source_hash
from k2_jupyter.notebook.changes import Change, Changes
from k2_jupyter.outputs import Display, Stream
from tests.adapters.played_page import PlayedPage, Raw, raw

PRINTED = [{"output_type": "stream", "name": "stdout", "text": "1\n"}]


class Turn:
    """A turn of the agent's in a page with two cells of the user's."""

    def __init__(self) -> None:
        self.document = PageDocument()
        cells = [raw("u1", "a = 1", count=7, outputs=PRINTED), raw("u2", "b = 1")]
        self.page = PlayedPage(self.document, cells)
        self.page.attach()
        self.before = copy.deepcopy(self.page.cells)
        self.noted = self.document.noted = Changes()
        with self.page.working():
            self.work()
        self.document.noted = Changes()
        self.after = copy.deepcopy(self.page.cells)

    def work(self) -> None:
        """Each kind of change."""
        document = self.document
        document.replace("u1", "a = 2", seen=source_hash("a = 1"))
        document.set_outputs("u1", [Stream("stdout", "2\n")], 8)
        made = document.insert("c = 1", after="u1", metadata={"k2": {"author": "agent"}})
        document.set_outputs(made.id, [Display({"text/plain": "1"}, execution_count=9)], 9)
        gone = document.insert("d = 1", after="u1")
        document.insert("# text", kind="markdown")
        document.delete(gone.id, seen=gone.hash)

    def take_back(self, changes: list[Change]) -> tuple[TakenBack, list[Change]]:
        """What became of it, and what takes it back in its turn."""
        noted = self.document.noted = Changes()
        with self.page.working():
            taken = take_back(self.document, changes)
        return taken, noted.made


def test_the_page_has_exactly_the_cells_of_before_and_then_of_after() -> None:
    turn = Turn()
    taken, back = turn.take_back(turn.noted.made)
    assert turn.page.cells == turn.before
    assert (len(taken.removed), taken.restored) == (2, ["u1"])
    _, again = turn.take_back(back)
    assert turn.page.cells == turn.after
    turn.take_back(again)
    assert turn.page.cells == turn.before


def test_what_the_user_types_at_that_moment_stays() -> None:
    turn = Turn()
    turn.page.cell("u1")["source"] = "a = 3"  # no report of it has come yet
    taken, _ = turn.take_back(turn.noted.made)
    assert taken.edited == ["u1"]
    assert turn.page.cell("u1")["source"] == "a = 3"
    assert turn.page.cell("u1")["outputs"] == turn.after[0]["outputs"]


def test_without_a_page_the_replica_is_changed_and_the_next_page_is_told() -> None:
    turn = Turn()
    turn.document.detach(turn.page)
    taken = take_back(turn.document, turn.noted.made)
    assert (len(taken.removed), taken.restored) == (2, ["u1"])
    assert [cell.source for cell in turn.document.cells()] == ["a = 1", "b = 1"]
    turn.page.attach()
    turn.page.settle()
    assert plain(turn.page.cells) == plain(turn.before)


def plain(cells: list[Raw]) -> list[tuple[str, str]]:
    return [(cell["id"], cell["source"]) for cell in cells]


def test_tags_that_the_user_gave_a_cell_of_the_agents_come_back_with_it() -> None:
    turn = Turn()
    made = next(cell for cell in turn.page.cells if cell["source"] == "c = 1")
    made["metadata"]["tags"] = ["keep"]
    _, back = turn.take_back(turn.noted.made)
    assert turn.page.cells == turn.before
    turn.take_back(back)
    assert turn.page.cell(made["id"])["metadata"]["tags"] == ["keep"]


def test_pictures_that_the_user_put_into_a_text_of_the_agents_come_back_with_it() -> None:
    """Also by the record alone."""
    turn = Turn()
    made = next(cell for cell in turn.page.cells if cell["kind"] == "markdown")
    made["attachments"] = {"a.png": {"image/png": "iVBORw0KGgo="}}
    _, back = turn.take_back(turn.noted.made)
    assert turn.page.cells == turn.before
    turn.take_back([of_record(json.loads(json.dumps(to_record(change)))) for change in back])
    assert turn.page.cell(made["id"])["attachments"] == made["attachments"]
