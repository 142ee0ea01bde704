"""Tables of pandas and geopandas. Runs inside the user's kernel.

Cells that are Python objects are never compared, hashed or asked for their text: a column
of them may hold anything. Over 250 lines: frame, column and index are told with one another.
"""

from __future__ import annotations

import collections
import math
from collections.abc import Iterator
from typing import Any

from . import arrays, kinds, looking, words

_COLUMNS = 200
"""Columns that are compared and told by name."""
_DESCRIBED = 25
"""Columns with a line of their own."""
_CELLS = 1_000_000
"""Cells from which missing values and quantiles are taken."""
_EXAMPLES = 3
_TOP = 3
_READABLE = ("numpy", "pandas", "geopandas", "pyarrow", "datetime")


def dtypes(frame: Any) -> dict[str, str]:
    """The first columns with their dtypes; a repeated name gets its position."""
    named: dict[str, str] = {}
    texts: dict[int, str] = {}  # the columns of a block share one dtype object
    shown = frame.dtypes.iloc[:_COLUMNS]
    for position, (column, dtype) in enumerate(zip(shown.index, shown.array)):  # noqa: B905
        name = kinds.label(column)
        if id(dtype) not in texts:
            texts[id(dtype)] = dtype_name(dtype)
        named[f"{name} (column {position})" if name in named else name] = texts[id(dtype)]
    return named


def dtype_name(dtype: Any) -> str:
    """A dtype's text; for one that the user made the name of its class."""
    known = looking.home(type(dtype)).partition(".")[0] in _READABLE
    return words.short(str(dtype) if known else looking.title(type(dtype)), 60)


def _step(rows: int, columns: int) -> int:
    return max(1, -(-rows * max(columns, 1) // _CELLS))


class Frame(kinds.Kind):
    """A `DataFrame`: its schema in a line; a line a column where it is looked at."""

    def outline(self, value: Any) -> str:
        rows, columns = value.shape
        return words.table(looking.class_name(type(value)), rows, dtypes(value), columns)

    def details(self, value: Any) -> Iterator[str]:
        rows, columns = value.shape
        index = kinds.outline(value.index)
        if index.partition(",")[0] != "RangeIndex":
            yield f"  index: {words.short(kinds.kind_of(value.index).line(value.index), 120)}"
        shown = min(columns, _DESCRIBED)
        step = _step(rows, shown)
        if step > 1:
            yield f"  (missing values and statistics from every {step}th row)"
        for position, name in enumerate(list(dtypes(value))[:shown]):
            series = value.iloc[:, position]
            hidden = words.secret(value.columns[position])
            yield f"  {name}: {column(series, step, hidden=hidden)}"
        if columns > shown:
            yield f"  … {columns - shown} more columns"

    def facts(self, value: Any) -> kinds.Facts:
        rows, columns = value.shape
        return {
            "rows": rows,
            "columns": columns,
            "column": dtypes(value),
            "index": index_title(value.index),
        }

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        blocks = value._mgr.blocks  # public ways copy, or build a column at a time
        walk.whole = walk.whole and len(blocks) <= 20
        return tuple(block_content(block.values, walk) for block in blocks[:20])


class Geo(Frame):
    """A geopandas frame: what its geometry is, too."""

    def details(self, value: Any) -> Iterator[str]:
        if looking.own_dict(value).get("_geometry_column_name") is not None:
            yield f"  geometry: {_geometry(value.geometry)}"
        yield from super().details(value)


class Column(kinds.Kind):
    """A `Series`."""

    def outline(self, value: Any) -> str:
        name = f" {kinds.label(value.name)!r}" if value.name is not None else ""
        dtype = dtype_name(value.dtype)
        title = looking.class_name(type(value))
        return f"{title}{name} of {dtype}, {words.counted(len(value), 'value')}"

    def line(self, value: Any) -> str:
        if words.secret(value.name):
            return self.outline(value)
        examples = _examples(value, 5)
        return f"{self.outline(value)}: {examples}" if examples else self.outline(value)

    def details(self, value: Any) -> Iterator[str]:
        said = column(value, _step(len(value), 1), hidden=words.secret(value.name))
        yield f"  {said}"
        index = kinds.outline(value.index)
        if index.partition(",")[0] != "RangeIndex":
            yield f"  index: {words.short(kinds.kind_of(value.index).line(value.index), 160)}"
            if not words.secret(value.name) and len(value) <= 12:
                pairs = zip(value.index, value.tolist())  # noqa: B905 - not before 3.10
                shown = (f"{kinds.label(key)} {kinds.brief(one, 1)}" for key, one in pairs)
                yield f"  values: {words.listed(shown)}"
        if looking.class_name(type(value)) == "GeoSeries":
            yield f"  geometry: {_geometry(value)}"

    def facts(self, value: Any) -> kinds.Facts:
        return {
            "values": len(value),
            "dtype": dtype_name(value.dtype),
            "index": index_title(value.index),
        }

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        return block_content(value._mgr.blocks[0].values, walk)


class Index(kinds.Kind):
    """An index of any sort; it cannot change in place."""

    def outline(self, value: Any) -> str:
        title = looking.class_name(type(value))
        count = words.counted(len(value), "entry").replace("entrys", "entries")
        text = f"{index_title(value)}, {count}"
        return text if title in ("RangeIndex", "MultiIndex") else f"{text} of {value.dtype}"

    def line(self, value: Any) -> str:
        if not len(value) or any(words.secret(name) for name in value.names):
            return self.outline(value)
        first, last = kinds.brief(value[0], 2), kinds.brief(value[-1], 2)
        return words.short(f"{self.outline(value)}, {first} … {last}", words.LINE)

    def facts(self, value: Any) -> kinds.Facts:
        return {"entries": len(value), "names": str([kinds.label(name) for name in value.names])}

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        if looking.class_name(type(value)) == "RangeIndex":
            return value.start, value.stop, value.step
        walk.whole = False
        return None


def index_title(index: Any) -> str:
    """Its class and names."""
    names = [kinds.label(name) for name in index.names if name is not None]
    named = f" ({words.listed(names, limit=80)})" if names else ""
    return f"{looking.class_name(type(index))}{named}"


class Grouped(kinds.Kind):
    """A groupby, rolling or resampling object: what it was made from, nothing computed."""

    def outline(self, value: Any) -> str:
        held = looking.own_dict(value)
        title = looking.class_name(type(value))
        keys = held.get("keys")
        by = f" by {kinds.brief(keys, 2)}" if keys is not None else ""
        table = held.get("obj")
        return f"{title}{by} of {kinds.brief(table)}" if table is not None else f"{title}{by}"


class Stamp(kinds.Kind):
    """A `Timestamp`, `Timedelta`, `Period` or `Interval`; `NaT`, `NA`."""

    def line(self, value: Any) -> str:
        return f"{looking.class_name(type(value))} = {self.brief(value, 1)}"

    def brief(self, value: Any, depth: int) -> str:
        return words.short(str(value))

    def facts(self, value: Any) -> kinds.Facts:
        return {"=": str(value)}

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        return str(value)


# A column


def column(series: Any, step: int, *, hidden: bool = False) -> str:
    """Dtype, missing values, and what the values are; values only where not `hidden`."""
    dtype = series.dtype
    text = dtype_name(dtype)
    some = series.iloc[::step] if step > 1 else series
    if text == "geometry" or looking.home(type(dtype)).partition(".")[0] not in _READABLE:
        return text
    if text == "object":
        objects = series.iloc[:10_000].tolist()
        return f"{text}, {_objects(objects, hidden=hidden)}"
    missing = int(some.isna().sum())
    text = f"{text}, {missing} missing" if missing else text
    if hidden:
        return f"{text} {words.NOT_SHOWN}"
    said = [part for part in (text, _values(some, dtype), _examples(series, _EXAMPLES)) if part]
    return "; ".join(said)


def _values(series: Any, dtype: Any) -> str:
    """The spread of numbers and times, the commonest of categories and texts."""
    if dtype_name(dtype) == "category":
        counts = series.value_counts().iloc[:_TOP]
        levels = f"{len(dtype.categories)} levels{' in order' if dtype.ordered else ''}"
        return f"{levels}: {_counts(counts)}"
    kind = getattr(dtype, "kind", "O")
    if kind in "iuf":
        numbers = series.dropna()
        if not len(numbers):
            return ""
        ends = [words.number(one) for one in (numbers.min(), numbers.median(), numbers.max())]
        return f"min {ends[0]}, median {ends[1]}, max {ends[2]}"
    if kind in "mM":
        known = series.dropna()
        return f"{known.min()} … {known.max()}" if len(known) else ""
    if kind == "b" or dtype_name(dtype).startswith("str"):
        counts = series.value_counts()
        return f"{len(counts)} different: {_counts(counts.iloc[:_TOP])}" if len(counts) else ""
    return ""


def _counts(counts: Any) -> str:
    pairs = zip(counts.index, counts.tolist())  # noqa: B905 - not before 3.10
    return ", ".join(f"{words.short(kinds.brief(key, 1), 30)} ({many})" for key, many in pairs)


def _objects(objects: list[Any], *, hidden: bool) -> str:
    """What stands in a column of Python objects, from its first cells."""
    held = [one for one in objects if not _is_missing(one)]
    missing = len(objects) - len(held)
    names = collections.Counter(looking.class_name(type(one)) for one in held)
    parts = [f"{missing} missing"] if missing else []
    parts.append("holds " + ", ".join(f"{name} ({n})" for name, n in names.most_common(_TOP)))
    where = f"in the first {len(objects)} rows"
    if hidden:
        return f"{', '.join(parts)} {where} {words.NOT_SHOWN}"
    if set(names) == {"str"} and all(type(one) is str for one in held):
        top = collections.Counter(held).most_common(_TOP)
        texts = ", ".join(f"{words.short(repr(one), 30)} ({n})" for one, n in top)
        parts.append(f"{len(set(held))} different: {texts}")
    else:
        parts.append("first " + ", ".join(kinds.brief(one, 1) for one in objects[:_EXAMPLES]))
    return f"{', '.join(parts)} ({where})"


def _is_missing(value: Any) -> bool:
    return value is None or (type(value) is float and math.isnan(value))


def _examples(series: Any, many: int) -> str:
    if looking.home(type(series.dtype)).partition(".")[0] not in _READABLE:
        return ""
    if dtype_name(series.dtype) == "geometry":
        return ""
    return kinds.row(series.iloc[:many].tolist(), more=len(series) > many)


def _geometry(series: Any) -> str:
    """Reference system, sorts and bounds, of the first 10,000 geometries."""
    some = series.iloc[:10_000]
    sorts = collections.Counter(str(one) for one in some.geom_type)
    named = ", ".join(f"{name} ({many})" for name, many in sorts.most_common(_TOP))
    bounds = ", ".join(words.number(one) for one in some.total_bounds)
    crs = words.short(str(series.crs.to_string() if series.crs is not None else None), 60)
    of = "" if len(some) == len(series) else " of the first 10000"
    return f"crs {crs}; {named}; bounds {bounds}{of}"


def block_content(block: Any, walk: kinds.Walk) -> Any:
    """What differs when the values of a block of columns do: all, or an even sample."""
    home = looking.home(type(block))
    if home == "numpy.ndarray":
        return arrays.fingerprint(block, walk)
    if not home.startswith("pandas."):
        walk.whole = False
        return id(block)
    backing = _backing(block)
    if backing:
        return tuple(arrays.fingerprint(array, walk) for array in backing)
    step = max(1, len(block) // 200)
    walk.whole = walk.whole and step == 1
    return walk.of(block[::step].tolist())


def _backing(block: Any) -> Any:
    """The numpy arrays behind categories, times and masked numbers; None where there are none."""
    found = [getattr(block, name, None) for name in ("_ndarray", "_data", "_mask")]
    kept = [array for array in found if looking.home(type(array)) == "numpy.ndarray"]
    return kept or None


def register() -> None:
    kinds.add(Frame(), "pandas.DataFrame")
    kinds.add(Geo(), "geopandas.GeoDataFrame")
    kinds.add(Column(), "pandas.Series", "geopandas.GeoSeries")
    kinds.add(Index(), "pandas.Index")
    kinds.add(Grouped(), "pandas.DataFrameGroupBy", "pandas.SeriesGroupBy", "pandas.BaseGroupBy")
    kinds.add(Grouped(), "pandas.Rolling", "pandas.Resampler", "pandas.BaseWindow")
    for name in ("Timestamp", "Timedelta", "Period", "Interval", "NaTType", "NAType"):
        kinds.add(Stamp(), f"pandas.{name}")
