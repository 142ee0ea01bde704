"""The example notebooks: made offline, equal when run again, fit to be passed on."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import nbformat
import pytest
from rich.console import Console

from k2_jupyter.hosts.cli.export import run_export
from k2_jupyter.hosts.cli.verify import run_verify

EXAMPLES = Path(__file__).parents[3] / "example_notebooks"
NOTEBOOKS = sorted(EXAMPLES.glob("*/*.ipynb"))
# A slash inside a word, an address or base64 starts no path.
ABSOLUTE = re.compile(
    r"(?<![\w.:/<+=-])/(home|root|Users|tmp|var|usr|opt|mnt|work)\b|\b[A-Z]:\\+(Users|Temp)\b"
)

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.parent.name)


def test_there_are_examples_of_several_kinds() -> None:
    assert len(NOTEBOOKS) >= 4


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("01_salaries", marks=pytest.mark.full),  # as long as the demo, its twin
        *(path.parent.name for path in NOTEBOOKS if path.parent.name != "01_salaries"),
    ],
)
def test_run_again_it_is_equal(name: str) -> None:
    console = Console(record=True, width=200)

    code = run_verify(EXAMPLES / name / "analysis.ipynb", console)

    assert code == 0, console.export_text()


@each_notebook
def test_it_tells_who_made_it_from_which_data(path: Path) -> None:
    told = nbformat.read(path, as_version=4).metadata["k2"]

    assert told["model"] == "offline analyst (rule-based)"
    assert told["verification"]["differences"] == []
    for data in told["data"]:
        content = (EXAMPLES / "data" / data["name"]).read_bytes()
        assert data["sha256"] == hashlib.sha256(content).hexdigest()


@each_notebook
def test_its_report_and_a_new_one_are_whole(path: Path, tmp_path: Path) -> None:
    run_export(path, tmp_path / "new.html", "fold", Console(quiet=True))

    kept, new = (
        file.read_text(encoding="utf-8")
        for file in (path.with_suffix(".html"), tmp_path / "new.html")
    )
    for page in (kept, new):
        assert "offline analyst, rule-based: no language model" in page
        assert "cells equal" in page
    assert kept.count("<figure") == new.count("<figure") > 0


@pytest.mark.parametrize(
    "path",
    sorted(file for file in EXAMPLES.rglob("*") if file.suffix in (".ipynb", ".html", ".md")),
    ids=lambda path: str(path.relative_to(EXAMPLES)),
)
def test_no_file_names_a_place_on_the_machine_that_made_it(path: Path) -> None:
    assert not ABSOLUTE.search(path.read_text(encoding="utf-8"))


def test_the_source_of_every_data_file_is_told() -> None:
    sources = "".join(file.read_text() for file in EXAMPLES.glob("data/SOURCE*.md"))

    for file in EXAMPLES.glob("data/*.csv"):
        assert file.name in sources
        assert hashlib.sha256(file.read_bytes()).hexdigest() in sources


def test_the_examples_stay_small() -> None:
    assert sum(file.stat().st_size for file in EXAMPLES.rglob("*")) < 12_000_000
