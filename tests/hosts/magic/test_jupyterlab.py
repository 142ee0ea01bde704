"""`%%k2` in a real JupyterLab, without any extension of ours, in Chromium."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from k2_jupyter.messages import AssistantMessage, Reasoning
from tests.hosts.cli.played import PlayedModel
from tests.jupyterlab import Lab, Notebook, chromium, opened, serving_lab
from tests.loopback import serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

DATA = Path(__file__).parents[3] / "example_notebooks/data/ds_salaries_2020_2025.csv"
LOAD = "%load_ext k2_jupyter"
QUESTION = (
    "%%k2 --model offline\n"
    "Does the remote ratio affect salary_in_usd in df, and does it differ by experience level?"
)
LIVE, STATIC = ".k2-card.widget-vbox", "section.k2-card"
OF_US = ".k2-card, .k2-run, .k2-asked"
DARK = "JupyterLab Dark"
PAYLOADS = [
    "<script>{run}</script>",
    "<img src=x onerror={run}>",
    "<svg onload={run}>",
    "<svg><script>{run}</script></svg>",
    "<iframe srcdoc='<script>parent.{run}</script>'></iframe>",
    "<iframe src='javascript:parent.{run}'></iframe>",
    "<details open ontoggle={run}><summary>x</summary></details>",
    "<a href='javascript:{run}'>a link</a>",
    "[a link](javascript:{run})",
    "![x](javascript:{run})",
    "![x](http://sink.invalid/x.png)",
    "<img src='http://sink.invalid/y.png'>",
    "<style>@import 'http://sink.invalid/z.css';</style>",
    "<input autofocus onfocus={run}>",
    "<math><mtext><style><!--</style><img title='--&gt;&lt;img src=x onerror={run}&gt;'>",
    "</div></section></details><img src=x onerror={run}>",
    "'\"><img src=x onerror={run}>",
    "${{{run}}} {{{{ {run} }}}} {{% x %}}",
    "$\\href{{javascript:{run}}}{{x}}$",
    "<noscript><p title='</noscript><img src=x onerror={run}>'></noscript>",
    "<meta http-equiv=refresh content='0;url=http://sink.invalid/m'>",
    "\u202e<body onload={run}>",
]


def hostile() -> list[str]:
    return [payload.format(run="ran()") for payload in PAYLOADS]


class Tasks(PlayedModel):
    """Does what the first word of the task names."""

    def __call__(self, body: dict[str, Any]) -> AssistantMessage:
        asked = max(i for i, m in enumerate(body["messages"]) if m["role"] == "user")
        task = body["messages"][asked]["content"]
        self.number = sum(m["role"] == "tool" for m in body["messages"][asked:])
        steps: list[AssistantMessage] = getattr(self, task.split()[0])()
        return steps[self.number] if self.number < len(steps) else self.end("All is said.")

    def think(self) -> list[AssistantMessage]:
        """Three thoughts; each cell waits for a file."""
        return [
            self.thinking(f"thought {n}", self.run(f"wait {n}", _WAIT.format(n))) for n in range(3)
        ]

    def sleep(self) -> list[AssistantMessage]:
        return [self.run("sleep", "import time\nprint('sleeps', flush=True)\ntime.sleep(600)")]

    def widgets(self) -> list[AssistantMessage]:
        slider = "import ipywidgets\nipywidgets.IntSlider(7, description='weeks')"
        bar = "from tqdm.notebook import tqdm\nfor _ in tqdm(range(3), desc='rows'): pass"
        return [self.run("slider", slider), self.run("bar", bar)]

    def harm(self) -> list[AssistantMessage]:
        texts = hostile()
        plan = self.call("set_plan", items=[{"title": text} for text in texts[:20]])
        cell = self.run(texts[0], "\n".join(f"print({text!r})" for text in texts))
        question = self.call("ask_user", question=texts[1], choices=texts[2:4])
        end = self.end("\n\n".join(texts))
        return [self.thinking("\n".join(texts), step) for step in (plan, cell, question, end)]

    def thinking(self, text: str, answer: AssistantMessage) -> AssistantMessage:
        return AssistantMessage(f"Said: {text}", answer.calls, Reasoning(text))

    def end(self, text: str) -> AssistantMessage:
        return self.call("finish", conclusion=text, claims=[], caveats=[text], next_steps=[text])


_WAIT = """
from pathlib import Path
import time
while not Path("go-{0}").exists():
    time.sleep(0.02)
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    with (
        serving(Tasks()) as model,
        serving_lab(folder, sidebar=False, K2_BASE_URL=model.base_url, K2_MODEL="played") as lab,
    ):
        yield lab


@pytest.fixture
def notebook(browser: Browser, lab: Lab) -> Iterator[Callable[..., Notebook]]:
    """``notebook(*sources)`` is open in a page, with the extension loaded by its first cell.

    In the end the page's console must have had no errors.
    """
    with contextlib.ExitStack() as pages:

        def show(*sources: str) -> Notebook:
            name = f"{len(list(lab.folder.glob('*.ipynb')))}.ipynb"
            lab.notebook(name, LOAD, *sources)
            made = pages.enter_context(opened(browser, lab, name))
            made.run(0)
            made.wait_for_widgets()
            notebooks.append(made)
            return made

        notebooks: list[Notebook] = []
        yield show
        for one in notebooks:
            assert one.problems == []


def accessible(page: Page) -> None:
    """What is drawn by us, with every fold open."""
    page.locator(OF_US).locator("details:not([open]) > summary").evaluate_all(
        "all => all.forEach(one => one.click())"
    )
    found = Axe().run(page, context={"include": [[part] for part in OF_US.split(", ")]})
    assert found.violations_count == 0, found.generate_report()


def test_the_salary_question_from_the_first_look_to_the_saved_notebook(
    notebook: Callable[..., Notebook], lab: Lab, browser: Browser
) -> None:
    shutil.copy(DATA, lab.folder / "salaries.csv")
    opened_ = notebook("import pandas as pd\ndf = pd.read_csv('salaries.csv')", QUESTION)
    page = opened_.page
    opened_.run(1)
    outputs = opened_.run(2, wait=False)
    expect(outputs.get_by_role("alert")).to_contain_text("nothing leaves this machine")
    expect(page.locator(LIVE).get_by_role("list", name="Plan")).to_contain_text("Draw the figures")
    accessible(page)
    opened_.theme(DARK)
    accessible(page)
    opened_.answer("y")

    # Printed text, tables and figures come while the card still is the live one.
    for part in (".jp-RenderedText pre", "table.dataframe", ".jp-RenderedImage img"):
        outputs.locator(part).first.wait_for()
        expect(page.locator(LIVE)).to_be_visible()
    outputs.locator(STATIC).wait_for()
    expect(page.locator(LIVE)).to_have_count(0)
    expect(page.locator(STATIC)).to_contain_text("426.44")
    expect(page.locator(STATIC)).to_contain_text(re.compile(r"(\d+) of \1 numbers found"))
    figures = outputs.locator("img").count()
    accessible(page)
    opened_.theme("JupyterLab Light")
    accessible(page)
    opened_.save()

    saved = json.loads(next(lab.folder.glob("*.ipynb")).read_text())
    assert "widgets" not in saved["metadata"]
    shown = saved["cells"][2]["outputs"]
    assert not [one for one in shown if "application/vnd.jupyter.widget" in str(one.get("data"))]
    assert "<script" not in json.dumps(shown[0])
    lab.write("reopened.ipynb", saved["cells"], {})
    with opened(browser, lab, "reopened.ipynb", kernel=False) as again:
        expect(again.page.locator(".k2-card, .jp-RenderedHTML").first).to_contain_text("426.44")
        expect(again.page.locator(".jp-OutputArea img")).to_have_count(figures)
        assert again.problems == []


def test_a_fold_stays_open_while_the_card_changes(
    notebook: Callable[..., Notebook], lab: Lab
) -> None:
    shown = notebook("%%k2\nthink")
    outputs = shown.run(1, wait=False)
    shown.answer("y")
    card = outputs.locator(LIVE)
    summary = card.locator("summary", has_text="Reasoning")
    expect(card).to_contain_text("running “wait 0”")
    expect(card.get_by_text("thought 0", exact=True)).to_be_hidden()
    summary.focus()
    shown.page.keyboard.press("Enter")
    expect(card.get_by_text("thought 0", exact=True)).to_be_visible()
    (lab.folder / "go-0").touch()
    expect(card.get_by_text("thought 1", exact=True)).to_be_visible()
    expect(summary).to_be_focused()
    expect(card.get_by_role("status")).to_have_text("K2: running “wait 1”")
    (lab.folder / "go-1").touch()
    (lab.folder / "go-2").touch()
    expect(outputs.locator(STATIC)).to_contain_text("All is said.")


def test_the_stop_button_ends_the_turn(notebook: Callable[..., Notebook]) -> None:
    shown = notebook("%%k2\nsleep")
    outputs = shown.run(1, wait=False)
    shown.answer("y")
    expect(outputs.locator("pre", has_text=re.compile(r"^sleeps\s*$"))).to_be_visible()
    shown.interrupt()
    expect(outputs.locator(STATIC).get_by_role("heading").first).to_have_text("K2interrupted")
    expect(outputs).to_contain_text("The variables are kept")


def test_widgets_of_the_agents_code_are_live(notebook: Callable[..., Notebook]) -> None:
    shown = notebook("%%k2\nwidgets")
    outputs = shown.run(1, wait=False)
    shown.answer("y")
    expect(outputs.locator(STATIC)).to_be_visible()
    expect(outputs.locator(".widget-slider")).to_contain_text("weeks")
    expect(outputs.get_by_role("slider")).to_have_attribute("aria-valuenow", "7.0")
    expect(outputs.locator(".jupyter-widgets", has_text="3/3").first).to_be_visible()


def test_hostile_texts_are_shown_and_nothing_runs(notebook: Callable[..., Notebook]) -> None:
    shown = notebook("%%k2\nharm")
    page, requests = shown.page, []
    page.on("request", lambda request: requests.append(request.url))
    page.evaluate("() => { window.hits = 0; window.ran = () => { window.hits += 1 } }")
    outputs = shown.run(1, wait=False)
    shown.answer("y")
    expect(outputs.get_by_role("alert")).to_contain_text(hostile()[1])
    titles = outputs.locator(LIVE).get_by_role("list", name="Plan").locator("li")
    for title, text in zip(titles.all(), hostile()[:20], strict=True):
        expect(title).to_contain_text(text.replace("\u202e", "\\u202e"))
    shown.answer("1")
    expect(outputs.locator(STATIC)).to_be_visible()
    page.locator(OF_US).locator("summary").evaluate_all("all => all.forEach(one => one.click())")
    page.locator(OF_US).locator("a").evaluate_all("all => all.forEach(one => one.focus())")
    assert page.evaluate("window.hits") == 0
    assert not [url for url in requests if "sink.invalid" in url]
    foreign = "script, iframe, object, embed, form, input, meta, img[src^=http]"
    assert page.locator(OF_US).locator(foreign).count() == 0
