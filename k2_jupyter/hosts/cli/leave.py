"""What a turn leaves in the output folder: the notebook's facts and the report."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from k2_jupyter import __version__
from k2_jupyter.adapters.file_document import FileDocument
from k2_jupyter.errors import DocumentError
from k2_jupyter.hosts.cli.files import REPORT
from k2_jupyter.hosts.data.files import DataFile
from k2_jupyter.hosts.rerunning import MOST_DIFFERENCES, as_metadata
from k2_jupyter.messages import Json
from k2_jupyter.notebook.rerun import Verification

HASHED_BYTES = 500_000_000
"""Larger data files are named in the report without a hash."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where an analysis comes from, for its report."""

    task: str
    model: str
    started: datetime
    data: Sequence[DataFile]
    packages: Mapping[str, str] = field(default_factory=dict)
    """Versions of what the code used, by package."""

    def as_metadata(self) -> dict[str, Json]:
        """The notebook's ``metadata.k2``: no path, no key, nothing that is read to act."""
        return {
            "task": self.task,
            "model": self.model,
            "started": self.started.isoformat(timespec="seconds"),
            "ended": datetime.now(UTC).isoformat(timespec="seconds"),
            "data": [_named(file) for file in self.data],
            "packages": dict(self.packages),
            "version": __version__,
        }


@dataclass(frozen=True, slots=True)
class Paths:
    """The files that the user may open now."""

    notebook: Path | None = None
    report: Path | None = None
    others: tuple[Path, ...] = ()
    """HTML files that the analysis made, such as a dashboard."""
    problem: str = ""
    """Why a file is missing that should be there."""

    def shown(self) -> tuple[Path, ...]:
        first = (path for path in (self.notebook, self.report) if path is not None)
        return (*first, *self.others)


def leave(
    document: FileDocument, provenance: Provenance, verification: Verification | None = None
) -> Paths:
    """Complete the notebook and write the report, unless the turn made no cells.

    `verification` is what came of running it again; ``None`` where there was nothing to run.
    """
    folder = document.path.parent
    if not document.cells():
        return Paths()
    try:
        facts = provenance.as_metadata()
        if verification is not None:
            facts["verification"] = as_metadata(verification, document.cells())
            document.insert(
                _told(verification),
                kind="markdown",
                metadata={"k2": {"author": "agent", "role": "verification"}},
            )
        document.set_metadata("k2", facts)
        document.save()
        from k2_jupyter.adapters.report import export

        export(document.path, folder / REPORT, code="fold")
    except DocumentError as problem:
        saved = document.path if document.path.exists() else None
        return Paths(saved, problem=str(problem))
    since = provenance.started.timestamp()
    others = sorted(
        path
        for path in folder.glob("*.html")
        if path.name != REPORT and path.stat().st_mtime >= since
    )
    return Paths(document.path, folder / REPORT, tuple(others))


def _told(verification: Verification) -> str:
    """The result for who reads the notebook; texts from outputs stay texts."""
    lines = [f"*{verification.sentence[0].upper()}{verification.sentence[1:]}.*"]
    lines += [
        f"- cell {one.number}: {_literal(one.what)}"
        for one in verification.differences[:MOST_DIFFERENCES]
    ]
    return "\n".join([lines[0], "", *lines[1:]]).strip()


def _literal(text: str) -> str:
    """Text as a code span, which no character of it can end."""
    return f"``{' '.join(text.replace('``', '` `').split())} ``"


def _named(file: DataFile) -> dict[str, Json]:
    known: dict[str, Json] = {"name": Path(file.path).name, "bytes": file.bytes}
    if file.bytes > HASHED_BYTES:
        return known
    try:
        with file.location.open("rb") as stream:
            return known | {"sha256": hashlib.file_digest(stream, "sha256").hexdigest()}
    except OSError:
        return known  # gone or unreadable by now: the report does without
