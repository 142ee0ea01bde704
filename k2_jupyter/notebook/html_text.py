"""HTML as the text that a reader of the page sees; nothing of it is run or fetched.

Whatever the input: it never raises, its time grows with the length, and what is hidden,
scripts and styles are left out. One script is read as data: itables keeps its rows in one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from k2_jupyter.notebook.html_table import HtmlCell, HtmlTable, span

MOST_HTML = 2_000_000
"""Characters that are read."""
_UNSEEN = frozenset(("script", "style", "template", "noscript", "svg", "head", "title", "object"))
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
)
_BREAKS = frozenset(
    ("address", "article", "blockquote", "br", "dd", "details", "div", "dl", "dt", "figcaption",
     "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p",
     "pre", "section", "summary", "table", "ul")
)  # fmt: skip
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_JSON_TEXT = r'\s*:\s*("(?:[^"\\]|\\.)*+")'


def html_text(html: str) -> str:
    """The visible text, a line a block, tables in aligned columns; "" without any."""
    html = html[:MOST_HTML]
    if '"data_json"' in html:
        told = [table.text() for table in _itables(html)]
        if any(told):
            return "\n\n".join(told)
    reader = _read(html)
    return "\n".join(reader.blocks)


def _read(html: str) -> _Reader:
    reader = _Reader()
    # `close` would take what is unfinished piece by piece, which is quadratic in Python
    # before 3.11.14; a last tag lets go of all text before it as well.
    reader.feed(html + "<br>")
    reader.end_line()
    return reader


@dataclass(slots=True)
class _OpenCell:
    columns: int
    rows: int
    text: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Gathers lines and tables in their order. A table in a table is text of its cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self.tables: list[HtmlTable] = []
        self._line: list[str] = []
        self._unseen = ""
        self._depth = 0
        self._tables_open = 0
        self._in_header = False
        self._caption: list[str] | None = None
        self._cell: _OpenCell | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._unseen:
            self._depth += tag == self._unseen
            return
        attributes = dict(attrs)
        if _is_hidden(tag, attributes):
            self._unseen, self._depth = tag, 1
        elif tag == "img" and attributes.get("alt"):
            self.handle_data(f"[picture: {attributes['alt']}]")
        elif tag == "table" and not self._tables_open:
            self.end_line()
            self._tables_open, self._in_header = 1, False
            self.tables.append(HtmlTable())
        elif tag == "table":
            self._tables_open += 1
        elif self._tables_open == 1:
            self._begin(tag, attributes)
        elif tag in _BREAKS or self._tables_open:
            self._break()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # HTML knows no `<div/>`: it is opened all the same

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            self._depth -= tag == self._unseen
            if not self._depth:
                self._unseen = ""
        elif tag == "table" and self._tables_open:
            self._tables_open -= 1
            if not self._tables_open:
                self._end_table()
        elif self._tables_open == 1 and tag in ("td", "th", "tr", "caption", "thead"):
            self._end_cell()
            self._in_header = self._in_header and tag != "thead"
        elif tag in _BREAKS or self._tables_open > 1:
            self._break()

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._cell is not None:
            self._cell.text.append(data)
        elif self._caption is not None:
            self._caption.append(data)
        elif not self._tables_open:
            self._line.append(data)

    def end_line(self) -> None:
        """Complete what stands before a break."""
        if self._tables_open:
            self._tables_open = 0
            self._end_table()
        text = _joined(self._line)
        self._line = []
        if text:
            self.blocks.append(text)

    def _begin(self, tag: str, attributes: dict[str, str | None]) -> None:
        table = self.tables[-1]
        if tag in ("td", "th"):
            self._end_cell()
            if not table.rows:
                table.rows.append([])
            rows = span(attributes.get("rowspan"), of_rows=True)
            self._cell = _OpenCell(span(attributes.get("colspan")), rows)
        elif tag == "tr":
            self._end_cell()
            table.rows.append([])
            table.header += self._in_header
        elif tag in ("thead", "tbody", "tfoot"):
            self._end_cell()
            self._in_header = tag == "thead" and table.header == len(table.rows)
        elif tag == "caption":
            self._caption = []
        elif tag in _BREAKS:
            self._break()

    def _break(self) -> None:
        if self._cell is not None:
            self._cell.text.append(" ")
        elif not self._tables_open:
            self.end_line()

    def _end_cell(self) -> None:
        if self._caption is not None:
            self.tables[-1].caption, self._caption = _joined(self._caption), None
        if self._cell is not None:
            cell = HtmlCell(_joined(self._cell.text), self._cell.columns, self._cell.rows)
            self.tables[-1].rows[-1].append(cell)
            self._cell = None

    def _end_table(self) -> None:
        self._end_cell()
        text = self.tables[-1].text()
        if text:
            self.blocks.append(f"{text}\n")


def _is_hidden(tag: str, attributes: dict[str, str | None]) -> bool:
    if tag in _VOID:
        return False
    unseen = tag in _UNSEEN or "hidden" in attributes
    return unseen or bool(_HIDDEN.search(attributes.get("style") or ""))


def _joined(texts: list[str]) -> str:
    return " ".join("".join(texts).split())


# itables (2.x): the head as HTML and the rows as JSON, both as JSON texts in a script


def _itables(html: str) -> list[HtmlTable]:
    heads = _json_texts("table_html", html)
    found = []
    for position, data in enumerate(_json_texts("data_json", html)):
        read = _read(heads[position]).tables if position < len(heads) else []
        table = read[0] if read else HtmlTable()
        rows = _parsed(data)
        if isinstance(rows, list):
            shown = (
                [HtmlCell(_shown(value)) for value in row] for row in rows if isinstance(row, list)
            )
            table.rows[table.header : table.header] = shown
            found.append(table)
    return found


def _json_texts(name: str, html: str) -> list[str]:
    texts = (_parsed(match[1]) for match in re.finditer(f'"{name}"{_JSON_TEXT}', html))
    return [text for text in texts if isinstance(text, str)]


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _shown(value: object) -> str:
    """A value as the page shows it: some are pairs, the text and what it is sorted by."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, str):
        return " ".join(html_text(value).split()) if "<" in value or "&" in value else value
    return "" if value is None else json.dumps(value)
