"""What a saved notebook can do to the requests in it: keep them from being asked, no more."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from k2_jupyter.hosts.magic.asked import Asked
from k2_jupyter.hosts.magic.saved import Saved, finished, look
from k2_jupyter.notebook.base import Cell
from k2_jupyter.outputs import ErrorOutput
from k2_jupyter.settings import state_folder
from tests.hosts.magic.near_end import near_end
from tests.hosts.magic.test_replay import Counts
from tests.loopback import Play, Server

Answering = Callable[[Play], Server]
REQUEST = "How many letters?"
CARD = {
    "output_type": "display_data",
    "data": {"text/plain": ["K2 · somebody's model\n", "K2: done"]},
    "metadata": {},
}
ODD = [None, 7, "text", [7, None], {}, {"cells": 7}]
ODD_OUTPUTS = [*ODD, [{"data": 7}], [{"data": {"text/plain": 7}}], [{"data": {"text/plain": [7]}}]]


def code(source: Any, *outputs: Any) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "outputs": list(outputs)}


def write(path: Path, *cells: Any) -> Path:
    path.write_text(json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5}))
    return path


def question(folder: Path, **options: Any) -> Asked:
    options = {"front": "kernel", "cwd": str(folder), "stdin": True, **options}
    return Asked.of({"request": REQUEST, "options": options, "before": [], "names": {}, "data": []})


def offered(answering: Answering, folder: Path) -> str:
    """The finished code of an answered request."""
    answering(Counts())
    with near_end(str(folder)) as kernel:
        (source,) = kernel.ask(REQUEST).offered
    return source


@pytest.mark.parametrize("journal", ["kept", "lost"])
def test_code_that_stands_below_runs_there_and_only_there(
    answering: Answering, folder: Path, journal: str
) -> None:
    source = offered(answering, folder)
    server = answering(Counts())
    notebook = write(
        folder / "a.ipynb", code(f"%%k2 --max-steps 9\n{REQUEST}\n", CARD), code(source)
    )
    if journal == "lost":
        shutil.rmtree(state_folder())
    with near_end(str(folder)) as kernel:
        ended = kernel.ask(REQUEST, stdin=False, notebook=str(notebook))
        assert (ended.status, ended.ran, ended.prompts) == ("done", [], [])
        assert "stands in a cell below" in ended.card
        assert ("It has 4 letters." in ended.card) == (journal == "kept")
        assert not server.requests
        assert kernel.ask(REQUEST, before=[], notebook=str(notebook), again=True).ran
        changed = kernel.ask("How many words?", before=[], notebook=str(notebook))
    assert changed.ran
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    ("outputs", "stdin", "replayed"),
    [((), True, False), ((CARD,), True, True), ((), False, True)],
    ids=["new", "moved", "nobody there"],
)
def test_the_same_words_in_another_folder(
    answering: Answering, folder: Path, outputs: Any, stdin: bool, replayed: bool
) -> None:
    server = answering(Counts())
    with near_end(str(folder)) as kernel:
        kernel.ask(REQUEST)
    other = folder.parent / "other"
    other.mkdir()
    write(other / "a.ipynb", code(f"%%k2\n{REQUEST}", *outputs))
    asked = len(server.requests)
    with near_end(str(other)) as kernel:
        ended = kernel.ask(REQUEST, stdin=stdin, answers=["y", "y"])
    assert ended.status == "done"
    assert (len(server.requests) == asked) == replayed


def test_what_was_said_of_code_that_stands_below_is_known_to_the_next_request(
    answering: Answering, folder: Path
) -> None:
    write(folder / "a.ipynb", code(f"%%k2\n{REQUEST}"), code(offered(answering, folder)))
    server = answering(Counts())
    with near_end(str(folder)) as kernel:
        kernel.ask(REQUEST)
        kernel.ask("And now?")
    assert server.requests[0]["messages"][1]["content"].startswith(REQUEST)


def test_somebody_elses_answer_is_asked_for_anew_only_if_the_user_says_so(
    answering: Answering, folder: Path
) -> None:
    server = answering(Counts())
    notebook = str(write(folder / "theirs.ipynb", code(["%%k2\n", REQUEST], CARD)))
    with near_end(str(folder)) as kernel:
        nobody = kernel.ask(REQUEST, stdin=False, notebook=notebook)
        declined = kernel.ask(REQUEST, before=[], answers=["no"], notebook=notebook)
        assert not server.requests
        accepted = kernel.ask(REQUEST, before=[], answers=["yes", "y"], notebook=notebook)
    assert (nobody.status, declined.status, accepted.status) == ("failed", "failed", "done")
    assert "headless = true" in nobody.text
    assert "Not asked" in declined.text
    assert "not in your journal" in declined.card
    assert not declined.ran
    assert "It has 4 letters." in accepted.card


def test_a_request_that_the_user_began_is_asked_without_more_words(
    answering: Answering, folder: Path
) -> None:
    answering(Counts())
    with near_end(str(folder)) as kernel:
        kernel.ask(REQUEST, max_steps=1, answers=["y", ""])
        write(folder / "own.ipynb", code(f"%%k2\n{REQUEST}", CARD))
        ended = kernel.ask(REQUEST, before=[], max_steps=1, answers=["y", ""])
    assert (ended.status, len(ended.prompts)) == ("limit", 2)
    assert "not in your journal" not in ended.card


def test_without_a_name_all_notebooks_with_the_request_must_hold_its_code(
    answering: Answering, folder: Path
) -> None:
    source = offered(answering, folder)
    write(folder / "other.ipynb", code("%%k2\nsomething else"))
    write(folder / "whole.ipynb", code(f"%%k2\n{REQUEST}"), code(source))
    assert look(question(folder)) == Saved(below=True)
    write(folder / "without.ipynb", code(f"%%k2\n{REQUEST}", CARD))
    assert look(question(folder)) == Saved(below=False, answered=True)
    assert look(question(folder, notebook=str(folder / "whole.ipynb"))).below
    assert look(question(folder, notebook=str(folder / "gone.ipynb"))) == look(question(folder))
    assert look(question(folder, front="terminal")) == Saved()


@pytest.mark.parametrize(
    "cells",
    [
        *ODD,
        *([one] for one in ODD),
        *([{"cell_type": kind}] for kind in (*ODD, "code")),
        *([code(source)] for source in ODD),
        *([{**code(f"%%k2\n{REQUEST}"), "outputs": outputs}] for outputs in ODD_OUTPUTS),
    ],
    ids=str,
)
def test_odd_notebooks_say_nothing(folder: Path, cells: Any) -> None:
    (folder / "a.ipynb").write_text(json.dumps({"cells": cells, "%%k2": 1}))
    assert look(question(folder)) == Saved()


def test_what_is_no_notebook_is_passed_by(folder: Path) -> None:
    (folder / "deep.ipynb").write_text('["%%k2",' + "[" * 100_000)
    (folder / "torn.ipynb").write_bytes(b'{"cells": ["%%k2", \xff')
    (folder / "list.ipynb").write_text('["%%k2"]')
    (folder / "folder.ipynb").mkdir()
    os.mkfifo(folder / "pipe.ipynb")
    (folder / "endless.ipynb").symlink_to("/dev/zero")
    assert look(question(folder)) == Saved()
    assert look(question(folder, notebook="/dev/zero")) == Saved()
    assert look(question(folder / "gone")) == Saved()


def test_the_finished_code_is_one_cell_that_can_run(folder: Path) -> None:
    purpose = {"k2": {"purpose": "first\nos.remove('all')\r\x0b\u2028\x1b[2K"}}
    cells = [
        Cell("a", "code", "n = 1", metadata=purpose),
        Cell("b", "markdown", "# A title"),
        Cell("c", "code", "n += x", outputs=(ErrorOutput("NameError", "x", ()),)),
        Cell("d", "code", "%%timeit -n1 -r1\nn + 1"),
        Cell("e", "code", "n"),
    ]
    code = finished(question(folder), "one\ntwo", cells)
    title, first, magic, last = code.split("\n\n")
    assert title.endswith(" · one two")
    assert first == "# first os.remove('all') \\x1b[2K\nn = 1"
    assert magic == "get_ipython().run_cell_magic('timeit', '-n1 -r1', 'n + 1\\n')"
    assert last == "n"
    assert finished(question(folder), "one", cells[1:3]) == ""
