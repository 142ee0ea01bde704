"""Notebooks of other tools, languages and times, well formed or not, export as far as they can."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from k2_jupyter.adapters.report import export
from k2_jupyter.errors import DocumentError

WIDGET = "application/vnd.jupyter.widget-view+json"


def nb4(*cells: Any, minor: int = 5, **metadata: Any) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": minor, "metadata": metadata, "cells": list(cells)}


def nb3(*cells: Any, **rest: Any) -> dict[str, Any]:
    sheets = [{"cells": list(cells), "metadata": {}}]
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": sheets, **rest}


def code(source: Any, *outputs: Any, **rest: Any) -> dict[str, Any]:
    cell = {"cell_type": "code", "metadata": {}, "execution_count": 1, **rest}
    return {**cell, "source": source, "outputs": list(outputs)}


def text(source: Any, **rest: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source, **rest}


def shown(data: Any, **rest: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": data, **rest}


def printed(content: Any) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": content}


def kernel(name: str, language: str) -> dict[str, Any]:
    spec = {"name": name, "display_name": name, "language": language}
    return {"kernelspec": spec, "language_info": {"name": language}}


OLD = {"cell_type": "code", "language": "python", "collapsed": False, "prompt_number": 2}
OLD_OUTPUT = {"output_type": "pyout", "prompt_number": 2, "text": ["seen"], "metadata": {}}
STATE = {"application/vnd.jupyter.widget-state+json": {"version_major": 2, "state": {"a": {}}}}
BOKEH = "application/vnd.bokehjs_exec.v0+json"

NOTEBOOKS: dict[str, tuple[Any, str]] = {
    "format 3": (nb3({**OLD, "input": ["x = 1\n", "x"], "outputs": [OLD_OUTPUT]}), "seen"),
    "format 3, headings": (nb3({"cell_type": "heading", "level": 2, "source": "seen"}), "seen"),
    "format 3, an error": (
        nb3(
            {
                **OLD,
                "input": "1/0",
                "outputs": [
                    {"output_type": "pyerr", "ename": "E", "evalue": "seen", "traceback": ["seen"]}
                ],
            }
        ),
        "seen",
    ),
    "format 3 without metadata or sheets": ({"nbformat": 3, "nbformat_minor": 0}, "Exported"),
    "format 4.0": (nb4(text("seen"), minor=0), "seen"),
    "format 4.1": (nb4(text("![x](attachment:x.png)", attachments={}), minor=1), "not included"),
    "format 4.4": (nb4(code("1", printed(["se", "en"])), minor=4), "seen"),
    "format 4.99": (
        nb4(
            code("1", {"output_type": "hologram", "data": 1}, printed("seen")),
            {"cell_type": "hologram"},
            minor=99,
        ),
        "seen",
    ),
    "R": (nb4(code("x <- c(1, 2) # seen"), **kernel("ir", "R")), "seen"),
    "Julia": (nb4(code("f(x) = x^2 # seen"), **kernel("julia-1.10", "julia")), "seen"),
    "C++": (nb4(code("int seen = 1;"), **kernel("xcpp17", "C++17")), "seen"),
    "a language nobody knows": (nb4(code("seen"), **kernel("x", "klingon")), "seen"),
    "R's HTML": (
        nb4(
            code(
                "d",
                shown(
                    {
                        "text/html": [
                            "<table class='dataframe'>\n",
                            "<thead><tr><th scope=col>a</th></tr></thead>",
                            "<tbody><tr><td>seen</td></tr></tbody></table>",
                        ]
                    }
                ),
            )
        ),
        "seen",
    ),
    "widgets": (
        nb4(
            code("w", shown({WIDGET: {"model_id": "a"}, "text/plain": "IntSlider(seen)"})),
            widgets=STATE,
        ),
        "Interactive output, not shown here. IntSlider(seen)",
    ),
    "bokeh": (
        nb4(
            code(
                "show(p)",
                shown(
                    {BOKEH: "", "application/javascript": "x", "text/html": "<div id='b'></div>"}
                ),
            )
        ),
        "Interactive output, not shown here.",
    ),
    "an attachment": (
        nb4(
            text(
                "![seen](attachment:a.png)",
                attachments={"a.png": {"image/png": base64.b64encode(b"x").decode()}},
            )
        ),
        "",
    ),
    "broken JSON outputs": (
        nb4(
            code(
                "x",
                shown(
                    {
                        "application/vnd.plotly.v1+json": "seen",
                        "application/json": None,
                        "application/vnd.vegalite.v5+json": [1],
                        "text/plain": "seen",
                    }
                ),
            )
        ),
        "A chart of a kind that is not redrawn here.",
    ),
    "magics and top-level await": (nb4(code("%%bash\nls # seen\n!pwd\nawait x")), "seen"),
    "solutions hidden by tags": (nb4(code("1", metadata={"tags": ["hide"]}), text("seen")), "seen"),
    "raw cells": (nb4({"cell_type": "raw", "metadata": {}, "source": "<b>"}, text("seen")), "seen"),
    "nothing": (nb4(), "Exported"),
    "empty cells": (nb4(text(""), code(""), code(" ")), "Exported"),
    "huge": (nb4(code("x", printed("line\n" * 200_000)), text("seen")), "seen"),
    "many cells": (
        nb4(*(code(f"x{n}", printed(f"{n}")) for n in range(300)), text("seen")),
        "seen",
    ),
    "a very long line": (nb4(code("x = '" + "a" * 300_000 + "'"), text("seen")), "seen"),
    "text of one line a character": (nb4(code(list("x = 1 # seen"))), "seen"),
    "control characters": (nb4(code("x", printed("\x00\x1b[2Jseen\x07\ud800"))), "seen"),
    "ids that are none or the same": (
        nb4(text("a", id="!"), text("b", id="i"), text("seen", id="i")),
        "seen",
    ),
    "no source": (nb4({"cell_type": "code", "metadata": {}}, text("seen")), "seen"),
    "wrong types everywhere": (
        nb4(
            text(5, attachments=3),
            text("seen", metadata="x"),
            code(
                None,
                None,
                5,
                printed(7),
                shown([1]),
                {"output_type": "stream"},
                {"output_type": "error", "traceback": 1},
                execution_count="x",
            ),
            kernelspec="x",
            language_info=[],
            k2=[1],
        ),
        "seen",
    ),
    "cells that are none": (
        {"nbformat": 4, "metadata": None, "cells": [None, 3, text("seen")]},
        "seen",
    ),
}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_any_notebook_exports(name: str, tmp_path: Path) -> None:
    notebook, expected = NOTEBOOKS[name]
    (tmp_path / "a.ipynb").write_text(json.dumps(notebook))

    export(tmp_path / "a.ipynb", tmp_path / "a.html", code="show")

    page = BeautifulSoup((tmp_path / "a.html").read_text("utf-8"), "html.parser")
    assert expected in " ".join(page.text.split())
    ids = [element["id"] for element in page.select("[id]")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", "\xff", '{"nbformat": "4"}', '{"nbformat": 5}']
)
def test_what_is_no_notebook_is_refused_with_the_cause(content: str, tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text(content, "latin-1")

    with pytest.raises(DocumentError, match="notebook"):
        export(tmp_path / "a.ipynb", tmp_path / "a.html")
