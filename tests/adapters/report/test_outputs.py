from typing import Any

import pytest
from markupsafe import Markup
from nbformat.v4 import new_output

from k2_jupyter.adapters.report.outputs import Shown, show
from k2_jupyter.notebook.figures import RECORD_TYPE


def display(data: dict[str, Any], **metadata: Any) -> Any:
    return new_output("display_data", data=data, metadata=metadata)


def one(*outputs: Any) -> Shown:
    (shown,) = show(outputs, "the purpose")
    return shown


def test_neighbouring_prints_are_one() -> None:
    printed = [new_output("stream", name="stdout", text=text) for text in ("a\n", "b\n")]
    warning = new_output("stream", name="stderr", text="careful")

    shown = show([*printed, warning], "")

    assert [(output.kind, output.html) for output in shown] == [
        ("text", "a\nb"),
        ("stderr", "careful"),
    ]


def test_printed_text_is_what_a_terminal_would_show() -> None:
    text = "10 %\r100 %\n\x1b[31mred\x1b[0m <b>\x07\x1b]0;title\x07\u202e"

    html = one(new_output("stream", name="stdout", text=text)).html

    assert html.startswith('100 %\n<span class="ansi-red-fg">red</span> &lt;b&gt;\\x07')
    assert "\x1b" not in html
    assert "\u202e" not in html


def test_a_traceback_is_shown_as_an_error() -> None:
    output = new_output("error", ename="E", evalue="<v>", traceback=["\x1b[31mE\x1b[0m: <v>"])

    assert one(output).kind == "error"
    assert "&lt;v&gt;" in one(output).html


RECORD = {
    "version": 1,
    "axes": [
        {
            "title": "Pay <b>",
            "series": [{"kind": "bar", "count": 3, "facts": [["highest", 9.5, "EN"]]}],
        }
    ],
    "faults": [{"code": "missing_title", "axes": 0}],
}


def test_a_figure_is_embedded_with_its_size_and_its_own_description(picture: str) -> None:
    data = {"image/png": picture + "\n", RECORD_TYPE: RECORD}

    shown = one(display(data, **{"image/png": {"width": 320}}))

    assert shown.kind == "figure"
    assert shown.html == f"data:image/png;base64,{picture}"
    assert shown.alt == "Bar chart: Pay <b>; highest 9.5 at EN."
    assert shown.told == ('title "Pay <b>"', 'bar, 3 bars: highest 9.5 at "EN"')
    assert shown.width == 320


@pytest.mark.parametrize("record", [None, [], {"axes": 1}, {"version": 2, "axes": []}, {}])
def test_a_figure_without_a_usable_record_is_described_by_its_purpose(
    picture: str, record: Any
) -> None:
    shown = one(display({"image/png": picture, RECORD_TYPE: record}))

    assert (shown.alt, shown.told) == ("the purpose", ())


@pytest.mark.parametrize("content", ["not base64!", "AAAA", '"><script>x</script>'])
def test_what_is_no_picture_is_not_embedded(content: str) -> None:
    assert one(display({"image/png": content})).kind == "notice"


def test_an_svg_is_only_ever_an_image() -> None:
    shown = one(display({"image/svg+xml": "<svg onload='x()'/>", "text/plain": "svg"}))

    assert shown.kind == "figure"
    assert shown.html.startswith("data:image/svg+xml;base64,")


def test_a_table_is_shown_as_html() -> None:
    html = '<table class="dataframe mine" border="1"><tr><th>a</th></tr></table>'

    shown = one(display({"text/html": html, "text/plain": "   a"}))

    assert shown.kind == "html"
    assert "<th>a</th>" in shown.html


def test_html_with_nothing_left_gives_way_to_its_text() -> None:
    shown = one(display({"text/html": "<style>p {}</style>", "text/plain": "<plain>"}))

    assert (shown.kind, shown.html) == ("text", "&lt;plain&gt;")


@pytest.mark.parametrize(
    "data",
    [
        {"application/javascript": "alert(1)"},
        {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "Slider()"},
        {"text/html": "<div id='x'></div><script>draw()</script>"},
        {"application/vnd.unknown+json": {}, "text/plain": "long\n" * 500},
    ],
)
def test_interactive_outputs_are_named_where_they_stood(data: dict[str, Any]) -> None:
    shown = one(display(data))

    assert shown.kind == "notice"
    assert shown.html.startswith("Interactive output, not shown here.")
    assert ("Slider()" in shown.html) == ("Slider()" in str(data))
    assert not isinstance(shown.html, Markup)


def test_an_interactive_output_with_a_picture_is_that_picture(picture: str) -> None:
    data = {"application/vnd.plotly.v1+json": {}, "image/png": picture, "text/plain": "Figure"}

    assert one(display(data)).kind == "figure"


def test_markdown_and_formulas_are_shown() -> None:
    assert "<strong>bold</strong>" in one(display({"text/markdown": "**bold**"})).html
    assert "<math" in one(display({"text/latex": "$\\displaystyle a < b$"})).html
    assert one(display({"text/latex": "\\begin{tabular}a < b"})).html == (
        "<p>\\begin{tabular}a &lt; b</p>"
    )
