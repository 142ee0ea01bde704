import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from k2_jupyter.errors import JournalError, SettingsError
from k2_jupyter.events import (
    Approval,
    ApprovalRequest,
    CellFinished,
    CellStarted,
    Conclusion,
    EventStream,
    Notice,
    PlanChanged,
    PlanItem,
    StepStarted,
    TurnFinished,
    TurnStarted,
)
from k2_jupyter.hosts.cli.turns import list_turns, purge, show_turn
from k2_jupyter.journal.journal import Journal
from k2_jupyter.journal.ledger import Ledger, Spent
from k2_jupyter.journal.recorded import recorded
from k2_jupyter.journal.redaction import Redactor


def turn() -> EventStream[None]:
    yield TurnStarted("t", "Compare\x1b[2J the [bold]groups\x07", "offline analyst")
    yield StepStarted(1)
    yield Notice("Shortened.", "# Done\nLoaded.")
    yield PlanChanged((PlanItem("p1", "Load", "done"), PlanItem("p2", "Test", "failed")))
    yield ApprovalRequest("run", ("installs a package",))
    yield CellStarted("c1", "1", "Read the file")
    yield CellFinished("c1", "error", 1.26)
    yield TurnFinished("done", Conclusion("F = 324.35", caveats=("small",)), steps=1, seconds=4.4)


def keep(state: Path, name: str) -> Path:
    with Journal.create(state, name, Redactor()) as journal:
        events = recorded(turn(), journal)
        for event in events:
            if isinstance(event, ApprovalRequest):
                events.send(Approval(False, "no"))
    return journal.folder


@pytest.fixture
def console() -> Console:
    return Console(record=True, width=120)


def test_turns_are_listed(tmp_path: Path, console: Console) -> None:
    keep(tmp_path, "abc")

    assert list_turns(tmp_path, console) == 0

    text = console.export_text()
    for shown in ("abc", "done", "1", "Compare the [bold]groups\\x07"):
        assert shown in text
    assert "\x1b" not in text


def test_on_a_narrow_terminal_only_the_task_is_cut(tmp_path: Path) -> None:
    keep(tmp_path, "0123456789abcdef")
    narrow = Console(record=True, width=70, force_terminal=True)

    list_turns(tmp_path, narrow)

    (line,) = narrow.export_text().splitlines()
    assert line.startswith("0123456789abcdef  2")
    assert line.endswith("…")
    assert len(line) <= 70


def test_no_turns_are_no_error(tmp_path: Path, console: Console) -> None:
    assert list_turns(tmp_path, console) == 0
    assert "No turns" in console.export_text()


def test_a_turn_is_told(tmp_path: Path, console: Console) -> None:
    keep(tmp_path, "abcdef")

    assert show_turn(tmp_path, "abc", console) == 0

    lines = [line.rstrip() for line in console.export_text().splitlines()]
    for line in (
        "Compare the [bold]groups\\x07",
        "note: Shortened.",
        "  # Done",
        "  Loaded.",
        "asked: run? installs a package",
        "  refused no",
        "cell c1: Read the file",
        "  error, 1.3 s",
        "  ✓ Load",
        "  ✗ Test",
        "done after 1 steps, 4 s",
        "F = 324.35",
        "- small",
    ):
        assert line in lines


def test_a_cut_journal_is_told_as_far_as_it_goes(tmp_path: Path, console: Console) -> None:
    path = keep(tmp_path, "abc") / "journal.jsonl"
    path.write_bytes(path.read_bytes()[:-9])

    show_turn(tmp_path, "abc", console)

    text = console.export_text()
    assert "✓ Load" in text
    assert "last line was cut off" in text


def test_purging_needs_a_choice(tmp_path: Path, console: Console) -> None:
    with pytest.raises(SettingsError, match="--all"):
        purge(tmp_path, console)


def test_turns_are_purged_by_id(tmp_path: Path, console: Console) -> None:
    keep(tmp_path, "abc")
    other = keep(tmp_path, "xyz")

    purge(tmp_path, console, ids=["ab"])

    assert [folder.name for folder in (tmp_path / "turns").iterdir()] == [other.name]
    with pytest.raises(JournalError, match="No turn"):
        purge(tmp_path, console, ids=["abc"])


def test_turns_are_purged_by_age(tmp_path: Path, console: Console) -> None:
    old = keep(tmp_path, "old") / "journal.jsonl"
    keep(tmp_path, "new")
    earlier = f'"ts":"{datetime.now(UTC) - timedelta(days=40):%Y-%m-%d}'
    old.write_text(re.sub(r'"ts":"\d{4}-\d\d-\d\d', earlier, old.read_text()))

    purge(tmp_path, console, older_than=30)

    assert [folder.name for folder in (tmp_path / "turns").iterdir()] == ["new"]


def test_a_purge_leaves_what_the_day_has_used(tmp_path: Path, console: Console) -> None:
    keep(tmp_path, "abc")
    Ledger(tmp_path).add(Spent(steps=3))

    purge(tmp_path, console, all=True)

    assert list((tmp_path / "turns").iterdir()) == []
    assert Ledger(tmp_path).total().steps == 3


def test_a_running_turn_is_never_purged(tmp_path: Path, console: Console) -> None:
    keep(tmp_path, "ended")
    with Journal.create(tmp_path, "open", Redactor()) as journal:
        list(recorded(iter_start(), journal))

        purge(tmp_path, console, all=True)

        assert [folder.name for folder in (tmp_path / "turns").iterdir()] == ["open"]


def iter_start() -> EventStream[None]:
    yield TurnStarted("open", "task", "model")
