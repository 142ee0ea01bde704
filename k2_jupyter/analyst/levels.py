"""The code that gives columns of groups their levels: one spelling, natural order."""

from __future__ import annotations

from collections.abc import Mapping

from k2_jupyter.analyst.ordering import Order, natural_order
from k2_jupyter.analyst.source import cell, literal
from k2_jupyter.analyst.spelling import knows_all_levels
from k2_jupyter.analyst.table import Column

_WIDE = 100
"""Characters of a line; longer lists of levels have a line each."""
_WHY = {
    "rank": "In their natural order, from the lowest to the highest.",
    "turn": "In their natural order.",
    "reference": "The one that the others are compared with comes first.",
}


def order_of(column: Column) -> Order | None:
    """The natural order of a column's levels, where they have one."""
    return natural_order(column.levels) if knows_all_levels(column) else None


def is_ranked(column: Column) -> bool:
    """Is each level more than the one before?"""
    order = order_of(column)
    return order is not None and order.kind == "rank"


def text_expression(source: str, key: str, column: Column) -> str:
    """The column's texts as they are compared; `source` is the expression that picks it."""
    if column.dtype in ("bool", "boolean"):
        return source
    if column.spellings:
        return f'{source}.astype("string").replace(spellings["{key}"]).str.strip()'
    return source if column.dtype == "category" else f'{source}.astype("string").str.strip()'


def spelling_lines(columns: Mapping[str, Column]) -> str:
    """Lines with ``spellings``, by the keys of the columns of groups that need them."""
    entries = []
    for key, column in columns.items():
        if column.spellings:
            rows = (
                f"        {literal(other)}: {literal(level) if level else 'pd.NA'},"
                for other, level in column.spellings.items()
            )
            entries += [f'    "{key}": {{', *rows, "    },"]
    if not entries:
        return ""
    why = "# Spellings that differ only in case or spaces are one level."
    return "\n".join([why, "spellings = {", *entries, "}", ""])


def joined_lines(columns: Mapping[str, Column]) -> str:
    """Lines that count the values of `spellings`, where there are any."""
    return cell("joined") + "\n" if any(c.spellings for c in columns.values()) else ""


def order_lines(columns: Mapping[str, Column]) -> str:
    """Lines that put the levels of ``data`` into their natural order, each after a line break."""
    orders = {key: order_of(column) for key, column in columns.items() if key != "y"}
    lines = (_ordered(key, order) for key, order in orders.items() if order is not None)
    return "".join(f"\n{line}" for line in lines)


def _ordered(key: str, order: Order) -> str:
    ordered = "" if order.kind == "reference" else ", ordered=True"
    levels = [literal(level) for level in order.levels]
    start, end = f'data["{key}"] = pd.Categorical(data["{key}"], categories=', f"{ordered})"
    line = f"{start}[{', '.join(levels)}]{end}"
    if len(line) > _WIDE:
        row = f"levels = [{', '.join(levels)}]"
        rows = "\n".join(["levels = [", *(f"    {level}," for level in levels), "]"])
        line = f"{row if len(row) <= _WIDE else rows}\n{start}levels{end}"
    return f"# {_WHY[order.kind]}\n{line}"
