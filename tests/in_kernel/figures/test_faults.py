"""What follows from a record alone, at the borders between a fault and none."""

from __future__ import annotations

from typing import Any

import pytest

from k2_jupyter.in_kernel.figures import series
from k2_jupyter.in_kernel.figures.faults import data_faults

BLUE, ORANGE, RED, GREEN = "#1f77b4", "#ff7f0e", "#ff0000", "#008000"


def axis(label: str = "cost", scale: str = "linear", **more: Any) -> dict[str, Any]:
    return {"label": label, "scale": scale, "limits": [0, 10], "ticks": ["0", "10"], **more}


def axes(*drawn: dict[str, Any], **more: Any) -> dict[str, Any]:
    blank: dict[str, Any] = {
        "title": "A",
        "facet": "",
        "legend": None,
        "texts": [],
        "projection": "",
    }
    return {**blank, "x": axis("day"), "y": axis(), "series": list(drawn), **more}


def legend(*entries: str) -> dict[str, Any]:
    return {"title": "", "entries": list(entries)}


def line(name: str = "", color: str = BLUE, **more: Any) -> dict[str, Any]:
    return {**series.line([0, 5, 10], [1, 3, 2], name=name, color=color), **more}


def faults(*panels: dict[str, Any], title: str = "") -> list[tuple[Any, ...]]:
    record = {"version": 1, "library": "plotly", "title": title, "size": None, "axes": panels}
    return [
        tuple(fault[key] for key in ("code", "axes", "what", "count", "names") if key in fault)
        for fault in data_faults(record)
    ]


def test_a_plain_figure_has_none() -> None:
    assert faults(axes(line())) == []


def test_a_title_of_the_figure_or_of_one_panel_will_do() -> None:
    bare = axes(line(), title="")
    assert faults(bare) == [("missing_title", 0)]
    assert faults(bare, title="Costs") == []
    assert faults(bare, axes(line(), title="", facet="sex = F")) == []


def test_empty_is_what_shows_axes_and_nothing_else() -> None:
    assert faults(axes()) == [("empty_axes", 1)]
    assert faults(axes(line(count=0))) == [("empty_axes", 1)]
    assert faults(axes(texts=["no data for May"])) == []
    assert faults(axes(line()), axes(x=None, y=None)) == []


@pytest.mark.parametrize(
    ("unlabelled", "missing"),
    [
        (axis(""), True),
        (axis("", ticks=[]), False),
        (axis("", "date"), False),
        (axis("", "category", limits=None, ticks=["Germany", "France"]), False),
        (axis("", "category", limits=None, ticks=["A", "B"]), True),
        (None, False),
    ],
)
def test_a_label_is_missed_where_ticks_do_not_explain_themselves(
    unlabelled: dict[str, Any] | None, missing: bool
) -> None:
    assert bool(faults(axes(line(), x=unlabelled))) is missing


def test_a_panel_is_read_by_the_label_of_its_twin_range() -> None:
    upper, lower = axes(line(), x=axis("")), axes(line())
    assert faults(upper, lower) == []
    assert faults(axes(line(), x=axis("", limits=[0, 9])), lower) == [("missing_label", 1, "x")]


def test_pictures_need_no_labels_and_grids_of_numbers_do() -> None:
    bare = {"x": axis(""), "y": axis("")}
    assert faults(axes(series.image(9, 9), **bare)) == []
    cells = series.heat_map(["1", "2"], ["1", "2"], [[1, 2], [3, 4]])
    assert len(faults(axes(cells, **bare))) == 2
    names: dict[str, Any] = {"scale": "category", "limits": None, "ticks": ["x1", "x2"]}
    assert faults(axes(cells, x=axis("", **names), y=axis("", **names))) == []


def test_colors_that_are_named_nowhere() -> None:
    two = [line(), line(color=ORANGE)]
    assert faults(axes(*two)) == [("missing_legend", 1)]
    assert faults(axes(*two, legend=legend("a", "b"))) == []
    assert faults(axes(*two, texts=["north", "south"])) == []
    assert faults(axes(*two, texts=["colour bar: °C from 0 to 30"])) == []
    assert faults(axes(*two), axes(*two, legend=legend("a", "b"))) == []
    assert faults(axes(line(), line())) == []
    assert faults(axes(line(), series.scatter([1], [2], color=ORANGE))) == []


def test_a_color_a_category_needs_no_legend() -> None:
    boxes = [
        series.boxes([(name, 1, 2, 3, 4, 5, ())], color=color)
        for name, color in (("north", BLUE), ("south", ORANGE))
    ]
    assert faults(axes(*boxes)) == []
    boxes[1]["rows"][0][0] = "north"
    assert faults(axes(*boxes)) == [("missing_legend", 1)]


def test_colors_that_repeat() -> None:
    named = legend("a", "b")
    assert faults(axes(line("a"), line("b"), legend=named)) == [
        ("repeated_colors", 1, 2, ["a", "b"])
    ]
    assert faults(axes(line("a"), line("a"), legend=named)) == []
    assert faults(axes(line("a", style="solid"), line("b", style="dash"), legend=named)) == []


def test_colors_that_some_readers_confuse() -> None:
    named = legend("a", "b")
    assert faults(axes(line("a", RED), line("b", GREEN), legend=named)) == [
        ("confusable_colors", 1, 1, ["a / b"])
    ]
    assert faults(axes(line("a", RED), line("b", BLUE), legend=named)) == []


def test_neighbours_on_a_scale_from_light_to_dark_may_be_alike() -> None:
    shades = ["#08306b", "#123a75", "#1c4580", "#26508a"]
    ordered = [line(str(2000 + place), shade) for place, shade in enumerate(shades)]
    assert faults(axes(*ordered, legend=legend("2000", "2001"))) == []
    assert faults(axes(ordered[1], ordered[0], *ordered[2:], legend=legend("2000", "2001")))


@pytest.mark.parametrize(
    ("slices", "found"), [(8, []), (9, [("too_many_categories", 1, "pie", 9)])]
)
def test_slices_that_can_be_compared(slices: int, found: list[Any]) -> None:
    pie = series.pie([f"n{place}" for place in range(slices)], [1] * slices)
    assert faults(axes(pie, x=None, y=None)) == found


def test_names_that_fit_an_axis_and_a_legend() -> None:
    names = [f"name {place}" for place in range(40)]
    bars = series.bars(names, [1.0] * 40)
    words = axis("who", "category", limits=None, ticks=names[:12])
    assert faults(axes(bars, x=words)) == [("too_many_categories", 1, "x", 40)]
    assert faults(axes(bars, y=words)) == []  # under each other there is room
    assert faults(axes(line("a"), legend=legend(*names[:13]))) == [
        ("too_many_categories", 1, "legend", 13)
    ]


def test_points_by_their_number() -> None:
    cloud = series.scatter([1, 2, 3], [1, 3, 2])
    assert faults(axes({**cloud, "count": 5_000})) == []
    assert faults(axes({**cloud, "count": 5_001})) == [("overplotting", 1, 5_001)]


def growing(base: float) -> dict[str, Any]:
    return series.line(list(range(30)), [base**place for place in range(30)])


def test_a_log_scale_is_wanted_for_orders_of_magnitude() -> None:
    assert faults(axes(growing(1.6))) == [("log_scale_wanted", 1, "y")]
    assert faults(axes(growing(1.6), y=axis(scale="log"))) == []
    assert faults(axes(growing(1.1))) == []


def test_a_log_scale_does_not_help_against_one_far_point_or_signs() -> None:
    values = [5.0 + place / 10 for place in range(30)]
    far = series.scatter(list(range(31)), [*values, 9_000.0])
    assert faults(axes(far)) == []
    signed = series.line(list(range(30)), [1.6**place - 2 for place in range(30)])
    assert faults(axes(signed)) == []


def test_bars_begin_at_zero() -> None:
    bars = series.bars(["north", "south"], [95, 97])
    words = axis("who", "category", limits=None, ticks=["north", "south"])
    cut = axis(limits=[90, 100])
    assert faults(axes(bars, x=words, y=cut)) == [("bars_not_from_zero", 1, "y", ["90"])]
    assert faults(axes(bars, x=cut, y=words)) == [("bars_not_from_zero", 1, "x", ["90"])]
    assert faults(axes(bars, x=words, y=axis(limits=[100, 90])))
    assert faults(axes(bars, x=words, y=axis(limits=[-100, -90])))
    assert faults(axes(bars, x=words, y=axis(limits=[0, 100]))) == []
    assert faults(axes(bars, x=words, y=axis(scale="log", limits=[90, 100]))) == []
    assert faults(axes(series.bars(["north"], [5], bases=[90]), x=words, y=cut)) == []


def test_bars_at_numbers_are_upright_unless_only_lying_fits() -> None:
    bars = series.bars([1, 2, 3], [95, 97, 99])
    short, cut = axis("plot", limits=[0, 4]), axis(limits=[90, 100])
    assert faults(axes(bars, x=short, y=cut)) == [("bars_not_from_zero", 1, "y", ["90"])]
    assert faults(axes(bars, x=cut, y=short)) == [("bars_not_from_zero", 1, "x", ["90"])]


def test_a_panel_may_be_there_for_the_legend_of_the_others() -> None:
    drawn = axes(line(color=BLUE), line(color=ORANGE))
    only_legend = axes(x=None, y=None, legend=legend("train", "test"))
    assert faults(drawn, only_legend) == []
    assert faults(drawn, {**only_legend, "legend": legend("train")}) == [("missing_legend", 1)]
