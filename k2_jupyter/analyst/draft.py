"""A conclusion in the making: sentences, and a claim for each number in them."""

from __future__ import annotations

from collections.abc import Sequence

from k2_jupyter.analyst.reading import Fact, printed_numbers
from k2_jupyter.messages import Json

WHO = "offline analyst, rule-based (no language model)"


class Draft:
    """Collects sentences; numbers enter only as facts, so each has its claim."""

    def __init__(self) -> None:
        self._claims: dict[tuple[str, str, str], dict[str, Json]] = {}

    @property
    def claims(self) -> list[Json]:
        """The claims so far, as `finish` takes them."""
        return list(self._claims.values())

    def number(self, fact: Fact, headline: str = "") -> str:
        """The number as its cell printed it.

        `headline` says what it is, where it is one of the few that answer the task.
        """
        self._claim(fact.text, fact.cell, fact.label, headline)
        return fact.text

    def percent(self, fact: Fact, headline: str = "") -> str:
        """A printed percentage."""
        self._claim(f"{fact.text} %", fact.cell, fact.label, headline)
        return f"{fact.text} %"

    def name(self, text: str, cell: str, label: str = "") -> str:
        """A name from the data; numbers in it stand in the output of `cell`."""
        for number in printed_numbers(text):
            self._claim(number, cell, label or text)
        return f"`{text}`"

    def _claim(self, number: str, cell: str, label: str, headline: str = "") -> None:
        claim: dict[str, Json] = {"number": number, "cell": cell, "label": label}
        claim = self._claims.setdefault((number, cell, label), claim)
        if headline:
            claim["headline"] = headline

    def finish(
        self,
        paragraphs: Sequence[str],
        *,
        caveats: Sequence[str] = (),
        next_steps: Sequence[str] = (),
        outcome: str = "done",
    ) -> dict[str, Json]:
        """Arguments of `finish`."""
        return {
            "conclusion": "\n\n".join([*paragraphs, f"*Written by the {WHO}.*"]),
            "claims": self.claims,
            "caveats": list(caveats),
            "next_steps": list(next_steps),
            "outcome": outcome,
        }


def cannot(reason: str) -> dict[str, Json]:
    """Arguments of `finish` for a task that was not done.

    A reason with numbers (a traceback's last line, a name from the data) is told under the
    caveats: no cell shows these numbers, so the conclusion can't claim them.
    """
    if printed_numbers(reason):
        told = "The analysis stopped; the caveats say why."
        return Draft().finish([told], caveats=[reason], outcome="cannot")
    return Draft().finish([reason], outcome="cannot")
