"""Reading an observation back: status, printed text, numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from k2_jupyter.messages import ToolResult

_HEAD = re.compile(r"cell (\S+) \(hash ([0-9a-f]+)\) · (\w+) · ")
_SECTION = re.compile(r"^<(stdout|display|error)>\n(.*?)\n?^</\1>$", re.DOTALL | re.MULTILINE)
_MISSING = re.compile(r"ModuleNotFoundError: No module named '([\w.]+)'")
_LIBRARY = re.compile(r"ImportError: .*?[`']([\w-]+)[`']")
_NUMBER = re.compile(
    r"(?<![\w.])(?:(?<![\w.)\]%])-)?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?(?:\s?%|[kKM](?![A-Za-z]))?"
)
NUMBER = r"(?:-?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?|nan|inf|-inf)"
"""Pattern of a number as our cells print it."""
_NAMED = re.compile(rf"([^\W\d](?:[^=<,]*[^=<,\s])?) (?:=|<) ({NUMBER})(?=%?(?:,|$))")


@dataclass(frozen=True, slots=True)
class Fact:
    """A number that a cell printed, as it was printed."""

    text: str
    cell: str
    label: str

    @property
    def value(self) -> float:
        return to_float(self.text)


Line: TypeAlias = Mapping[str, Fact]
"""The numbers of a line ``what: name = number, name = number`` by their names."""


def to_float(text: str) -> float:
    """``74,301`` → 74301.0, ``< 1e-300`` → 1e-300. Raises `ValueError`."""
    return float(text.replace(",", "").replace("%", "").lstrip("<> "))


@dataclass(frozen=True, slots=True)
class Observation:
    """What came back from a cell."""

    cell: str = ""
    """Id, or "" where the call made no cell (refused, invalid)."""
    hash: str = ""
    status: str = "refused"
    stdout: str = ""
    error: str = ""
    """Traceback, or why nothing ran."""

    @property
    def ok(self) -> bool:
        return self.status == "ok"

    @property
    def problem(self) -> str:
        """The last line of the error; else the status."""
        lines = [line for line in self.error.splitlines() if line.strip()]
        return lines[-1].strip()[:300] if lines else f"the cell ended with status {self.status}"

    @property
    def missing_package(self) -> str:
        """Import name of a package that is not installed, or ""."""
        found = _MISSING.search(self.error) or _LIBRARY.search(self.error)
        return found[1].split(".")[0] if found else ""

    def fact(self, pattern: str, label: str) -> Fact | None:
        """The first group of the first match in the printed text."""
        return next(iter(self.facts(pattern, label)), None)

    def facts(self, pattern: str, label: str) -> tuple[Fact, ...]:
        """All groups of the first match; empty where there is none."""
        found = re.search(pattern.replace("NUM", NUMBER), self.stdout, re.MULTILINE)
        return tuple(Fact(text, self.cell, label) for text in found.groups()) if found else ()

    def line(self, what: str) -> Line:
        """The line that begins with `what` and a colon; empty where there is none."""
        found = re.search(rf"^{re.escape(what)}: (.*)$", self.stdout, re.MULTILINE)
        pairs = _NAMED.findall(found[1]) if found else ()
        return {name: Fact(text, self.cell, f"{what} {name}") for name, text in pairs}

    def value(self, pattern: str) -> float | None:
        """As `fact`, as a number."""
        fact = self.fact(pattern, "")
        return fact.value if fact else None


NOTHING = Observation()
"""What came back from a cell that did not run."""


def observe(result: ToolResult) -> Observation:
    """The observation that a `run_cell` or `edit_cell` result holds."""
    head = _HEAD.match(result.text)
    if head is None:
        return Observation(error=result.text)
    sections: dict[str, str] = {}
    for tag, body in _SECTION.findall(result.text):
        name = "stdout" if tag == "display" else tag  # our tables have a text form
        sections[name] = f"{sections[name]}\n{body}" if name in sections else body
    # The observation breaks up what looks like markup in data; names must read as they are.
    clean = {name: body.replace("<\u200b", "<") for name, body in sections.items()}
    return Observation(
        cell=head[1],
        hash=head[2],
        status=head[3],
        stdout=clean.get("stdout", ""),
        error=clean.get("error", "") or _detail(result.text, head[3]),
    )


def _detail(text: str, status: str) -> str:
    """The line under the head that says what happened, for a run that is not ok."""
    lines: Sequence[str] = text.splitlines()
    return "" if status == "ok" or len(lines) < 2 else lines[1]


def printed_numbers(text: str) -> list[str]:
    """Numbers in a text, as the conclusion's reader would see them; none inside names."""
    return [found[0].rstrip(",") for found in _NUMBER.finditer(text)]
