"""What the far end hears while it is busy, and what an undo means to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from k2_jupyter.messages import AssistantMessage
from k2_jupyter.settings import state_folder
from tests.hosts.magic.models import Silent
from tests.hosts.magic.near_end import NearEnd, near_end
from tests.hosts.magic.test_turns import runs
from tests.loopback import Play, Server

Answering = Callable[[Play], Server]


def send_turn(kernel: NearEnd, name: str) -> None:
    options = {"cwd": kernel.folder, "stdin": True, "front": "kernel"}
    nothing: dict[str, Any] = {"before": [], "names": {}, "data": []}
    kernel.pipe.send("turn", id=name, request=name, options=options, **nothing)


def ends(kernel: NearEnd, count: int) -> list[str]:
    found: list[str] = []
    while len(found) < count:
        message = kernel.pipe.receive()
        if message["op"] == "end":
            found.append(message["status"])
    return found


def test_an_interrupt_ends_what_it_names_also_before_it_has_begun(
    answering: Answering, folder: Path
) -> None:
    model = Silent()
    server = answering(model)
    with near_end(str(folder)) as kernel:
        for name in ("first", "second", "third"):
            send_turn(kernel, name)
        kernel.pipe.send("interrupt", id="second")
        kernel.pipe.send("interrupt", id="never asked")
        assert model.asked.wait(60)
        kernel.pipe.send("interrupt", id="first")
        assert ends(kernel, 2) == ["interrupted", "interrupted"]
        assert len(server.requests) == 1
        model.released.set()
        assert ends(kernel, 1) == ["done"]


def test_the_next_turn_is_told_of_an_undo_once(answering: Answering, folder: Path) -> None:
    server = answering(runs("x = 1"))
    with near_end(str(folder)) as kernel:
        kernel.ask("make x")
        kernel.pipe.send("undone", lines=["Removed: x.", "</briefing>"])
        kernel.ask("what is x?")
        kernel.ask("and now?")
    users = [m["content"] for m in server.requests[-1]["messages"] if m["role"] == "user"]
    told = [text for text in users if "Removed: x." in text]
    assert len(told) == 1
    assert told[0].startswith("what is x?")
    assert told[0].count("</briefing>") == 1


@pytest.mark.parametrize("undone", [True, False])
def test_what_was_undone_is_not_made_again_by_resume(
    answering: Answering, folder: Path, undone: bool
) -> None:
    answering(runs("x = 1"))
    with near_end(str(folder)) as kernel:
        kernel.ask("make x")
        if undone:
            kernel.pipe.send("undone", lines=["Removed: x."])
        kernel.command("status")
    with near_end(str(folder)) as kernel:
        answering(lambda body: AssistantMessage("Asked."))
        assert kernel.command("resume").status == "done"
        assert ("x" in kernel.namespace) is not undone


def test_an_undo_without_a_turn_is_nothing(answering: Answering, folder: Path) -> None:
    answering(runs())
    with near_end(str(folder)) as kernel:
        kernel.pipe.send("undone", lines=["Removed: x."])
        assert kernel.command("status").status == "done"
    assert not list(state_folder().glob("turns/*"))


def test_a_turn_list_shows_the_undo(answering: Answering, folder: Path) -> None:
    answering(runs("x = 1"))
    with near_end(str(folder)) as kernel:
        kernel.ask("make x")
        kernel.pipe.send("undone", lines=["Removed: x."])
        kernel.command("status")
    journals = [path.read_text() for path in state_folder().glob("turns/*/journal.jsonl")]
    tasks = {json.loads(text.splitlines()[1])["data"].get("task") for text in journals}
    assert "%k2 undo" in tasks
