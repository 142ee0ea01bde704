"""Models for tests of the magic."""

from __future__ import annotations

import threading
from typing import Any

from k2_jupyter.messages import AssistantMessage
from tests.hosts.cli.played import PlayedModel


class Silent:
    """Answers nothing until it is released."""

    def __init__(self) -> None:
        self.asked, self.released = threading.Event(), threading.Event()

    def __call__(self, body: dict[str, Any]) -> AssistantMessage:
        self.asked.set()
        self.released.wait(60)
        return AssistantMessage("late")


class Runs(PlayedModel):
    """Runs the sources that the request holds, one after another, and ends in plain text."""

    def __call__(self, body: dict[str, Any]) -> AssistantMessage:
        asked = max(i for i, m in enumerate(body["messages"]) if m["role"] == "user")
        task = body["messages"][asked]["content"].partition("\n\n<briefing>")[0]
        self.asked_for: str = task
        sources = task.split("\n---\n")
        self.read = [m["content"] for m in body["messages"][asked:] if m["role"] == "tool"]
        self.number = len(self.read)
        if self.number < len(sources):
            return self.run(f"part {self.number + 1}", sources[self.number])
        return self.call("finish", conclusion="It ran.", claims=[])


def request(*sources: str) -> str:
    return "%%k2\n" + "\n---\n".join(sources)
