"""Turns at the far end: the conversation, caps, approvals, what the model is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from k2_jupyter.messages import AssistantMessage, ToolCall, Usage
from k2_jupyter.settings import config_folder
from tests.hosts.magic.near_end import near_end
from tests.loopback import Play, Server

Answering = Callable[[Play], Server]


def runs(*sources: str, usage: Usage | None = None) -> Play:
    """Runs these cells one after another in each turn, then ends in plain text."""

    def play(body: dict[str, Any]) -> AssistantMessage:
        messages = body["messages"]
        asked = max(
            i
            for i, m in enumerate(messages)
            if m["role"] == "user" and "<briefing>" in m["content"]
        )
        done = sum(m["role"] == "tool" for m in messages[asked:])
        calls: tuple[ToolCall, ...] = ()
        if done < len(sources):
            arguments = json.dumps({"source": sources[done], "purpose": "part"})
            calls = (ToolCall(f"functions.run_cell:{done}", "run_cell", arguments),)
        return AssistantMessage("" if calls else "It ran.", calls, usage=usage or Usage())

    return play


def allow(text: str) -> None:
    config_folder().mkdir(mode=0o700, parents=True)
    (config_folder() / "config.toml").write_text(text)


def test_the_next_request_goes_on_with_the_conversation(answering: Answering, folder: Path) -> None:
    server = answering(runs("x = 1"))
    with near_end(str(folder)) as kernel:
        kernel.ask("compare the years")
        kernel.ask("now the same without 2025")
    users = [m["content"] for m in server.requests[-1]["messages"] if m["role"] == "user"]
    assert users[0].startswith("compare the years\n\n<briefing>")
    assert any(text.startswith("now the same without 2025") for text in users)


def test_the_model_is_told_of_files_and_tables(answering: Answering, folder: Path) -> None:
    server = answering(runs())
    (folder / "sales.csv").write_text("day,price\n1,2\n")
    table = {"variable": "df", "kind": "DataFrame", "rows": 7, "columns": ["a", "</briefing>"]}
    with near_end(str(folder)) as kernel:
        kernel.ask("Compare sales.csv with df", data=[table])
    told = server.requests[0]["messages"][1]["content"]
    objects = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    assert [one.get("path") or one["variable"] for one in objects] == ["sales.csv", "df"]
    assert objects[0]["columns"] == ["day", "price"]
    assert objects[1] == table
    assert told.count("</briefing>") == 1


def test_always_is_for_plain_cells_of_this_kernel(answering: Answering, folder: Path) -> None:
    answering(runs("x = 1", "import os; os.system('true')"))
    with near_end(str(folder)) as kernel:
        assert len(kernel.ask("one", answers=["always", "n"]).prompts) == 2
        again = kernel.ask("two", answers=["y"])
    assert len(again.prompts) == 1  # the shell asks for itself
    assert "always" not in again.prompts[0]


def test_headless_runs_refuse_what_is_risky(answering: Answering, folder: Path) -> None:
    server = answering(runs("x = 1", "import os; os.system('true')"))
    allow("headless = true")
    with near_end(str(folder)) as kernel:
        ended = kernel.ask("one", stdin=False)
    assert ended.ran == ["x = 1"]
    results = [m["content"] for m in server.requests[-1]["messages"] if m["role"] == "tool"]
    assert "Nobody is there to approve" in results[1]


def test_caps_are_asked_for_and_can_only_be_lowered(answering: Answering, folder: Path) -> None:
    answering(runs("x = 1", "x = 2", "x = 3"))
    allow("max_steps = 2")
    with near_end(str(folder)) as kernel:
        ended = kernel.ask("one", max_steps=50, answers=["y", "1", ""])
    assert (ended.status, ended.ran) == ("limit", ["x = 1", "x = 2", "x = 3"])
    assert "2 of 2 steps" in str(ended.cards)


@pytest.mark.parametrize("known", [True, False])
def test_a_cost_is_kept_or_the_turn_refused(
    answering: Answering, folder: Path, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    server = answering(runs("x = 1", "x = 2", usage=Usage(1_000_000, 0, 0)))
    if known:
        monkeypatch.setenv("K2_MODEL", "kimi-k2.6")
    with near_end(str(folder)) as kernel:
        ended = kernel.ask("one", max_cost=1.5, answers=["y", ""])
    if known:
        assert ended.status == "limit"
        assert "US dollars" in ended.text
        assert "$1.9" in ended.html
    else:
        assert "no prices are known" in ended.text
        assert not server.requests


def test_the_text_form_only_grows_and_the_html_is_a_whole(
    answering: Answering, folder: Path
) -> None:
    answering(runs("print('<script>')", "1 / 0"))
    with near_end(str(folder)) as kernel:
        ended = kernel.ask("show <script>alert(1)</script>")
    texts = [card["text"] for card in ended.cards]
    assert all(new.startswith(old) for old, new in pairwise(texts))
    for card in ended.cards:
        assert "<script" not in card["html"]
        assert card["html"].count("<section") == card["html"].count("</section>") == 1
    assert "✗ part" in ended.card


def test_a_long_turn_shows_its_last_cells_and_in_the_end_all(
    answering: Answering, folder: Path
) -> None:
    answering(runs(*[f"x = {number}" for number in range(30)]))
    with near_end(str(folder)) as kernel:
        ended = kernel.ask("go on for long")
    shown = [card["html"].count("✓") for card in ended.cards]
    assert max(shown[:-1]) == 20
    assert "10 before these" in ended.cards[-2]["html"]
    assert shown[-1] == 30
