import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from k2_jupyter.adapters.notebook_json import cell_of
from k2_jupyter.adapters.report import CodeView, Origin, export, render
from k2_jupyter.errors import DocumentError
from k2_jupyter.notebook.rerun import fingerprint

Rendered = Callable[..., str]
K2 = {
    "task": "Compare the groups. Then plot them.",
    "model": "offline analyst (rule-based)",
    "started": "2026-02-03T10:00:00+00:00",
    "ended": "2026-02-03T10:05:00+00:00",
    "data": [{"name": "sales.csv", "bytes": 4_191_369, "sha256": "ab" * 32}],
    "version": "0.1.0",
}


def agent_cell(source: str, purpose: str, *outputs: Any) -> Any:
    metadata = {"k2": {"author": "agent", "purpose": purpose}}
    return new_code_cell(source, id="c1", metadata=metadata, outputs=list(outputs))


def conclusion(text: str, **facts: Any) -> Any:
    return new_markdown_cell(text, metadata={"k2": {"role": "conclusion", "conclusion": facts}})


def soup(page: str) -> BeautifulSoup:
    return BeautifulSoup(page, "html.parser")


def test_the_page_is_self_contained_and_forbids_scripts(report: Rendered) -> None:
    page = report([new_markdown_cell("Hello")])

    assert re.search(
        r"<head>\s*<meta http-equiv=\"Content-Security-Policy\" content=\"(.*?)\"", page
    )
    assert not re.search(r"<script|<link|https?://", page)


def test_a_page_has_a_language_landmarks_and_one_title(report: Rendered) -> None:
    found = soup(report([new_markdown_cell("# One\n\ntext"), new_markdown_cell("# Two")]))

    assert found.html is not None
    assert found.html["lang"] == "en"
    assert all(found.find(name) for name in ("header", "main", "footer"))
    assert [heading.text for heading in found.find_all("h1")] == ["One"]


def test_headings_are_nested_without_gaps(report: Rendered) -> None:
    text = "## A\n#### B\n##### C\n## D\n### E\n# F\n## G"

    found = soup(report([new_markdown_cell(text)]))

    levels = {heading.text: heading.name for heading in found.main.find_all(re.compile("^h"))}  # type: ignore[union-attr]
    assert levels == {"A": "h2", "B": "h3", "C": "h4", "D": "h2", "E": "h3", "F": "h2", "G": "h3"}


@pytest.mark.parametrize(
    ("cells", "metadata", "title", "expected"),
    [
        ([new_markdown_cell("# The *title*\ntext")], {"k2": K2}, None, "The title"),
        ([new_markdown_cell("text")], {"k2": K2}, None, "Compare the groups"),
        ([new_markdown_cell("text")], {}, None, "my_notes"),
        ([new_markdown_cell("# A")], {}, "Given", "Given"),
        ([], {"k2": {"task": "word " * 60}}, None, "word " * 24 + "…"),
    ],
)
def test_the_title_is_what_says_most(
    report: Rendered, cells: list[Any], metadata: Any, title: str | None, expected: str
) -> None:
    found = soup(report(cells, metadata, title=title))

    assert found.h1 is not None
    assert found.h1.text == expected
    assert found.title is not None
    assert found.title.text == expected


@pytest.mark.parametrize(
    ("code", "details", "text"), [("show", 0, 1), ("fold", 1, 1), ("hide", 0, 0)]
)
def test_code_is_shown_folded_or_absent(
    report: Rendered, code: CodeView, details: int, text: int
) -> None:
    printed = new_output("stream", name="stdout", text="printed")

    found = soup(report([agent_cell("secret_name = 1", "Count the <rows>", printed)], code=code))

    assert len(found.select("main details")) == details
    assert found.text.count("secret_name") == text
    assert "printed" in found.text
    if details:
        assert found.details is not None
        assert found.details.summary is not None
        assert found.details.summary.text == "Count the <rows>"


def test_the_conclusion_comes_first_with_its_claims(report: Rendered) -> None:
    claims = [
        {"number": "324.35", "cell": "c1", "label": "F", "found": True, "problem": ""},
        {"number": "9.9", "cell": "c1", "label": "d", "found": False, "problem": "not shown"},
        {"number": "7", "cell": "gone", "label": "n", "found": True, "problem": ""},
    ]
    cells = [
        agent_cell("1", "ANOVA", new_output("stream", name="stdout", text="F = 324.35")),
        conclusion("## Conclusion\n\nF is 324.35.", claims=claims, outcome="done", plain=False),
    ]

    found = soup(report(cells, {"k2": K2}))

    sections = [section.get("id") or section["class"] for section in found.find_all("section")]
    assert sections == [["summary"], "cell-c1"]
    rows = [row.text for row in found.select(".claims tbody tr")]
    link = found.select_one(".claims a")
    assert link is not None
    assert (link["href"], link.text) == ("#cell-c1", "ANOVA")
    assert "not found in the outputs: not shown" in " ".join(rows[0].split())
    assert "an output of the notebook" in rows[2]
    assert found.select_one("details.claims[open]")
    assert "1 of 3 numbers above not found" in found.text
    assert "Compare the groups. Then plot them." in found.select_one(".summary").text  # type: ignore[union-attr]


def test_the_numbers_that_answer_the_task_are_its_key_figures(report: Rendered) -> None:
    claims = [
        {"number": str(n), "cell": "c1", "found": n != 2, "headline": f"figure {n}"}
        for n in range(7)
    ]

    found = soup(report([conclusion("0 to 6", claims=[*claims, {"number": "9", "found": True}])]))

    told = [box.get_text(" ", strip=True) for box in found.select(".key-figures div")]
    assert told == ["figure 0 0", "figure 1 1", "figure 3 3", "figure 4 4"]


def test_the_contents_list_the_sections_of_the_text(report: Rendered) -> None:
    heading = new_output("display_data", data={"text/html": "<h2>Of an output</h2>"})
    cells = [
        new_markdown_cell("# Title\n\n## One *a*\n\n### Two\n\n#### Three"),
        new_code_cell("1", outputs=[heading]),
        new_markdown_cell("## Four"),
        conclusion("## Conclusion\n\nEnd.\n\n### Caveats"),
    ]

    found = soup(report(cells))

    links = found.select("nav.contents a")
    assert [link.text for link in links] == ["One a", "Two", "Four"]
    for link in links:
        target = found.select_one(str(link["href"]))
        assert target is not None
        assert target.text == link.text
    assert "Of an output" in found.text
    assert "Conclusion" not in found.select_one(".summary").text  # type: ignore[union-attr]


def test_the_task_is_not_told_twice(report: Rendered) -> None:
    first = new_markdown_cell(f"# Title\n\n> {K2['task']}\n\nMore.")

    found = soup(report([first], {"k2": K2}))

    assert found.text.count("Compare the groups. Then plot them.") == 1
    assert "More." in found.text


def test_figures_are_numbered_and_named(report: Rendered, picture: str) -> None:
    shown = new_output("display_data", data={"image/png": picture})
    plain = new_code_cell("plot()", outputs=[shown, shown])

    found = soup(report([agent_cell("plot()", "Means by group", shown), plain]))

    captions = [caption.get_text(" ", strip=True) for caption in found.select("figcaption")]
    assert captions == ["Figure 1. Means by group", "Figure 2", "Figure 3"]


@pytest.mark.parametrize(
    ("facts", "told", "equal"),
    [
        ({"cells": 2, "ran": 2}, "Re-run: all 2 cells equal", "yes"),
        ({"cells": 2, "ran": 1}, "Re-run: 1 of 2 cells, then it ended", "no"),
        ({"cells": 2, "ran": 0, "stopped": "--no-verify"}, "Not re-run: --no-verify", "no"),
        (
            {"cells": 1, "ran": 1, "differences": [{"cell": "c1", "number": 1, "what": "<a>"}]},
            "Re-run: 1 of 1 cell differs",
            "no",
        ),
    ],
)
def test_it_says_whether_the_notebook_runs_again(
    report: Rendered, facts: Any, told: str, equal: str
) -> None:
    cells = [
        agent_cell("1", "One"),
        new_markdown_cell("x", metadata={"k2": {"role": "verification"}}),
    ]
    again = {**facts, "fingerprint": fingerprint([cell_of(cell) for cell in cells])}

    found = soup(report(cells, {"k2": {**K2, "verification": again}}))

    line = found.select_one(".again")
    assert line is not None
    assert (line.text, line["data-equal"]) == (f"{told}.", equal)
    assert told.split(": ")[1] in found.footer.text  # type: ignore[union-attr]
    assert not found.select("section.prose")


def test_claims_that_were_all_found_are_folded_into_a_line(report: Rendered) -> None:
    claims = [{"number": "1", "cell": "c1", "found": True}, {"number": "2", "found": True}]

    found = soup(report([conclusion("1 and 2", claims=claims)]))

    assert found.select_one("details.claims:not([open])")
    assert "All 2 numbers above were found in the cells that they name." in found.text


def test_a_task_that_was_not_done_says_so(report: Rendered) -> None:
    page = report([conclusion("It needs a model.", outcome="cannot")])

    assert "This task was not carried out" in page


def test_the_footer_says_where_the_analysis_comes_from(report: Rendered) -> None:
    footer = " ".join(soup(report([], {"k2": K2})).footer.text.split())  # type: ignore[union-attr]

    assert "offline analyst, rule-based: no language model" in footer
    assert "3 February 2026, 10:05 UTC" in footer
    assert "sales.csv, 4.2 MB" in footer
    assert "ab" * 32 in footer


def test_any_notebook_has_a_footer(report: Rendered) -> None:
    assert "Exported from a Jupyter notebook" in report([])


@pytest.mark.parametrize(
    "k2",
    [
        None,
        [],
        "text",
        {"task": 1, "model": [], "data": "x", "started": {}, "ended": "never", "version": None},
        {"data": [None, 1, {"name": 3, "bytes": -1, "sha256": "../.."}, {"bytes": True}]},
    ],
)
def test_metadata_of_any_type_is_survived(report: Rendered, k2: Any) -> None:
    cell = new_code_cell("1", metadata={"k2": k2})
    end = new_markdown_cell("x", metadata={"k2": {"role": "conclusion", "conclusion": k2}})
    odd = new_markdown_cell(
        "y", metadata={"k2": {"role": "conclusion", "conclusion": {"claims": [1, {"number": []}]}}}
    )

    assert "Nothing" in report([new_markdown_cell("Nothing"), cell, end, odd], {"k2": k2})


def test_the_last_conclusion_is_the_summary(report: Rendered) -> None:
    found = soup(report([conclusion("first"), conclusion("second")]))

    assert "second" in found.select_one(".summary").text  # type: ignore[union-attr]
    assert "first" not in found.select_one(".summary").text  # type: ignore[union-attr]


def test_an_old_notebook_is_read(tmp_path: Path) -> None:
    cells = [{"cell_type": "code", "input": "1", "outputs": [], "language": "python"}]
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": cells}],
    }
    (tmp_path / "old.ipynb").write_text(json.dumps(old))

    export(tmp_path / "old.ipynb", tmp_path / "old.html")

    assert "<details" in (tmp_path / "old.html").read_text()


def test_what_is_no_notebook_is_refused_and_the_old_page_stays(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text("{}")
    (tmp_path / "a.html").write_text("old")

    with pytest.raises(DocumentError, match="no notebook"):
        export(tmp_path / "a.ipynb", tmp_path / "a.html")

    assert (tmp_path / "a.html").read_text() == "old"


def test_the_page_may_be_read_by_others_as_the_umask_says(tmp_path: Path) -> None:
    nbformat.write(new_notebook(), tmp_path / "a.ipynb")
    before = os.umask(0o027)
    try:
        export(tmp_path / "a.ipynb", tmp_path / "a.html")
    finally:
        os.umask(before)

    assert (tmp_path / "a.html").stat().st_mode & 0o777 == 0o640


def test_the_footer_says_who_wrote_which_cell(report: Rendered) -> None:
    """By the notebook's own word, which is marked as such."""
    own = new_code_cell("first = 1")
    made = new_code_cell(
        "first",
        metadata={"k2": {"author": "agent", "hash": "0", "model": "<b>kimi</b>", "step": 2}},
    )

    found = soup(report([own, made]))

    rows = [
        [entry.get_text(strip=True) for entry in row.select("th, td")]
        for row in found.select(".cells tbody tr")
    ]
    assert rows[0] == ["cell 1", "user", "", "", ""]
    assert rows[1] == [
        "cell 2",
        "K2, it says, edited since",
        "step 2 · <b>kimi</b>",
        "first (cell 1)",
        "",
    ]
    assert "the notebook's own word" in found.select(".cells")[0].text
    assert found.select(f'.cells a[href="#cell-{made["id"]}"]')


def test_who_knows_better_than_the_notebook_is_believed() -> None:
    cell = new_code_cell("1", metadata={"k2": {"author": "agent"}})
    origin = Origin(cell["id"], 1, "code", "agent", request="Count", tokens=1200, dollars=0.01)

    page = render(
        new_notebook(cells=[cell]), code="fold", title=None, fallback_title="a", written=[origin]
    )

    found = soup(page).select(".cells")[0]

    assert "the notebook's own word" not in found.text
    assert [entry.text for entry in found.select("td")] == [
        "K2",
        "Count",
        "",
        "1,200 tokens · $0.0100",
    ]


def test_a_notebook_without_cells_of_the_agent_has_no_such_table(report: Rendered) -> None:
    assert not soup(report([new_code_cell("1")])).select(".cells")
