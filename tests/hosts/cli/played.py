"""A model played by rules over the requests that it is sent; it knows no output beforehand."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from k2_jupyter.messages import AssistantMessage, ToolCall


class PlayedModel:
    """Keeps the newest observation of each cell by its purpose; `steps` decide what is next."""

    steps: Sequence[str] = ()
    """Names of methods that return the next answer, or None where their part is done."""

    def __call__(self, body: dict[str, Any]) -> AssistantMessage:
        messages = body["messages"]
        self.task: str = next(m["content"] for m in messages if m["role"] == "user")
        results = [m["content"] for m in messages if m["role"] == "tool"]
        calls = [call["function"] for m in messages for call in m.get("tool_calls", ())]
        self.number = len(results)
        self.seen: dict[str, str] = {}
        """Purpose of a cell → what came of its newest run."""
        purposes: dict[str, str] = {}
        for call, result in zip(calls, results, strict=True):
            arguments = json.loads(call["arguments"])
            if result.startswith("Interrupted: "):
                continue
            if call["name"] == "run_cell":
                purposes[self.cell(result)[0]] = arguments["purpose"]
            if call["name"] in ("run_cell", "edit_cell"):
                self.seen[purposes[self.cell(result)[0]]] = result
        answers = (getattr(self, step)() for step in self.steps)
        decided: AssistantMessage = next(answer for answer in answers if answer is not None)
        return decided

    @property
    def path(self) -> str:
        """Of the data file, as the briefing gives it."""
        found = re.search(r'^\{"path".*$', self.task, re.MULTILINE)
        assert found is not None
        path: str = json.loads(found[0])["path"]
        return path

    def value(self, purpose: str, pattern: str) -> str:
        """What the cell printed at the pattern's group."""
        found = re.search(pattern, self.seen[purpose])
        assert found is not None, self.seen[purpose]
        return found[1]

    def cell(self, observation: str) -> tuple[str, str]:
        """Id and hash, from the first line."""
        head = re.match(r"cell (\w+) \(hash (\w+)\)", observation)
        assert head is not None, observation
        return head[1], head[2]

    def run(self, purpose: str, source: str) -> AssistantMessage:
        return self.call("run_cell", source=source, purpose=purpose)

    def edit(self, purpose: str, source: str) -> AssistantMessage:
        cell, digest = self.cell(self.seen[purpose])
        return self.call("edit_cell", cell=cell, hash=digest, source=source)

    def claim(self, number: str, purpose: str, label: str) -> dict[str, str]:
        return {"number": number, "cell": self.cell(self.seen[purpose])[0], "label": label}

    def call(self, name: str, **arguments: Any) -> AssistantMessage:
        call = ToolCall(f"functions.{name}:{self.number}", name, json.dumps(arguments))
        return AssistantMessage(calls=(call,))
