"""The part of a traceback that says what the user's code did wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from k2_jupyter.notebook.text import neutral
from k2_jupyter.outputs import ErrorOutput

_FRAME = re.compile(r"(?m)^(?=Cell In\[\d+\], line \d+|File \S.*?(?::\d+|, line \d+))")
_FILE = re.compile(r"File (\S.*?)(?::\d+|, line \d+)")
_LIBRARY = re.compile(r"(?:site|dist)-packages|/lib/python\d|\.p(?:yx|xd|xi)$|^<(?!timed |string>)")
_BEFORE_PACKAGES = re.compile(r"(?<=^File )\S*(?:(?:site|dist)-packages|/lib/python[\d.]+)/")
_PLACE = re.compile(r"(.+?)(?:, line |:)(\d+)(?=, in |$)")
_NAMELESS = re.compile(r"<(?:listcomp|dictcomp|setcomp|genexpr|lambda)>(?:\(|$)")
_SHOWN = re.compile(r"(?m)^(?:-*> ?| *)(\d+)(?: (.*))?$")
_RULE = re.compile(r"^-{20,}$\n?", re.MULTILINE)
_TITLE = re.compile(r"^[\w.]+ +Traceback \(most recent call last\)$\n?", re.MULTILINE)
_LINKS = {
    "The above exception was the direct cause of the following exception:": "caused by",
    "During handling of the above exception, another exception occurred:": "while handling",
}
_LONGEST_CAUSE = 300
_MOST_CAUSES = 3


@dataclass(slots=True)
class _Link:
    """One exception of a chain."""

    frames: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    """What is no frame: the message, notes."""
    bond: str = ""
    """How it led to the next one."""


def user_traceback(error: ErrorOutput) -> str:
    """The frames of the user's code with the failing line marked, then the exception.

    Frames of libraries in a row are one line, causes are a line each. IPython sends one
    text a frame, which starts with ``Cell In[4], line 1`` or with ``File /path/module.py:12,
    in function(…)``, and between the exceptions of a chain a sentence. Other kernels'
    tracebacks stay as they are.
    """
    last = neutral(": ".join(filter(None, (error.ename, error.evalue))))
    *before, link = _links([neutral(part) for part in error.traceback])
    kept = _folded(_named(link.frames))
    told = {last, *kept}
    for cause in reversed(before[-_MOST_CAUSES:]):
        line = _cause(cause, told)
        if line:
            kept.append(line)
    kept += link.rest
    said = "\n".join(link.rest)
    if not any(line.startswith(error.ename or last) for line in said.split("\n")):
        kept.append(last)
    return "\n".join(kept)


def _links(parts: Sequence[str]) -> list[_Link]:
    links = [_Link()]
    for part in parts:
        bond = _LINKS.get(part.strip())
        if bond:
            links[-1].bond = bond
            links.append(_Link())
            continue
        text = _TITLE.sub("", _RULE.sub("", part)).strip("\n")
        if not _FRAME.match(text):
            links[-1].rest += [text] if text else []
            continue
        for piece in filter(None, _FRAME.split(text)):
            frame, _, rest = piece.partition("\n\n")
            links[-1].frames.append(frame.rstrip("\n"))
            links[-1].rest += [rest.strip("\n")] if rest.strip("\n") else []
    return links


def _named(frames: Sequence[str]) -> list[str]:
    """Comprehensions and lambdas with their own line, if it is another than their caller's.

    Below them IPython 9 shows the first lines of the cell instead of theirs (seen with
    Python 3.11, stack_data 0.6.3), so the text comes from the frame around them.
    """
    kept: list[str] = []
    text: dict[tuple[str, str], str] = {}
    before = None
    for frame in frames:
        header, _, shown = frame.partition("\n")
        found = _PLACE.match(header)
        place, number = (found[1], found[2]) if found else (header, "")
        if not _NAMELESS.search(header):
            text.update({(place, at): line for at, line in _SHOWN.findall(shown)})
            kept.append(frame)
        elif (place, number) != before:
            line = text.get((place, number))
            kept.append(header if line is None else f"{header}\n----> {number} {line}")
        before = place, number
    return kept


def _folded(frames: Sequence[str]) -> list[str]:
    """Frames of libraries in a row as one line, and a frame that repeats itself once."""
    kept: list[str] = []
    for library, run in groupby(frames, _in_library):
        if library:
            kept.append(_library_line(list(run)))
            continue
        for frame, same in groupby(run):
            times = sum(1 for _ in same)
            kept.append(frame if times == 1 else f"{frame}\n… the same {times} times …")
    return kept


def _library_line(frames: Sequence[str]) -> str:
    last = _BEFORE_PACKAGES.sub("", frames[-1].split("\n", 1)[0])
    return last if len(frames) == 1 else f"… {len(frames)} frames of libraries, the last: {last}"


def _in_library(frame: str) -> bool:
    match = _FILE.match(frame)
    return match is not None and _LIBRARY.search(match[1]) is not None


def _cause(link: _Link, told: set[str]) -> str:
    """An exception that led to another in one line; "" where the line says nothing new."""
    message = " ".join(" ".join(link.rest).split())[:_LONGEST_CAUSE]
    if not message or message in told:
        return ""
    told.add(message)
    own = [frame for frame in link.frames if not _in_library(frame)]
    place = own[-1].split("\n", 1)[0] if own and own[-1] not in told else ""
    return f"{link.bond} {message}" + (f" ({place})" if place else "")
