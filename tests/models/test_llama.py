"""A real small model behind a real llama.cpp server, where somebody started one.

``K2_LLAMA_URL`` names it, ``…/v1`` included; ``K2_LLAMA_MODEL`` the model (``local``). What
such a model answers is left open: the wire has to hold.
"""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import nbformat
import pytest
from rich.console import Console

from k2_jupyter.hosts.cli.check import run_check
from k2_jupyter.hosts.cli.main import main
from k2_jupyter.hosts.cli.record import run_record
from k2_jupyter.settings import Settings, config_folder

URL = os.environ.get("K2_LLAMA_URL", "")
MODEL = os.environ.get("K2_LLAMA_MODEL", "local")

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(not URL, reason="K2_LLAMA_URL names no llama.cpp server: NOT RUN"),
    pytest.mark.timeout(3_600),
]


@pytest.fixture(autouse=True)
def for_a_small_model() -> None:
    folder = config_folder()
    folder.mkdir(mode=0o700, parents=True)
    (folder / "config.toml").write_text(
        f'[profiles."{MODEL}"]\ntemperature = 0.0\noutput_tokens = 512\n'
        f'[endpoints."{URL}"]\nlike = "llama.cpp"\nbody = {{ parallel_tool_calls = false }}\n',
        "utf-8",
    )


def test_the_line_is_as_it_should_be() -> None:
    screen = io.StringIO()
    run_check(Settings.load(MODEL, URL), Console(file=screen), as_json=True)
    rows = {row["what"]: row for row in json.loads(screen.getvalue())}
    for what in ("answers", "streams", "reports usage", "keeps to a length", "context window"):
        assert rows[what]["verdict"] in ("works", "worked around"), rows[what]


def test_its_streams_can_be_recorded(tmp_path: Path) -> None:
    folder = tmp_path / "streams"
    console = Console(file=io.StringIO())
    assert run_record(Settings.load(MODEL, URL), folder, console, question="Say hello.") == 0
    assert "data: " in (folder / "01-answer.http").read_text("utf-8")


def test_it_drives_an_analysis_to_a_valid_end(tmp_path: Path) -> None:
    data, out = tmp_path / "sales.csv", tmp_path / "out"
    data.write_text("region,price\nnorth,51.5\nsouth,40\nnorth,60.5\n", "utf-8")
    options = ["--model", MODEL, "--base-url", URL, "--data", str(data), "--out", str(out)]
    code = main(["run", "Print the mean price per region.", *options, "--max-steps", "8"])
    assert code in (0, 3, 74)  # done, it says that it can't, or at its steps' end
    notebook = nbformat.read(out / "analysis.ipynb", as_version=4)
    nbformat.validate(notebook)
