"""The part of a traceback that says what the user's code did wrong."""

from __future__ import annotations

import re

from k2_jupyter.notebook.text import neutral
from k2_jupyter.outputs import ErrorOutput

_FILE = re.compile(r"File (\S.*?)(?::\d+|, line \d+)")
_LIBRARY = re.compile(r"(?:site|dist)-packages|/lib/python|\.p(?:yx|xi)$|^<")
_RULE = re.compile(r"^-{20,}$")


def user_traceback(error: ErrorOutput) -> str:
    """The frames of the user's cells, and of the last library call its one line.

    IPython sends one text a frame, which starts with ``Cell In[4], line 1`` or with
    ``File /path/module.py:12, in function(…)``; other kernels' tracebacks stay as they are.
    """
    parts = [neutral(part).rstrip("\n") for part in error.traceback]
    parts = [part for part in parts if part and not _RULE.match(part)]
    if parts and parts[0].startswith(error.ename) and "Traceback" in parts[0]:
        parts = parts[1:]
    kept: list[str] = []
    libraries = [i for i, part in enumerate(parts) if _in_library(part)]
    for index, part in enumerate(parts):
        if index not in libraries:
            kept.append(part)
        elif index == libraries[-1]:
            kept.append(part.split("\n", 1)[0])
    last = neutral(f"{error.ename}: {error.evalue}" if error.evalue else error.ename)
    if not kept or not any(line.startswith(error.ename) for line in kept[-1].split("\n")):
        kept.append(last)
    return "\n".join(kept)


def _in_library(frame: str) -> bool:
    match = _FILE.match(frame)
    return match is not None and _LIBRARY.search(match[1]) is not None
