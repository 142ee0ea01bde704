"""What the played model does, by the first word of the request."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from k2_jupyter.messages import AssistantMessage, Reasoning, ToolCall
from tests.loopback import Reply

HANG = 60.0
Answer: TypeAlias = AssistantMessage | Reply
Step: TypeAlias = Answer | Callable[[Sequence[str]], Answer]
"""An answer, or what makes it of the results so far in this turn."""


def call(name: str, text: str = "", reasoning: str = "", **arguments: Any) -> AssistantMessage:
    """A call of one tool."""
    made = ToolCall(f"functions.{name}:0", name, json.dumps(arguments))
    return AssistantMessage(text, (made,), Reasoning(reasoning) if reasoning else None)


def cell(source: str, purpose: str = "a cell", **others: Any) -> AssistantMessage:
    """Run this."""
    return call("run_cell", source=source, purpose=purpose, **others)


def end(text: str = "All is done.", **others: Any) -> AssistantMessage:
    """The conclusion."""
    return call("finish", conclusion=text, claims=others.pop("claims", []), **others)


def plan(*titles: str) -> AssistantMessage:
    """The plan, nothing of it done."""
    return call("set_plan", items=[{"title": title} for title in titles])


class Scripts:
    """A model for any number of conversations at once: all it knows is in the request."""

    def __init__(self) -> None:
        self.steps: dict[str, Sequence[Step]] = {}
        """First word of a request → its answers."""
        self.bodies: list[dict[str, Any]] = []

    def __call__(self, body: dict[str, Any]) -> Answer:
        self.bodies.append(body)
        messages = body["messages"]
        begun = max(n for n, message in enumerate(messages) if _begins(message))
        words = text_of(messages[begun]).split()
        results = [text_of(one) for one in messages[begun:] if one["role"] == "tool"]
        steps = self.steps[words[0]]
        step = steps[len(results)] if len(results) < len(steps) else end()
        return step if isinstance(step, (AssistantMessage, Reply)) else step(results)


def text_of(message: dict[str, Any]) -> str:
    """Of a message whose content is text or parts."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content)


def _begins(message: dict[str, Any]) -> bool:
    return message["role"] == "user" and "<briefing>" in text_of(message)


def waiting(name: str) -> str:
    """A source that prints, and then waits for a file of that name."""
    return (
        "from pathlib import Path\nimport time\nprint('begun')\n"
        f"while not Path('{name}').exists():\n    time.sleep(0.02)\nprint('ended')"
    )


def held(until: threading.Event, answer: Answer) -> Step:
    """An answer that takes as long as the event is not set."""

    def wait(results: Sequence[str]) -> Answer:
        assert until.wait(HANG)
        return answer

    return wait
