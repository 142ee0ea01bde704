"""From a notebook file to the page: the order of its parts and the file on disk."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, TypeAlias

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from k2_jupyter import __version__
from k2_jupyter.adapters import notebook_file
from k2_jupyter.adapters.notebook_json import cell_of
from k2_jupyter.adapters.report import code as sources
from k2_jupyter.adapters.report import markdown, outputs, scripts
from k2_jupyter.adapters.report.metadata import (
    Provenance,
    cell_note,
    conclusion_note,
    first_sentence,
    provenance,
    verified,
)
from k2_jupyter.adapters.report.origins import Origin, origins, table
from k2_jupyter.adapters.report.outline import Outline
from k2_jupyter.adapters.report.sanitize import boxed
from k2_jupyter.adapters.report.summary import Summary, summary
from k2_jupyter.notebook.rerun import Verification, fingerprint
from k2_jupyter.notebook.text import visible

CodeView: TypeAlias = Literal["show", "fold", "hide"]
"""Code cells visible, behind a line that opens them, or left out."""

_TITLE_LINE = re.compile(r"\s*#[ \t]+([^\n]+?)[ \t#]*(?:\n|$)")
_CONCLUSION_LINE = re.compile(r"\A\s*#+[ \t]+Conclusion[ \t]*\n")
"""The heading of a conclusion; as the page's summary it has another."""
_NOTHING = Markup("")
_FEWEST_ENTRIES = 3
"""A shorter table of contents says less than the page itself."""
_LANGUAGE = re.compile(r"[A-Za-z0-9+#.-]{1,40}")


@dataclass(frozen=True, slots=True)
class _Cell:
    """One cell of the page. A markdown cell has a body, a code cell source and outputs."""

    id: str
    kind: Literal["markdown", "code"]
    label: str
    """Of a code cell: the agent's purpose, or ``Code``."""
    body: Markup = _NOTHING
    source: Markup = _NOTHING
    outputs: tuple[outputs.Shown, ...] = ()


def export(
    notebook_path: Path,
    html_path: Path,
    *,
    code: CodeView = "fold",
    title: str | None = None,
) -> None:
    """Write a notebook as one HTML file that needs no network and runs no script
    but our own: tables that sort, charts that are redrawn.

    Raises `DocumentError` where the notebook can't be read or is none, or the file can't
    be written; an older file is whole then.
    """
    notebook = notebook_file.parse(notebook_file.read(notebook_path), notebook_path, repair=True)
    html = render(notebook, code=code, title=title, fallback_title=notebook_path.stem)
    notebook_file.replace(html_path, html.encode("utf-8", "replace"))


def render(
    notebook: Mapping[str, Any],
    *,
    code: CodeView,
    title: str | None,
    fallback_title: str,
    written: Sequence[Origin] | None = None,
) -> str:
    """The page as text; `notebook` in format 4.5, as `notebook_file.parse` returns it.

    `written`: who wrote its cells, a row each; ``None`` for what the notebook says itself.
    """
    if written is None:
        written = origins([cell_of(raw) for raw in notebook["cells"]])
    origin = provenance(notebook["metadata"])
    again, is_changed = _again(notebook)
    cells = [dict(cell) for cell in notebook["cells"]]
    heading = _take_title(cells, origin.task)
    chosen = title or heading or first_sentence(origin.task) or fallback_title
    cells = [cell for cell in cells if cell_note(cell["metadata"]).role != "verification"]
    concluding = _conclusion_index(cells)
    conclusion = cells.pop(concluding) if concluding is not None else None
    outline = Outline(below=1)
    language = _language(notebook["metadata"])
    shown = [one for cell in cells if (one := _cell(cell, code, language, outline))]
    page = {
        "title": visible(chosen),
        "summary": _summary(conclusion, shown) if conclusion else None,
        "contents": outline.entries if len(outline.entries) >= _FEWEST_ENTRIES else [],
        "cells": shown,
        "origin": origin,
        "again": again,
        "is_changed": is_changed,
        "written": table(written, _ids(shown, conclusion)),
        "asks": _asks(origin, chosen),
        "code": code,
        "version": __version__,
    }
    body = _environment().get_template("body.html.j2").render(page)
    charts = any(output.chart for cell in shown for output in cell.outputs)
    used = scripts.needed(tables="<table" in body, charts=charts)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(page, body=Markup(body), scripts=used, policy=scripts.policy(used))  # noqa: S704
    )


def _ids(shown: Sequence[_Cell], conclusion: Mapping[str, Any] | None) -> set[str]:
    """Of the cells that the page has a place for."""
    return {one.id for one in shown} | ({conclusion["id"]} if conclusion else set())


def _again(notebook: Mapping[str, Any]) -> tuple[Verification | None, bool]:
    """What came of running it again, and whether it has been changed since."""
    found = verified(notebook["metadata"])
    if found is None:
        return None, False
    now = fingerprint([cell_of(raw) for raw in notebook["cells"]])
    return found.result, now != found.fingerprint


def _take_title(cells: list[dict[str, Any]], task: str) -> str:
    """The first line of the first cell, if it is the title.

    It is removed from the cell, and so is the task where it is quoted below: the page tells
    both at its head.
    """
    if not cells or cells[0]["cell_type"] != "markdown":
        return ""
    found = _TITLE_LINE.match(_source(cells[0]))
    if not found:
        return ""
    rest = _source(cells[0])[found.end() :].lstrip("\n")
    quoted = f"> {task}\n"
    cells[0]["source"] = rest.removeprefix(quoted) if task else rest
    return re.sub(r"[*_`]", "", found[1])


def _conclusion_index(cells: list[dict[str, Any]]) -> int | None:
    """The last conclusion: a notebook that was continued has several."""
    found = [
        index
        for index, cell in enumerate(cells)
        if cell["cell_type"] == "markdown" and cell_note(cell["metadata"]).role == "conclusion"
    ]
    return found[-1] if found else None


def _summary(cell: Mapping[str, Any], shown: list[_Cell]) -> Summary:
    told = _CONCLUSION_LINE.sub("", _source(cell))
    body = Outline(below=2).fit(_text({**cell, "source": told}))
    places = {one.id: one.label for one in shown if one.kind == "code"}
    return summary(cell["id"], body, conclusion_note(cell["metadata"]), places)


def _cell(cell: Mapping[str, Any], view: CodeView, language: str, outline: Outline) -> _Cell | None:
    """A cell as the page shows it; None where nothing of it is to be seen."""
    if cell["cell_type"] == "markdown":
        body = outline.fit(_text(cell), listed=True)
        return _Cell(cell["id"], "markdown", "", body=body) if body.strip() else None
    if cell["cell_type"] != "code":
        return None
    purpose = cell_note(cell["metadata"]).purpose
    shown = tuple(
        replace(one, html=outline.fit(one.html)) if isinstance(one.html, Markup) else one
        for one in outputs.show(cell["outputs"], purpose or "Figure without a description")
    )
    text = _source(cell)
    if not shown and (view == "hide" or not text.strip()):
        return None
    source = sources.source(text, language) if view != "hide" else _NOTHING
    return _Cell(cell["id"], "code", purpose or "Code", source=source, outputs=shown)


def _text(cell: Mapping[str, Any]) -> Markup:
    return boxed(markdown.render(visible(_source(cell)), cell.get("attachments")))


def _source(cell: Mapping[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _language(metadata: Mapping[str, Any]) -> str:
    info = metadata.get("language_info")
    name = info.get("name") if isinstance(info, Mapping) else None
    return name if isinstance(name, str) and _LANGUAGE.fullmatch(name) else "python"


def _asks(origin: Provenance, title: str) -> str:
    """The task, where the title does not say it all."""
    same = origin.task.rstrip(".").casefold() == title.rstrip(".").casefold()
    return "" if same else origin.task


def _environment() -> Environment:
    folder = files(__package__).joinpath("template")
    return Environment(
        loader=FunctionLoader(lambda name: folder.joinpath(name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
