"""Triage over two corpora: what must pass, and what must ask.

A cell stands under its title; in the risky file the title begins with the kind expected.
Where the cells before it matter they stand above it, and ask nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from k2_jupyter.adapters.ipython_source import transform
from k2_jupyter.tools.triage import Risk, Triage


def fresh() -> Triage:
    return Triage(transform, protected=["./input.csv"], private=["/var/lib/k2"])


MISSED = {
    "code: user's own attribute": "what an object of an earlier cell does can't be seen",
    "code: local module": "a module in the working folder is code that the user has",
}
"""Risky cells that triage does not see, and why that is accepted."""


def cells(name: str) -> Iterator[tuple[str, str]]:
    text = (Path(__file__).parent / name).read_text("utf-8")
    for part in text.split("# --- ")[1:]:
        title, _, source = part.partition("\n")
        yield title, source.rstrip("\n")


PLAIN = dict(cells("triage_plain.txt"))
RISKY = dict(cells("triage_risky.txt"))


def triage(cell: str) -> tuple[Risk, ...]:
    """What the last of a corpus cell's sources asks, in a turn of its own."""
    asks = fresh()
    *before, source = cell.split("\n# next cell\n")
    for earlier in before:
        assert asks(earlier) == ()
    return asks(source)


def kinds(cell: str) -> set[str]:
    return {risk.kind for risk in triage(cell)}


@pytest.mark.parametrize("title", PLAIN)
def test_plain_cells_run_without_asking(title: str) -> None:
    assert triage(PLAIN[title]) == ()


def test_plain_cells_run_without_asking_in_one_turn() -> None:
    asks = fresh()
    sources = [source for cell in PLAIN.values() for source in cell.split("\n# next cell\n")]
    assert [risk for source in sources * 2 for risk in asks(source)] == []


@pytest.mark.parametrize("title", [title for title in RISKY if title not in MISSED])
def test_risky_cells_ask_for_the_right_reason(title: str) -> None:
    assert title.partition(":")[0] in kinds(RISKY[title])


@pytest.mark.parametrize("title", MISSED)
def test_every_miss_is_known(title: str) -> None:
    assert triage(RISKY[title]) == ()


def test_the_corpora_are_large_and_the_misses_few() -> None:
    assert len(PLAIN) >= 60
    assert len(RISKY) >= 70
    assert len(MISSED) <= 0.05 * len(RISKY)


def test_a_risk_names_the_line_and_what_was_seen() -> None:
    source = "import pandas as pd\n\nimport os\nos.system('id')\n"
    assert triage(source) == (Risk("shell", "starts a process (`os.system`)", 4),)


def test_lines_of_a_magics_body_are_counted_from_the_cells_start() -> None:
    (risk,) = triage("%%time\nx = 1\neval('x')")
    assert (risk.kind, risk.line) == ("code", 3)


def test_the_same_reason_is_given_for_every_line_and_once_a_line() -> None:
    source = "import os\nos.remove('a')\nos.remove('b'); os.remove('c')"
    assert [(risk.kind, risk.line) for risk in triage(source)] == [("delete", 2), ("delete", 3)]


def test_of_many_reasons_the_rest_is_counted_and_no_kind_gets_lost() -> None:
    risks = triage("!ls\n" * 25 + "eval('1')\n" + "!ls\n" * 3)
    assert len(risks) == 22
    assert risks[20].reason.endswith("7 more of this kind, to line 29")
    assert (risks[21].kind, risks[21].line) == ("code", 26)


def test_source_that_is_too_long_asks() -> None:
    assert kinds("x = 1\n" * 40_000) == {"unparsable"}


@pytest.mark.parametrize(
    "source",
    ["(" * 5_000 + ")" * 5_000, "x = 1\0", "-" * 100_000 + "1", "x" + ".a" * 90_000],
    ids=["brackets", "null byte", "minus signs", "attributes"],
)
def test_source_that_breaks_the_parser_asks(source: str) -> None:
    assert "unparsable" in kinds(source)


def test_names_that_multiply_end_in_a_question_not_in_a_hang() -> None:
    wide = "\n".join(f"a{n + 1} = f'{f'{{a{n}}}' * 100}'" for n in range(9))
    assert kinds(f"a0 = 'x'\n{wide}\nopen(a9, 'w')") == {"unparsable", "write"}


def test_the_reason_tells_the_model_how_to_write_the_path() -> None:
    (risk,) = triage("df.to_csv(f'{name}.csv')")
    assert risk.kind == "write"
    assert "begin it with a text" in risk.reason


def test_a_cell_of_sixty_lines_costs_little() -> None:
    asks = fresh()
    source = "\n".join(
        f"df{n} = pd.read_csv('a{n}.csv').groupby('x').agg(a=('b', 'mean'))" for n in range(60)
    )
    asks(source)
    start = time.process_time()
    for _ in range(10):
        asks(source)
    assert (time.process_time() - start) / 10 < 0.1  # a guard; the target is 2 ms


@pytest.mark.parametrize("part", ["read_", "from [", "to '", "to  ", ";install ", "  "])
def test_long_sql_is_read_in_linear_time(part: str) -> None:
    source = f"con.execute({part * 20_000!r})"
    start = time.process_time()
    fresh()(source)
    assert time.process_time() - start < 5  # a guard; quadratic matching takes a minute


def test_valid_python_is_what_ipython_runs() -> None:
    # Triage skips IPython's transformation where the source is Python already.
    for title, source in PLAIN.items():
        if not source.startswith("%") and "\n%" not in source and not source.endswith("?"):
            assert transform(source) == source + "\n", title
