"""A turn whose pages are all gone: it goes on, and what becomes of the notebook's file."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from k2_jupyter.hosts.lab.written import written
from k2_jupyter.notebook.base import Cell
from k2_jupyter.outputs import Stream
from tests.hosts.lab.panel import HANG, Lab, Panel, Raw
from tests.hosts.lab.script import finish, run, script
from tests.loopback import Server


def content(lab: Lab, path: str) -> Raw:
    found: Raw = json.loads((lab.folder / path).read_text("utf-8"))
    return found


def version(lab: Lab, path: str) -> str:
    return hashlib.sha256((lab.folder / path).read_bytes()).hexdigest()


@contextmanager
def gone_before_the_end(lab: Lab, panel: Panel, endpoint: Server) -> Iterator[None]:
    """A turn of one cell; it ends only behind the block, when the page is gone."""
    gate = threading.Event()

    def later(body: dict[str, Any]) -> Any:
        assert gate.wait(HANG)
        return finish("Without you.")

    endpoint.play = script(run("print('by itself')"), later)
    panel.send(op="saved", version=version(lab, panel.path))
    panel.request("Work")
    panel.answer(panel.until("Opened"))
    panel.until("CellFinished")
    panel.drop()
    yield
    gate.set()


def test_the_file_is_written_when_the_turn_ends_and_not_before(
    lab: Lab, panel: Panel, endpoint: Server
) -> None:
    before = version(lab, panel.path)
    with gone_before_the_end(lab, panel, endpoint):
        assert version(lab, panel.path) == before
    panel.wait(lambda: version(lab, panel.path) != before)
    cells = content(lab, panel.path)["cells"]
    assert [cell["cell_type"] for cell in cells] == ["code", "markdown"]
    assert "".join(cells[0]["outputs"][0]["text"]) == "by itself\n"
    assert cells[0]["metadata"]["k2"]["author"] == "agent"
    panel.open()
    assert panel.path in panel.until("Notice")["text"]
    save = panel.told("do", what="save", over=version(lab, panel.path))
    assert save
    assert [cell["id"] for cell in panel.cells] == [cell["id"] for cell in cells]


def test_a_file_that_was_changed_meanwhile_is_left_as_it_is(
    lab: Lab, panel: Panel, endpoint: Server
) -> None:
    file = lab.folder / panel.path
    with gone_before_the_end(lab, panel, endpoint):
        theirs = {**content(lab, panel.path), "metadata": {"by": "somebody else"}}
        file.write_text(json.dumps(theirs))
    beside = panel.path.replace(".ipynb", ".k2.ipynb")
    panel.wait((lab.folder / beside).exists)
    panel.open()
    assert beside in panel.until("Notice")["text"]
    assert content(lab, panel.path) == theirs
    assert [cell["cell_type"] for cell in content(lab, beside)["cells"]] == ["code", "markdown"]


def test_another_notebook_of_that_name_is_not_written_over(
    lab: Lab, panel: Panel, endpoint: Server
) -> None:
    beside = lab.folder / panel.path.replace(".ipynb", ".k2.ipynb")
    beside.write_text("{}")
    with gone_before_the_end(lab, panel, endpoint):
        (lab.folder / panel.path).unlink()
    other = lab.folder / panel.path.replace(".ipynb", ".k2-1.ipynb")
    panel.wait(other.exists)
    assert beside.read_text() == "{}"


def test_where_a_page_is_the_page_saves(lab: Lab, panel: Panel, endpoint: Server) -> None:
    before = version(lab, panel.path)
    endpoint.play = script(run("print(1)"), finish())
    panel.send(op="saved", version=before)
    panel.finish("Work")
    assert "over" not in panel.told("do", what="save")
    assert version(lab, panel.path) == before


OUTPUT: Raw = {"output_type": "stream", "name": "stdout", "text": "of the file"}
KNOWN: Raw = {
    "cell_type": "code",
    "id": "a",
    "source": "1",
    "metadata": {"tags": ["kept"], "trusted": True},
    "execution_count": 1,
    "outputs": [OUTPUT],
}


@pytest.mark.parametrize(
    ("count", "ran", "shown"),
    [(1, (), "of the file"), (2, (), "of the server"), (1, ("a",), "of the server")],
)
def test_outputs_are_those_of_the_newest_run(count: int, ran: tuple[str, ...], shown: str) -> None:
    cell = Cell("a", "code", "1", (Stream("stdout", "of the server"),), count)
    new = written({"cells": [KNOWN], "nbformat": 4, "nbformat_minor": 5}, [cell], ran=ran)
    assert new["cells"][0]["outputs"][0]["text"] == shown
    assert new["cells"][0]["metadata"]["tags"] == ["kept"]
    assert ("trusted" in new["cells"][0]["metadata"]) == (shown == "of the file")


def test_cells_of_an_old_file_are_known_by_their_text() -> None:
    picture = {"cell_type": "markdown", "source": "![](a.png)", "attachments": {"a.png": {}}}
    new = written(
        {"cells": [{**picture, "metadata": {}}], "nbformat": 4, "nbformat_minor": 2},
        [Cell("n", "markdown", "new"), Cell("b", "markdown", "![](a.png)")],
        ran=(),
    )
    assert [cell.get("attachments") for cell in new["cells"]] == [None, {"a.png": {}}]
    assert new["nbformat_minor"] == 5
