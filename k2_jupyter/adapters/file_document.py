"""`FileDocument`: a notebook file, saved whole and merged with what others write to it."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from k2_jupyter.adapters import notebook_file
from k2_jupyter.adapters.notebook_json import RawCell, notebook_text
from k2_jupyter.adapters.notebook_merge import Entry, Saved, merged
from k2_jupyter.errors import CellNotFoundError, DocumentError
from k2_jupyter.messages import Json
from k2_jupyter.notebook.base import Cell, CellKind
from k2_jupyter.notebook.outputs import updated
from k2_jupyter.notebook.text import valid_unicode
from k2_jupyter.outputs import Output

logger = logging.getLogger(__name__)

_HALF_WRITTEN_SECONDS = 0.05
_HALF_WRITTEN_TRIES = 5


class FileDocument:
    """A `Document` in an ``.ipynb`` file.

    Others may write to the file meanwhile: where they changed a source, theirs is kept,
    and so are their new cells and their deletions; our new cells and outputs stay. It is
    looked for before each reading, edit and save. What is left is the instant between
    that look and the rename of a save.
    """

    def __init__(
        self, path: Path, *, kernel_name: str = "python3", language: str = "python"
    ) -> None:
        """A new notebook. A file that stands at `path` now is replaced by the first save."""
        self.path = path
        self._others: dict[str, Any] = {
            "metadata": {
                "kernelspec": {
                    "display_name": kernel_name,
                    "language": language,
                    "name": kernel_name,
                },
                "language_info": {"name": language},
            },
            "nbformat": notebook_file.FORMAT[0],
            "nbformat_minor": notebook_file.FORMAT[1],
        }
        self._entries: list[Entry] = []
        self._base: dict[str, Saved] = {}
        self._base_others: dict[str, Any] = {}
        self._stamp = notebook_file.stamp(path)
        self._written = 0

    @classmethod
    def open(cls, path: Path) -> Self:
        """An existing notebook, upgraded to format 4.5 in memory.

        Raises `DocumentError` with the cause where it cannot be read or is none.
        """
        known = notebook_file.stamp(path)
        data = notebook_file.read(path)
        notebook = notebook_file.parse(data, path)
        document = cls(path)
        document._entries = [Entry.of(raw) for raw in notebook.pop("cells")]
        document._others = notebook
        document._remember(known, data)
        return document

    def save_as(self, path: Path, *, kernel_name: str = "python3") -> Self:
        """The same cells, to be saved at `path`; what stands there now is replaced.

        The file says which kernel runs it now, whatever it said before.
        """
        other = type(self)(path, kernel_name=kernel_name)
        other._entries = [Entry(entry.cell, dict(entry.raw)) for entry in self._entries]
        metadata = dict(self._others.get("metadata", {}))
        if (metadata.get("kernelspec") or {}).get("name") != kernel_name:
            metadata |= other._others["metadata"]
        other._others = {**self._others, "metadata": metadata}
        return other

    @property
    def language(self) -> str:
        """What the file says of the language of its code, of no authority; "" for nothing."""
        metadata = self._others.get("metadata", {})
        said = (metadata.get("language_info") or {}).get("name")
        said = said or (metadata.get("kernelspec") or {}).get("language")
        return said if isinstance(said, str) else ""

    def cells(self) -> Sequence[Cell]:
        self._refresh()
        return tuple(entry.cell for entry in self._entries)

    def cell(self, cell_id: str) -> Cell:
        self._refresh()
        return self._entry(cell_id).cell

    def insert(
        self,
        source: str,
        *,
        kind: CellKind = "code",
        after: str | None = None,
        metadata: Mapping[str, Json] | None = None,
    ) -> Cell:
        self._refresh()
        at = len(self._entries)
        if after is not None:
            at = self._entries.index(self._entry(after)) + 1
        raw: RawCell = {
            "cell_type": kind,
            "id": self._new_id(),
            "metadata": dict(metadata or {}),
            "source": valid_unicode(source),
        }
        if kind == "code":
            raw |= {"execution_count": None, "outputs": []}
        entry = Entry.of(raw)
        self._entries.insert(at, entry)
        return entry.cell

    def replace(self, cell_id: str, source: str, *, seen: str) -> Cell:
        entry = self._unchanged(cell_id, seen)
        entry.change(
            replace(entry.cell, source=valid_unicode(source), outputs=(), execution_count=None)
        )
        return entry.cell

    def delete(self, cell_id: str, *, seen: str) -> None:
        self._entries.remove(self._unchanged(cell_id, seen))

    def set_outputs(
        self, cell_id: str, outputs: Sequence[Output], execution_count: int | None
    ) -> None:
        self._refresh()
        entry = self._find(cell_id)
        if entry is not None and entry.cell.kind == "code":
            entry.change(
                replace(entry.cell, outputs=tuple(outputs), execution_count=execution_count)
            )

    def update_display(self, display_id: str, data: Mapping[str, Json]) -> None:
        for entry in self._entries:
            outputs = tuple(updated(output, display_id, data) for output in entry.cell.outputs)
            if outputs != entry.cell.outputs:
                entry.change(replace(entry.cell, outputs=outputs))

    def set_metadata(self, name: str, value: Json) -> None:
        """Set one entry of the notebook's own metadata."""
        self._refresh()
        self._others = {
            **self._others,
            "metadata": {**self._others.get("metadata", {}), name: value},
        }

    def save(self) -> None:
        for _ in range(_HALF_WRITTEN_TRIES):
            if self._refresh():
                break
            time.sleep(_HALF_WRITTEN_SECONDS)
        else:
            self._set_aside()
        text = notebook_text([entry.state.text for entry in self._entries], self._others)
        data = text.encode()
        if self._stamp is None or hash(data) != self._written:
            self._remember(notebook_file.replace(self.path, data), data)

    # What others wrote

    def _refresh(self) -> bool:
        """Merge what others wrote to the file; False where it is no notebook now."""
        now = notebook_file.stamp(self.path)
        if now == self._stamp:
            return True
        if now is None:
            self._stamp = None
            return True
        data = notebook_file.read(self.path)
        if hash(data) == self._written:
            self._stamp = now
            return True
        try:
            notebook = notebook_file.parse(data, self.path)
        except DocumentError:
            return False
        theirs = [Entry.of(raw) for raw in notebook.pop("cells")]
        self._entries = merged(self._entries, theirs, self._base)
        if notebook != self._base_others:
            self._others = notebook
        self._base = _saved(theirs)
        self._base_others = notebook
        self._stamp, self._written = now, hash(data)
        return True

    def _remember(self, known: notebook_file.Stamp | None, data: bytes) -> None:
        """This is what the file has now."""
        self._base = _saved(self._entries)
        self._base_others = dict(self._others)
        self._stamp, self._written = known, hash(data)

    def _set_aside(self) -> None:
        """Keep under another name what somebody put in the notebook's place."""
        number = 1
        while (aside := self.path.with_suffix(f".conflict-{number}.ipynb")).exists():
            number += 1
        notebook_file.move(self.path, aside)
        self._stamp = None
        logger.warning("%s was no notebook any more; it is kept as %s", self.path, aside.name)

    # Cells

    def _find(self, cell_id: str) -> Entry | None:
        return next((entry for entry in self._entries if entry.cell.id == cell_id), None)

    def _entry(self, cell_id: str) -> Entry:
        entry = self._find(cell_id)
        if entry is None:
            raise CellNotFoundError(f"There is no cell `{cell_id}`.")
        return entry

    def _unchanged(self, cell_id: str, seen: str) -> Entry:
        self._refresh()
        entry = self._entry(cell_id)
        entry.cell.check(seen)
        return entry

    def _new_id(self) -> str:
        while self._find(cell_id := uuid.uuid4().hex[:8]) is not None:
            pass
        return cell_id


def _saved(entries: Sequence[Entry]) -> dict[str, Saved]:
    return {entry.cell.id: entry.state for entry in entries}
