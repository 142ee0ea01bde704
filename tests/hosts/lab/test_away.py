"""A turn whose pages are all gone: it goes on, and what becomes of the notebook's file."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from k2_jupyter.hosts.lab.written import written
from k2_jupyter.notebook.base import Cell
from k2_jupyter.outputs import Stream
from tests.hosts.lab.panel import HANG, Lab, Panel, Raw
from tests.hosts.lab.script import call, finish, run, script
from tests.loopback import Server


def content(lab: Lab, path: str) -> Raw:
    """Of the file; nothing where it is not there, or is being written."""
    file = lab.folder / path
    try:
        found: Raw = json.loads(file.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found


def saved(lab: Lab, panel: Panel, path: str, *, cells: int, within: float = HANG) -> list[Raw]:
    """The cells in the file, once there are so many."""
    panel.wait(lambda: len(content(lab, path).get("cells", ())) == cells, within)
    found: list[Raw] = content(lab, path)["cells"]
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
    cells = saved(lab, panel, panel.path, cells=2)
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
    cells = saved(lab, panel, beside, cells=2)
    panel.open()
    assert beside in panel.until("Notice")["text"]
    assert content(lab, panel.path) == theirs
    assert [cell["cell_type"] for cell in cells] == ["code", "markdown"]


def test_another_notebook_of_that_name_is_not_written_over(
    lab: Lab, panel: Panel, endpoint: Server
) -> None:
    beside = lab.folder / panel.path.replace(".ipynb", ".k2.ipynb")
    beside.write_text("{}")
    with gone_before_the_end(lab, panel, endpoint):
        (lab.folder / panel.path).unlink()
    saved(lab, panel, panel.path.replace(".ipynb", ".k2-1.ipynb"), cells=2)
    assert beside.read_text() == "{}"


def test_where_a_page_is_the_page_saves(lab: Lab, panel: Panel, endpoint: Server) -> None:
    before = version(lab, panel.path)
    endpoint.play = script(run("print(1)"), finish())
    panel.send(op="saved", version=before)
    panel.finish("Work")
    assert "over" not in panel.told("do", what="save")
    assert version(lab, panel.path) == before


MOMENTS = range(2, 42, 2)
PRINTS = "import time\nfor n in range(3):\n    print(n, flush=True)\n    time.sleep(0.02)"
COUNTS = "[n for n in range(10_000) if n % 1234 == 0]"
WORK = [
    run(PRINTS),
    call("add_markdown", source="Half of it."),
    run(COUNTS),
    finish("All of it."),
]


def as_seen(lab: Lab, path: str) -> list[tuple[str, str, list[str]]]:
    """What a page that comes gets: kind, source and outputs of each cell."""
    with lab.panel(path) as late:
        last = late.told("welcome")["seq"]
        late.wait(lambda: late.last >= last)
        filled = {
            one["cell"]: one["outputs"] for one in late.received if one.get("what") == "outputs"
        }
    return [
        (cell["kind"], cell["source"], [text_of(one) for one in filled.get(cell["id"], [])])
        for cell in late.cells
    ]


def text_of(output: Raw) -> str:
    return str(output.get("text") or output["data"]["text/plain"])


def _is_further(page: Panel, seen: int) -> bool:
    return len(page.received) > seen


@pytest.mark.parametrize(
    "moment",
    [pytest.param(n, marks=[] if n in (8, 20, 30) else [pytest.mark.full]) for n in MOMENTS],
)
def test_the_notebook_is_the_same_whenever_the_page_is_closed(
    lab: Lab, kernel: str, endpoint: Server, moment: int
) -> None:
    """After so many messages; the page that returns knows nothing any more."""
    endpoint.play = script(*WORK)
    path = lab.notebook(kernel=kernel)
    with lab.panel(path) as page:
        page.request("Work")
        answered: set[str] = set()
        while len(page.received) < moment:
            page.wait(partial(_is_further, page, len(page.received)))
            for one in [*page.events.values()]:
                if one["type"] == "Opened" and one["id"] not in answered:
                    answered.add(one["id"])
                    page.answer(one)
    with lab.panel(path) as back:
        assert back.approve_all(0)["reason"] == "done"
    assert as_seen(lab, path) == [
        ("code", PRINTS, ["0\n1\n2\n"]),
        ("markdown", "Half of it.", []),
        ("code", COUNTS, [str([*range(0, 10_000, 1234)])]),
        ("markdown", "## Conclusion\n\nAll of it.", []),
    ]


@pytest.mark.full
@pytest.mark.timeout(900)
def test_three_hundred_steps_without_a_page(lab: Lab, panel: Panel, endpoint: Server) -> None:
    endpoint.play = script(*(run(f"print({n})") for n in range(299)), finish())
    panel.send(op="saved", version=version(lab, panel.path))
    panel.request("Work all night")
    panel.answer(panel.until("Opened"))
    panel.drop()
    cells = saved(lab, panel, panel.path, cells=300, within=800)
    panel.cells.clear()
    panel.open()
    panel.until("TurnFinished", reason="done")
    assert [cell["source"] for cell in panel.cells[:-1]] == [f"print({n})" for n in range(299)]
    assert ["".join(cell["outputs"][0]["text"]) for cell in cells[:-1]] == [
        f"{n}\n" for n in range(299)
    ]


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
