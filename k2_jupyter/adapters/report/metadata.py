"""What a notebook says of itself, of any type: checked, bounded, shown as text only.

Longer than other files because each record of the metadata stands here with its reader.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard

from k2_jupyter.notebook.rerun import Difference, Verification
from k2_jupyter.notebook.text import visible

_LONGEST = 2_000
_TITLE_LENGTH = 120
_OFFLINE = "offline analyst"
_ROLES = ("conclusion", "verification")


@dataclass(frozen=True, slots=True)
class DataFile:
    name: str
    size: str
    """For people, for example ``4.2 MB``; "" where unknown."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """How the notebook came to be; empty texts where it does not say."""

    task: str
    model: str
    started: str
    ended: str
    data: tuple[DataFile, ...]
    packages: tuple[tuple[str, str], ...]
    """Names and versions of what the code used."""
    version: str

    @property
    def known(self) -> bool:
        return bool(self.task or self.model)

    @property
    def author(self) -> str:
        """What made the analysis, in words for its reader."""
        if self.model.casefold().startswith(_OFFLINE):
            return "offline analyst, rule-based: no language model"
        return self.model


@dataclass(frozen=True, slots=True)
class CellNote:
    """What was kept about one cell."""

    purpose: str
    role: str
    """``conclusion``, ``verification`` or ""."""


@dataclass(frozen=True, slots=True)
class Claim:
    number: str
    label: str
    cell: str
    """Id of the cell that it names, or ""."""
    found: bool
    problem: str
    headline: str = ""
    """What the number is, where it is one of those that answer the question."""


@dataclass(frozen=True, slots=True)
class ConclusionNote:
    claims: tuple[Claim, ...]
    outcome: str
    plain: bool

    @property
    def found(self) -> tuple[Claim, ...]:
        return tuple(claim for claim in self.claims if claim.found)

    @property
    def missing(self) -> tuple[Claim, ...]:
        return tuple(claim for claim in self.claims if not claim.found)

    @property
    def verdict(self) -> str:
        """How many of the numbers were found, in a sentence."""
        where = "in any output of the turn" if self.plain else "in the cells that they name"
        count = len(self.claims)
        if not self.missing:
            numbers = "The number above was" if count == 1 else f"All {count} numbers above were"
            return f"{numbers} found {where}."
        return f"{len(self.missing)} of {count} numbers above not found {where}."


def provenance(metadata: Mapping[str, Any]) -> Provenance:
    """From the metadata of a notebook."""
    k2 = _mapping(metadata.get("k2"))
    files = k2.get("data")
    return Provenance(
        task=_text(k2.get("task")),
        model=_text(k2.get("model"), 200),
        started=_moment(k2.get("started")),
        ended=_moment(k2.get("ended")),
        data=tuple(_data_file(item) for item in files[:50]) if isinstance(files, list) else (),
        packages=_packages(k2.get("packages")),
        version=_text(k2.get("version"), 40),
    )


@dataclass(frozen=True, slots=True)
class Verified:
    """What the notebook says of having been run again."""

    result: Verification
    fingerprint: str
    """Of the cells that were run again; other cells were not."""


def verified(metadata: Mapping[str, Any]) -> Verified | None:
    """From the metadata of a notebook; None where it says nothing."""
    k2 = _mapping(metadata.get("k2")).get("verification")
    if not isinstance(k2, Mapping):
        return None
    differences = k2.get("differences")
    found = [_difference(item) for item in differences[:100]] if _is_list(differences) else []
    cells, ran = _count(k2.get("cells")), _count(k2.get("ran"))
    stopped = _text(k2.get("stopped"), 200)
    if not stopped and ran < cells:
        stopped = "it ended"
    return Verified(
        Verification(cells, ran, tuple(found), stopped), _text(k2.get("fingerprint"), 64)
    )


def cell_note(metadata: Mapping[str, Any]) -> CellNote:
    """From the metadata of a cell; a purpose counts only where the agent is the author."""
    k2 = _mapping(metadata.get("k2"))
    purpose = _text(k2.get("purpose"), 300) if k2.get("author") == "agent" else ""
    role = k2.get("role")
    return CellNote(" ".join(purpose.split()), role if role in _ROLES else "")


def conclusion_note(metadata: Mapping[str, Any]) -> ConclusionNote:
    """From the metadata of a conclusion cell."""
    k2 = _mapping(_mapping(metadata.get("k2")).get("conclusion"))
    claims = k2.get("claims")
    found = [_claim(item) for item in claims[:500]] if isinstance(claims, list) else []
    return ConclusionNote(
        tuple(claim for claim in found if claim.number),
        outcome="cannot" if k2.get("outcome") == "cannot" else "done",
        plain=k2.get("plain") is True,
    )


def first_sentence(text: str) -> str:
    """The first sentence or line, at most 120 characters, cut between words."""
    line = text.strip().split("\n", 1)[0].strip()
    sentence = re.split(r"(?<=[.!?])\s|:\s", line, maxsplit=1)[0].rstrip(".")
    if len(sentence) <= _TITLE_LENGTH:
        return sentence
    return sentence[:_TITLE_LENGTH].rpartition(" ")[0] + " …"


def _difference(value: object) -> Difference:
    item = _mapping(value)
    return Difference(
        cell=_text(item.get("cell"), 64),
        number=_count(item.get("number")),
        what=_text(item.get("what"), 500),
    )


def _packages(value: object) -> tuple[tuple[str, str], ...]:
    named = ((_text(name, 60), _text(version, 60)) for name, version in _mapping(value).items())
    found = [one for one in named if all(one)]
    found.sort(key=lambda one: (one[0] != "python", one[0].casefold()))
    return tuple(found[:30])


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def _data_file(value: object) -> DataFile:
    item = _mapping(value)
    size = item.get("bytes")
    digest = _text(item.get("sha256"), 64)
    return DataFile(
        name=_text(item.get("name"), 200),
        size=_size(size) if isinstance(size, int) and size >= 0 else "",
        sha256=digest if re.fullmatch("[0-9a-f]{64}", digest) else "",
    )


def _claim(value: object) -> Claim:
    item = _mapping(value)
    return Claim(
        number=_text(item.get("number"), 60),
        label=_text(item.get("label"), 200),
        cell=_text(item.get("cell"), 64),
        found=item.get("found") is True,
        problem=_text(item.get("problem"), 300),
        headline=_text(item.get("headline"), 60),
    )


def _size(count: int) -> str:
    for unit, power in (("GB", 9), ("MB", 6), ("kB", 3)):
        if count >= 10**power:
            return f"{count / 10**power:.1f} {unit}"
    return f"{count} bytes"


def _moment(value: object) -> str:
    try:
        return datetime.fromisoformat(_text(value, 40)).strftime("%-d %B %Y, %H:%M %Z").strip()
    except ValueError:
        return ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object, longest: int = _LONGEST) -> str:
    return visible(value[:longest]).strip() if isinstance(value, str) else ""
