"""A row of `k2 check`, and how one comes to be."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal, TypeAlias

from k2_jupyter.errors import ModelError, ModelStatusError
from k2_jupyter.hosts.cli.asker import Asked, Asker
from k2_jupyter.messages import AssistantMessage, Message, ToolSpec, UserMessage

Verdict: TypeAlias = Literal["works", "worked around", "will fail", "unknown"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A row of the table: what was tried, what became of it, and what to change."""

    what: str
    verdict: Verdict
    detail: str = ""
    change: str = ""


Rows: TypeAlias = Generator[Finding, None, AssistantMessage | None]
"""Rows; the answer that came of it, if it can be gone on from."""


def prompt(name: str) -> UserMessage:
    """The question in ``check_NAME.md``."""
    text = files(__package__).joinpath(f"check_{name}.md").read_text("utf-8")
    return UserMessage(text.strip())


def tried(
    what: str,
    asker: Asker,
    topic: str,
    messages: Sequence[Message],
    tools: Sequence[ToolSpec] = (),
    change: str = "",
    *,
    budget: int | None = None,
) -> Generator[Finding, None, Asked | None]:
    """Ask; a row where it fails, with `change` if the endpoint refused the request itself."""
    try:
        return asker.ask(topic, messages, tools, budget=budget)
    except ModelError as problem:
        is_refused = isinstance(problem, ModelStatusError) and problem.status in (400, 404, 422)
        yield Finding(what, "will fail", str(problem), change if is_refused else "")
        return None


def row(what: str, asked: Asked, detail: str = "") -> Finding:
    """It works, or did when it was asked again, for these reasons."""
    if asked.reasons:
        return Finding(what, "worked around", "; ".join(dict.fromkeys(asked.reasons)))
    return Finding(what, "works", detail)
