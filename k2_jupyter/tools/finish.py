"""End the turn with a conclusion whose numbers are checked."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from k2_jupyter.errors import CellNotFoundError
from k2_jupyter.events import Claim, Conclusion, EventStream
from k2_jupyter.messages import Json, ToolResult
from k2_jupyter.notebook.base import Cell, Notebook
from k2_jupyter.tools import claims
from k2_jupyter.tools.base import Arguments, Finished, error
from k2_jupyter.tools.set_plan import Plan

MOST_REFUSALS = 3
"""A conclusion without any claim is refused this often; then all its numbers are marked, so
that a model that never makes claims does not use up the turn."""
NOT_FOUND = "(not found in the outputs)"


class Finish:
    """Wrong claims go back to the model once; what stays wrong is marked for the reader."""

    name = "finish"
    parameters: Mapping[str, Json] = {
        "conclusion": {"type": "string", "description": "Markdown; the answer first."},
        "claims": {
            "type": "array",
            "description": "One for each number in the conclusion.",
            "items": {
                "type": "object",
                "properties": {
                    "number": {
                        "type": "string",
                        "description": "Exactly as it stands in the conclusion.",
                    },
                    "cell": {
                        "type": "string",
                        "description": "Id of the cell whose output shows it.",
                    },
                    "label": {
                        "type": "string",
                        "description": "Words that stand beside it in that output.",
                    },
                    "headline": {
                        "type": "string",
                        "description": (
                            "Only for the two to four numbers that answer the task: what it "
                            "is, in a few words for the reader, with its unit."
                        ),
                    },
                },
                "required": ["number", "cell"],
            },
        },
        "caveats": {"type": "array", "items": {"type": "string"}},
        "next_steps": {"type": "array", "items": {"type": "string"}},
        "outcome": {
            "type": "string",
            "enum": ["done", "cannot"],
            "description": "cannot: the task can't be done; the conclusion says why.",
        },
    }
    required = ("conclusion", "claims")

    def __init__(self, notebook: Notebook, *, model: str, plan: Plan | None = None) -> None:
        """`plan`: what the turn has set out to do; None where planning is all that it does."""
        self._notebook = notebook
        self._plan = plan
        self._model = model
        self._sent_back = 0

    @property
    def owed(self) -> bool:
        """Did cells run in this turn?"""
        return bool(self._notebook.runs)

    @property
    def unfinished(self) -> bool:
        """Is an item of the plan still to be done?"""
        return self._plan is not None and any(
            item.state in ("open", "active") for item in self._plan.items
        )

    def run(self, arguments: Arguments, stop: threading.Event) -> EventStream[ToolResult]:
        """`Finished`, or once a list of what is wrong with the claims."""
        yield from ()
        conclusion = Conclusion(
            arguments["conclusion"],
            caveats=tuple(arguments.get("caveats", ())),
            next_steps=tuple(arguments.get("next_steps", ())),
            outcome=arguments.get("outcome", "done"),
        )
        offered = [
            Claim(
                claim["number"],
                claim["cell"],
                claim.get("label", ""),
                headline=claim.get("headline", ""),
            )
            for claim in arguments["claims"]
        ]
        checked = claims.check(_findings(conclusion), offered, self._cell)
        wrong = [claim for claim in checked if not claim.found]
        if wrong and self._sent_back < (1 if offered else MOST_REFUSALS):
            self._sent_back += 1
            return error(_complaint(wrong))
        return self._finished(replace(conclusion, claims=checked))

    def plain(self, text: str) -> Conclusion:
        """The conclusion of a turn that ended in plain text."""
        if not self.owed:
            return Conclusion(text, plain=True)
        cells = [cell for cell in self._notebook.document.cells() if cell.id in self._notebook.runs]
        found = claims.look_up(text, cells)
        return self._finished(Conclusion(text, claims=found, plain=True)).conclusion

    def _finished(self, conclusion: Conclusion) -> Finished:
        if self.owed:
            cell = self._notebook.add(
                as_markdown(conclusion),
                kind="markdown",
                metadata={
                    "role": "conclusion",
                    "conclusion": {
                        "claims": [asdict(claim) for claim in conclusion.claims],
                        "model": self._model,
                        "outcome": conclusion.outcome,
                        "plain": conclusion.plain,
                    },
                },
            )
            conclusion = replace(conclusion, cell=cell.id)
            self._notebook.document.save()
        return Finished("The turn is finished.", conclusion=conclusion)

    def _cell(self, cell_id: str) -> Cell | None:
        try:
            return self._notebook.document.cell(cell_id)
        except CellNotFoundError:
            return None


def as_markdown(conclusion: Conclusion) -> str:
    """The conclusion as the notebook shows it; numbers that were not found are marked."""
    parts = ["## Conclusion", marked(conclusion.text, conclusion.claims)]
    if conclusion.plain:
        parts.append(
            "*The model gave no claims; the numbers above were looked up in all outputs of "
            "this turn.*"
        )
    for title, lines in (("Caveats", conclusion.caveats), ("Next steps", conclusion.next_steps)):
        if lines:
            told = "\n".join(f"- {marked(line, conclusion.claims)}" for line in lines)
            parts.append(f"### {title}\n\n{told}")
    return "\n\n".join(parts)


def _findings(conclusion: Conclusion) -> str:
    """What must be backed. Why a task could not be done may quote an error."""
    caveats = conclusion.caveats if conclusion.outcome == "done" else ()
    return "\n\n".join([conclusion.text, *caveats])


def marked(text: str, checked: Sequence[Claim]) -> str:
    """The text with a mark behind every number whose claim did not hold."""
    wrong = {claim.number for claim in checked if not claim.found}
    ends = [
        number.start + len(number.text) for number in claims.stated(text) if number.text in wrong
    ]
    for end in reversed(ends):
        text = f"{text[:end]} **{NOT_FOUND}**{text[end:]}"
    return text


def _complaint(wrong: Sequence[Claim]) -> str:
    lines = "\n".join(f"- {claim.number}: {claim.problem}" for claim in wrong)
    return (
        "Not finished: these numbers of the conclusion are not backed by the outputs.\n"
        f"{lines}\n"
        "Correct the number, name the right cell and a word that stands beside it there, or "
        "print the value in a cell first; then call `finish` again."
    )
