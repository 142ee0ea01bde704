import json
from typing import Any

import pytest

from k2_jupyter.adapters.report.charts import chart


def read(**content: Any) -> dict[str, Any]:
    made = chart({"data": [{"y": [1]}], **content})
    found: dict[str, Any] = json.loads(made)
    return found


def test_traces_and_layout_get_through_as_data() -> None:
    data = [{"type": "violin", "y": {"dtype": "f8", "bdata": "AAAA"}, "name": "a < b <b>c</b>"}]
    layout = {"title": {"text": "T"}, "xaxis": {"type": "log"}, "height": 300}

    assert read(data=data, layout=layout) == {"data": data, "layout": layout}


@pytest.mark.parametrize(
    "content",
    [
        None,
        "text",
        [],
        {},
        {"data": []},
        {"data": "text"},
        {"data": [None]},
        {"data": [{"type": ["bar"]}]},
        {"data": [{"type": "scatter3d"}]},
        {"data": [{"type": "bar"}, {"type": "sankey"}]},
        {"data": [{}], "layout": []},
        {"data": [{"type": "scattergl", "x": list(range(20_001))}]},
        {"data": [{"y": "x" * 9_000_000}]},
    ],
)
def test_what_the_library_cannot_draw_is_left_to_others(content: Any) -> None:
    assert chart(content) == ""


def test_a_fast_trace_of_few_points_is_drawn_as_an_ordinary_one() -> None:
    assert read(data=[{"type": "scattergl", "x": [1]}])["data"] == [{"type": "scatter", "x": [1]}]


def test_what_would_load_or_control_something_is_left_out() -> None:
    picture = "data:image/png;base64,AAAA"
    data = [
        {"type": "image", "source": picture, "zsrc": "http://h"},
        {"type": "image", "source": "http://h"},
    ]
    layout = {
        "images": [{"source": picture}],
        "updatemenus": [1],
        "sliders": [1],
        "template": {"layout": {"images": [{"source": "http://h"}], "__proto__": {"x": 1}}},
    }

    assert read(data=data, layout=layout, config={"x": 1}, frames=[1]) == {
        "data": [{"type": "image", "source": picture}, {"type": "image"}],
        "layout": {"template": {"layout": {}}},
    }


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("<b onclick='x'>bold</b><br/>", "<b>bold</b><br>"),
        ("<a href='https://h/a' style='fill:url(x)'>l</a>", '<a href="https://h/a">l</a>'),
        ("<a href='javascript:x'>l</a>", "<a>l</a>"),
        ("<span style='fill:url(http://h)'>s</span>", "\u200bs\u200b"),
        ("<<x>a href='javascript:x'>l", "<\u200ba href='javascript:x'>l"),
    ],
)
def test_texts_keep_plain_formatting_only(text: str, shown: str) -> None:
    assert read(layout={"title": text})["layout"]["title"] == shown


def test_the_data_block_cannot_be_left() -> None:
    made = chart({"data": [{"y": [1], "name": "</script><!--<script>"}]})

    assert "<" not in made


def test_numbers_that_are_none_and_deep_nesting_do_no_harm() -> None:
    deep: Any = []
    for _ in range(500):
        deep = [deep]

    found = read(data=[{"y": [1, float("nan")]}], layout={"meta": deep})

    assert found["data"] == [{"y": [1, None], "type": "scatter"}]
