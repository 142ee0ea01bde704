"""The analyst's hands: keeps the plan, runs cells, repairs one that failed.

What does not need an answer (plan, headings) is held back and sent with the next cell,
so that a step costs one round trip.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.reading import Observation, observe
from k2_jupyter.analyst.script import Move, Request, Script
from k2_jupyter.messages import Json

Repair: TypeAlias = Callable[[Observation], str | None]
"""A new source for a cell that failed with this, or ``None``."""

_FRAME = re.compile(r"(?<![.\w\"'])df\b(?!\s*=(?!=))")
"""The variable ``df``; no attribute, no keyword."""
_FUNCTION = re.compile(r"^def ", re.MULTILINE)
SLOW = 600
"""Seconds for one cell: large files are read and aggregated in one go."""


class StepError(Exception):
    """A step that everything else needs has failed; the message is for the reader."""


@dataclass(slots=True)
class _Item:
    title: str
    state: str = "open"


class Worksheet:
    """One turn's plan and the cells that carry it out."""

    def __init__(self, tools: frozenset[str]) -> None:
        self._tools = tools
        self._items: dict[str, _Item] = {}
        self._plan_is_new = False
        self._held: list[Request] = []
        self.remarks: list[str] = []
        """What the conclusion must not leave out, a sentence each: steps that failed, samples."""
        self._claims: list[Json] = []
        self.frame = "df"
        """The variable that holds the rows: what the cells call ``df``."""

    def plan(self, items: Mapping[str, str], *, done: int = 1) -> None:
        """Write the plan: key → title. The first item says who works, and is done by that."""
        self._items = {key: _Item(title) for key, title in items.items()}
        for key in list(items)[:done]:
            self.close(key)

    def open(self, key: str) -> None:
        """Begin an item; the one that was active is done."""
        for item in self._items.values():
            if item.state == "active":
                item.state = "done"
        self._mark(key, "active")

    def close(self, key: str, state: str = "done") -> None:
        self._mark(key, state)

    def write(self, markdown: str) -> None:
        """Add text to the notebook, before the next cell."""
        if "add_markdown" in self._tools:
            self._held.append(Request("add_markdown", {"source": markdown}))

    def define(self, source: str, purpose: str) -> None:
        """Run a cell of functions together with the next cell.

        Functions stand apart from their calls: a number that stands literally in the source
        of a cell is no proof that its output shows it.
        """
        self._held.append(Request("run_cell", {"source": source, "purpose": purpose}))

    def run(
        self, source: str, purpose: str, *, repair: Repair | None = None
    ) -> Script[Observation]:
        """Run a new cell; where it fails and `repair` knows how, change it and run it again."""
        arguments: dict[str, Json] = {"source": self._framed(source), "purpose": purpose}
        run = Request("run_cell", {**arguments, "timeout": SLOW})
        seen = yield from self._send(run)
        if seen.ok or repair is None:
            return seen
        mended = repair(seen)
        return seen if mended is None else (yield from self.rerun(seen, mended))

    def rerun(self, seen: Observation, source: str) -> Script[Observation]:
        """Change the cell of an observation and run it again."""
        edit: dict[str, Json] = {
            "cell": seen.cell,
            "hash": seen.hash,
            "source": self._framed(source),
            "run": True,
        }
        return (yield from self._send(Request("edit_cell", edit)))

    def need(
        self, source: str, purpose: str, *, repair: Repair | None = None
    ) -> Script[Observation]:
        """As `run`, for a step that all others build on. Raises `StepError`."""
        seen = yield from self.run(source, purpose, repair=repair)
        if not seen.ok:
            raise StepError(why(seen))
        return seen

    def attempt(
        self, key: str, source: str, purpose: str, *, repair: Repair | None = None
    ) -> Script[Observation]:
        """As `run`, for a step that may fail: its item is marked and its cell removed."""
        seen = yield from self.run(source, purpose, repair=repair)
        if seen.status in ("dead", "interrupted"):
            raise StepError(why(seen))
        if not seen.ok:
            self.close(key, "failed")
            self.remarks.append(f"The step “{self._items[key].title}” failed: {why(seen)}")
            self.discard(seen)
        return seen

    def discard(self, seen: Observation) -> None:
        """Remove a cell, so that the notebook holds no debris."""
        if seen.cell and "delete_cell" in self._tools:
            self._held.append(Request("delete_cell", {"cell": seen.cell, "hash": seen.hash}))

    def ask(self, question: str, choices: Sequence[str]) -> Script[tuple[str, bool]]:
        """The chosen one of `choices`, and whether somebody chose it; else the first."""
        if "ask_user" not in self._tools:
            return choices[0], False
        request = Request("ask_user", {"question": question, "choices": list(choices)})
        results = yield Move(requests=(*self._held_back(), request))
        reply = results[-1].text.strip().casefold() if results else ""
        for choice in sorted(choices, key=len, reverse=True):
            if choice.casefold() in reply and not results[-1].is_error:
                return choice, True
        return choices[0], False

    def finish(self, arguments: Mapping[str, Json]) -> Script[None]:
        """End the turn. Where claims are sent back, insist: then they are marked as wrong."""
        for item in self._items.values():
            if item.state in ("active", "open"):
                item.state = "done" if arguments.get("outcome") == "done" else "dropped"
                self._plan_is_new = True
        claims = arguments.get("claims")
        if self._claims and isinstance(claims, list):
            arguments = {**arguments, "claims": [*claims, *self._claims]}
        yield Move(requests=(*self._held_back(), Request("finish", arguments)))
        yield Move(requests=(Request("finish", arguments),))

    def remark(self, text: str, draft: Draft) -> None:
        """Add to the remarks a sentence whose numbers and names `draft` has the source of."""
        self.remarks.append(text)
        self._claims += draft.claims

    def reopen(self) -> None:
        """All items but the first open again: nothing was carried out."""
        for item in list(self._items.values())[1:]:
            item.state = "open"
        self._plan_is_new = True

    def outline(self) -> str:
        """The plan as a numbered list."""
        titles = [item.title for item in self._items.values()]
        return "\n".join(f"{number}. {title}" for number, title in enumerate(titles, 1))

    def show_plan(self) -> tuple[Request, ...]:
        """The plan as a call, if it changed since it was last sent."""
        if not self._plan_is_new or "set_plan" not in self._tools:
            return ()
        self._plan_is_new = False
        items: list[Json] = [{"title": i.title, "state": i.state} for i in self._items.values()]
        return (Request("set_plan", {"items": items}),)

    def _mark(self, key: str, state: str) -> None:
        if key in self._items and self._items[key].state != state:
            self._items[key].state = state
            self._plan_is_new = True

    def _framed(self, source: str) -> str:
        # Functions stand apart from their calls, and name things of their own so.
        own = self.frame == "df" or _FUNCTION.search(source)
        return source if own else _FRAME.sub(self.frame, source)

    def _held_back(self) -> tuple[Request, ...]:
        held = (*self.show_plan(), *self._held)
        self._held = []
        return held

    def _send(self, request: Request) -> Script[Observation]:
        results = yield Move(requests=(*self._held_back(), request))
        return observe(results[-1]) if results else Observation()


def why(seen: Observation) -> str:
    """A failed observation in a sentence, with the next step where one is known."""
    package = seen.missing_package
    if package:
        name = {"sklearn": "scikit-learn", "vl_convert": "vl-convert-python"}.get(package, package)
        return (
            f"the Python package `{name}` is not installed in the kernel's environment; "
            "`pip install 'k2-jupyter[demo]'` adds all that the analyst uses."
        )
    return f"{seen.problem.rstrip('.')}."
