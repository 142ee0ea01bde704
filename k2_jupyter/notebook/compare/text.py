"""Texts of two runs: what must be equal, and what differs from run to run by nature."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import zip_longest

from k2_jupyter.notebook.text import LineEditor, visible, without_ansi

RELATIVE, ABSOLUTE = 1e-6, 1e-12
"""Tolerance for numbers with a fraction. The relative one is above what another order of
summation does to a double, and below what is printed of it as a rule; the absolute one is
for sums that would be 0."""

_NUMBER = re.compile(r"(?<![\w.])([-+−]?(?:\d[\d,_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_VOLATILE = (
    (re.compile(r"\b0x[0-9a-fA-F]{6,}\b"), "0x…"),  # where an object lies in memory
    (re.compile(r"(?:/[^\s:\"']*)?\bipykernel_\d+/\d+\.py\b|<ipython-input-\d+-\w+>"), "<cell>"),
    (re.compile(r"\b(In|Out) ?\[\d+\]"), r"\1[…]"),  # execution counts, in tracebacks
    # What IPython's %time, %%time and %timeit, and tqdm's bars, say of the time it took.
    (re.compile(r"^(CPU times|Wall time): .*$", re.MULTILINE), r"\1"),
    (re.compile(r"^.* per loop \(mean ± std\. dev\..*$", re.MULTILINE), "per loop"),
    (re.compile(r"\[\d+:\d\d(?::\d\d)?<[^\]\n]*\]"), "[…]"),
    # statsmodels writes the moment into the head of each summary.
    (re.compile(r"\b(Date:)\s+\w{3}, \d\d \w{3} \d{4}"), r"\1"),
    (re.compile(r"\b(Time:)\s+\d\d:\d\d:\d\d"), r"\1"),
)
_RANDOM_ID = re.compile(
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|(?<![0-9a-f])[0-9a-f]{24,}(?![0-9a-f])"
    r"|(?<=[\"'#_])[a-z]{1,2}_?[0-9a-f]{5,}(?=[\"'_)])"
)
_SVG_DATE = re.compile(r"<dc:date>[^<]*</dc:date>")
_CLIP, _BEFORE = 80, 20
"""Characters of a line that are told, and of them before the first that differs."""


@dataclass(frozen=True, slots=True)
class Move:
    """The second run had another working folder; in its texts that is the first one's."""

    run_in: str = ""
    stands_for: str = ""

    def undo(self, text: str) -> str:
        return text.replace(self.run_in, self.stands_for) if self.run_in else text


def text_difference(before: str, after: str) -> str:
    """The first line that differs, in words; "" where the texts say the same.

    Numbers with a fraction or an exponent count as equal within `RELATIVE`; whole numbers
    and words must be equal, spaces need not. Addresses, execution counts, timings of the
    usual kinds and the moment in statsmodels' summaries are left out.
    """
    if before == after:
        return ""
    pairs = zip_longest(_lines(before), _lines(after))
    for number, (old, new) in enumerate(pairs, 1):
        if old is None or new is None or not _same_line(old, new):
            return f"line {number}: {_told(old, new)}"
    return ""


def markup_difference(before: str, after: str) -> str:
    """As `text_difference`, of what a reader sees of HTML; of the source if that is nothing."""
    old, new = _seen(before), _seen(after)
    if not old.strip() and not new.strip():
        old, new = (_RANDOM_ID.sub("…", source) for source in (before, after))
    return text_difference(old, new)


def drawing_difference(before: str, after: str) -> str:
    """As `text_difference`, of the source of an SVG without ids and date."""
    old, new = (_RANDOM_ID.sub("…", _SVG_DATE.sub("", source)) for source in (before, after))
    return text_difference(old, new)


def same_number(one: float, other: float) -> bool:
    """Within the tolerance; a NaN is a NaN."""
    both_nan = math.isnan(one) and math.isnan(other)
    return both_nan or math.isclose(one, other, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


def _lines(text: str) -> list[str]:
    editor = LineEditor()
    shown = without_ansi(editor.feed(text) + editor.rest)
    for volatile, instead in _VOLATILE:
        shown = volatile.sub(instead, shown)
    return shown.strip("\n").splitlines()


def _same_line(one: str, other: str) -> bool:
    if one.split() == other.split():
        return True
    ones, others = _NUMBER.split(one), _NUMBER.split(other)
    if len(ones) != len(others):
        return False
    words = zip(ones[::2], others[::2], strict=True)
    numbers = zip(ones[1::2], others[1::2], strict=True)
    return all(a.split() == b.split() for a, b in words) and all(_same_text(*n) for n in numbers)


def _same_text(one: str, other: str) -> bool:
    """Two printed numbers; whole ones must be equal to the digit."""
    if one == other:
        return True
    if not all(set(text) & set(".eE") for text in (one, other)):
        return False
    return same_number(_value(one), _value(other))


def _value(text: str) -> float:
    return float(text.replace(",", "").replace("_", "").replace("−", "-"))


def _told(old: str | None, new: str | None) -> str:
    """Both lines in words; of long ones what stands where they part."""
    lines = [None if line is None else visible(" ".join(line.split())) for line in (old, new)]
    known = [line for line in lines if line is not None]
    start = 0
    if len(known) == 2 and max(map(len, known)) > _CLIP:
        pairs = enumerate(zip_longest(*known))
        start = max(0, next((at for at, (a, b) in pairs if a != b), 0) - _BEFORE)
    before, after = (_quoted(line, start) for line in lines)
    return f"{before} then, {after} now"


def _quoted(line: str | None, start: int) -> str:
    if line is None:
        return "nothing"
    end = start + _CLIP
    return f"`{'…' * (start > 0)}{line[start:end]}{'…' * (len(line) > end)}`"


class _Seen(HTMLParser):
    """Collects the text of HTML; blocks and rows are lines of their own."""

    _HIDDEN = frozenset(("script", "style", "head", "template"))
    _LINES = frozenset(("tr", "p", "div", "li", "br", "h1", "h2", "h3", "h4", "caption", "pre"))

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in self._HIDDEN
        self.parts.append("\n" if tag in self._LINES else " ")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in self._HIDDEN and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def _seen(html: str) -> str:
    parser = _Seen()
    parser.feed(html)
    parser.close()
    lines = (line.strip() for line in "".join(parser.parts).splitlines())
    return "\n".join(line for line in lines if line)
