from __future__ import annotations

import pytest

from k2_jupyter.adapters.ipython_source import transform
from k2_jupyter.notebook.names import Reads, reads


def of(*sources: str) -> list[Reads]:
    """Of cells `0`, `1`, …"""
    found = reads(((str(at), source) for at, source in enumerate(sources)), transform)
    return [found.get(str(at), Reads()) for at in range(len(sources))]


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ("print(df)", ["df"]),
        ("df = df.dropna()", ["df"]),
        ("df += 1", ["df"]),
        ("df = 1\nprint(df)", []),
        ("for df in range(3):\n    print(df)", []),
        ("def mean(df):\n    return df + n", ["n"]),
        ("[df for df in n]", ["n"]),
        ("(lambda df: df)(n)", ["n"]),
        ("class Kept:\n    df = n", ["n"]),
        ("!echo {n}", []),
        ("%time df.head()", []),
        ("import n\nn.df", []),
        ("other", []),
        ("df[", []),
    ],
)
def test_names_that_cells_above_have_bound_are_read(source: str, read: list[str]) -> None:
    *_, found = of("df = 1", "n = 2", source)
    assert [name for name, _ in found.variables] == read


def test_the_cell_that_bound_a_name_last_is_named() -> None:
    assert of("x = 1", "x = 2", "x")[2].variables == (("x", "1"),)


def test_modules_are_not_told() -> None:
    assert of("import pandas as pd", "pd.DataFrame()")[1].variables == ()


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ("pd.read_csv('a.csv')", ("a.csv",)),
        ("open('notes.txt')", ("notes.txt",)),
        ("open('notes.txt', 'w')", ()),
        ("df.to_csv('b.csv')", ()),
        ("pl.scan_parquet(path)", ("data/x.parquet",)),
        ("pd.read_csv(folder + '/a.csv')", ()),
    ],
)
def test_files_are_read_where_the_code_names_them(source: str, files: tuple[str, ...]) -> None:
    assert of("path = 'data/x.parquet'", source)[1].files == files
