"""A corpus of hostile notebooks' parts, opened and clicked through in Chromium."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from playwright.sync_api import Browser, Page

from k2_jupyter.notebook.figures import RECORD_TYPE

Rendered = Callable[..., str]

SINK = "http://127.0.0.1:{port}/hit"
RUN = "window.ran('{n}')"
HTML = [
    "<script>{run}</script>",
    "<scr<script>ipt>{run}</script>",
    "<img src=x onerror={run}>",
    "<img src='{sink}'>",
    "<img srcset='{sink} 1x'>",
    "<svg onload={run}><script>{run}</script><image href='{sink}'/></svg>",
    (
        "<math><mtext><table><mglyph><style><!--</style>"
        "<img title='--&gt;&lt;img src=x onerror={run}&gt;'>"
    ),
    "<noscript><p title='</noscript><img src=x onerror={run}>'></noscript>",
    "<iframe src='javascript:{run}'></iframe>",
    "<iframe srcdoc='<script>parent.ran(1)</script>'></iframe>",
    "<object data='{sink}'></object><embed src='{sink}'>",
    "<link rel=stylesheet href='{sink}'><link rel=prefetch href='{sink}'>",
    "<style>@import '{sink}'; body {{ background: url({sink}) }}</style>",
    "<p style=\"background:url('{sink}');position:fixed;inset:0\">styled</p>",
    "<td style='text-align:center;background-image:url({sink})'>cell</td>",
    "<meta http-equiv=refresh content='0;url={sink}'>",
    "<base href='{sink}'><a href='x'>relative</a>",
    "<form action='{sink}'><button>send</button></form><input autofocus onfocus={run}>",
    "<a href='javascript:{run}'>a</a><a href=' java\nscript:{run}'>b</a>",
    "<a href='data:text/html,<script>{run}</script>'>c</a>",
    "<details open ontoggle={run}><summary>d</summary></details>",
    "<video src='{sink}' autoplay><source src='{sink}'></video><audio src='{sink}'></audio>",
    "<body onload={run} background='{sink}'><table background='{sink}'><tr><td>t</td></tr></table>",
    "<div id='summary' class='summary' name='body'>posing</div>",
    "<a href='https://example.org' ping='{sink}' onclick={run}>ping</a>",
    "<p/onmouseover='{run}' title='\"><img src=x onerror={run}>'>hover</p>",
    "<template><img src=x onerror={run}></template>",
    "<select><style></select><img src=x onerror={run}>",
]
MARKDOWN = [
    "![x]({sink})",
    "![x](javascript:{run})",
    "[x](javascript:{run})",
    "[x]: {sink} '\"onmouseover={run}'\n\n![x]",
    "```mermaid\n</pre><img src=x onerror={run}>\n```",
    '```"><img/src=x/onerror={run}>\ncode\n```',
    "$<img src=x onerror={run}>$",
    "$$\\href{{javascript:{run}}}{{x}}$$ \\begin{{a}}<script>{run}</script>\\end{{a}}",
    "# <img src=x onerror={run}>",
    "<javascript:{run}> <{sink}>",
]
LATEX = [
    "$\\href{{javascript:{run}}}{{x}}$",
    "$\\text{{<img src=x onerror={run}>}}$",
    "$\\style{{background:url({sink})}}{{x}}$",
    "$\\hspace{{-99em}}\\raise{{99em}}{{x}}\\class{{summary}}{{x}}\\cssId{{summary}}{{x}}$",
    "\\begin{{matrix}}<script>{run}</script>\\end{{matrix}}",
]
CHART_TEXTS = [
    "<a href='javascript:{run}'>a</a>",
    '<a href="{sink}" style="background:url({sink})" target="_self">b</a>',
    "<span style='fill:url({sink}#x);cursor:url({sink})'>c</span>",
    "<img src=x onerror={run}><script>{run}</script>",
    "<<x>script>{run}</script><<x>a href='javascript:{run}'>d</a>",
    "</script><script>{run}</script><!--<script>",
    "$\\text{{<img src=x onerror={run}>}}$",
]
TEXT = "</pre></section></title></style><script>{run}</script><img src=x onerror={run}>\"'>"
SVG = (
    "<svg xmlns='http://www.w3.org/2000/svg' onload=\"{run}\"><script>{run}</script>"
    "<image href='{sink}'/></svg>"
)


@pytest.fixture
def sink() -> Iterator[tuple[str, list[str]]]:
    """An address, and the requests that reached it."""
    hits: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_error(404)

        do_POST = do_GET  # noqa: N815 (the library's name)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield SINK.format(port=server.server_port), hits
    server.shutdown()
    thread.join()
    server.server_close()


CHART = {"data": [{"type": "violin", "y": [1, 2, 3, 4, 9]}], "layout": {}}
PLOTLY = "application/vnd.plotly.v1+json"
VEGA = "application/vnd.vegalite.v5+json"


def hostile_chart(text: str, sink: str) -> dict[str, Any]:
    """A chart that brings the text to all places where the library shows one."""
    button = {"method": "relayout", "args": [{"images[0].source": sink}], "label": text}
    trace = {
        "type": "bar",
        "x": [text, "b"],
        "y": [1, 2],
        "text": text,
        "name": text,
        "hovertemplate": text,
        "customdata": [{"__proto__": {"polluted": 1}}],
        "marker": {"color": f"url({sink})", "pattern": {"shape": text}},
        "xsrc": sink,
        "__proto__": {"polluted": 1},
    }
    image = {"type": "image", "source": sink}
    layout = {
        "title": {"text": text, "font": {"family": f"x;background:url({sink})"}},
        "images": [{"source": sink, "sizex": 1, "sizey": 1}],
        "updatemenus": [{"buttons": [button], "type": "buttons", "active": 0}],
        "annotations": [{"text": text, "x": 0, "y": 0, "hovertext": text}],
        "shapes": [{"type": "path", "path": "M 0 0 L 1 1", "label": {"text": text}}],
        "template": {"layout": {"images": [{"source": sink}], "title": text}},
        "xaxis": {"title": {"text": text}, "ticktext": [text], "tickvals": [0]},
    }
    return {"data": [trace, image], "layout": layout, "config": {"plotlyServerURL": sink}}


def poisoned_table(filled: Callable[[str], str]) -> str:
    """What `df.style` makes of a CSV file whose names, values and colours are hostile."""
    rows = ["name,colour", *(f'"{filled(payload)}",red' for payload in HTML if '"' not in payload)]
    frame = pd.read_csv(StringIO("\n".join(rows)))
    frame.columns = [filled(HTML[0]), filled(HTML[2])]
    link = filled("red;background:url({sink})")
    html: str = (
        frame.style.format(escape=None)
        .map(lambda _: f"background-image:url({link});color:{link}")
        .set_table_styles([{"selector": "*", "props": filled("position:fixed;color:red")}])
        .set_caption(filled(HTML[2]))
        .set_tooltips(pd.DataFrame(filled(HTML[2]), index=frame.index, columns=frame.columns))
        .to_html()
    )
    return html


def hostile_notebook(sink: str, picture: str) -> tuple[list[Any], dict[str, Any]]:
    numbers = iter(range(1000))

    def filled(payload: str) -> str:
        return payload.format(run=RUN.format(n=next(numbers)), sink=sink)

    def display(data: dict[str, Any]) -> Any:
        return new_output("display_data", data=data)

    text = filled(TEXT)
    series = {"kind": "bar", "name": text, "count": 1, "facts": [["highest", 1, text]]}
    axes = {"title": text, "x": {"label": text, "scale": text}, "series": [series]}
    forged = {
        "version": 1,
        "title": text,
        "axes": [axes],
        "faults": [{"code": "overlapping_text", "axes": 0, "names": [text]}],
    }
    outputs = [
        *(display({"text/latex": filled(payload)}) for payload in LATEX),
        *(display({PLOTLY: hostile_chart(filled(payload), sink)}) for payload in CHART_TEXTS),
        display({PLOTLY: {"data": [{"type": text}], "layout": text}}),
        display({PLOTLY: {"data": [{"y": [1]}], "layout": {"shapes": [{"path": text}]}}}),
        display({VEGA: {"$schema": "vega-lite", "mark": text, "data": {"url": sink}}}),
        *(display({"text/html": filled(payload)}) for payload in HTML),
        *(display({"text/markdown": filled(payload)}) for payload in MARKDOWN),
        display({"image/svg+xml": filled(SVG)}),
        display({"image/png": text}),
        display({"image/png": picture, RECORD_TYPE: forged}),
        display({"image/png": picture, RECORD_TYPE: {**forged, "axes": [text]}}),
        display({PLOTLY: CHART, RECORD_TYPE: forged}),
        display({"application/vnd.k2.turn+json": {"turn": text}, "text/html": text}),
        display({"text/html": poisoned_table(filled)}),
        display({"text/latex": text}),
        display({"application/javascript": text, "text/plain": text}),
        display({"text/vnd.mermaid": text}),
        new_output("stream", name="stdout", text=text),
        new_output("error", ename=text, evalue=text, traceback=[text]),
    ]
    again = {"cells": 1, "ran": 1, "stopped": text, "fingerprint": text}
    again["differences"] = [{"cell": text, "number": 1, "what": text}]
    claims = [
        {
            "headline": text,
            "number": text,
            "cell": text,
            "label": text,
            "found": False,
            "problem": text,
        }
    ]
    attachments = {"a": {"image/svg+xml": base64.b64encode(text.encode()).decode(), text: text}}
    cells = [
        new_markdown_cell(f"# {text}"),
        *(new_markdown_cell(filled(payload)) for payload in (*MARKDOWN, *HTML)),
        new_markdown_cell("![a](attachment:a)", attachments=attachments),
        new_code_cell(text, metadata={"k2": {"author": "agent", "purpose": text}}, outputs=outputs),
        new_markdown_cell(
            text, metadata={"k2": {"role": "conclusion", "conclusion": {"claims": claims}}}
        ),
        new_markdown_cell("## A heading\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
        new_code_cell("1", outputs=[display({"image/png": picture})], id="plot"),
        new_markdown_cell("$\\frac{1}{2}$", id="formula"),
        new_code_cell("2", outputs=[display({PLOTLY: CHART})], id="chart"),
    ]
    files = [{"name": text, "bytes": 1, "sha256": text}]
    k2 = {
        "packages": {text: text},
        "verification": again,
        "task": text,
        "model": text,
        "data": files,
        "started": text,
        "version": text,
    }
    authors = [{"name": text}]
    kernelspec = {"name": text, "display_name": text, "language": text}
    described = {"title": text, "authors": authors, "kernelspec": kernelspec}
    return cells, {"k2": k2, "language_info": {"name": text}, **described}


def click_through(page: Page) -> None:
    for element in page.query_selector_all("summary, a, button, input, [onclick]"):
        # An ordinary link is for the reader to follow.
        target = element.get_attribute("href") or element.get_attribute("xlink:href") or ""
        if not target.startswith(("http://", "https://")):
            element.dispatch_event("click")
    page.evaluate(
        "() => document.querySelectorAll('*').forEach(element => ["
        "'mouseover', 'focus', 'toggle'].forEach(kind => element.dispatchEvent(new Event(kind))))"
    )


@pytest.mark.browser
@pytest.mark.parametrize("policy", [True, False], ids=["with its policy", "by cleaning alone"])
def test_nothing_runs_and_nothing_is_fetched(
    report: Rendered,
    browser: Browser,
    sink: tuple[str, list[str]],
    picture: str,
    tmp_path: Path,
    *,
    policy: bool,
) -> None:
    address, hits = sink
    cells, metadata = hostile_notebook(address, picture)
    html = report(cells, metadata)
    if not policy:
        html = html.replace('http-equiv="Content-Security-Policy"', "", 1)
    (tmp_path / "page.html").write_text(html)
    ran: list[str] = []
    requests: list[str] = []
    page = browser.new_page()
    page.expose_function("ran", lambda name: ran.append(name))  # noqa: PLW0108 (a builtin is refused)
    page.on("request", lambda request: requests.append(request.url))

    page.goto((tmp_path / "page.html").as_uri(), wait_until="load")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")  # draws all charts
    page.emulate_media(media="screen")
    click_through(page)
    page.wait_for_load_state("networkidle")

    own = (tmp_path / "page.html").as_uri()
    local = (own, "data:image/", "blob:")  # blob: a chart's own button for a picture of it
    assert ran == []
    assert hits == []
    assert [url for url in requests if not url.startswith(local)] == []
    assert page.url.startswith(own)
    assert page.title().startswith("</pre>")
    assert page.get_by_role("heading", name="A heading").is_visible()
    assert page.get_by_role("cell", name="2", exact=True).is_visible()
    assert page.locator("#cell-plot figure img").evaluate("image => image.naturalWidth") == 640
    assert page.locator("#summary").count() == 1
    assert page.get_by_text("Bar chart: </pre>").count() > 0  # the forged record, as words
    assert page.locator("#cell-formula math mfrac").is_visible()
    assert page.locator("#cell-chart .violins path").count() > 0
    assert page.locator("figure.drawn .main-svg").count() > len(CHART_TEXTS)
    assert page.evaluate("({}).polluted") is None
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_phone_and_tables_scroll(
    report: Rendered, browser: Browser, tmp_path: Path, scheme: Any
) -> None:
    wide = "<table class='dataframe'><tr>" + "<td>a wide column</td>" * 30 + "</tr></table>"
    output = new_output("display_data", data={"text/html": wide})
    report([new_code_cell("x" * 300, outputs=[output])], code="show")
    page = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme=scheme)

    page.goto((tmp_path / "page.html").as_uri())

    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator(".scroll").evaluate("box => box.scrollWidth > box.clientWidth")
    page.close()
