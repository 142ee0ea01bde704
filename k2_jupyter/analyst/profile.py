"""Profile of a file: what is in it, how it is spread, what is missing, what goes together."""

from __future__ import annotations

import re
from collections.abc import Sequence

from k2_jupyter.analyst.candidates import is_identifier
from k2_jupyter.analyst.conversation import DataFile
from k2_jupyter.analyst.draft import WHO, Draft
from k2_jupyter.analyst.loading import load
from k2_jupyter.analyst.reading import NUMBER, Fact, Observation
from k2_jupyter.analyst.script import Script
from k2_jupyter.analyst.source import cell, imports, literal
from k2_jupyter.analyst.table import Column, Table
from k2_jupyter.analyst.wording import counted
from k2_jupyter.analyst.worksheet import Worksheet
from k2_jupyter.messages import Json

_PLAN = {
    "who": f"Plan the work: {WHO}",
    "load": "Load the file and profile its columns",
    "missing": "Map the missing values",
    "spread": "Draw the distributions",
    "together": "Correlate the numeric columns",
    "conclude": "Conclude, with the source of every number",
}
_PAIR = re.compile(rf"^(['\"].*['\"]) and (['\"].*['\"]): rho = ({NUMBER})$", re.MULTILINE)
STRONG = 0.5
MOST_PANELS, MOST_CATEGORIES, MOST_DATES = 12, 9, 4
"""Columns of a kind that one figure can show."""
LONGEST_LIST = 85
WIDE_CAVEAT = "The file is wide: only some of its columns are profiled and drawn."


def profile(sheet: Worksheet, task: str, file: DataFile) -> Script[None]:
    """The whole profile, from the plan to `finish`."""
    sheet.plan(_PLAN)
    sheet.open("load")
    sheet.write(f"# Profile of {file.path}\n\n*Made by the {WHO}.*\n\n## Data")
    table = yield from load(sheet, task, file)
    missing = yield from _missing(sheet, table)
    rows = table.rows.value
    numeric = [
        c
        for c in table.columns
        if c.mean is not None and c.distinct > 1 and not is_identifier(c, rows)
    ]
    yield from _spread(sheet, table, numeric)
    together = yield from _together(sheet, numeric)
    sheet.open("conclude")
    yield from sheet.finish(_conclusion(sheet, table, missing, together))


def _missing(sheet: Worksheet, table: Table) -> Script[Observation]:
    sheet.open("missing")
    sheet.write("## Missing values")
    sheet.define(cell("define_missing"), "A function that counts missing values")
    seen = yield from sheet.attempt("missing", cell("missing"), "Count missing values")
    if any(column.missing for column in table.columns):
        yield from sheet.attempt("missing", cell("missing_map"), "Missing map")
    return seen


def _spread(sheet: Worksheet, table: Table, numeric: list[Column]) -> Script[None]:
    dates = [c for c in table.columns if c.is_date and c.distinct > 1]
    categories = [
        c
        for c in table.columns
        if 2 <= c.distinct <= 20 and "float" not in c.dtype.lower() and c not in dates
    ]
    if not (numeric or categories or dates):
        sheet.close("spread", "dropped")
        return
    sheet.open("spread")
    sheet.write("## Distributions")
    if numeric:
        source = cell("histograms", names=_names(numeric[:MOST_PANELS]))
        yield from sheet.attempt("spread", source, "Histograms of the numeric columns")
    if dates:
        drawn = cell("date_bars", names=_names(dates[:MOST_DATES]))
        yield from sheet.attempt("spread", f"{imports(('mdates',))}\n\n{drawn}", "Rows over time")
    if categories:
        source = cell("categories", names=_names(categories[:MOST_CATEGORIES]))
        yield from sheet.attempt("spread", source, "Most frequent values")


def _names(columns: Sequence[Column]) -> str:
    """A list of names as code, on several lines where it is long."""
    names = [literal(column.name) for column in columns]
    line = f"[{', '.join(names)}]"
    if len(line) <= LONGEST_LIST:
        return line
    return "\n".join(["[", *(f"    {name}," for name in names), "]"])


def _together(sheet: Worksheet, numeric: list[Column]) -> Script[Observation]:
    if len(numeric) < 2:
        sheet.close("together", "dropped")
        return Observation()
    sheet.open("together")
    sheet.write("## What goes together")
    sheet.define(cell("define_correlations"), "A function that finds the closest pairs")
    seen = yield from sheet.attempt("together", cell("correlations"), "Rank correlations")
    yield from sheet.attempt("together", cell("heatmap"), "Heat map of the correlations")
    return seen


def _conclusion(
    sheet: Worksheet, table: Table, missing: Observation, together: Observation
) -> dict[str, Json]:
    draft = Draft()
    size = (
        f"**The file has {counted(draft, table.rows, 'row', 'rows')} and "
        f"{counted(draft, table.width, 'column', 'columns')}.**"
    )
    repeats = "No row repeats another exactly."
    if table.repeats.value:
        rows = counted(draft, table.repeats, "row repeats", "rows repeat")
        repeats = (
            f"{rows[0].upper()}{rows[1:]} an earlier row exactly "
            f"({draft.percent(table.repeat_share)})."
        )
    paragraphs = [
        f"{size} {repeats}",
        _about_missing(draft, missing),
        _about_dates(draft, table),
        _about_spread(draft, table),
        _about_correlations(draft, together),
    ]
    caveats = [
        "A profile describes; it tests nothing.",
        *(
            []
            if not table.repeats.value
            else ["Exact repeats may be true rows; nothing was dropped."]
        ),
        *([WIDE_CAVEAT] if table.width.value > len(table.columns) else []),
        *sheet.remarks,
    ]
    return draft.finish(
        [p for p in paragraphs if p],
        caveats=caveats,
        next_steps=[
            "Compare groups, for example: “Compare TARGET by FACTOR and test it with ANOVA”."
        ],
    )


def _about_missing(draft: Draft, seen: Observation) -> str:
    count = seen.fact(r"^columns with missing values: (NUM)$", "columns with missing values")
    if count is None:
        return ""
    if not count.value:
        return "No value is missing."
    told = [
        f"{draft.name(name, seen.cell)} ({draft.percent(Fact(share, seen.cell, name))})"
        for name, share in re.findall(
            r"^['\"](.*)['\"]: .* missing \(([\d.]+)%\)$", seen.stdout, re.MULTILINE
        )
    ]
    where = counted(draft, count, "column", "columns")
    return f"Values are missing in {where}, most in {', '.join(told[:4])}."


def _about_dates(draft: Draft, table: Table) -> str:
    dates = [c for c in table.columns if c.is_date]
    if not dates:
        return ""
    told = []
    for column in dates[:MOST_DATES]:
        first, last = (
            draft.name(day, table.cell, column.name).strip("`")
            for day in (column.first, column.last)
        )
        told.append(f"{draft.name(column.name, table.cell)}, from {first} to {last}")
    return f"Rows over time: {'; '.join(told)}."


def _about_spread(draft: Draft, table: Table) -> str:
    skewed = [c for c in table.columns if c.skewness is not None and abs(c.skewness) > 2]
    one_sided = [
        c for c in table.columns
        if c.levels and max(c.levels.values()) >= 0.8 * table.rows.value and c.distinct > 1
    ]  # fmt: skip
    text = []
    written = [c for c in table.columns if c.is_number and c.mean is None]
    if written:
        names = ", ".join(draft.name(c.name, table.cell) for c in written[:6])
        text.append(f"Numbers written as text: {names}; turn them into numbers to work with them.")
    if skewed:
        names = ", ".join(draft.name(c.name, table.cell) for c in skewed[:6])
        text.append(f"Heavily skewed: {names}; use medians or a log scale there.")
    if one_sided:
        names = ", ".join(draft.name(c.name, table.cell) for c in one_sided[:6])
        text.append(f"Nearly constant (one value holds most rows): {names}.")
    return " ".join(text)


def _about_correlations(draft: Draft, seen: Observation) -> str:
    pairs = _PAIR.findall(seen.stdout)
    if not pairs:
        return ""
    strong = [pair for pair in pairs if abs(float(pair[2])) >= STRONG]
    told = [
        f"{draft.name(one[1:-1], seen.cell)} and {draft.name(other[1:-1], seen.cell)} "
        f"(rho = {draft.number(Fact(rho, seen.cell, 'rho'))})"
        for one, other, rho in (strong or pairs)[:4]
    ]
    lead = (
        "Columns that rise or fall together"
        if strong
        else "No two numeric columns go closely together; the closest"
    )
    return f"{lead}: {'; '.join(told)} (Spearman's rank correlation)."
