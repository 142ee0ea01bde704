from __future__ import annotations

import re

from k2_jupyter.notebook.figures import Choice, full_text, parse, unknown_part
from k2_jupyter.notebook.figures.record import FigureRecord
from tests.notebook.figures.records import axis, figure, panel, series


def record(panels: int = 2, lines: int = 3) -> FigureRecord:
    rows = [[n, n * n] for n in range(50)]
    one = panel(*[series("line", rows, name=f"s{n}") for n in range(lines)], x=axis("time"))
    found = parse(figure(*[one] * panels, title="Many"))
    assert found is not None
    return found


def test_everything_stands_there_a_row_a_line() -> None:
    text = full_text(record(1, 1), Choice())
    assert text.startswith('drawn by matplotlib\ntitle "Many"\nno faults found\n')
    assert 'x "time" 0 to 10 (ticks "0", "5")' in text
    assert text.endswith(
        '1. line "s0", 50 points\n  x, y\n' + "\n".join(f"  {n} {n * n}" for n in range(50))
    )


def test_pages_lead_to_each_other() -> None:
    page = full_text(record(), Choice(), room=1_000)
    assert len(page) < 1_100
    found = re.search(r"… \d+ more lines; go on with axes=1 series=(\d) from_row=(\d+)$", page)
    assert found is not None
    after = Choice(1, int(found[1]), int(found[2]))
    row = int(found[2]) - 1
    assert f"\n  {row} {row * row}" in full_text(record(), after)
    assert f"\n  {row - 1} " not in full_text(record(), after)


def test_parts_can_be_chosen() -> None:
    text = full_text(record(), Choice(axes=2, series=3))
    assert '3. line "s2"' in text
    assert '"s1"' not in text
    assert "title" not in text


def test_parts_that_are_not_there_are_named() -> None:
    assert unknown_part(record(), Choice(2, 3)) == ""
    assert unknown_part(record(), Choice(3)) == "There is no axes 3: the figure has 2."
    assert unknown_part(record(), Choice(1, 4)) == "There is no series 4: the axes has 3."
    assert unknown_part(record(), Choice(series=1)) == "Name the axes too: the figure has 2."
    assert unknown_part(record(1), Choice(series=1)) == ""
    assert "no series 1" in unknown_part(record(0), Choice(series=1))
