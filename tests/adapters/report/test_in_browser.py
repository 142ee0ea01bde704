"""What a reader does with a report: look, sort, tab through, print; checked by axe-core."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from playwright.sync_api import Browser, Page

Rendered = Callable[..., str]
Open = Callable[..., Page]

PLOTLY = "application/vnd.plotly.v1+json"
TABLE = (
    "<table class='dataframe'><thead><tr><th></th><th>name</th><th>pay</th></tr></thead><tbody>"
    "<tr><th>0</th><td>b</td><td>1,200</td></tr><tr><th>1</th><td>a</td><td>NaN</td></tr>"
    "<tr><th>2</th><td>C</td><td>−90.5</td></tr><tr><th>3</th><td>d</td><td>900</td></tr>"
    "</tbody></table>"
)
CHART = {
    "data": [
        {"type": "violin", "y": [1, 2, 2, 3, 9], "name": "one"},
        {"type": "bar", "x": ["EN", "MI"], "y": [3, 4], "name": "two"},
    ],
    "layout": {"title": {"text": "Pay"}},
}


def cells(picture: str) -> list[Any]:
    """One of everything that a report shows."""

    def code(source: str, purpose: str, *outputs: Any) -> Any:
        metadata = {"k2": {"author": "agent", "purpose": purpose}}
        return new_code_cell(source, metadata=metadata, outputs=list(outputs))

    def display(kind: str, content: Any) -> Any:
        return new_output("display_data", data={kind: content})

    counted = code(
        "n = 3  # a comment\nprint(f'{n} rows')", "Count", new_output("stream", text="3")
    )
    conclusion = {
        "claims": [
            {"number": "324.35", "cell": counted.id, "label": "F", "found": True, "headline": "F"},
            {"number": "9.87", "cell": "", "label": "d", "found": False, "problem": "not there"},
        ]
    }
    return [
        new_markdown_cell("# Pay\n\nA [link](https://example.org), `code`, $\\frac{a}{b}$.\n\n> q"),
        new_markdown_cell("## Data\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n### A part\n\n1. one"),
        counted,
        code("table", "A table", display("text/html", TABLE)),
        new_markdown_cell("## Figures"),
        code("plot", "A picture", display("image/png", picture)),
        code("draw", "A chart", display(PLOTLY, CHART)),
        code("draw", "In the round", display(PLOTLY, {"data": [{"type": "scatter3d"}]})),
        new_markdown_cell("## Mistakes"),
        code("1/0", "A failure", new_output("error", ename="E", evalue="e", traceback=["E: e"])),
        code("warn", "A warning", new_output("stream", name="stderr", text="careful")),
        new_markdown_cell(
            "## Conclusion\n\n**F is 324.35**, d is 9.87.\n\n### Caveats\n\n- one",
            metadata={"k2": {"role": "conclusion", "conclusion": conclusion}},
        ),
    ]


METADATA = {
    "k2": {
        "task": "Compare the groups.",
        "model": "offline analyst (rule-based)",
        "ended": "2026-02-03T10:05:00+00:00",
        "packages": {"python": "3.11.2", "pandas": "2.2.3"},
        "verification": {"cells": 2, "ran": 2, "differences": [{"number": 1, "what": "x"}]},
    }
}


@pytest.fixture
def opened(report: Rendered, browser: Browser, tmp_path: Path, picture: str) -> Iterator[Open]:
    """``opened(cells=…, width=…, scheme=…)`` shows a report; nothing may go wrong in it."""
    pages: list[Page] = []
    problems: list[str] = []

    def show(shown: list[Any] | None = None, *, width: int = 1280, scheme: Any = "light") -> Page:
        report(shown or cells(picture), METADATA)
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        pages.append(page)
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda problem: problems.append(str(problem)))
        page.goto((tmp_path / "page.html").as_uri())
        return page

    yield show
    for page in pages:
        page.close()
    assert problems == []


def draw_all(page: Page) -> None:
    for when in ("beforeprint", "afterprint"):
        page.evaluate("when => { dispatchEvent(new Event(when)) }", when)
    page.locator("figure.drawn .main-svg").first.wait_for()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened: Open, width: int, scheme: str) -> None:
    page = opened(width=width, scheme=scheme)
    draw_all(page)
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("details.source[open] .highlight .n").count() > 0


CLEAR = ".chart .main-svg[style*='rgba(0, 0, 0, 0)']"
PAPER = """() => {
    const chart = document.querySelector(".chart");
    const title = chart.querySelector(".gtitle, .g-gtitle text");
    return {
        paper: chart.querySelector(".main-svg").style.background,
        title: getComputedStyle(title).fill,
        violins: chart.querySelectorAll(".violins path").length,
        bars: chart.querySelectorAll(".bars path").length,
    };
}"""


@pytest.mark.browser
def test_charts_follow_the_reader_from_light_to_dark_and_onto_paper(opened: Open) -> None:
    page = opened(scheme="light")
    draw_all(page)
    light = page.evaluate(PAPER)
    page.locator(".legendtoggle").nth(1).click()
    page.locator(".chart .bars path").first.wait_for(state="detached")

    page.emulate_media(color_scheme="dark")
    page.locator(CLEAR).first.wait_for()
    dark = page.evaluate(PAPER)
    found = Axe().run(page)

    assert light["paper"] == "rgb(255, 255, 255)"
    assert dark["title"] == "rgb(223, 226, 229)"
    assert (light["bars"], dark["bars"]) == (2, 0)  # what the reader hid stays hidden
    assert found.violations_count == 0, found.generate_report()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(PAPER)["paper"] == "rgb(255, 255, 255)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.locator(CLEAR).first.wait_for()


@pytest.mark.browser
@pytest.mark.parametrize(
    "chart",
    [
        {"data": [{"y": [1, 2], "line": {"color": "black"}}], "layout": {}},
        {"data": [{"y": [1, 2]}], "layout": {"paper_bgcolor": "#ffe", "font": {"color": "#222"}}},
        {"data": [{"y": [1, 2]}], "layout": {"title": {"text": "a", "font": {"color": "#555"}}}},
    ],
    ids=["a black line", "paper of its own", "a grey title"],
)
def test_a_chart_that_would_be_lost_in_the_dark_stays_on_light_paper(
    opened: Open, chart: Any
) -> None:
    output = new_output("display_data", data={PLOTLY: chart})

    page = opened([new_code_cell("c", outputs=[output])], scheme="dark")
    draw_all(page)

    assert page.locator(".chart.light").count() == 1
    assert "0.85" in page.locator(".chart").evaluate("one => getComputedStyle(one).filter")


@pytest.mark.browser
def test_tables_sort_by_click_and_by_keyboard(opened: Open) -> None:
    page = opened()
    column = "table.dataframe tbody tr td:nth-child({})"

    page.get_by_role("button", name="name").click()
    assert page.locator(column.format(2)).all_inner_texts() == ["a", "b", "C", "d"]

    pay = page.get_by_role("button", name="pay")
    pay.focus()
    page.keyboard.press("Enter")
    assert page.locator(column.format(3)).all_inner_texts() == ["−90.5", "900", "1,200", "NaN"]
    page.keyboard.press("Space")
    assert page.locator(column.format(3)).all_inner_texts() == ["1,200", "900", "−90.5", "NaN"]
    assert page.get_by_role("columnheader", name="pay").get_attribute("aria-sort") == "descending"
    assert page.get_by_role("columnheader", name="name").get_attribute("aria-sort") is None


@pytest.mark.browser
def test_numbers_stand_to_the_right_and_texts_to_the_left(opened: Open) -> None:
    page = opened()
    align = "all => all.map(one => getComputedStyle(one).textAlign)"

    row = page.locator("table.dataframe tbody tr:first-child > *").evaluate_all(align)
    heads = page.locator("table.dataframe thead tr > *").evaluate_all(align)

    assert row == ["left", "left", "right"]
    assert heads[1:] == ["left", "right"]


def wide_table(columns: int) -> str:
    names = "".join(f"<th>a_rather_long_name_{n}</th>" for n in range(columns))
    values = "<td>123456.789</td>" * columns
    rows = f"<tr><th>0</th>{values}</tr>" * 3
    return f"<table class='dataframe'><thead><tr><th></th>{names}</tr></thead>{rows}</table>"


@pytest.mark.browser
@pytest.mark.parametrize("columns", [4, 11, 24])
def test_a_wide_table_fits_on_paper_and_breaks_no_word(opened: Open, columns: int) -> None:
    output = new_output("display_data", data={"text/html": wide_table(columns)})
    page = opened([new_code_cell("t", outputs=[output])], width=680)  # A4 without its margins

    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")

    table = page.locator("main table")
    assert table.evaluate("one => one.offsetWidth") <= 681
    lines = (
        table.locator("th")
        .nth(1)
        .evaluate(
            """head => {
            const range = document.createRange();
            const tops = word => {
                range.setStart(...word.slice(0, 2)); range.setEnd(word[0], word[2]);
                return new Set([...range.getClientRects()].map(one => Math.round(one.top))).size;
            };
            const texts = [...head.querySelector("button").childNodes].filter(n => n.nodeType == 3);
            return texts.map(text => tops([text, 0, text.length]));
        }"""
        )
    )
    assert lines == [1] * 5


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_wide_tables_scroll_in_their_box_by_key(opened: Open, scheme: str) -> None:
    columns = " | ".join(f"a column {n}" for n in range(25))
    markdown = f"| {columns} |\n|{'---|' * 25}\n| {columns} |\n"
    output = new_output("display_data", data={"text/html": wide_table(20)})
    page = opened(
        [new_markdown_cell(markdown), new_code_cell("t", outputs=[output])],
        width=390,
        scheme=scheme,
    )

    assert page.evaluate("document.documentElement.scrollWidth") == 390
    for box in page.locator(".scroll:has(table)").all():
        box.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("() => document.activeElement.scrollLeft > 0")
    assert page.locator(".scroll:has(table)").count() == 2


@pytest.mark.browser
def test_charts_are_drawn_when_they_come_near_and_react(opened: Open) -> None:
    long = [new_output("stream", text="line\n" * 40)]
    page = opened([*(new_code_cell("x", outputs=long) for _ in range(12)), *cells("")])
    assert page.locator("figure.drawn").count() == 0

    page.locator(".chart").scroll_into_view_if_needed()
    page.locator("figure.drawn .violins path").first.wait_for()

    assert page.locator(".undrawn").is_hidden()
    assert page.locator(".chart .bars path").count() == 2
    page.locator(".legendtoggle").nth(1).click()
    page.locator(".chart .bars path").first.wait_for(state="detached")


@pytest.mark.browser
def test_what_is_printed_has_its_charts_and_no_contents(opened: Open) -> None:
    page = opened()

    assert page.pdf(format="A4").startswith(b"%PDF")
    page.emulate_media(media="print")

    assert page.locator("figure.drawn").count() == 1
    assert page.locator("nav.contents").is_hidden()
    assert page.locator("h2", has_text="Figures").is_visible()


@pytest.mark.browser
def test_the_contents_and_the_numbers_lead_to_their_places(opened: Open) -> None:
    page = opened()

    entries = page.get_by_role("navigation").get_by_role("link")
    assert entries.all_inner_texts() == ["Data", "A part", "Figures", "Mistakes"]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.get_by_role("link", name="Figures").click()
    assert page.locator("h2:target").inner_text() == "Figures"
    page.locator(".summary a.claim", has_text="324.35").click()
    assert page.locator("section:target").get_attribute("aria-label") == "Count"


@pytest.mark.browser
def test_a_chart_that_is_not_drawn_is_described(
    report: Rendered, browser: Browser, tmp_path: Path
) -> None:
    report([new_code_cell("c", outputs=[new_output("display_data", data={PLOTLY: CHART})])])
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    page.goto((tmp_path / "page.html").as_uri())

    assert page.locator(".undrawn").is_visible()
    assert "Pay" in page.locator(".undrawn").inner_text()
    context.close()
