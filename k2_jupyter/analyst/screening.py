"""Predictors of a table with more columns than its rows bear, where the task names none.

One half of the rows chooses them by what they tell of the target, the other half tests them:
a choice that looks at the outcome makes p values of the same rows too small (Freedman 1983).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import replace

from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.reading import Observation
from k2_jupyter.analyst.script import Script
from k2_jupyter.analyst.source import cell, literal
from k2_jupyter.analyst.table import Column, Table, read_table
from k2_jupyter.analyst.worksheet import StepError, Worksheet

FEWEST_ROWS = 30
ROWS_A_COLUMN = 15
"""Rows of the testing half that a column needs (Harrell 2015, section 4.4)."""
MOST = 10
TESTED = "data = data[~choosing[data.index]].copy()  # the rows that did not choose"
"""The line that leaves the testing half."""
_CHOSEN = re.compile(r"^chosen: (['\"].*['\"]) tells ", re.MULTILINE)


def screened(
    sheet: Worksheet, table: Table, target: Column, yes: str, apart: Sequence[str]
) -> Script[tuple[list[str], Table]]:
    """Names of the chosen columns, and the table with their profile.

    `yes` is the outcome that counts as one where the target has two values; `apart` are
    columns that can't be predictors. Raises `StepError` where there are too few rows.
    """
    rows = min([table.rows.value, *(2 * n for n in target.levels.values() if yes)])
    if rows < FEWEST_ROWS:
        raise StepError(
            f"the file has many columns and few rows, and the task names no column that could "
            f"explain `{target.name}`: name the ones that matter."
        )
    most = max(1, min(MOST, int(rows / 2 / ROWS_A_COLUMN)))
    sheet.write(_stated(target))
    sheet.define(cell("define_screening"), "Functions that choose predictors")
    source = cell(
        "screen",
        target=literal(target.name),
        apart=", ".join(["target", *map(literal, apart)]),
        y=_target_source(target, yes),
        most=str(most),
    )
    seen = yield from sheet.need(source, "Choose predictors on one half of the rows")
    names = [str(ast.literal_eval(name)) for name in _CHOSEN.findall(seen.stdout)]
    if not names:
        raise StepError(f"the file has no column that could explain `{target.name}`.")
    draft = Draft()
    sheet.remark(_told(draft, seen, target), draft)
    return names, (yield from _profiled(sheet, table))


def _profiled(sheet: Worksheet, table: Table) -> Script[Table]:
    # Names in the source would be no proof of the numbers in them.
    seen = yield from sheet.need("profile(df, [target, *chosen])", "Profile the chosen columns")
    found = read_table(seen)
    if found is None:
        raise StepError("the profile of the chosen columns could not be read back.")
    known = {column.name for column in found.columns}
    others = [column for column in table.columns if column.name not in known]
    return replace(found, columns=(*found.columns, *others))


def _target_source(target: Column, yes: str) -> str:
    if yes:
        text = 'half[target].astype(str).str.removesuffix(".0")'
        return f"({text} == {literal(yes)}).where(half[target].notna()).astype(float)"
    return "half[target]" if target.mean is not None else "to_numbers(half[target])"


def _stated(target: Column) -> str:
    return (
        "## Which columns come in question?\n\n"
        "- The task names no predictor, and there are more columns than the rows bear.\n"
        "- Left out whatever they tell: columns that hardly vary, miss many values, number the "
        "rows, or hold dates or free text.\n"
        f"- Of the others those are chosen that tell most of the ranks of `{target.name}` in one "
        "half of the rows: one for every fifteen rows of the other half, ten at most, and none "
        "that says much the same as one before.\n"
        "- The model is made of the other half alone."
    )


def _told(draft: Draft, seen: Observation, target: Column) -> str:
    able = seen.line("columns that could explain it")["n"]
    name = draft.name(target.name, seen.cell, target.name)
    return (
        f"The predictors were chosen by rule: of {draft.number(able)} columns that could explain "
        f"{name} those that tell most of it in one half of the rows. The other half made the "
        "model, so the choice does not make its p values smaller; another half might have chosen "
        "others. The notebook lists why each of the rest was left out."
    )
