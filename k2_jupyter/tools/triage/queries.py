"""SQL in a text: engines such as DuckDB read addresses, write files and load extensions."""

from __future__ import annotations

import ast
import re

from k2_jupyter.tools.triage import writes
from k2_jupyter.tools.triage.names import Text
from k2_jupyter.tools.triage.rules import words
from k2_jupyter.tools.triage.scope import Findings, Scope

_RUNS_SQL = words(
    "sql query execute executemany executescript from_query read_sql read_sql_query text"
)
_ADDRESS = re.compile(
    r"(?:\b(?:from|join|to|attach)\b|read_\w{1,30}\s?\(|_scan\s?\()[\s\[]*['\"]"
    r"((?:https?|s3|gcs|gs|r2|hf|azure?|abfss?|postgres\w*|mysql)://[^'\"]*)",
    re.IGNORECASE,
)
_WRITTEN = re.compile(
    r"\b(?:to|export\s+database|attach(?:\s+database)?(?:\s+if\s+not\s+exists)?|vacuum\s+into)"
    r"\s+'([^']*)",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"(?:^|;)\s*(?:force\s+)?install\s+['\w]+\s*(?:;|$|from\b)", re.IGNORECASE)


def queries(node: ast.Call, scope: Scope) -> Findings:
    """What the SQL that a call is given reads and writes beyond the working folder."""
    match node.func:
        case ast.Attribute(attr=last) | ast.Name(id=last) if last in _RUNS_SQL and node.args:
            for text in scope.names.texts(node.args[0]):
                yield from _statement(text, node.lineno, scope)


def _statement(text: Text, line: int, scope: Scope) -> Findings:
    for address in _ADDRESS.finditer(text.head):
        yield "network", f"uses the network (SQL with `{address[1][:60]}`)"
    for written in _WRITTEN.finditer(text.head):
        ends = written.end() < len(text.head)
        if written[1] and not _ADDRESS.match(text.head, written.start()):
            yield from writes.place(Text(written[1], text.whole or ends), line, scope)
        elif not written[1] and not ends:
            yield "write", "writes to a path that can't be read from this cell (in SQL)"
    if _EXTENSION.search(text.head):
        yield "install", "installs packages (an extension of the database)"
