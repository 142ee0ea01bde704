from __future__ import annotations

import itertools
import re
from typing import Any

from k2_jupyter.notebook.figures import describe, for_readers, parse
from tests.notebook.figures.records import axis, fault, figure, panel, series


def told(content: dict[str, Any], room: int = 1_500) -> str:
    record = parse(content)
    assert record is not None
    return describe(record, room)


YEARS: list[list[Any]] = [[2000 + n, n * n] for n in range(60)]


def test_a_bar_chart() -> None:
    bars = series(
        "bar",
        [["EN", 91_233.4, 90_000, 92_000], ['M"I', 195_264, 190_000, None]],
        columns=["category", "value", "low", "high"],
        facts=[["highest", 195_264, 'M"I'], ["lowest", 91_233.4, "EN"]],
    )
    pay = panel(
        bars,
        title="Mean salary",
        x=axis("level", "category", ticks=["EN", 'M"I']),
        y=axis("USD", limits=[0, 210_000]),
        legend={"title": "Level", "entries": ["EN"]},
    )
    crowded = fault("overlapping_tick_labels", what="x", count=18, of=24)
    assert told(figure(pay, faults=[crowded])) == (
        'title "Mean salary"\n'
        'x "level" categories "EN", "M\'I"; y "USD" 0 to 210000; legend "Level": "EN"\n'
        '- bar, 2 bars: highest 195264 at "M\'I", lowest 91233.4 at "EN"\n'
        '  category, value, low, high: "EN" 91233.4 90000 92000; "M\'I" 195264 190000 –\n'
        "faults:\n"
        "- x tick labels overlap (18 of 24): rotate them, make the figure wider or show fewer"
    )


def test_scales_and_missing_labels_are_said() -> None:
    text = told(figure(panel(x=axis("", "log", limits=[1, 1e6]), y=None)))
    assert "x (no label) 1 to 1000000 log scale; nothing is drawn" in text


def test_panels_are_numbered_and_shared_labels_said_once() -> None:
    panels = [panel(series(), title=f"level = {n}", x=axis("age"), y=axis("pay")) for n in range(3)]
    lines = told(figure(*panels, title="Pay"), room=300).splitlines()
    assert lines[:3] == ['title "Pay"', '3 axes; labels, where drawn: x "age", y "pay"', lines[2]]
    assert lines[2].startswith('axes 1 "level = 0"')


def test_all_is_told_where_there_is_room() -> None:
    text = told(figure(panel(series("line", YEARS))), room=5_000)
    assert "2000 0; 2001 1; 2002 4" in text
    assert "left out" not in text


def test_some_rows_of_a_line_show_its_whole_course() -> None:
    text = told(figure(panel(series("line", YEARS))), room=500)
    assert len(text) <= 500
    (rows,) = [line for line in text.splitlines() if line.startswith("  x, y")]
    years = [int(year) for year in re.findall(r"\b20\d\d\b", rows)]
    assert years[0] == 2000
    assert years[-1] == 2059
    assert max(b - a for a, b in itertools.pairwise(years)) <= 1 + 60 // len(years)
    assert f"({len(years)} of 60 rows)" in rows
    assert f"… left out: {60 - len(years)} rows of numbers; view_figure shows the rest" in text


def test_the_first_rows_of_bars_are_shown_in_whole() -> None:
    rows = [[f"category number {n}", n] for n in range(60)]
    text = told(figure(panel(series("bar", rows))), room=500)
    assert '"category number 0" 0; "category number 1" 1;' in text
    assert len(text) <= 500


def test_many_series_have_a_line_each_and_the_others_are_named() -> None:
    many = [series("line", YEARS, name=f"s{n}", facts=[["max", n, "2059"]]) for n in range(30)]
    text = told(figure(panel(*many)), room=1_000)
    assert len(text) <= 1_000
    shown = re.findall(r'- line "(s\d+)", 60 points: max (\d+) at 2059', text)
    assert all(name == f"s{value}" for name, value in shown)
    left = 30 - len(shown)
    assert len(shown) > 10
    assert f'left out: {left} series ("s{len(shown)}", ' in text


def test_twenty_panels_each_get_their_share() -> None:
    panels = [panel(series("line", YEARS), title=f"region {n}") for n in range(20)]
    text = told(figure(*panels))
    assert len(text) <= 1_500
    assert all(f'axes {n + 1} "region {n}"' in text for n in range(20))
    assert text.count("line, 60 points") == 20


def test_faults_are_always_told() -> None:
    names = ["n" * 120] * 12
    every = [fault(code, names=names) for code in ("clipped_text", "empty_axes")]
    text = told(figure(panel(series("line", YEARS)), faults=every), room=100)
    assert "text is cut off" in text
    assert "nothing is drawn here" in text
    assert "no faults found" not in text


def test_a_part_that_was_not_described_is_said() -> None:
    text = told(figure(panel(series(cut="too slow")), cut='out of "time"'))
    assert "not all described: \"out of 'time'\"" in text
    assert 'not all described: "too slow"' in text


def test_people_read_neither_faults_nor_tools() -> None:
    record = parse(figure(panel(*[series("line", YEARS)] * 30), faults=[fault("empty_axes")]))
    assert record is not None
    text = "\n".join(for_readers(record, 800))
    assert "fault" not in text
    assert "view_figure" not in text
    assert "Not said here: " in text


def test_neighbours_at_the_same_places_share_a_table() -> None:
    bars = [
        series("bar", [["w1", 1], ["w2", n]], name=name, columns=["category", "value"])
        for n, name in enumerate(("old", "new"), 5)
    ]
    other = series("bar", [["w3", 1], ["w4", 2]], name="late", columns=["category", "value"])
    lines = told(figure(panel(*bars, other), title="Pay")).splitlines()
    assert lines[1:] == [
        '- bar "old", 2 bars',
        '- bar "new", 2 bars',
        '  category, old, new: "w1" 1 1; "w2" 5 6',
        '- bar "late", 2 bars',
        '  category, value: "w3" 1; "w4" 2',
        "no faults found",
    ]


def test_rows_of_a_shared_table_are_counted_once() -> None:
    lines = [series("line", YEARS, name=name) for name in ("north", "south")]
    text = told(figure(panel(*lines), title="Pay"), room=400)
    shown = re.search(r"x, north, south \((\d+) of 60 rows\)", text)
    assert shown is not None, text
    assert f"left out: {60 - int(shown[1])} rows of numbers" in text


def test_a_fact_of_many_groups_is_named_once_and_each_group_quoted() -> None:
    facts = [["outlier values", "9, 12", "T"], ["outlier values", "13", "b"]]
    text = told(figure(panel(series("box", [], count=2, facts=facts))))
    assert '- box, 2 boxes: outlier values 9, 12 at "T"; 13 at "b"' in text
