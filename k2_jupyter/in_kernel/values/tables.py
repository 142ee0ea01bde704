"""Tables of other libraries: polars, pyarrow, duckdb, SQLAlchemy, dask, pyspark.

Runs inside the user's kernel. What is lazy is not computed: of a query its schema is told,
as far as that is known without running it. Over 250 lines: one short class for each of six
libraries.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import frames, guard, kinds, looking, words

_DESCRIBED = 25
_EXAMPLES = 3
_SMALL_CELLS = 2_000
_COUNTED_ROWS = 1_000_000
_SCHEMA_SECONDS = 0.1


class Polars(kinds.Kind):
    """A polars DataFrame."""

    def outline(self, value: Any) -> str:
        return words.table("polars DataFrame", value.height, _schema(value), value.width)

    def details(self, value: Any) -> Iterator[str]:
        for name in value.columns[:_DESCRIBED]:
            hidden = words.secret(name)
            yield f"  {kinds.label(name)}: {polars_column(value.get_column(name), hidden=hidden)}"
        if value.width > _DESCRIBED:
            yield f"  … {value.width - _DESCRIBED} more columns"

    def facts(self, value: Any) -> kinds.Facts:
        return {"rows": value.height, "columns": value.width, "column": _schema(value)}

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        if value.height * value.width > _SMALL_CELLS:
            walk.whole = False
            return None
        return tuple(walk.of(column.to_list()) for column in value.get_columns())


class PolarsColumn(kinds.Kind):
    def outline(self, value: Any) -> str:
        name = f" {kinds.label(value.name)!r}" if value.name else ""
        return f"polars Series{name} of {value.dtype}, {words.counted(value.len(), 'value')}"

    def line(self, value: Any) -> str:
        if words.secret(value.name):
            return self.outline(value)
        return f"{self.outline(value)}: {_first(value, 5)}"

    def details(self, value: Any) -> Iterator[str]:
        yield f"  {polars_column(value, hidden=words.secret(value.name))}"

    def facts(self, value: Any) -> kinds.Facts:
        return {"values": value.len(), "dtype": str(value.dtype)}

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        if value.len() > _SMALL_CELLS:
            walk.whole = False
            return None
        return walk.of(value.to_list())


class PolarsQuery(kinds.Kind):
    """A LazyFrame. Its schema may have to be read from files, so it is not waited for long."""

    def outline(self, value: Any) -> str:
        return "polars LazyFrame, not collected"

    def line(self, value: Any) -> str:
        schema = guard.aside(_SCHEMA_SECONDS, value.collect_schema)
        if schema is None:
            return f"{self.outline(value)}, schema not known yet"
        dtypes = {kinds.label(name): str(dtype) for name, dtype in list(schema.items())[:100]}
        return words.table(self.outline(value), None, dtypes, len(schema))


class Arrow(kinds.Kind):
    """A pyarrow Table or RecordBatch."""

    def outline(self, value: Any) -> str:
        title = f"pyarrow {looking.class_name(type(value))}"
        return words.table(title, value.num_rows, arrow_schema(value.schema), value.num_columns)

    def details(self, value: Any) -> Iterator[str]:
        for position, field in enumerate(value.schema):
            if position == _DESCRIBED:
                yield f"  … {value.num_columns - position} more columns"
                return
            column = value.column(position)
            text = f"{field.type}, {column.null_count} missing"
            if not words.secret(field.name):
                shown = (kinds.brief(one.as_py(), 1) for one in column.slice(0, _EXAMPLES))
                text += f"; {', '.join(shown)}"
            yield f"  {kinds.label(field.name)}: {words.short(text, 160)}"

    def facts(self, value: Any) -> kinds.Facts:
        return {
            "rows": value.num_rows,
            "columns": value.num_columns,
            "column": arrow_schema(value.schema),
        }


class ArrowArray(kinds.Kind):
    def outline(self, value: Any) -> str:
        title = f"pyarrow {looking.class_name(type(value))}"
        return f"{title} of {value.type}, {words.counted(len(value), 'value')}"

    def line(self, value: Any) -> str:
        shown = ", ".join(kinds.brief(one.as_py(), 1) for one in value.slice(0, 5))
        return f"{self.outline(value)}: {words.short(shown, 160)}"


class ArrowSchema(kinds.Kind):
    def outline(self, value: Any) -> str:
        return words.table("pyarrow Schema", None, arrow_schema(value), len(value))


class Relation(kinds.Kind):
    """A duckdb relation: a query that runs when it is asked for rows, or for its text."""

    def outline(self, value: Any) -> str:
        pairs = zip(value.columns, value.types)  # noqa: B905 - not before 3.10
        dtypes = {kinds.label(name): str(kind) for name, kind in list(pairs)[:100]}
        return words.table("duckdb relation, not executed", None, dtypes, len(value.columns))


class Engine(kinds.Kind):
    """A SQLAlchemy engine or connection: where it leads, without user's secrets."""

    def outline(self, value: Any) -> str:
        engine = getattr(value, "engine", value)
        url = engine.url
        host = f"{url.host or ''}{f':{url.port}' if url.port else ''}"
        user = f"{url.username}@" if url.username else ""
        address = f"{url.drivername}://{user}{host}/{url.database or ''}"
        return f"SQLAlchemy {looking.class_name(type(value))}, {words.short(address, 160)}"


class SqlResult(kinds.Kind):
    """A SQLAlchemy result: its rows are left for whoever fetches them."""

    def outline(self, value: Any) -> str:
        keys = [kinds.label(key) for key in value.keys()]  # noqa: SIM118 - it is no dict
        title = looking.class_name(type(value))
        return f"SQLAlchemy {title}, not fetched, columns: {words.listed(keys)}"


class SqlRow(kinds.Kind):
    def outline(self, value: Any) -> str:
        return f"SQLAlchemy Row, {words.counted(len(value._fields), 'column')}"

    def line(self, value: Any) -> str:
        return f"SQLAlchemy Row: {self._shown(value)}"

    def brief(self, value: Any, depth: int) -> str:
        return f"({self._shown(value)})" if depth > 0 else "(…)"

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        return tuple(map(walk.of, tuple(value)))

    def _shown(self, value: Any) -> str:
        pairs = zip(value._fields, tuple(value))  # noqa: B905 - not before 3.10
        shown = (f"{kinds.label(name)}={kinds.shown(name, one, 1)}" for name, one in pairs)
        return words.listed(shown)


class SqlTable(kinds.Kind):
    def outline(self, value: Any) -> str:
        dtypes = {kinds.label(str(one.name)): str(one.type) for one in value.columns}
        name = words.short(str(value.name), 60)
        return words.table(f"SQLAlchemy Table {name}", None, dtypes, len(dtypes))


class DaskFrame(kinds.Kind):
    """A dask DataFrame or Series: the empty frame that dask keeps of it, and the partitions.

    How many partitions an expression has is asked only where no node of it has to look at
    data for that: sorting or setting an index computes quantiles to know it.
    """

    def outline(self, value: Any) -> str:
        meta = value._meta
        parts = _partitions(value)
        pieces = f"{words.counted(parts, 'partition')}, " if parts is not None else ""
        title = f"dask {looking.class_name(type(value))}, {pieces}not computed"
        if hasattr(meta, "dtypes") and hasattr(meta, "columns"):
            return words.table(title, None, frames.dtypes(meta), len(meta.columns))
        return f"{title}, of {getattr(meta, 'dtype', type(meta).__name__)}"


class DaskBag(kinds.Kind):
    def outline(self, value: Any) -> str:
        return f"dask Bag, {words.counted(value.npartitions, 'partition')}, not computed"


class DaskDelayed(kinds.Kind):
    def outline(self, value: Any) -> str:
        key = kinds.label(looking.own_dict(value).get("_key"))
        return f"dask Delayed {key}, not computed"


class Spark(kinds.Kind):
    """A pyspark DataFrame: its schema comes from the analysed plan; no job runs."""

    def outline(self, value: Any) -> str:
        fields = list(value.schema.fields)
        dtypes = {kinds.label(one.name): one.dataType.simpleString() for one in fields[:100]}
        return words.table("pyspark DataFrame, not computed", None, dtypes, len(fields))


# Columns


def polars_column(series: Any, *, hidden: bool) -> str:
    """Dtype, nulls, spread, first values of a polars Series."""
    nulls = series.null_count()
    text = f"{series.dtype}, {nulls} missing" if nulls else str(series.dtype)
    if hidden:
        return f"{text} {words.NOT_SHOWN}"
    if series.dtype.is_numeric() and series.len() > nulls:
        step = series.len() // _COUNTED_ROWS
        some = series.gather_every(step) if step > 1 else series
        ends = [words.number(one) for one in (some.min(), some.median(), some.max())]
        text += f"; min {ends[0]}, median {ends[1]}, max {ends[2]}"
    return f"{text}; {_first(series, _EXAMPLES)}"


def _first(series: Any, many: int) -> str:
    return kinds.row(series.head(many).to_list(), more=series.len() > many)


def _schema(frame: Any) -> dict[str, str]:
    return {kinds.label(name): str(dtype) for name, dtype in list(frame.schema.items())[:200]}


def arrow_schema(schema: Any) -> dict[str, str]:
    names = schema.names[:200]
    return {kinds.label(name): str(schema.field(at).type) for at, name in enumerate(names)}


_FIXED_PARTITIONS = ("FromPandas", "FromArray", "FromGraph", "FromDelayed", "FromMap")


def _partitions(collection: Any) -> int | None:
    """How many partitions, where that is known without looking at data."""
    expression = looking.own_dict(collection).get("_expr")
    if expression is None:
        divisions = looking.own_dict(collection).get("divisions")
        return len(divisions) - 1 if type(divisions) is tuple else None
    for node in expression.walk():
        name = looking.class_name(type(node))
        blockwise = any(looking.class_name(one) == "Blockwise" for one in looking.lineage(node))
        if not name.startswith(_FIXED_PARTITIONS) and (not blockwise or name.startswith("Read")):
            return None
    return int(collection.npartitions)


def register() -> None:
    kinds.add(Polars(), "polars.DataFrame")
    kinds.add(PolarsColumn(), "polars.Series")
    kinds.add(PolarsQuery(), "polars.LazyFrame")
    kinds.add(Arrow(), "pyarrow.Table", "pyarrow.RecordBatch")
    kinds.add(ArrowArray(), "pyarrow.Array", "pyarrow.ChunkedArray")
    kinds.add(ArrowSchema(), "pyarrow.Schema")
    kinds.add(Relation(), "duckdb.DuckDBPyRelation")
    kinds.add(Engine(), "sqlalchemy.Engine", "sqlalchemy.Connection")
    kinds.add(SqlResult(), "sqlalchemy.Result")
    kinds.add(SqlRow(), "sqlalchemy.Row")
    kinds.add(SqlTable(), "sqlalchemy.Table")
    kinds.add(DaskFrame(), "dask.DataFrame", "dask.Series", "dask.Index", "dask.Scalar")
    kinds.add(DaskBag(), "dask.Bag")
    kinds.add(DaskDelayed(), "dask.Delayed")
    kinds.add(Spark(), "pyspark.DataFrame")
