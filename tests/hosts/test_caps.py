"""The caps of ``config.toml``, for every host."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from k2_jupyter.agent.limits import Limits
from k2_jupyter.errors import SettingsError
from k2_jupyter.hosts.caps import caps, day
from k2_jupyter.hosts.cli.main import main
from k2_jupyter.messages import AssistantMessage, ToolCall
from k2_jupyter.models.profiles import OFFLINE
from k2_jupyter.preferences import Preferences
from k2_jupyter.settings import Settings, config_folder
from tests.loopback import Play, Server

USUAL = Limits()


@pytest.mark.parametrize(
    ("configured", "asked", "only_lower", "held"),
    [
        (None, None, False, USUAL.steps),
        (None, 500, False, 500),  # the user's own command line
        (None, 500, True, USUAL.steps),  # a notebook
        (None, 5, True, 5),
        (500, None, True, 500),
        (500, 400, True, 400),
        (10, 400, False, 10),
        (10, 400, True, 10),
        (10, 5, False, 5),
    ],
)
def test_an_option_lowers_what_is_configured(
    configured: int | None, asked: int | None, only_lower: bool, held: int
) -> None:
    settings = Settings(OFFLINE, None, preferences=Preferences(max_steps=configured))
    assert caps(settings, steps=asked, only_lower=only_lower).steps == held


def test_all_caps_of_the_file_hold() -> None:
    own = Preferences(max_seconds=60, max_tokens=9, max_steps_a_day=7, max_tokens_a_day=90)
    unknown = Settings.load("unheard-of", "http://127.0.0.1:9/v1", keys={})
    settings = replace(unknown, preferences=own)
    limits, of_day = caps(settings, seconds=90), day(settings)
    assert (limits.seconds, limits.tokens) == (60, 9)
    assert of_day is not None
    assert (of_day.limits.steps, of_day.limits.tokens, of_day.limits.seconds) == (7, 90, None)
    assert (
        caps(Settings(OFFLINE, None, preferences=Preferences(max_cost=2)), dollars=4).dollars == 2
    )


@pytest.mark.parametrize("own", [Preferences(max_cost=1), Preferences(max_cost_a_day=1)])
def test_a_cost_that_nobody_can_know_is_no_cap(own: Preferences) -> None:
    unknown = Settings.load("unheard-of", "http://127.0.0.1:9/v1", keys={})
    settings = replace(unknown, preferences=own)
    with pytest.raises(SettingsError, match="no prices are known"):
        caps(settings)


def test_k2_run_keeps_to_the_file(
    serve: Callable[[Play], Server], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    items = json.dumps({"items": [{"title": "Go on"}]})
    server = serve(lambda body: AssistantMessage(calls=(ToolCall("c", "set_plan", items),)))
    config_folder().mkdir(mode=0o700, parents=True)
    (config_folder() / "config.toml").write_text("max_steps = 2")
    options = ["--plan-only", "--max-steps", "50", "--out", str(tmp_path / "out")]
    assert main(["run", "x", "--model", "m", "--base-url", server.base_url, *options]) == 74
    assert len(server.requests) == 2
    assert "limit" in capsys.readouterr().out
