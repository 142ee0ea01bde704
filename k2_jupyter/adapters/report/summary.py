"""The box that a report begins with: the conclusion, its numbers and where they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from k2_jupyter.adapters.report.claims import linked
from k2_jupyter.adapters.report.metadata import Claim, ConclusionNote

MOST_KEY_FIGURES = 4


@dataclass(frozen=True, slots=True)
class Summary:
    """The conclusion as the page shows it."""

    id: str
    body: Markup
    note: ConclusionNote
    places: Mapping[str, str]
    """Cell id → label, for the cells that claims may link to."""

    @property
    def key_figures(self) -> Sequence[Claim]:
        """The numbers that the conclusion itself names as the answer."""
        named = [claim for claim in self.note.found if claim.headline]
        return named[:MOST_KEY_FIGURES]

    def place(self, claim: Claim) -> str:
        return self.places.get(claim.cell, "")


def summary(cell_id: str, body: Markup, note: ConclusionNote, places: Mapping[str, str]) -> Summary:
    """`body` is the clean conclusion; its numbers get links to the cells that show them."""
    return Summary(cell_id, linked(body, note.claims, places), note, places)
