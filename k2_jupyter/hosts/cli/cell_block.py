"""A finished cell as the terminal shows it: header, code, outputs."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from k2_jupyter.events import CellFinished, CellStarted
from k2_jupyter.notebook.pictures import pixel_size
from k2_jupyter.notebook.text import visible, without_ansi
from k2_jupyter.outputs import Display, ErrorOutput, Output, Stream

if TYPE_CHECKING:
    from rich.console import RenderableType

_CODE_LINES = 30
_OUTPUT_LINES = 20
_TAIL = 5
_LONGEST_LINE = 2000
_CHARTS = ("application/vnd.plotly", "application/vnd.vega")


def plain(text: str) -> str:
    """Data as a terminal may get it: no escape sequences, no control characters."""
    return visible(without_ansi(text)).expandtabs(4)


def header(started: CellStarted, finished: CellFinished) -> str:
    """``In [4] Means per group · 1.3 s``, and the status where it is not ok."""
    count = finished.execution_count
    parts = [f"In [{' ' if count is None else count}] {first_line(started.purpose)}".rstrip()]
    if finished.status != "ok":
        parts.append(finished.status)
    parts.append(f"{finished.seconds:.1f} s")
    return " · ".join(parts)


def first_line(text: str) -> str:
    """The first line with anything on it, cleaned."""
    return next((line.strip() for line in plain(text).splitlines() if line.strip()), "")


def last_line(text: str) -> str:
    """The last line with anything on it, cleaned."""
    tail = plain(text[-_LONGEST_LINE:])
    return next((line.strip() for line in reversed(tail.splitlines()) if line.strip()), "")


def summary(finished: CellFinished) -> str:
    """One line about the outputs, for logs: the error, or the first line shown."""
    for output in reversed(finished.outputs):
        if isinstance(output, ErrorOutput):
            return f"{plain(output.ename)}: {first_line(output.evalue)}"
    for output in finished.outputs:
        text = first_line(_text(output))
        if text:
            return text[:200]
    return ""


def block(started: CellStarted, finished: CellFinished) -> Iterator[RenderableType]:
    """What is printed above the live area when a cell has finished."""
    failed = finished.status != "ok"
    yield Text()
    yield Text(header(started, finished), style="bold red" if failed else "bold blue")
    yield Padding(code(started.source), (0, 0, 0, 2))
    for output in finished.outputs:
        text = _text(output)
        if text:
            yield Padding(_bounded(text, _style(output)), (0, 0, 0, 4))


def code(source: str) -> RenderableType:
    """The beginning of a source, highlighted in the terminal's own colours."""
    from rich.console import Group

    lines = plain(source).strip("\n").splitlines()
    shown = highlighted("\n".join(lines[:_CODE_LINES]), "python")
    if len(lines) <= _CODE_LINES:
        return shown
    return Group(shown, Text(f"… {len(lines) - _CODE_LINES} more lines", style="dim"))


def highlighted(text: str, language: str, *, line_numbers: bool = False) -> RenderableType:
    """Source text; the background stays the terminal's."""
    from rich.syntax import Syntax

    return Syntax(
        text,
        language,
        theme="ansi_dark",
        background_color="default",
        line_numbers=line_numbers,
        word_wrap=True,
    )


def _bounded(text: str, style: str) -> Text:
    lines = [line[:_LONGEST_LINE] for line in text.rstrip("\n").splitlines()]
    if len(lines) > _OUTPUT_LINES:
        head = _OUTPUT_LINES - _TAIL - 1
        left_out = len(lines) - head - _TAIL
        lines[head:-_TAIL] = [f"… {left_out} more lines"]
    return Text("\n".join(lines), style=style, no_wrap=True, overflow="ellipsis")


def _style(output: Output) -> str:
    if isinstance(output, ErrorOutput):
        return "red"
    return "yellow" if isinstance(output, Stream) and output.name == "stderr" else "none"


def _text(output: Output) -> str:
    if isinstance(output, Stream):
        return plain(output.text)
    if isinstance(output, ErrorOutput):
        return plain("\n".join(output.traceback) or f"{output.ename}: {output.evalue}")
    return _display(output)


def _display(output: Display) -> str:
    for kind, content in output.data.items():
        if kind.startswith("image/"):
            return _figure(content)
        if kind.startswith(_CHARTS):
            return "[interactive chart]"
    text = output.data.get("text/plain") or output.data.get("text/markdown")
    if isinstance(text, str):
        return plain(text)
    return f"[{plain(next(iter(output.data), 'nothing'))}]"


def _figure(content: object) -> str:
    try:
        size = pixel_size(base64.b64decode(content)) if isinstance(content, str) else None
    except (binascii.Error, ValueError):
        size = None
    return f"[figure {size[0]}×{size[1]}]" if size else "[figure]"
