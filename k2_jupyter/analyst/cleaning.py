"""The cells that make the rows and columns ready for a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from k2_jupyter.analyst.choice import Choice
from k2_jupyter.analyst.levels import joined_lines, order_lines, spelling_lines, text_expression
from k2_jupyter.analyst.reading import Fact, Observation
from k2_jupyter.analyst.source import cell, literal
from k2_jupyter.analyst.spelling import read_joined
from k2_jupyter.analyst.table import FEW, Column, Table


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What the cleaning cell found."""

    cell: str
    used: Fact
    unusable: Fact
    negative: Fact
    repeats: Fact
    repeat_share: Fact
    distinct: Fact
    groups: Fact
    seconds: Fact | None
    """Levels of the second factor."""
    smallest: Fact | None
    """Rows in the thinnest combination of both factors."""
    codes: Fact | None
    """Values of the target that look like a code for "missing"."""
    alone: Fact | None
    """Levels of a factor that hold a single row each, and were left out."""
    joined: Mapping[str, Fact]
    """Column of groups → values in another spelling that were joined with a level."""
    trimmed: tuple[Fact, ...]
    """Levels of a factor of which the largest are compared, and the per cent of rows in these."""


def choose_source(choice: Choice, table: Table) -> str:
    """The cell that makes one frame ``data`` with y, a and, where chosen, b and t."""
    keys, parts = _keys(choice), _parts(choice)
    columns = [f'    "y": {_numbers("target", table.column(choice.target))},']
    columns += [
        f'    "{key}": {_part(key, name, table.column(parts[name]), choice)},'
        for key, name in keys.items()
    ]
    factors = _factors(choice, table)
    return cell(
        "choose",
        names=", ".join(parts),
        values=", ".join(literal(value) for value in parts.values()),
        labels="{" + ", ".join(f'"{key}": {name}' for key, name in keys.items()) + "}",
        spellings=spelling_lines(factors),
        columns="\n".join(columns),
        orders=order_lines(factors),
    )


def clean_source(choice: Choice, table: Table) -> str:
    """The cell that makes the rows of ``data`` ready."""
    keys, factors = _keys(choice), _factors(choice, table)
    most = "MOST_OF_TWO" if choice.second else "MOST_LEVELS"
    trims = [
        cell("common_levels", key=key, name=keys[key], most=most)
        for key, column in factors.items()
        if _is_long(column) and not (key == "a" and choice.binned)
    ]
    return cell(
        "clean",
        joined=joined_lines(factors),
        used="[" + ", ".join(f'"{key}"' for key in ("y", *factors)) + "]",
        groups="\n".join([*_named(choice), *trims, *(_tidy(key, keys[key]) for key in factors)]),
        counts="\n".join(_counts(keys)),
    )


def _parts(choice: Choice) -> dict[str, str]:
    """The role of a column, which is a variable of the cell → its name."""
    roles = ("target", "factor", "second", "time")
    names = (choice.target, choice.factor, choice.second, choice.time)
    return {role: name for role, name in zip(roles, names, strict=True) if name}


def _keys(choice: Choice) -> dict[str, str]:
    """Short name of a column in ``data`` → its role."""
    keys = {"a": "factor", "b": "second", "t": "time"}
    return {key: role for key, role in keys.items() if role in _parts(choice)}


def _factors(choice: Choice, table: Table) -> dict[str, Column]:
    parts = _parts(choice)
    keys = {key: role for key, role in _keys(choice).items() if key != "t"}
    return {key: table.column(parts[role]) for key, role in keys.items()}


def read_cleaned(seen: Observation) -> Cleaned | None:
    """What the cell printed; ``None`` where it printed something else."""
    unusable = seen.fact(r"^rows without a usable value .*: (NUM) \(left", "rows left out")
    negative = seen.fact(r"^negative values of .*: (NUM)$", "negative values")
    repeats = seen.facts(r"^rows that repeat .*: (NUM) \(([\d.]+|nan)%\)$", "rows that repeat")
    used = seen.facts(r"^rows used: (NUM); distinct values of .*: (NUM)$", "rows used")
    groups = seen.fact(r"^groups of .*: (NUM)$", "groups")
    trimmed = seen.facts(
        r"^levels of .*: (NUM); the largest hold ([\d.]+)% of rows$", "levels largest rows"
    )
    if unusable is None or negative is None or not repeats or not used or groups is None:
        return None
    return Cleaned(
        cell=seen.cell,
        used=used[0],
        unusable=unusable,
        negative=negative,
        repeats=repeats[0],
        repeat_share=repeats[1],
        distinct=used[1],
        groups=groups,
        seconds=seen.fact(r"^levels of the second factor .*: (NUM)$", "levels second factor"),
        smallest=seen.fact(r"^rows in the smallest combination.*: (NUM)$", "smallest combination"),
        codes=seen.fact(r"^codes for missing values in .*: n = (NUM)$", "codes missing values"),
        alone=seen.fact(
            r"^levels of .* with a single row: (?!0 )(NUM) \(left out\)$", "with a single row"
        ),
        joined=read_joined(seen),
        trimmed=trimmed if trimmed and trimmed[1].value < 100 else (),
    )


def _numbers(name: str, column: Column) -> str:
    return f"df[{name}]" if column.mean is not None else f"to_numbers(df[{name}])"


def _part(key: str, name: str, column: Column, choice: Choice) -> str:
    """The expression for a column that the cell knows as the variable `name`."""
    if key == "t" or column.is_date:
        return _period(name, column, choice)
    if key == "a" and choice.binned:
        return f"quarters({_numbers(name, column)})"
    return text_expression(f"df[{name}]", key, column) if column.is_text else f"df[{name}]"


def _period(name: str, column: Column, choice: Choice) -> str:
    if column.is_year:
        return f"df[{name}]" if "int" in column.dtype.lower() else f'df[{name}].astype("Int64")'
    parsed = f"df[{name}]"
    if not column.dtype.startswith("datetime"):
        parsed = f"to_dates(df[{name}])"
    return f'{parsed}.dt.to_period("{choice.period or column.period}")'


def _is_long(column: Column) -> bool:
    """Many levels, of which the smallest may go; none of the periods of a time may."""
    return column.distinct > FEW and not column.is_date and not column.is_year


def _named(choice: Choice) -> list[str]:
    """The levels that the task names, and no others."""
    levels = ", ".join(map(literal, choice.levels))
    return [f'data = data[data["a"].astype(str).isin([{levels}])]'] if levels else []


def _tidy(key: str, name: str) -> str:
    return "\n".join(
        (
            f'alone = ~data["{key}"].duplicated(keep=False)  # a single row has no spread',
            f'print(f"levels of {{{name}}} with a single row: {{alone.sum():,}} (left out)")',
            f'data = data[~alone].assign({key}=in_order(data.loc[~alone, "{key}"]))',
        )
    )


def _counts(keys: dict[str, str]) -> list[str]:
    lines = ["print(f\"groups of {factor}: {data['a'].nunique()}\")"]
    if "b" in keys:
        lines.append("print(f\"levels of the second factor {second}: {data['b'].nunique()}\")")
        lines.append('sizes = pd.crosstab(data["a"], data["b"])')
        lines.append(
            'print(f"rows in the smallest combination of {factor} and {second}: '
            '{sizes.to_numpy().min():,}")'
        )
    return lines
