"""What a day has used, added up over processes."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path

import pytest

from k2_jupyter.errors import JournalError
from k2_jupyter.journal.ledger import Ledger, Spent
from k2_jupyter.messages import Usage

DAY = date(2026, 11, 22)
SPENT = Spent(1, 300, Usage(1_000, 800, 50), 1.5, 0.25)

TAKER = """
import sys
from datetime import date
from pathlib import Path
from k2_jupyter.journal.ledger import Ledger, Spent
ledger = Ledger(Path(sys.argv[1]), today=lambda: date(2026, 11, 22))
print(sum(ledger.add(Spent(steps=1), most_steps=100) for _ in range(60)))
"""


def ledger(folder: Path, day: date = DAY) -> Ledger:
    return Ledger(folder, today=lambda: day)


def test_two_views_of_a_day_see_the_same(tmp_path: Path) -> None:
    one, other = ledger(tmp_path), ledger(tmp_path)
    for _ in range(3):
        assert one.add(SPENT)
        assert other.add(SPENT)
        assert one.total() == other.total()
    assert one.total() == Spent(6, 1_800, Usage(6_000, 4_800, 300), 9, 1.5)


def test_processes_never_take_more_steps_than_there_are(tmp_path: Path) -> None:
    takers = [
        subprocess.Popen([sys.executable, "-c", TAKER, str(tmp_path)], stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    taken = [int(taker.communicate(timeout=60)[0]) for taker in takers]
    assert sum(taken) == 100
    assert ledger(tmp_path).total().steps == 100


def test_the_next_day_begins_with_nothing(tmp_path: Path) -> None:
    today = [DAY]
    kept = Ledger(tmp_path, today=lambda: today[0])
    kept.add(SPENT)
    assert kept.total() == SPENT
    today[0] += timedelta(days=1)
    assert kept.total() == Spent()
    kept.add(SPENT)
    assert kept.total() == SPENT
    assert ledger(tmp_path).total() == SPENT


def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    ledger(tmp_path / "state").add(SPENT)
    (file,) = (tmp_path / "state" / "spent").iterdir()
    assert file.name == "2026-11-22.jsonl"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


WRITTEN = b'{"steps":%s,"tokens":1,"input":1,"cached":0,"output":1,"seconds":1.0,"dollars":%s}\n'


@pytest.mark.parametrize(
    "damage",
    [
        b"{}\n",
        b'{"steps": "many"}\n',
        b"\xff\xff\n",
        b"[1]\n",
        b"\n",
        WRITTEN % (b"1", b"NaN"),
        WRITTEN % (b"1", b"-Infinity"),
        WRITTEN % (b"1e999", b"0"),
        pytest.param(b'{"steps":1,"tok', id="torn by a crash"),
    ],
)
def test_a_damaged_line_counts_for_nothing(tmp_path: Path, damage: bytes) -> None:
    kept = ledger(tmp_path)
    kept.add(SPENT)
    with (tmp_path / "spent" / "2026-11-22.jsonl").open("ab") as file:
        file.write(damage)
    kept.add(SPENT)
    assert kept.total() == ledger(tmp_path).total() == SPENT + SPENT


def test_a_full_disk_leaves_it_as_it_was(
    tmp_path: Path, file_size_limit: Callable[[int], AbstractContextManager[None]]
) -> None:
    kept = ledger(tmp_path)
    kept.add(SPENT)
    file = tmp_path / "spent" / "2026-11-22.jsonl"
    before = file.read_bytes()
    with (
        file_size_limit(len(before) + 10),
        pytest.raises(JournalError, match=r"can't be kept in .*: File too large"),
    ):
        kept.add(SPENT)
    assert file.read_bytes() == before


def test_who_holds_it_too_long_is_not_waited_for(tmp_path: Path) -> None:
    kept = ledger(tmp_path)
    kept.add(SPENT)
    with (tmp_path / "spent" / "2026-11-22.jsonl").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(JournalError, match="another process holds it"):
            kept.total()


def test_a_link_in_its_place_is_refused(tmp_path: Path) -> None:
    kept = ledger(tmp_path)
    kept.add(SPENT)
    file = tmp_path / "spent" / "2026-11-22.jsonl"
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(JournalError):
        kept.add(SPENT)
