"""From a task and a file to the analysis that answers it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from typing import TypeAlias

from k2_jupyter.analyst.association import associate
from k2_jupyter.analyst.comparison import compare
from k2_jupyter.analyst.conversation import DataFile
from k2_jupyter.analyst.correlation import correlate
from k2_jupyter.analyst.draft import WHO
from k2_jupyter.analyst.follow_up import Meant
from k2_jupyter.analyst.kinds import settle
from k2_jupyter.analyst.loading import load
from k2_jupyter.analyst.narrowing import narrowed
from k2_jupyter.analyst.paired import compare_pairs
from k2_jupyter.analyst.readings import one_reading
from k2_jupyter.analyst.regression import regress
from k2_jupyter.analyst.script import Script
from k2_jupyter.analyst.spelling import tidied
from k2_jupyter.analyst.table import Table
from k2_jupyter.analyst.trend import follow
from k2_jupyter.analyst.worksheet import Worksheet

START = {
    "who": f"Plan the work: {WHO}",
    "load": "Load and profile the data",
    "clean": "Choose the analysis and its columns, and clean them",
    "check": "Check what the tests assume",
    "test": "Test, with robust twins and effect sizes",
    "draw": "Draw the figures",
    "conclude": "Conclude, with the source of every number",
}
"""The plan until the columns are known; each analysis replaces it by its own."""
Work: TypeAlias = Callable[[Worksheet, str, Table], Script[None]]
LONGEST_TITLE = 80
WORK: dict[str, Work] = {
    "paired": compare_pairs,
    "association": associate,
    "correlation": correlate,
    "regression": regress,
    "trend": follow,
}


def analyse(sheet: Worksheet, asked: Meant, file: DataFile, *, dashboard: bool) -> Script[None]:
    """The whole analysis, from the plan to `finish`."""
    task = asked.task
    sheet.plan(START)
    sheet.open("load")
    sheet.write(f"{headed(task)}\n\n*Made by the {WHO}.*\n\n## Data")
    table = tidied((yield from load(sheet, task, file)))
    table = yield from one_reading(sheet, task, table)
    table = tidied((yield from narrowed(sheet, task, table, file, added=asked.rows)))
    kind = settle(task, table)
    if kind == "comparison":
        yield from compare(sheet, task, table, wants_dashboard=dashboard)
        return
    if dashboard:
        sheet.remarks.append("A dashboard is made of comparisons of groups only: there is none.")
    yield from WORK[kind](sheet, task, table)


def headed(task: str) -> str:
    """The task's first clause as a heading; below it the whole task, where it says more."""
    first = re.split(r"[:;,.!]\s|(?<=\?)\s", " ".join(task.split()), maxsplit=1)[0].rstrip(".!:;,")
    title = textwrap.shorten(first, LONGEST_TITLE, placeholder="…") or "Analysis"
    if len(task.strip().rstrip(".!")) <= len(title):
        return f"# {title}"
    return f"# {title}\n\n" + textwrap.indent(task.strip(), "> ", lambda _: True)
