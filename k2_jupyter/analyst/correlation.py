"""Rank correlations of several columns of measurements, all pairs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from k2_jupyter.analyst.candidates import is_identifier
from k2_jupyter.analyst.caveats import MANY_ROWS, TRIVIAL
from k2_jupyter.analyst.draft import WHO, Draft
from k2_jupyter.analyst.kinds import Named, named
from k2_jupyter.analyst.reading import NOTHING, Line, Observation
from k2_jupyter.analyst.regression import regress
from k2_jupyter.analyst.script import Script
from k2_jupyter.analyst.source import cell, imports, joined, literal
from k2_jupyter.analyst.table import Column, Table
from k2_jupyter.analyst.wording import p_value
from k2_jupyter.analyst.worksheet import StepError, Worksheet
from k2_jupyter.messages import Json

PLAN = {
    "who": f"Plan the work: {WHO}",
    "load": "Load and profile the data",
    "clean": "Choose the columns",
    "test": "Correlate all pairs, corrected for their number",
    "draw": "Draw the matrix and the closest pair",
    "conclude": "Conclude, with the source of every number",
}
OBSERVATIONAL = "A correlation says nothing of what causes what; a third column may be behind it."
MOST = 15
"""Columns that a matrix can be read of."""
TOLD = 5
HEADED = 3
"""Pairs among the key figures."""
APART = 0.2
"""Difference of rho and r from which on outliers or a bent relation are likely."""


def correlate(sheet: Worksheet, task: str, table: Table) -> Script[None]:
    """Two columns get a line as well; more of them a matrix."""
    said = named(task, table)
    if len(said.measures) == 2 or (len(said.measures) == 1 and len(said.categories) == 1):
        yield from regress(sheet, task, table)
        return
    sheet.plan(PLAN, done=2)
    sheet.open("clean")
    columns, dropped = _columns(said)
    sheet.write(_stated(columns, dropped))
    tools = map(cell, ("define_p_text", "define_matrix", "define_scatter"))
    libraries = imports(("combinations", "stats", "multipletests"))
    yield from sheet.need(joined(libraries, *tools), "Functions for the correlations")
    written = "\n".join(
        f"    {literal(c.name)}: "
        + (
            f"df[{literal(c.name)}],"
            if c.mean is not None
            else f"to_numbers(df[{literal(c.name)}]),"
        )
        for c in columns
    )
    chosen = yield from sheet.need(cell("matrix_columns", columns=written), "Choose the columns")
    sheet.open("test")
    sheet.write("## Which columns go together?")
    seen = yield from sheet.need(cell("matrix"), "Rank correlations of all pairs")
    again = NOTHING
    if chosen.line("rows that repeat another row exactly")["n"].value:
        again = yield from sheet.attempt("test", cell("matrix_repeats"), "Without exact repeats")
    sheet.open("draw")
    yield from sheet.attempt("draw", cell("matrix_heatmap"), "Heat map of the correlations")
    yield from sheet.attempt("draw", cell("matrix_scatter"), "The closest pair")
    sheet.open("conclude")
    yield from sheet.finish(_conclusion(table, seen, again, dropped, sheet.remarks))


def _columns(said: Named) -> tuple[list[Column], list[Column]]:
    """Those that the task names, else all of numbers; and those beyond what can be read."""
    chosen = [mention.column for mention in said.measures]
    if len(chosen) < 3:
        rows = said.scene.rows
        chosen = [
            c
            for c in said.scene.columns
            if c.is_number and c.distinct > 2 and not is_identifier(c, rows)
        ]
    if len(chosen) < 2:
        raise StepError("the file has no two columns of numbers to correlate.")
    return chosen[:MOST], chosen[MOST:]


def _stated(columns: Sequence[Column], dropped: Sequence[Column]) -> str:
    names = ", ".join(f"`{column.name}`" for column in columns)
    lines = ["## Choice of columns", "", f"- Correlated: {names}."]
    if dropped:
        lines.append("- More columns can't be read in one matrix: the others are left out.")
    lines.append("- Spearman's rho works on ranks: it bears heavy tails and bent relations.")
    return "\n".join(lines)


def _conclusion(
    table: Table,
    seen: Observation,
    again: Observation,
    dropped: Sequence[Column],
    remarks: Sequence[str],
) -> dict[str, Json]:
    draft = Draft()
    clear = seen.line("clear pairs after Holm's correction")
    pairs = _pairs(seen)
    closest = [
        f"- {draft.name(pair, seen.cell, pair)}: rho = {draft.number(line['rho'], head)} (95 % CI "
        f"{draft.number(line['low'])} to {draft.number(line['high'])}; {p_value(draft, line)})"
        for position, (pair, line) in enumerate(pairs[:TOLD])
        for head in (f"rho, {pair}" if position < HEADED else "",)
    ]
    lead = "**No two of the columns clearly go together"
    if clear["n"].value:
        lead = (
            f"**{draft.number(clear['n'])} of {draft.number(clear['of'])} pairs of columns clearly "
            f"go together; the closest are {draft.name(pairs[0][0], seen.cell, pairs[0][0])}"
        )
    text = f"{lead}** (Spearman's rank correlation, p values corrected by Holm)."
    paragraphs = [text, "The closest pairs:\n\n" + "\n".join(closest), _bent(draft, seen, pairs)]
    change = again.line("without exact repeats").get("largest change of rho")
    if change is not None:
        paragraphs.append(
            f"Without exact repeats no rho changes by more than {draft.number(change)}."
        )
    caveats = [OBSERVATIONAL]
    if table.rows.value > MANY_ROWS:
        caveats.append(TRIVIAL)
    if dropped:
        caveats.append("The file has more columns of numbers than one matrix can show.")
    return draft.finish(
        [paragraph for paragraph in paragraphs if paragraph],
        caveats=[*caveats, *remarks],
        next_steps=["Explain one of the columns by the others with a regression."],
    )


def _pairs(seen: Observation) -> list[tuple[str, Line]]:
    names = re.findall(r"^(.+): rho = ", seen.stdout, re.MULTILINE)
    return [(name, seen.line(name)) for name in names]


def _bent(draft: Draft, seen: Observation, pairs: Sequence[tuple[str, Line]]) -> str:
    """Where Pearson's r says something else, outliers or a bend are likely."""
    apart = [
        (pair, line)
        for pair, line in pairs
        if abs(line["rho"].value - line["Pearson's r"].value) > APART
    ]
    if not apart:
        return ""
    told = [
        f"{draft.name(pair, seen.cell, pair)} (r = {draft.number(line[_PEARSON])})"
        for pair, line in apart[:3]
    ]
    return f"Outliers or a bent relation are likely where Pearson's r differs: {'; '.join(told)}."


_PEARSON = "Pearson's r"
