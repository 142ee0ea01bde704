"""The caps of a day, over several runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from k2_jupyter.hosts.caps import day
from k2_jupyter.hosts.cli.main import main
from k2_jupyter.messages import AssistantMessage, ToolCall, Usage
from k2_jupyter.settings import Settings, config_folder
from tests.loopback import Play, Server


def planning(body: dict[str, Any]) -> AssistantMessage:
    """A new plan at each step, of 100 tokens."""
    number = len(body["messages"])
    arguments = json.dumps({"items": [{"title": f"plan {number}"}]})
    call = ToolCall(f"functions.set_plan:{number}", "set_plan", arguments)
    return AssistantMessage(calls=(call,), finish="tool_calls", usage=Usage(1_000, 0, 100))


def test_runs_share_the_day(
    serve: Callable[[Play], Server], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config_folder().mkdir(mode=0o700, parents=True)
    (config_folder() / "config.toml").write_text("max_steps_a_day = 5\n")
    server = serve(planning)
    options = ["--model", "m", "--base-url", server.base_url, "--plan-only"]
    for run, (steps, said) in enumerate(
        [(3, "limit of 3 steps"), (2, "limit of the day of 5 steps"), (0, "5 of 5 steps today")]
    ):
        before = len(server.requests)
        code = main(["run", "go", *options, "--max-steps", "3", "--out", str(tmp_path / str(run))])
        assert (code, len(server.requests) - before) == (74, steps)
        assert said in capsys.readouterr().out


def test_the_offline_analyst_uses_nothing_of_it() -> None:
    assert day(Settings.load("offline", keys={})) is None
