"""polars, pyarrow, duckdb, SQLAlchemy: tables told, queries left alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pytest
import sqlalchemy as sa
from polars.io.plugins import register_io_source

from tests.in_kernel.shells import Shell


@pytest.fixture
def people() -> pl.DataFrame:
    return pl.DataFrame({"n": [1, 2, None], "name": ["a", "b", "c"], "token": ["t", "u", "v"]})


def test_polars_frames_and_series(shell: Shell, people: pl.DataFrame) -> None:
    assert shell.line(people) == (
        "polars DataFrame, 3 rows × 3 columns: n Int64, name String, token String"
    )
    assert shell.lines(people)[1:] == [
        "n: Int64, 1 missing; min 1, median 1.5, max 2; 1, 2, None",
        "name: String; 'a', 'b', 'c'",
        "token: String (not shown: by its name a secret)",
    ]
    assert shell.line(people["n"], "n") == "polars Series 'n' of Int64, 3 values: 1, 2, None"
    changed = people.with_columns(pl.col("n").cast(pl.Float64)).drop("name").head(2)
    assert shell.change(people, changed) == (
        "DataFrame: 3 → 2 rows; 3 → 2 columns; - column name; column n Int64 → Float64"
    )


def test_a_polars_query_is_not_collected(shell: Shell, people: pl.DataFrame) -> None:
    read = 0

    def source(*_: Any) -> Iterator[pl.DataFrame]:
        nonlocal read
        read += 1
        yield people

    query = register_io_source(source, schema=people.schema).filter(pl.col("n") > 1)
    assert shell.line(query) == (
        "polars LazyFrame, not collected, 3 columns: n Int64, name String, token String"
    )
    shell.lines(query)
    assert read == 0
    query.collect()
    assert read == 1


def test_arrow_tables(shell: Shell) -> None:
    table = pa.table({"n": [1, None], "name": ["a", "b"], "secret": ["s", "s"]})
    assert shell.line(table) == (
        "pyarrow Table, 2 rows × 3 columns: n int64, name string, secret string"
    )
    assert shell.lines(table)[1:] == [
        "n: int64, 1 missing; 1, None",
        "name: string, 0 missing; 'a', 'b'",
        "secret: string, 0 missing",
    ]
    assert shell.line(table["n"], "n") == "pyarrow ChunkedArray of int64, 2 values: 1, None"


def test_a_duckdb_relation_is_not_executed(shell: Shell) -> None:
    runs: list[int] = []

    def counted(value: int) -> int:
        runs.append(value)
        return value

    with duckdb.connect() as connection:
        connection.create_function("counted", counted, ["BIGINT"], "BIGINT", side_effects=True)
        relation = connection.sql("SELECT counted(range) AS n, 'x' AS s FROM range(3)")
        assert shell.line(relation) == (
            "duckdb relation, not executed, 2 columns: n BIGINT, s VARCHAR"
        )
        shell.lines(relation)
        assert runs == []
        assert len(relation.fetchall()) == 3
        assert sorted(runs) == [0, 1, 2]


def test_sqlalchemy_shows_no_password_and_fetches_nothing(shell: Shell) -> None:
    url = sa.URL.create("sqlite", "me", "hunter2", "host", 99, None, {"password": "hunter2"})
    engine = sa.create_engine("sqlite://")
    table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer), sa.Column("b", sa.String(9)))
    assert shell.line(table, "table") == "SQLAlchemy Table t, 2 columns: a INTEGER, b VARCHAR(9)"
    with engine.connect() as connection:
        result = connection.execute(sa.text("SELECT 1 AS n, 'p' AS password UNION SELECT 2, 'q'"))
        assert shell.line(result) == "SQLAlchemy CursorResult, not fetched, columns: n, password"
        shell.lines(result)
        rows = result.fetchall()
        assert len(rows) == 2
        assert shell.line(rows[0], "row").startswith("SQLAlchemy Row: n=1, password=(not shown")
        assert shell.line(rows[:1], "rows").startswith("list, 1 item: [(n=1, password=(not sh")
        assert shell.line(engine, "engine") == "SQLAlchemy Engine, sqlite:///"
        engine.url = url
        assert shell.line(engine, "hidden") == "SQLAlchemy Engine, sqlite://me@host:99/"
    engine.dispose()
