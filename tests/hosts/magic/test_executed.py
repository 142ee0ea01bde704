"""A notebook with `%%k2` run from its beginning by nbconvert and papermill: nobody is there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import nbformat
import pytest

from k2_jupyter.messages import AssistantMessage
from k2_jupyter.settings import config_folder, state_folder
from tests.hosts.magic.near_end import near_end
from tests.hosts.magic.test_replay import Counts
from tests.loopback import Play, Reply, Server, refusal

Answering = Callable[[Play], Server]
TOOLS = {
    "nbconvert": "nbconvert --to notebook --execute in.ipynb --output out.ipynb",
    "papermill": "papermill in.ipynb out.ipynb",
}
LOAD, REQUEST, AFTER = "%load_ext k2_jupyter", "How many letters?", "print('after', n)"


@pytest.fixture(params=TOOLS)
def tool(request: pytest.FixtureRequest) -> str:
    return TOOLS[request.param]


def executed(tool: str, folder: Path, sources: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """The notebook of these cells, run in its folder; the outcome is `out.ipynb` there."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
    nbformat.write(notebook, folder / "in.ipynb")
    command = [sys.executable, "-m", *tool.split()]
    environment = {**os.environ, "JPY_SESSION_NAME": ""}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def outputs(folder: Path) -> list[list[dict[str, Any]]]:
    """Of the outcome's code cells, papermill's own left out."""
    notebook = json.loads((folder / "out.ipynb").read_text())
    nbformat.validate(notebook)
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return [cell["outputs"] for cell in cells]


def answered(answering: Answering, folder: Path) -> tuple[Server, str]:
    """The request is in the journal; gives the finished code as well."""
    server = answering(Counts())
    with near_end(str(folder)) as kernel:
        (code,) = kernel.ask(REQUEST).offered
    return server, code


def test_with_the_journal_it_is_replayed(answering: Answering, folder: Path, tool: str) -> None:
    server, _ = answered(answering, folder)
    asked = len(server.requests)
    ended = executed(tool, folder, [LOAD, f"%%k2\n{REQUEST}", AFTER, "%k2 cost"])
    assert ended.returncode == 0, ended.stderr
    assert len(server.requests) == asked
    _, turn, after, cost = outputs(folder)
    assert "replayed, recorded on" in str(turn)
    assert "It has 4 letters." in str(turn)
    assert {"output_type": "stream", "name": "stdout", "text": ["letters: 4\n"]} in turn
    assert after[0]["text"] == ["after 4\n"]
    assert "No tokens used" in str(cost)
    kept = (folder / "out.ipynb").read_text()
    for private in (folder, state_folder(), config_folder(), Path.home()):
        assert str(private) not in kept


def test_without_the_journal_nothing_is_asked_and_the_notebook_fails(
    answering: Answering, folder: Path, tool: str
) -> None:
    server = answering(Counts())
    ended = executed(tool, folder, [LOAD, f"%%k2\n{REQUEST}", AFTER])
    assert ended.returncode == 1
    assert "`headless = true` in $XDG_CONFIG_HOME/k2_jupyter/config.toml" in ended.stderr
    assert not server.requests
    assert "name 'n' is not defined" not in ended.stderr  # the cells below did not run


def test_without_the_journal_cells_that_stand_in_the_notebook_run_as_cells(
    answering: Answering, folder: Path
) -> None:
    server, code = answered(answering, folder)
    asked = len(server.requests)
    shutil.rmtree(state_folder())
    ended = executed(TOOLS["papermill"], folder, [LOAD, f"%%k2\n{REQUEST}", code, AFTER])
    assert ended.returncode == 0, ended.stderr
    assert len(server.requests) == asked
    _, turn, cell, after = outputs(folder)
    assert "stands in a cell below" in str(turn)
    assert cell[0]["text"] == ["letters: 4\n"]
    assert after[0]["text"] == ["after 4\n"]


def allow_headless() -> None:
    config_folder().mkdir(mode=0o700, parents=True)
    (config_folder() / "config.toml").write_text("headless = true")


def test_the_users_own_configuration_lets_it_ask(answering: Answering, folder: Path) -> None:
    server = answering(Counts())
    allow_headless()
    ended = executed(TOOLS["papermill"], folder, [LOAD, f"%%k2\n{REQUEST}", AFTER])
    assert ended.returncode == 0, ended.stderr
    assert len(server.requests) == 3  # a cell that fails, the repaired one, the conclusion
    _, turn, after = outputs(folder)
    assert "NameError" in str(turn)
    assert not [output for output in turn if output["output_type"] == "error"]
    assert after[0]["text"] == ["after 4\n"]


def test_a_turn_that_comes_to_no_conclusion_fails_the_notebook(
    answering: Answering, folder: Path
) -> None:
    def play(body: dict[str, Any]) -> AssistantMessage | Reply:
        return refusal(401, "invalid", "no such account")

    answering(play)
    allow_headless()
    ended = executed(TOOLS["nbconvert"], folder, [LOAD, f"%%k2\n{REQUEST}"])
    assert ended.returncode == 1
    assert "no such account" in ended.stderr
