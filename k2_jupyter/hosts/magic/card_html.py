"""The card as HTML: one page part for any front end, or the parts that widgets show.

Every text of the model or from data is escaped, what would be invisible in it is written
out, and its Markdown is cleaned as in a report.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from k2_jupyter.events import Conclusion, TurnFinished
from k2_jupyter.notebook.text import visible
from k2_jupyter.tools.finish import marked

if TYPE_CHECKING:
    from jinja2 import Template

    from k2_jupyter.hosts.magic.card import Card

_ROWS = 20
_TAIL = 2_000
"""Characters of running text that are shown."""
_TONES = {"": "active", "done": "done"}
"""By the reason of the end; of any other it is ``failed``."""


def drawn(card: Card) -> tuple[str, dict[str, str]]:
    """The whole card, and its parts by name in their order.

    A part that is empty has nothing to show. A ``…_fold`` is the head of a fold whose
    content is the part behind it: it stays as it is while the content changes, and so
    does whether it is open. ``asking`` and ``asked`` are no parts of the card: the question
    that waits for an answer, and how it stays once it was answered.
    """
    module: Any = _template().make_module(_variables(card))
    asks, concludes = card.waiting is not None, bool(card.finished and card.finished.conclusion)
    parts = {
        "style": module.style(),
        "announced": module.announced(),
        "head": module.head(),
        "plan": module.items() if card.plan else "",
        "text": module.writes() if card.text else "",
        "conclusion": module.concludes() if concludes else "",
        "notices": module.notes(),
        "reasoning_fold": module.fold("Reasoning", ""),
        "reasoning": module.thoughts() if card.reasoning else "",
        "cells_fold": module.fold("Cells run; their outputs stand below", "", open=True),
        "cells": module.runs() if card.cells else "",
        "asking": module.asked(True) if asks else "",
        "asked": module.asked(False) if asks else "",
    }
    return str(module.page()), {name: str(part).strip() for name, part in parts.items()}


def _variables(card: Card) -> dict[str, Any]:
    conclusion = card.finished.conclusion if card.finished else None
    over = card.finished.reason if card.finished else ""
    done, number = sum(item.state == "done" for item in card.plan), len(card.cells)
    return {
        "request": " ".join(card.request.split())[:200],
        "state": card.state,
        "told_last": card.announced,
        "tone": _TONES.get(over, "failed"),
        "over": over,
        "origin": card.origin,
        "model": card.model,
        "facts": card.facts(),
        "plan": card.plan,
        "planned": f"Plan: {done} of {len(card.plan)} done",
        "marks": MARKS,
        "text": _end(card.text),
        "reasoning": _end(card.reasoning),
        "cells": _rows(card),
        "ran": f"{number} {'cell' if number == 1 else 'cells'} run; outputs stand below",
        "notices": card.notices,
        "question": card.waiting,
        "conclusion": _markdown(marked(conclusion.text, conclusion.claims)) if conclusion else "",
        "lists": [(title, [_line(line) for line in lines]) for title, lines in lists(conclusion)],
        "checked": checked(card.finished),
    }


def _rows(card: Card) -> list[Any]:
    """The cells; while a turn runs the last of them, so that its 300th step costs no more."""
    rows: list[Any] = list(card.cells.values())
    earlier = len(rows) - _ROWS
    if card.finished or earlier <= 0:
        return rows
    said = {"status": "ok", "mark": "…", "title": f"{earlier} before these", "said": ""}
    return [said, *rows[-_ROWS:]]


MARKS = {"open": "○", "active": "◐", "done": "✓", "failed": "✗", "dropped": "–"}
"""Of plan items, by their state."""


def checked(finished: TurnFinished | None) -> str:
    """How many numbers of the conclusion were found; "" where it has none."""
    claims = finished.conclusion.claims if finished and finished.conclusion else ()
    if not claims:
        return ""
    found = sum(claim.found for claim in claims)
    return f"{found} of {len(claims)} numbers found in the outputs of the cells."


def lists(conclusion: Conclusion | None) -> Sequence[tuple[str, Sequence[str]]]:
    """What stands below the conclusion, with its titles."""
    if conclusion is None:
        return ()
    both = (("Caveats", conclusion.caveats), ("Next steps", conclusion.next_steps))
    return [(title, lines) for title, lines in both if lines]


def _end(text: str) -> str:
    return text if len(text) <= _TAIL else "…" + text[-_TAIL:]


def _markdown(text: str) -> Any:
    from k2_jupyter.adapters.report.markdown import render

    return render(text)


def _line(text: str) -> Any:
    """Without the paragraph around it, which would stand wide apart in a list."""
    made = _markdown(text).strip()
    whole = made.startswith("<p>") and made.endswith("</p>") and made.count("<p>") == 1
    return made[3:-4] if whole else made


@cache
def _template() -> Template:
    from jinja2 import Environment

    source = files("k2_jupyter.hosts.magic").joinpath("card.html.j2").read_text("utf-8")
    environment = Environment(autoescape=True, trim_blocks=True)
    environment.filters["visible"] = visible
    return environment.from_string(source)
