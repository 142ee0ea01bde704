"""Progress that was printed line after line, told by a few of its lines.

Numbers that differ are data, so likeness alone never takes a line away. It must also say
that something advances: a share beside a framed bar, a rate or a time that is left, or a count
of steps up to a fixed end (``Epoch 3/100``, ``[3/100]``); and the lines must count on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

_LEAST_RUN = 12
"""Lines; shorter runs stay as they are."""
_FIRST, _BETWEEN, _LAST = 2, 3, 3
_LONGEST_PERIOD = 3
"""Lines that one step of a progress prints, at most."""
_FILLED = "#=>█▏▎▍▌▋▊▉▒░━╸╺■□●○*"
_FRAMED_BAR = re.compile(rf"[\[|][{_FILLED} .\-]{{4,}}[\]|]")
_BAR = re.compile(rf"{_FRAMED_BAR.pattern}|[{_FILLED}]{{2,}}")
_NUMBER = re.compile(r"[-+]?\d[\d.,:]*(?:e[-+]?\d+)?|\?|\b(?:nan|inf)\b", re.IGNORECASE)
_UNIT = re.compile(r"0 ?(?:[kKMGT]i?)?(?:B\b|b/s|B/s)|0 ?(?:ns|us|µs|ms|s|m|h|min)\b")
_BETWEEN_WORDS = re.compile(r"[\s<>]+")
_PIP = re.compile(
    r"^\s*(?:Requirement already satisfied:|Collecting |Downloading |Using cached |Obtaining )",
    re.MULTILINE,
)
_RATE = re.compile(
    r"\b(?:it|steps?|batch(?:es)?|samples?|rows?|examples?|[kMG]i?[bB]|[bB])/s(?:ec)?\b"
    r"|\bm?s/(?:it|step|batch|epoch)\b|\beta\b|\bremaining\b|\d\d:\d\d<",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"(?:\b(?:epoch|step|iter(?:ation)?|batch|round|trial|task|file|chunk|generation|sample"
    r"|process(?:ing|ed)|download(?:ing|ed)|load(?:ing|ed)|read(?:ing)?)\b\D{0,12}|^\s*\[)"
    r"(\d+) ?(?:/|of) ?(\d+)\b",
    re.IGNORECASE | re.MULTILINE,
)
_SHARE = re.compile(r"(\d+(?:\.\d+)?) ?%|(\d+) ?/ ?(\d+)\b")


def collapse(text: str) -> str:
    """The text with each long run of progress lines as its first, some and last ones."""
    signs = (_COUNT, _RATE, _FRAMED_BAR, _PIP)
    if text.count("\n") < _LEAST_RUN or not any(sign.search(text) for sign in signs):
        return text
    lines = text.split("\n")
    kept: list[str] = []
    position = 0
    for start, stop, period in _runs(lines):
        kept += lines[position:start]
        kept += _told(lines[start:stop], period)
        position = stop
    return "\n".join([*kept, *lines[position:]])


def _runs(lines: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Runs of progress: from, to, lines a step."""
    likeness = [_likeness(line) for line in lines]
    position = 0
    while position < len(lines):
        found = [
            (_run_end(likeness, position, period), period)
            for period in range(1, _LONGEST_PERIOD + 1)
        ]
        run = next((run for run in found if _is_progress(lines[position : run[0]], run[1])), None)
        if run:
            yield position, *run
            position = run[0]
        else:  # what is alike so far need not be looked at once more from each of its lines
            position = max(position + 1, max(found)[0] - _LEAST_RUN)


def _run_end(likeness: Sequence[str], start: int, period: int) -> int:
    """Where the steps of so many lines stop to be alike."""
    stop = start + period
    while stop < len(likeness) and likeness[stop] == likeness[stop - period]:
        stop += 1
    return stop - (stop - start) % period


def _is_progress(lines: Sequence[str], period: int) -> bool:
    """Is the run long, and does a line of each step say that it advances, and do so?"""
    if len(lines) < max(_LEAST_RUN, 4 * period):
        return False
    if all(map(_PIP.match, lines)):
        return True
    return any(_advances(lines[offset::period]) for offset in range(period))


def _likeness(line: str) -> str:
    """What is left of a line without what a progress changes."""
    if _PIP.match(line):
        return "pip"
    bare = _NUMBER.sub("0", _BAR.sub("", line))
    return _BETWEEN_WORDS.sub(" ", _UNIT.sub("0", bare)).strip()


def _advances(lines: Sequence[str]) -> bool:
    counts = [_count(line) for line in lines]
    known = [count for count in counts if count is not None]
    if len(known) < len(counts) or len({end for _, end in known}) > 1:
        return False
    rising = sum(after >= before for (before, _), (after, _) in pairwise(known))
    return rising >= 0.9 * (len(known) - 1)


def _count(line: str) -> tuple[float, float] | None:
    """How far a line says it is, and where the end is."""
    counted = _COUNT.search(line)
    if counted:
        return float(counted[1]), float(counted[2])
    share = _SHARE.search(line)
    if share and (_FRAMED_BAR.search(line) or _RATE.search(line)):
        return (float(share[1]), 100.0) if share[1] else (float(share[2]), float(share[3]))
    return None


def _told(lines: Sequence[str], period: int) -> list[str]:
    """The first, some and the last steps of a run, and how many lines are missing between."""
    steps = len(lines) // period
    middle = [_FIRST + (steps - _FIRST - _LAST) * k // (_BETWEEN + 1) for k in (1, 2, 3)]
    shown = [*range(_FIRST), *middle, *range(steps - _LAST, steps)]
    told: list[str] = []
    position = 0
    for step in dict.fromkeys(shown):
        if step > position:
            out = (step - position) * period
            told.append(f"… {out} {'line' if out == 1 else 'lines'} like these left out …")
        told += lines[step * period : (step + 1) * period]
        position = step + 1
    return told
