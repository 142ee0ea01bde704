from pathlib import Path

import pytest

from k2_jupyter.errors import JournalError
from k2_jupyter.events import CellFinished, EventStream, StepStarted, TurnFinished, TurnStarted
from k2_jupyter.journal.journal import Journal
from k2_jupyter.journal.reading import TORN, find, read, turns
from k2_jupyter.journal.recorded import recorded
from k2_jupyter.journal.redaction import Redactor
from k2_jupyter.outputs import Stream


def turn(*, finished: bool = True) -> EventStream[None]:
    yield TurnStarted("t", "Compare the groups\nand more", "a model")
    yield StepStarted(1)
    yield CellFinished("c", "ok", 0.5, 1, (Stream("stdout", "x" * 200_000),))
    if finished:
        yield TurnFinished("limit", steps=1)


def keep(state: Path, name: str, *, finished: bool = True) -> Path:
    with Journal.create(state, name, Redactor(), notebook=Path("/a/b.ipynb")) as journal:
        list(recorded(turn(finished=finished), journal))
    return journal.folder / "journal.jsonl"


def test_records_come_back_in_order(tmp_path: Path) -> None:
    records = list(read(keep(tmp_path, "t1")))

    assert [record.number for record in records] == [1, 2, 3, 4, 5]
    assert records[1].data["task"] == "Compare the groups\nand more"


def test_a_torn_last_line_is_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    path = keep(tmp_path, "t1")
    path.write_bytes(path.read_bytes()[:-5])

    *whole, last = read(path)

    assert [record.type for record in whole][-1] == "CellFinished"
    assert last.type == TORN


@pytest.mark.parametrize(
    ("old", "new"), [(b'"seq":3', b'"seq":9'), (b'"v":1,"seq":3', b'"v":2,"seq":3'), (b"{", b"")]
)
def test_damage_before_the_last_line_names_the_line(tmp_path: Path, old: bytes, new: bytes) -> None:
    path = keep(tmp_path, "t1")
    lines = path.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(old, new, 1)
    path.write_bytes(b"".join(lines))

    with pytest.raises(JournalError, match="line 3"):
        list(read(path))


def test_turns_are_summed_up(tmp_path: Path) -> None:
    keep(tmp_path, "t1")
    keep(tmp_path, "t2", finished=False)
    damaged = keep(tmp_path, "t3")
    damaged.write_bytes(b"?" + damaged.read_bytes())
    (tmp_path / "turns" / ".hidden").mkdir()

    second, first, third = turns(tmp_path)

    assert (first.turn, first.state, first.steps, first.task) == (
        "t1",
        "limit",
        1,
        "Compare the groups",
    )
    assert first.notebook == "/a/b.ipynb"
    assert (second.turn, second.state, second.steps) == ("t2", "unfinished", 1)
    assert (third.turn, third.state) == ("t3", "damaged")


def test_a_turn_with_an_open_journal_is_running(tmp_path: Path) -> None:
    with Journal.create(tmp_path, "t1", Redactor()) as journal:
        list(recorded(turn(finished=False), journal))

        assert [summary.state for summary in turns(tmp_path)] == ["running"]


def test_no_turns_at_all(tmp_path: Path) -> None:
    assert turns(tmp_path) == ()


def test_a_turn_is_found_by_the_beginning_of_its_id(tmp_path: Path) -> None:
    keep(tmp_path, "abc1")
    keep(tmp_path, "abd2")

    assert find(tmp_path, "abc") == "abc1"
    with pytest.raises(JournalError, match="2 turns begin"):
        find(tmp_path, "ab")
    with pytest.raises(JournalError, match="No turn"):
        find(tmp_path, "x")


def test_what_a_host_writes_before_the_turn_begins_is_passed_by(tmp_path: Path) -> None:
    with Journal.create(tmp_path, "t1", Redactor(), notebook=Path("/a/b.ipynb")) as journal:
        journal.write("Message", {"text": "task and briefing"})
        list(recorded(turn(), journal))

    [found] = turns(tmp_path)
    assert (found.task, found.state, found.notebook) == (
        "Compare the groups",
        "limit",
        "/a/b.ipynb",
    )
