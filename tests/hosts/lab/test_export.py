"""A notebook exported from the panel: from what the page has, run again where that is wanted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest

from tests.hosts.lab.conftest import KEY
from tests.hosts.lab.panel import HANG, Lab, Panel, Raw


def code(cell_id: str, source: str, *texts: str, **k2: Any) -> Raw:
    outputs = [{"output_type": "stream", "name": "stdout", "text": text} for text in texts]
    return {
        "cell_type": "code",
        "id": cell_id,
        "source": source,
        "metadata": {"k2": k2} if k2 else {},
        "outputs": outputs,
        "execution_count": 1,
    }


def body(path: str, *cells: Raw, view: str = "fold", verify: bool = False) -> Raw:
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return {"path": path, "notebook": notebook, "code": view, "verify": verify}


def lines(lab: Lab, asked: Raw) -> Iterator[Raw]:
    """As they come; whoever stops reading closes the connection."""
    connection = HTTPConnection("127.0.0.1", lab.port, timeout=HANG)
    headers = {"Authorization": f"token {lab.token}", "Content-Type": "application/json"}
    try:
        connection.request("POST", "/k2/api/export", json.dumps(asked), headers)
        with connection.getresponse() as answer:
            assert answer.status == 200, answer.read()
            for line in answer:
                yield json.loads(line)
    finally:
        connection.close()


@pytest.fixture(scope="module")
def path(lab: Lab) -> str:
    return lab.notebook()


def test_what_the_page_shows_is_exported_and_the_file_is_not_read(lab: Lab, path: str) -> None:
    before = (lab.folder / path).read_bytes()
    (found,) = lines(lab, body(path, code("a", "secret_name = 1", "never saved\n")))
    assert found["name"] == path.replace(".ipynb", ".html")
    assert "never saved" in found["html"]
    assert "secret_name" in found["html"]
    assert found["verified"] is None
    assert (lab.folder / path).read_bytes() == before


def test_code_can_be_left_out(lab: Lab, path: str) -> None:
    (found,) = lines(lab, body(path, code("a", "secret_name = 1", "shown\n"), view="hide"))
    assert "shown" in found["html"]
    assert "secret_name" not in found["html"]


def test_secrets_stay_behind(lab: Lab, path: str) -> None:
    (found,) = lines(lab, body(path, code("a", f"key = '{KEY}'", f"{KEY}\n{lab.token}\n")))
    assert KEY not in found["html"]
    assert lab.token not in found["html"]


def test_cells_that_say_something_else_are_named(lab: Lab, path: str) -> None:
    cells = [code("a", "x = 2"), code("b", "print(x)", "2\n"), code("c", "print(x + 1)", "7\n")]
    *progress, found = lines(lab, body(path, *cells, verify=True))
    assert [(one["cell"], one["of"]) for one in progress] == [(1, 3), (2, 3), (3, 3)]
    verified = found["verified"]
    assert not verified["equal"]
    assert [one["cell"] for one in verified["differences"]] == ["c"]
    assert "Re-run: 1 of 3 cells differs" in found["html"]
    assert ">7</pre>" in found["html"]  # what the notebook says, not what the re-run did


def test_it_runs_in_a_copy_and_in_another_kernel(lab: Lab, path: str) -> None:
    source = "from pathlib import Path\nPath('left-behind').touch()\nprint('mine' in dir())"
    *_, found = lines(lab, body(path, code("a", source, "False\n"), verify=True))
    assert found["verified"]["equal"], found["verified"]
    assert not (lab.folder / "left-behind").exists()


def test_without_a_kernel_nothing_is_run_again(lab: Lab) -> None:
    status, said = lab.ask("POST", "k2/api/export", body("none.ipynb", verify=True))
    assert status == 400
    assert "none.ipynb has no kernel" in said["message"]


def test_what_is_no_notebook_is_said(lab: Lab, path: str) -> None:
    asked = {**body(path), "notebook": {"nbformat": 99}}
    (found,) = lines(lab, asked)
    assert "newer than this program" in found["problem"]


@pytest.mark.parametrize("wrong", [{"code": "raw"}, {"notebook": []}, {"path": "../a.ipynb"}])
def test_another_body_is_refused(lab: Lab, path: str, wrong: Raw) -> None:
    status, _ = lab.ask("POST", "k2/api/export", {**body(path), **wrong})
    assert status == 400


def test_who_goes_away_ends_the_re_run(lab: Lab, path: str) -> None:
    forever = "import time\nwhile True:\n    time.sleep(0.1)"
    for line in lines(lab, body(path, code("a", forever), verify=True)):
        assert line["cell"] == 1
        break
    copies = f".{lab.folder.name}-rerun-*"
    Panel(lab, path).wait(lambda: not [*lab.folder.parent.glob(copies)])
