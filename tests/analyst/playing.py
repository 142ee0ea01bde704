"""Plays conversations with the analyst over results that are made up."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from k2_jupyter.analyst import answer
from k2_jupyter.messages import (
    Message,
    SystemMessage,
    ToolCall,
    ToolMessage,
    ToolResult,
    ToolSpec,
    UserMessage,
)

TOOLS = ("add_markdown", "ask_user", "delete_cell", "edit_cell", "finish", "run_cell", "set_plan")
Reactions = Mapping[str, Callable[[dict[str, Any]], str]]


def briefing(path: str, **facts: object) -> str:
    """A briefing with one file."""
    line = json.dumps({"path": path, "format": "csv", "bytes": 1000, "columns": None, **facts})
    return (
        f"<briefing>\nData files, one JSON object a line:\n{line}\nNotebook: 0 cells.\n</briefing>"
    )


@dataclass
class Told:
    """What the analyst said and asked for, in order."""

    text: str = ""
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def of(self, name: str) -> list[dict[str, Any]]:
        return [arguments for called, arguments in self.calls if called == name]

    @property
    def finish(self) -> dict[str, Any]:
        return self.of("finish")[-1]


def play(
    task: str, brief: str = "", *, tools: tuple[str, ...] = TOOLS, react: Reactions | None = None
) -> Told:
    """Ask the analyst; `react` makes the results by tool name, else they are "ok"."""
    specs = [ToolSpec(name, "", {}) for name in tools]
    messages: list[Message] = [SystemMessage("…"), UserMessage(f"{task}\n\n{brief}")]
    told = Told()
    for _ in range(60):
        said = answer(messages, specs)
        assert said == answer(tuple(messages), specs), "the answer is a function of the messages"
        messages.append(said)
        if not said.calls:
            told.text = said.text
            return told
        for call in said.calls:
            arguments = json.loads(call.arguments)
            told.calls.append((call.name, arguments))
            told.ids.append(call.id)
            reaction = (react or {}).get(call.name)
            result = ToolResult(reaction(arguments) if reaction else "ok")
            messages.append(ToolMessage(ToolCall(call.id, call.name, ""), result))
        if said.calls[-1].name == "finish":
            return told
    raise AssertionError("the analyst does not come to an end")


def ran(source: str, printed: str = "", error: str = "") -> str:
    """The observation of a cell run."""
    digest = hashlib.sha256(source.encode()).hexdigest()[:12]
    text = f"cell 3f2a91bc (hash {digest}) · {'error' if error else 'ok'} · 0.01 s · [1]"
    sections = {"stdout": printed, "error": error}
    return text + "".join(f"\n<{tag}>\n{body}\n</{tag}>" for tag, body in sections.items() if body)
