"""Files that are large, or not as the briefing says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from k2_jupyter.analyst.conversation import DataFile
from k2_jupyter.analyst.loading import LARGE, read_source
from tests.analyst.conftest import Analyse

SHOP = pd.DataFrame({"price": np.arange(60.0) % 7, "region": list("abc") * 20})


def test_a_large_file_is_sampled_and_the_conclusion_says_so(analyse: Analyse) -> None:
    analysis = analyse("Compare the price by region", SHOP, facts={"bytes": LARGE + 1})

    assert analysis.finished.reason == "done"
    assert "chunksize" in "".join(analysis.code)
    assert "a random sample of 60 rows in the file" in analysis.printed
    assert any("random sample" in caveat for caveat in analysis.conclusion.caveats)


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
