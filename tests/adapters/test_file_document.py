"""A notebook on disk: any age, other writers, a full disk, no permission."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from k2_jupyter.adapters.file_document import FileDocument
from k2_jupyter.errors import CellChangedError, CellNotFoundError, DocumentError
from k2_jupyter.notebook.base import Document
from k2_jupyter.outputs import Display, ErrorOutput, Stream
from tests.notebook.contract import DocumentContract


class TestContract(DocumentContract):
    @pytest.fixture
    def document(self, tmp_path: Path) -> Document:
        return FileDocument(tmp_path / "new.ipynb")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "analysis.ipynb"


def on_disk(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content


def write(path: Path, notebook: dict[str, Any]) -> None:
    """What another program does to the file."""
    path.write_text(json.dumps(notebook, indent=1), "utf-8")


def sources(document: FileDocument) -> list[str]:
    return [cell.source for cell in document.cells()]


def cell(source: str, cell_id: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": cell_id,
        "metadata": {},
        "outputs": [],
        "source": source,
    }


# The file


def test_the_file_is_what_nbformat_writes_and_reads_back(path: Path) -> None:
    document = FileDocument(path)
    code = document.insert("x = 1\nx")
    document.insert("# Title\n", kind="markdown")
    outputs = (
        Stream("stderr", "one\ntwo"),
        Display({"text/html": "<b>\n</b>", "application/json": {"a": [1, None]}}, {"w": 1}),
        Display({"text/plain": "1"}, execution_count=7),
        ErrorOutput("E", "v", ("\x1b[31mline", "line")),
    )
    document.set_outputs(code.id, outputs, 7)
    document.save()
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert path.read_text("utf-8") == nbformat.writes(notebook) + "\n"
    assert FileDocument.open(path).cells() == document.cells()


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(source=st.text(alphabet=st.characters(codec=None)), printed=st.text())
def test_any_text_survives_as_valid_utf_8(path: Path, source: str, printed: str) -> None:
    document = FileDocument(path)
    made = document.insert(source)
    document.set_outputs(made.id, [Stream("stdout", printed)], 1)
    document.save()
    assert FileDocument.open(path).cell(made.id) == document.cell(made.id)


def test_what_json_has_no_word_for_becomes_null(path: Path) -> None:
    document = FileDocument(path)
    made = document.insert("x")
    numbers = [float("nan"), float("inf"), 1.5]
    document.set_outputs(made.id, [Display({"application/json": numbers})], 1)
    document.save()
    assert "NaN" not in path.read_text()
    (output,) = on_disk(path)["cells"][0]["outputs"]
    assert output["data"]["application/json"] == [None, None, 1.5]


def test_fields_that_we_do_not_know_are_kept(path: Path) -> None:
    attached = {
        "cell_type": "markdown",
        "id": "m",
        "metadata": {"tags": ["t"]},
        "attachments": {"a.png": {"image/png": "aGk="}},
        "source": "![a](attachment:a.png)",
    }
    write(
        path,
        {"cells": [attached], "metadata": {"mine": 1}, "nbformat": 4, "nbformat_minor": 5},
    )
    document = FileDocument.open(path)
    document.insert("x")
    document.save()
    found = on_disk(path)
    assert found["metadata"] == {"mine": 1}
    assert found["cells"][0]["attachments"] == attached["attachments"]
    assert found["cells"][0]["metadata"] == {"tags": ["t"]}


def test_save_as_leaves_the_first_file_alone(path: Path, tmp_path: Path) -> None:
    write(path, {"cells": [cell("a", "c1")], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    before = path.read_bytes()
    copy = FileDocument.open(path).save_as(tmp_path / "copy.ipynb")
    copy.insert("b")
    copy.save()
    assert path.read_bytes() == before
    assert sources(FileDocument.open(tmp_path / "copy.ipynb")) == ["a", "b"]


def test_the_mode_of_the_file_is_kept(path: Path) -> None:
    FileDocument(path).save()
    path.chmod(0o640)
    document = FileDocument.open(path)
    document.insert("x")
    document.save()
    assert path.stat().st_mode & 0o777 == 0o640


def test_who_reads_during_a_save_gets_the_old_file_or_the_new_one(path: Path) -> None:
    document = FileDocument(path)
    document.insert("x")
    document.save()
    before = path.read_bytes()
    with path.open("rb") as reader:
        document.insert("y")
        document.save()
        assert reader.read() == before
    assert list(path.parent.glob(".*")) == []


def test_a_save_without_a_change_writes_nothing(path: Path) -> None:
    document = FileDocument(path)
    document.insert("x")
    document.save()
    inode = path.stat().st_ino
    document.save()
    assert path.stat().st_ino == inode


# Files of any age, and no notebooks


@pytest.mark.parametrize("minor", [0, 2, 4])
def test_older_minors_are_upgraded_with_ids(path: Path, minor: int) -> None:
    old = {key: value for key, value in cell("a", "").items() if key != "id"}
    notebook = {"cells": [old, dict(old)], "metadata": {}, "nbformat": 4, "nbformat_minor": minor}
    write(path, notebook)
    document = FileDocument.open(path)
    assert sources(document) == ["a", "a"]
    assert len({made.id for made in document.cells()}) == 2
    document.save()
    nbformat.validate(nbformat.read(path, as_version=4))
    assert on_disk(path)["nbformat_minor"] == 5


def test_a_notebook_of_format_3_is_upgraded(path: Path) -> None:
    old = nbformat.v3.new_notebook(
        worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell(input="a = 1")])]
    )
    path.write_text(nbformat.v3.writes_json(old))
    assert sources(FileDocument.open(path)) == ["a = 1"]


def test_ids_that_stand_twice_are_made_unique(path: Path) -> None:
    cells = [cell("a", "same"), cell("b", "same")]
    write(path, {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    document = FileDocument.open(path)
    assert sources(document) == ["a", "b"]
    assert len({made.id for made in document.cells()}) == 2


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "not JSON"),
        (b"{ cut", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[1, 2]", "JSON without `nbformat`"),
        (b'{"cells": []}', "JSON without `nbformat`"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "no valid notebook"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 7}', "no valid notebook"),
        (
            b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1]}',
            "no valid notebook",
        ),
        (b'{"nbformat": 9, "nbformat_minor": 0, "metadata": {}, "cells": []}', "format 9"),
        (b'{"nbformat": 1}', "no valid notebook"),
    ],
)
def test_what_is_no_notebook_is_refused_in_one_line(path: Path, content: bytes, cause: str) -> None:
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=cause) as caught:
        FileDocument.open(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == content


def test_a_missing_file_and_a_folder_are_named(path: Path, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no such file"):
        FileDocument.open(path)
    with pytest.raises(DocumentError, match="it is a folder"):
        FileDocument.open(tmp_path)


# Other writers


@pytest.fixture
def edited(path: Path) -> FileDocument:
    """A saved notebook of three cells, which others are about to change."""
    notebook = {
        "cells": [cell("one", "c1"), cell("two", "c2"), cell("three", "c3")],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    write(path, notebook)
    document = FileDocument.open(path)
    document.save()
    return document


def test_a_source_that_the_user_changed_is_not_overwritten(
    edited: FileDocument, path: Path
) -> None:
    seen = edited.cell("c1")
    notebook = on_disk(path)
    notebook["cells"][0]["source"] = "the user's"
    write(path, notebook)
    with pytest.raises(CellChangedError) as caught:
        edited.replace("c1", "the agent's", seen=seen.hash)
    assert caught.value.current == "the user's"
    edited.set_outputs("c1", [Stream("stdout", "of the run")], 1)
    edited.save()
    saved = on_disk(path)["cells"][0]
    assert saved["source"] == ["the user's"]
    assert saved["outputs"][0]["text"] == ["of the run"]


def test_a_change_that_was_ours_and_theirs_is_theirs(edited: FileDocument, path: Path) -> None:
    edited.replace("c1", "the agent's", seen=edited.cell("c1").hash)
    notebook = on_disk(path)
    notebook["cells"][0]["source"] = "the user's"
    write(path, notebook)
    edited.save()
    assert sources(FileDocument.open(path)) == ["the user's", "two", "three"]


def test_new_cells_of_both_stand_where_they_were_put(edited: FileDocument, path: Path) -> None:
    edited.insert("ours", after="c1")
    edited.insert("ours at the end")
    notebook = on_disk(path)
    notebook["cells"].insert(2, cell("theirs", "u1"))
    notebook["cells"].insert(0, cell("theirs at the start", "u2"))
    write(path, notebook)
    edited.save()
    assert sources(FileDocument.open(path)) == [
        "theirs at the start",
        "one",
        "ours",
        "two",
        "theirs",
        "three",
        "ours at the end",
    ]


def test_cells_that_the_user_deleted_or_moved_stay_so(edited: FileDocument, path: Path) -> None:
    edited.set_outputs("c2", [Stream("stdout", "late")], 1)
    notebook = on_disk(path)
    one, _, three = notebook["cells"]
    write(path, {**notebook, "cells": [three, one]})
    edited.save()
    assert sources(FileDocument.open(path)) == ["three", "one"]
    with pytest.raises(CellNotFoundError):
        edited.cell("c2")


def test_a_cell_that_we_deleted_stays_gone_unless_the_user_changed_it(
    edited: FileDocument, path: Path
) -> None:
    notebook = on_disk(path)
    edited.delete("c1", seen=edited.cell("c1").hash)
    edited.delete("c2", seen=edited.cell("c2").hash)
    notebook["cells"][1]["source"] = "still needed"
    write(path, notebook)
    edited.save()
    assert sources(FileDocument.open(path)) == ["still needed", "three"]


def test_a_file_that_was_only_touched_is_no_change(edited: FileDocument, path: Path) -> None:
    edited.replace("c1", "ours", seen=edited.cell("c1").hash)
    os.utime(path)
    edited.save()
    assert sources(FileDocument.open(path)) == ["ours", "two", "three"]


def test_what_is_no_notebook_any_more_is_kept_aside(edited: FileDocument, path: Path) -> None:
    path.write_text("half of a noteb")
    edited.insert("ours")
    edited.save()
    assert path.with_suffix(".conflict-1.ipynb").read_text() == "half of a noteb"
    assert sources(FileDocument.open(path)) == ["one", "two", "three", "ours"]


def test_a_file_that_was_deleted_is_written_again(edited: FileDocument, path: Path) -> None:
    path.unlink()
    edited.save()
    assert sources(FileDocument.open(path)) == ["one", "two", "three"]


# Disks


@pytest.mark.parametrize("is_new", [True, False])
def test_a_full_disk_leaves_the_old_file_and_no_other(small_disk: Path, is_new: bool) -> None:
    path = small_disk / "analysis.ipynb"
    document = FileDocument(path)
    made = document.insert("x")
    if not is_new:
        document.save()
    before = {file.name: file.read_bytes() for file in small_disk.iterdir()}
    document.set_outputs(made.id, [Stream("stdout", "y" * 300_000)], 1)
    with pytest.raises(DocumentError, match="the disk is full"):
        document.save()
    assert {file.name: file.read_bytes() for file in small_disk.iterdir()} == before
    document.set_outputs(made.id, [], 1)
    document.save()
    assert sources(FileDocument.open(path)) == ["x"]


@contextmanager
def unprivileged() -> Iterator[None]:
    """As another user, where we are root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_without_write_permission_is_named() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "analysis.ipynb"
        FileDocument(path).save()
        before = path.read_bytes()
        document = FileDocument.open(path)
        document.insert("x")
        folder.chmod(0o555)
        with (
            unprivileged(),
            pytest.raises(DocumentError, match=f"{path} cannot be saved: no permission"),
        ):
            document.save()
        assert path.read_bytes() == before
        assert list(folder.iterdir()) == [path]
        folder.chmod(0o700)


def test_a_file_without_read_permission_is_named() -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "analysis.ipynb"
        FileDocument(path).save()
        path.chmod(0)
        with unprivileged(), pytest.raises(DocumentError, match="cannot be read: no permission"):
            FileDocument.open(path)
