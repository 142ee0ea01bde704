"""Files that are large, or not as the briefing says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from k2_jupyter.analyst.conversation import DataFile, read_turn
from k2_jupyter.analyst.loading import LARGE, read_source
from k2_jupyter.analyst.source import cell
from k2_jupyter.messages import UserMessage
from tests.analyst.conftest import Analyse

SHOP = pd.DataFrame({"price": np.arange(60.0) % 7, "region": list("abc") * 20})


@pytest.mark.usefixtures("undrawn")
def test_a_large_file_is_sampled_and_the_conclusion_says_so(analyse: Analyse) -> None:
    analysis = analyse("Compare the price by region", SHOP, facts={"bytes": LARGE + 1})

    assert analysis.finished.reason == "done"
    assert "chunksize" in "".join(analysis.code)
    assert "a random sample of 60 rows in the file" in analysis.printed
    assert any("random sample" in caveat for caveat in analysis.conclusion.caveats)


@pytest.mark.usefixtures("undrawn")
def test_of_a_wide_file_the_columns_that_the_task_names_are_profiled(analyse: Analyse) -> None:
    rng = np.random.default_rng(0)
    wide = pd.DataFrame(rng.normal(0, 1, (40, 90)), columns=[f"gene {i}" for i in range(90)])
    wide["tissue"] = ["liver", "brain"] * 20

    analysis = analyse("Compare gene 77 between the tissues", wide)

    assert "mean of `gene 77`" in analysis.conclusion.text
    assert [claim for claim in analysis.conclusion.claims if not claim.found] == []


@pytest.mark.parametrize(
    ("format_", "start"),
    [
        ("csv", "df = pd.read_csv(\"a 'b'.x\""),
        ("tsv", 'df = pd.read_csv("a \'b\'.x", sep="\\t"'),
        ("parquet", "df = pd.read_parquet(\"a 'b'.x\")"),
        ("excel", "df = pd.read_excel(\"a 'b'.x\")"),
        ("jsonl", "df = pd.read_json(\"a 'b'.x\", lines=True)"),
    ],
)
def test_each_format_has_its_reader(format_: str, start: str) -> None:
    assert read_source(DataFile("a 'b'.x", format_)).startswith(start)


def run(source: str, **names: object) -> dict[str, object]:
    """The names that the code of a cell leaves."""
    space = {"pd": pd, "np": np, **names}
    exec(source, space)  # noqa: S102 - the code of a cell, as a kernel would run it
    return space


def test_nested_objects_become_columns(tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    path.write_text(json.dumps([{"user": {"age": 30 + i}, "tags": ["a"], "x": i} for i in (1, 2)]))

    df = run(read_source(DataFile(str(path), "json", columns=("user", "tags", "x"))))["df"]

    assert isinstance(df, pd.DataFrame)
    assert df.to_dict("list") == {"tags": ["['a']"] * 2, "x": [1, 2], "user.age": [31, 32]}


def test_a_sheet_with_a_title_begins_at_its_header(tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    rows = [["Report 2024", None], [None, None], ["branch", "profit"], ["Rome", 5], ["Oslo", 7]]
    pd.DataFrame(rows).to_excel(path, header=False, index=False)

    df = run(read_source(DataFile(str(path), "excel", columns=("Report 2024", ""))))["df"]

    assert isinstance(df, pd.DataFrame)
    assert df.to_dict("list") == {"branch": ["Rome", "Oslo"], "profit": [5, 7]}


def test_line_breaks_leave_the_names(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text('"reaction\ntime (ms)",x\n1,2\n')

    df = run(read_source(DataFile(str(path), "csv", columns=("reaction\ntime (ms)", "x"))))["df"]

    assert isinstance(df, pd.DataFrame)
    assert list(df) == ["reaction time (ms)", "x"]


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["$1,250.50", "€ 3", "n/a"], [1250.5, 3.0, None]),
        (["12.5%", "7 %", "-1%"], [12.5, 7.0, -1.0]),
        (["1.250,5", "3,25", "-7"], [1250.5, 3.25, -7.0]),
        (["1,250", "12,000", "7"], [1250.0, 12000.0, 7.0]),
        (["1,5", "12,25", "0.5, 2"], [None, None, None]),
    ],
)
def test_numbers_in_text_are_read_as_people_write_them(
    texts: list[str], values: list[float | None]
) -> None:
    read = run(cell("define_reading") + "\nfound = to_numbers(pd.Series(texts))", texts=texts)

    assert isinstance(found := read["found"], pd.Series)
    assert [None if np.isnan(value) else value for value in found] == values


@pytest.mark.parametrize(
    ("texts", "second"),
    [
        (["2024-12-31", "2024-02-01"], "2024-02-01"),
        (["31.12.2024", "1.2.2024"], "2024-02-01"),
        (["12/31/2024", "2/1/2024"], "2024-02-01"),
        (["31/12/2024", "1/2/2024"], "2024-02-01"),
        (["2024-12-31T10:00:00+02:00", "2024-02-01T09:00:00Z"], "2024-02-01"),
    ],
)
def test_dates_in_text_are_read_in_the_way_that_fits(texts: list[str], second: str) -> None:
    read = run(cell("define_reading") + "\nfound = to_dates(pd.Series(texts))", texts=texts)

    assert isinstance(found := read["found"], pd.Series)
    assert f"{found.iloc[1]:%Y-%m-%d}" == second


def test_a_table_in_a_variable_is_used_as_it_is() -> None:
    line = {"variable": "sales", "kind": "DataFrame", "rows": 3, "columns": ["price", "region"]}
    text = f"Compare them\n\n<briefing>\nTables:\n{json.dumps(line)}\n</briefing>"
    (table,) = read_turn([UserMessage(text)]).asked[-1].files
    assert table == DataFile("sales", "variable", columns=("price", "region"))
    assert read_source(table).splitlines()[0] == "df = sales"
    assert read_source(DataFile("df", "variable")).startswith("print(")


def test_headers_with_line_breaks_leave_the_users_table_alone() -> None:
    mine = pd.DataFrame({"unit\nprice": [1.0]})
    source = read_source(DataFile("mine", "variable", columns=("unit\nprice",)))
    names = run(source, mine=mine)
    assert list(names["df"]) == ["unit price"]  # type: ignore[call-overload]
    assert list(mine) == ["unit\nprice"]


@pytest.mark.parametrize(
    ("name", "values", "dates"),
    [
        ("date", [20240131, 20240229], True),
        ("date", [20240131, None, 20240228.0], True),
        ("date", [20240131, 20240230], False),  # no such day
        ("id", [20240131, 20240229], False),  # too few to be sure without the name
        ("salary", [200101, 200205, 200307, 200410], False),
        ("month", [200101, 200205], True),
        ("day", [1, 2, 3, 31], False),
        ("day", [None, None], False),
        ("date", [17000101, 20240101], False),
    ],
)
def test_whole_numbers_are_dates_where_all_of_them_can_be(
    name: str, values: list[float | None], dates: bool
) -> None:
    space = run(cell("define_reading"))

    said = space["are_compact_dates"](pd.Series(values, name=name))  # type: ignore[operator]

    assert bool(said) is dates


@pytest.mark.parametrize(
    ("written", "first"),
    [
        ("2021M03", "2021-03-01"),
        ("2021-M3", "2021-03-01"),
        ("Q4 2021", "2021-10-01"),
        ("2021q2", "2021-04-01"),
        ("2021-W05", "2021-02-01"),
        ("2020-W53-4", "2020-12-28"),
        ("20210131", "2021-01-31"),
        ("March 2021", "2021-03-01"),
        ("Mar-21", "2021-03-01"),
        ("2021/03", "2021-03-01"),
        ("5 March 2021 10:30", "2021-03-05"),
        ("2021-13", None),
        ("M12", None),
        ("Q5 2021", None),
    ],
)
def test_months_quarters_and_weeks_are_their_first_day(written: str, first: str | None) -> None:
    to_dates = run(cell("define_reading"))["to_dates"]

    (date,) = to_dates(pd.Series([written]))  # type: ignore[operator]

    assert date is pd.NaT if first is None else date == pd.Timestamp(first)
