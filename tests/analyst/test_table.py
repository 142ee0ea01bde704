"""The profile, read back."""

from __future__ import annotations

import pytest

from k2_jupyter.analyst.reading import Observation
from k2_jupyter.analyst.table import Table, read_table


def profiled(*lines: str) -> Table:
    """A table whose columns were printed as these lines."""
    head = "9 rows, 1 columns\n0 rows repeat an earlier row exactly (0.0%)\n\n"
    table = read_table(Observation("c1", "", "ok", head + "\n".join(lines)))
    assert table is not None
    return table


@pytest.mark.parametrize(
    ("distinct", "span", "early"),
    [
        (12, "1970-01-01 to 1981-01-01", False),  # one date a year
        (40, "2001-01-01 to 2010-10-01", False),  # one a quarter
        (24, "2001-01-01 to 2002-12-01", False),  # one a month
        (900, "2001-01-01 to 2010-12-28", False),
        (900, "2001-01-01 to 2010-06-30", True),
        (500, "2001-01-01 to 2002-11-12", True),
    ],
)
def test_a_period_is_cut_off_where_its_next_dates_would_have_come(
    distinct: int, span: str, early: bool
) -> None:
    (column,) = profiled(f"  0  {distinct}  str  'day' | reads as dates: 100%, {span}").columns

    assert column.is_date
    assert column.ends_early is early
