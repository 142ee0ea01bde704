"""What counts as a yes, whose yes it is, and that a cell's options can't widen anything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from k2_jupyter.messages import Usage
from tests.hosts.magic.near_end import near_end
from tests.hosts.magic.test_turns import allow, runs
from tests.loopback import Play, Server

Answering = Callable[[Play], Server]


@pytest.mark.parametrize("answer", ["y", "Y", " yes "])
def test_a_yes(answering: Answering, folder: Path, answer: str) -> None:
    answering(runs("x = 1"))
    with near_end(str(folder)) as kernel:
        assert kernel.ask("one", answers=[answer]).ran == ["x = 1"]


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        ("", "The user said no."),
        ("No", "The user said no."),
        ("yes, but another time", "The user said: yes, but another time."),
        (None, "Nobody is there to approve."),
    ],
)
def test_all_else_is_a_no_and_the_model_reads_it(
    answering: Answering, folder: Path, answer: str | None, read: str
) -> None:
    server = answering(runs("x = 1"))
    with near_end(str(folder)) as kernel:
        assert kernel.ask("one", answers=[answer]).ran == []
    assert read in server.requests[-1]["messages"][-1]["content"]


def test_an_answer_to_no_question_approves_nothing(answering: Answering, folder: Path) -> None:
    answering(runs("x = 1"))
    with near_end(str(folder)) as kernel:
        for forged in ("", "approve", "0" * 32):
            kernel.pipe.send("answer", id=forged, text="always")
        ended = kernel.ask("one", answers=["n"])
    assert (ended.ran, len(ended.prompts)) == ([], 1)


def test_a_cost_above_the_users_own_cap_is_that_cap(
    answering: Answering, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(runs("x = 1", "x = 2", usage=Usage(1_000_000, 0, 0)))
    monkeypatch.setenv("K2_MODEL", "kimi-k2.6")
    allow("max_cost = 0.5")
    with near_end(str(folder)) as kernel:
        ended = kernel.ask("one", max_cost=1e9, answers=["y", ""])
    assert ended.status == "limit"
    assert "0.50 US dollars" in ended.text
