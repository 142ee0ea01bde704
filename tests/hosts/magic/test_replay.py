"""Run All does not ask and pay again: what is recorded is replayed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from k2_jupyter.messages import AssistantMessage
from k2_jupyter.settings import config_folder, state_folder
from tests.hosts.cli.played import PlayedModel
from tests.hosts.magic.near_end import near_end
from tests.loopback import Play, Server

Answering = Callable[[Play], Server]


class Counts(PlayedModel):
    """Fails, repairs, and tells how often it was asked of what."""

    steps = ("begin", "repair", "conclude")

    def __call__(self, body: dict[str, Any]) -> AssistantMessage:
        if not any(tool["function"]["name"] == "run_cell" for tool in body["tools"]):
            return AssistantMessage("This is only a plan.")
        asked = max(i for i, m in enumerate(body["messages"]) if m["role"] == "user")
        return super().__call__({**body, "messages": body["messages"][asked:]})

    def begin(self) -> AssistantMessage | None:
        return None if self.seen else self.run("count", "n = lenght('abcd')\nprint('letters:', n)")

    def repair(self) -> AssistantMessage | None:
        if "NameError" not in self.seen["count"]:
            return None
        return self.edit("count", "n = globals().get('n', 0) + len('abcd')\nprint('letters:', n)")

    def conclude(self) -> AssistantMessage:
        n = self.value("count", r"letters: (\d+)")
        claim = self.claim(n, "count", "letters")
        return self.call("finish", conclusion=f"It has {n} letters.", claims=[claim])


def test_run_all_again_asks_nobody(answering: Answering, folder: Path) -> None:
    server = answering(Counts())
    with near_end(str(folder)) as kernel:
        first = kernel.ask("How many letters?")
        second = kernel.ask("And now?")
    assert (first.status, second.status) == ("done", "done")
    asked = len(server.requests)
    with near_end(str(folder)) as kernel:
        again = [kernel.ask(request, stdin=False) for request in ("How many letters?", "And now?")]
        assert kernel.namespace["n"] == 8
    assert len(server.requests) == asked
    assert [one.status for one in again] == ["done", "done"]
    assert "replayed, recorded on" in again[0].card
    assert "It has 4 letters." in again[0].card
    assert again[0].ran == [first.ran[1]]  # the repaired cell alone
    assert not again[0].prompts
    assert not again[0].offered


def test_after_a_replay_the_conversation_goes_on(answering: Answering, folder: Path) -> None:
    server = answering(Counts())
    with near_end(str(folder)) as kernel:
        kernel.ask("How many letters?")
    with near_end(str(folder)) as kernel:
        kernel.ask("How many letters?")
        assert kernel.ask("Now something new").status == "done"
    messages = server.requests[-1]["messages"]
    assert [m["role"] for m in messages[:4]] == ["system", "user", "assistant", "tool"]
    assert messages[1]["content"].startswith("How many letters?")
    assert "<briefing>" in messages[1]["content"]


@pytest.mark.parametrize("change", ["request", "earlier", "again", "plan"])
def test_what_was_changed_is_asked_anew(answering: Answering, folder: Path, change: str) -> None:
    server = answering(Counts())
    with near_end(str(folder)) as kernel:
        kernel.ask("one")
        kernel.ask("two")
    asked = len(server.requests)
    with near_end(str(folder)) as kernel:
        kernel.namespace["n"] = 0
        ended = kernel.ask(
            "two!" if change == "request" else "two",
            before=["one!" if change == "earlier" else "one"],
            again=change == "again",
            plan=change == "plan",
        )
    assert len(server.requests) > asked
    assert "replayed" not in ended.card


def test_without_the_journal_it_is_asked_and_said(answering: Answering, folder: Path) -> None:
    server = answering(Counts())
    with near_end(str(folder)) as kernel:
        kernel.ask("one")
    shutil.rmtree(state_folder())
    asked = len(server.requests)
    with near_end(str(folder)) as kernel:
        refused = kernel.ask("one", stdin=False)
        assert len(server.requests) == asked
        ended = kernel.ask("one", before=[])
    assert refused.status == "failed"
    assert "no record" in refused.text
    assert ended.status == "done"
    assert "no record" in ended.card
    assert len(ended.prompts) == 1


def test_headless_by_the_users_own_configuration_alone(answering: Answering, folder: Path) -> None:
    server = answering(Counts())
    with near_end(str(folder)) as kernel:
        assert kernel.ask("one", stdin=False, headless=True).status == "failed"
        assert not server.requests
        config_folder().mkdir(mode=0o700, parents=True)
        (config_folder() / "config.toml").write_text("headless = true")
        ended = kernel.ask("two", stdin=False)
    assert (ended.status, ended.prompts) == ("done", [])


class Leaves(Counts):
    """A cell that fails and is never mended, before one that does not need it."""

    def repair(self) -> AssistantMessage | None:
        return None if "other" in self.seen else self.run("other", "n = len('ab')\nprint(n)")

    def conclude(self) -> AssistantMessage:
        return self.call("finish", conclusion="It ran.", claims=[])


def test_cells_that_failed_are_not_run_again(answering: Answering, folder: Path) -> None:
    answering(Leaves())
    with near_end(str(folder)) as kernel:
        assert len(kernel.ask("one").ran) == 2
    with near_end(str(folder)) as kernel:
        assert kernel.ask("one").ran == ["n = len('ab')\nprint(n)"]


class Shell(Counts):
    """A risky cell: it needs an approval of its own."""

    def begin(self) -> AssistantMessage | None:
        risky = "import os\nn = os.system('true') + len('abcd')\nprint('letters:', n)"
        return None if self.seen else self.run("count", risky)


def test_a_risky_cell_was_approved_for_its_folder(
    answering: Answering, folder: Path, tmp_path: Path
) -> None:
    answering(Shell())
    with near_end(str(folder)) as kernel:
        assert "line 2" in str(kernel.ask("one").cards)
    with near_end(str(folder)) as kernel:
        assert kernel.ask("one", stdin=False).status == "done"
    other = tmp_path / "other"
    other.mkdir()
    with near_end(str(other)) as kernel:
        refused = kernel.ask("one", stdin=False)
        assert (refused.status, refused.ran) == ("failed", [])
        asked = kernel.ask("one", before=[], answers=["y"])
        assert (asked.status, len(asked.prompts)) == ("done", 1)


def test_other_outputs_than_recorded_are_said(answering: Answering, folder: Path) -> None:
    answering(Counts())
    with near_end(str(folder)) as kernel:
        kernel.ask("one")
    with near_end(str(folder)) as kernel:
        kernel.namespace["n"] = 3
        ended = kernel.ask("one")
    assert "1 of 1 cells put out something else" in ended.card
    assert "0 of 1 numbers found" in ended.html


def test_a_recorded_cell_that_fails_now_ends_the_replay(answering: Answering, folder: Path) -> None:
    answering(Counts())
    with near_end(str(folder)) as kernel:
        kernel.ask("one")
    with near_end(str(folder)) as kernel:
        kernel.namespace["n"] = "text"
        ended = kernel.ask("one")
    assert ended.status == "failed"
    assert "--again" in ended.text


def test_a_damaged_record_is_no_record(answering: Answering, folder: Path) -> None:
    server = answering(Counts())
    with near_end(str(folder)) as kernel:
        kernel.ask("one")
    asked = len(server.requests)
    (journal,) = state_folder().glob("turns/*/journal.jsonl")
    lines = journal.read_text().splitlines()
    record = json.loads(lines[-1])
    del record["data"]["reason"]
    journal.write_text("\n".join([*lines[:-1], json.dumps(record)]) + "\n")
    with near_end(str(folder)) as kernel:
        assert kernel.ask("one").status == "done"
    assert len(server.requests) > asked
