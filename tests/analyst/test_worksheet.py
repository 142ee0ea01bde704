"""How the analyst reacts to cells that fail."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from k2_jupyter.tools.claims import stated
from tests.analyst.conftest import Analyse
from tests.analyst.playing import Told, briefing, play, ran

TASK = "Compare the price by region"
FILE = briefing("shop.csv", columns=["price", "region"])
SHOP = pd.DataFrame({"price": [1.5, 2.25, 3.0, 4.75, 5.5, 9.0] * 5, "region": list("abc") * 10})


def failing(error: str, *, when: str, brief: str = FILE) -> Told:
    """A turn in which each new cell with `when` in its source fails."""

    def run(arguments: dict[str, Any]) -> str:
        source = arguments["source"]
        return ran(source, error=error if when in source else "")

    return play(TASK, brief, react={"run_cell": run, "edit_cell": run})


def test_a_missing_package_is_named_with_the_command_that_installs_it() -> None:
    told = failing("ModuleNotFoundError: No module named 'statsmodels'", when="import pandas")

    assert told.finish["outcome"] == "cannot"
    assert "`statsmodels` is not installed" in told.finish["conclusion"]
    assert "pip install 'k2-jupyter[demo]'" in told.finish["conclusion"]


@pytest.mark.parametrize(
    ("error", "option"),
    [
        ("UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe9", 'encoding="latin-1"'),
        ("ParserError: Error tokenizing data. C error: Expected 2 fields", 'on_bad_lines="skip"'),
    ],
)
def test_a_file_that_cannot_be_read_is_tried_once_more(error: str, option: str) -> None:
    told = failing(error, when="read_csv")

    (edit,) = told.of("edit_cell")
    assert option in edit["source"]
    assert edit["run"] is True
    assert told.finish["outcome"] == "cannot"


def test_a_reason_with_numbers_is_a_caveat_for_no_cell_shows_them() -> None:
    told = failing("FileNotFoundError: [Errno 2] No such file: 'shop 2024.csv'", when="read_csv")

    assert not stated(told.finish["conclusion"])
    assert "shop 2024.csv" in told.finish["caveats"][0]


def test_a_refused_cell_ends_with_the_reason() -> None:
    told = play(TASK, FILE, react={"run_cell": lambda _: "Refused: nobody is there to approve it."})

    assert told.finish["outcome"] == "cannot"
    assert "nobody is there to approve" in told.finish["conclusion"]


def test_a_dead_kernel_ends_the_analysis() -> None:
    died = "cell 3f2a91bc (hash 0123456789ab) · dead · 1.00 s · [ ]\nThe kernel was killed."
    told = play(TASK, FILE, react={"run_cell": lambda _: died})

    assert "The kernel was killed" in told.finish["conclusion"]


def test_the_options_of_the_briefing_are_used() -> None:
    brief = briefing("shop.tsv", format="tsv", encoding="cp1252", delimiter=";", columns=["a"])
    told = play(TASK, brief, react={"run_cell": lambda a: ran(a["source"])})

    read = next(a["source"] for a in told.of("run_cell") if "read_csv" in a["source"])
    assert 'pd.read_csv("shop.tsv", sep=";", encoding="cp1252"' in read


def test_another_delimiter_is_tried_where_one_column_came(analyse: Analyse) -> None:
    joined = pd.DataFrame({"price;region": [f"{p};{r}" for p, r in SHOP.to_numpy()]})

    analysis = analyse(TASK, joined)

    assert analysis.finished.reason == "done"
    assert 'sep=";"' in "".join(analysis.code)


def test_a_failing_figure_gives_way_to_a_plainer_one(analyse: Analyse) -> None:
    analysis = analyse(TASK, SHOP, spoil=("sns.violinplot", "sns.no_such_plot"))

    assert analysis.finished.reason == "done"
    assert "boxenplot" in "".join(analysis.code)
    assert "failed" not in analysis.plan.values()


def test_an_optional_step_that_fails_is_said_and_leaves_no_debris(analyse: Analyse) -> None:
    task = f"{TASK} and build a dashboard"
    analysis = analyse(task, SHOP, spoil=("import altair as alt", "import no_such_package as alt"))

    assert analysis.finished.reason == "done"
    assert analysis.plan["Build the interactive dashboard"] == "failed"
    assert any("no_such_package" in caveat for caveat in analysis.conclusion.caveats)
    assert "no_such_package" not in "".join(analysis.code)
    assert "dashboard.html" not in analysis.conclusion.text
