from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook
from rich.console import Console

from k2_jupyter.errors import SettingsError
from k2_jupyter.hosts.cli.export import run_export


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "[a] notes.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell("Hello")]), path)
    return path


def test_the_page_stands_beside_the_notebook_and_is_named(notebook: Path) -> None:
    console = Console(record=True, width=300)

    assert run_export(notebook, None, "fold", console) == 0

    assert "Hello" in notebook.with_suffix(".html").read_text()
    assert console.export_text().strip() == str(notebook.with_suffix(".html"))


def test_an_output_may_be_a_file_or_a_folder(notebook: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()

    run_export(notebook, tmp_path / "b.html", "fold", Console(quiet=True))
    run_export(notebook, tmp_path / "out", "fold", Console(quiet=True))

    assert (tmp_path / "b.html").exists()
    assert (tmp_path / "out" / "[a] notes.html").exists()


def test_the_notebook_is_never_overwritten(notebook: Path) -> None:
    before = notebook.read_bytes()

    with pytest.raises(SettingsError, match="the notebook itself"):
        run_export(notebook, notebook, "fold", Console(quiet=True))

    assert notebook.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "cause"),
    [("missing.ipynb", "no such file"), ("text.ipynb", "not JSON"), ("folder", "is a folder")],
)
def test_what_cannot_be_exported_is_told_in_one_line(tmp_path: Path, name: str, cause: str) -> None:
    (tmp_path / "text.ipynb").write_text("# no notebook")
    (tmp_path / "folder").mkdir()

    with pytest.raises(SettingsError, match=cause) as problem:
        run_export(tmp_path / name, None, "fold", Console(quiet=True))

    assert "\n" not in str(problem.value)
    assert not (tmp_path / name).with_suffix(".html").exists()


def test_an_output_that_cannot_be_written_is_named(notebook: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be saved"):
        run_export(notebook, tmp_path / "none" / "a.html", "fold", Console(quiet=True))
