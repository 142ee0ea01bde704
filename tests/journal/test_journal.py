import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from k2_jupyter.errors import JournalError
from k2_jupyter.journal.journal import Journal
from k2_jupyter.journal.redaction import Redactor


def lines(journal: Journal) -> list[dict[str, object]]:
    text = (journal.folder / "journal.jsonl").read_text("ascii")
    return [json.loads(line) for line in text.splitlines()]


@contextmanager
def umask(value: int) -> Iterator[None]:
    before = os.umask(value)
    try:
        yield
    finally:
        os.umask(before)


def test_records_are_numbered_lines_of_json(tmp_path: Path) -> None:
    with Journal.create(tmp_path, "t1", Redactor(), notebook=Path("a.ipynb")) as journal:
        journal.write("Notice", {"text": "naïve\nline"})
        opened, notice = lines(journal)

    assert opened["type"] == "JournalOpened"
    assert (notice["v"], notice["seq"], notice["type"]) == (1, 2, "Notice")
    assert notice["data"] == {"text": "naïve\nline"}


def test_nothing_is_written_unredacted(tmp_path: Path) -> None:
    with Journal.create(tmp_path, "t1", Redactor(["abcd1234"])) as journal:
        journal.write("Notice", {"text": 'say \nabcd1234"', "list": ["abcd1234"]})

        assert lines(journal)[1]["data"] == {"text": 'say \n[redacted]"', "list": ["[redacted]"]}


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o777])
def test_only_the_owner_can_read_under_any_umask(tmp_path: Path, mask: int) -> None:
    with umask(mask), Journal.create(tmp_path, "t1", Redactor()) as journal:
        folders = [journal.folder, journal.folder.parent]
        modes = [stat.S_IMODE(folder.stat().st_mode) for folder in folders]
        file_mode = stat.S_IMODE((journal.folder / "journal.jsonl").stat().st_mode)

    assert modes == [0o700, 0o700]
    assert file_mode == 0o600


def test_a_turn_is_never_written_twice(tmp_path: Path) -> None:
    Journal.create(tmp_path, "t1", Redactor()).close()

    with pytest.raises(JournalError, match="exists"):
        Journal.create(tmp_path, "t1", Redactor())


def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "turns").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(JournalError, match="chmod 700"):
        Journal.create(tmp_path, "t1", Redactor())

    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_folder_that_others_can_change_is_refused(tmp_path: Path) -> None:
    (tmp_path / "turns").mkdir()
    (tmp_path / "turns").chmod(0o777)

    with pytest.raises(JournalError, match="chmod 700"):
        Journal.create(tmp_path, "t1", Redactor())


@pytest.mark.parametrize("turn", ["", "../t1", "a/b", ".", "-x", "a\n"])
def test_an_id_is_no_path(tmp_path: Path, turn: str) -> None:
    with pytest.raises(JournalError, match="not the id of a turn"):
        Journal.create(tmp_path, turn, Redactor())


def test_a_full_disk_is_named_and_leaves_whole_lines(
    tmp_path: Path, file_size_limit: Callable[[int], AbstractContextManager[None]]
) -> None:
    with Journal.create(tmp_path, "t1", Redactor()) as journal:
        with file_size_limit(1_000), pytest.raises(JournalError, match="File too large"):
            journal.write("Notice", {"text": "x" * 2_000})
        journal.write("Notice", {"text": "there is room again"})

        assert [line["seq"] for line in lines(journal)] == [1, 2]
