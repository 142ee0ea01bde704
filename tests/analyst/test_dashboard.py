"""The dashboard in a real browser: filters redraw it, and nothing leaves the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.analyst.conftest import Analyse

pytestmark = pytest.mark.browser

QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-background-networking "
    "--disable-component-update --disable-sync"
)
SCRIPT = "</script><img src=x onerror=document.title='run'>"
TASK = "Compare the price by region and season over the years, with a dashboard"


def prices() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"price": rng.lognormal(3, 0.5, 600), "year": rng.integers(2019, 2023, 600)}
    )
    frame["region"] = rng.choice(["north", 'the "south"', SCRIPT], 600)
    frame["season"] = rng.choice(["wet", "dry"], 600)
    rare = pd.DataFrame({"price": [10.0, 20, 20, 30], "year": 2020, "region": "rare"})
    rare["season"] = ["wet", "dry", "wet", "dry"]
    return pd.concat([rare, frame.iloc[4:]], ignore_index=True)


@pytest.fixture(scope="module")
def dashboard(analyse: Analyse) -> str:
    """Address of a dashboard on disk."""
    analysis = analyse(TASK, prices())
    assert analysis.finished.reason == "done"
    return f"file://{analysis.folder}/dashboard.html"


@pytest.fixture(scope="module")
def browser(dashboard: str) -> Iterator[Browser]:
    """Starts when the kernel has done its work: playwright holds the thread's event loop."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET.split())


@pytest.fixture
def page(browser: Browser, dashboard: str) -> Iterator[Page]:
    """The dashboard; nothing is said on the console, and nothing else is asked for."""
    page = browser.new_page()
    log: list[str] = []
    page.on("console", lambda message: log.append(message.text))
    page.on("pageerror", lambda error: log.append(str(error)))
    page.on("request", lambda request: log.append(request.url))
    page.goto(dashboard)
    page.wait_for_selector("svg .mark-area path")
    yield page
    assert log == [dashboard]
    assert page.title().startswith("price by region")
    page.close()


def marks(page: Page, kind: str) -> list[str | None]:
    return [mark.get_attribute("d") for mark in page.query_selector_all(f"svg .{kind} path")]


def test_each_filter_redraws_violins_bars_and_headline(page: Page) -> None:
    assert figures(page)[0] == "600"
    labels = page.locator(".vega-bind label span, .vega-bind .vega-bind-name").all_inner_texts()
    assert labels == ["region", "season", "year"]
    for position, value in enumerate(("north", "wet", "2020")):
        shapes, bars, headline = marks(page, "mark-area"), marks(page, "mark-rect"), figures(page)
        chooser = page.locator("select").nth(position)
        chooser.select_option(value)
        page.wait_for_function(
            "before => document.querySelector('svg .mark-area path').getAttribute('d') != before",
            arg=shapes[0],
        )
        assert marks(page, "mark-area") != shapes
        assert marks(page, "mark-rect") != bars
        assert figures(page)[:2] != headline[:2]
    assert page.locator(".mark-rect path[opacity='0.12']").count() == 1  # the year, in the trend


def test_headline_figures_are_those_of_the_chosen_rows(page: Page) -> None:
    frame = prices()
    page.locator("select").nth(1).select_option("wet")
    part = frame[frame["season"] == "wet"]
    means = part[part["region"] != "rare"].groupby("region")["price"].mean()

    assert figures(page) == [
        str(len(part)),
        f"{part['price'].mean():.3g}",
        means.idxmax(),
        f"{means.max() - means.min():.3g}",
    ]


def test_few_rows_get_neither_violin_nor_interval_and_none_are_not_offered(page: Page) -> None:
    regions = page.locator("select").first
    regions.select_option("rare")

    assert figures(page) == ["4", "20", "–", "–"]
    page.wait_for_selector("svg .mark-area path", state="detached")
    assert page.locator("svg .mark-text text", has_text="n = 4").count() == 1
    disabled = "lists => lists.map(list => [...list.options].filter(o => o.disabled).length)"
    assert page.locator("select").evaluate_all(disabled) == [0, 0, 3]
    regions.select_option("All")
    assert page.locator("select").evaluate_all(disabled) == [0, 0, 0]


def figures(page: Page) -> list[str]:
    return page.locator(".figures dd").all_inner_texts()


@pytest.mark.parametrize(("width", "columns"), [(390, 1), (1024, 2), (1366, 3), (1920, 3)])
def test_it_fills_a_phone_a_laptop_and_a_projector(width: int, columns: int, page: Page) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_function(
        """columns => {
            const titles = [...document.querySelectorAll("svg .mark-text.role-title-text text")];
            const places = ["Distribution", "Mean price", "Mean price over"].map(words =>
                titles.find(one => one.textContent.startsWith(words)));
            if (places.includes(undefined)) return false;
            const left = places.map(one => one.getBoundingClientRect().x).sort((a, b) => a - b);
            return left.filter((x, at) => at == 0 || x > left[at - 1] + 100).length == columns;
        }""",
        arg=columns,
    )

    drawing = page.locator("#vis svg").bounding_box()
    assert drawing is not None
    assert 0.85 * width < drawing["width"] < width
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_choice_outlives_the_other_layout(page: Page) -> None:
    page.locator("select").first.select_option("north")
    page.evaluate("document.querySelector('#vis svg').id = 'old'")
    page.set_viewport_size({"width": 390, "height": 900})
    page.wait_for_selector("#old", state="detached")
    page.wait_for_function("document.querySelector('select')?.value == 'north'")
    page.wait_for_function("document.querySelector('.figures dd').textContent != '600'")


def test_a_click_on_a_bar_highlights_its_group(page: Page) -> None:
    bar = page.locator("svg .mark-rect path").first.bounding_box()
    assert bar is not None
    page.mouse.click(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] - 5)

    page.wait_for_selector("svg .mark-area path[opacity='0.15']")
    assert page.locator("svg .mark-area path[opacity='0.9']").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1366])
def test_axe_finds_nothing(page: Page, scheme: Literal["light", "dark"], width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.locator("select").nth(2).select_option("2020")

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()


def test_texts_of_the_data_stay_texts(page: Page) -> None:
    assert SCRIPT[:20] in (page.text_content("svg") or "")
    assert page.locator("img").count() == 0


def test_the_tests_stand_in_a_table(page: Page) -> None:
    rows = page.locator("table tr")

    assert rows.nth(1).inner_text().startswith("ANOVA\tF(3, 596) = ")
    assert "region × season, HC3 errors" in page.inner_text("table")


@pytest.mark.parametrize(
    ("scheme", "background", "words"),
    [
        ("light", "rgb(255, 255, 255)", "rgb(31, 41, 55)"),
        ("dark", "rgb(21, 27, 38)", "rgb(229, 231, 235)"),
    ],
)
def test_it_is_as_light_or_dark_as_the_reader_wants(
    scheme: Literal["light", "dark"], background: str, words: str, page: Page
) -> None:
    page.emulate_media(color_scheme=scheme)

    style = "(element, name) => getComputedStyle(element)[name]"
    assert page.eval_on_selector("main", style, "backgroundColor") == background
    assert page.eval_on_selector("svg .mark-text text", style, "fill") == words
