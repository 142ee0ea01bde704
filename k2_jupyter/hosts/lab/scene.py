"""What the turns of one conversation share."""

from __future__ import annotations

import os
from asyncio import AbstractEventLoop
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from k2_jupyter.adapters.page_document import PageDocument
from k2_jupyter.adapters.server_kernel import SharedKernel
from k2_jupyter.agent.history import History
from k2_jupyter.agent.prompts import load
from k2_jupyter.hosts.consent import StandingFiles
from k2_jupyter.hosts.lab.choice import Choice
from k2_jupyter.hosts.lab.event_log import EventLog
from k2_jupyter.hosts.lab.requests import Requests
from k2_jupyter.hosts.lab.rules import Rules
from k2_jupyter.hosts.lab.undos import Undos
from k2_jupyter.journal.redaction import Redactor, collect_secrets
from k2_jupyter.messages import Json

HOST = "lab"
"""The fact by which the journals of this host are found."""


@dataclass(slots=True)
class Kept:
    """What a conversation remembers from turn to turn."""

    history: History = field(default_factory=lambda: History(load("system")))
    kinds: set[str] = field(default_factory=set)
    """Of risks that the user allows in this notebook as long as the server lives."""
    standing: StandingFiles = field(default_factory=StandingFiles)
    news: deque[str] = field(default_factory=deque)
    """What happened to the kernel or the plan, until the model was told."""
    undos: Undos = field(default_factory=Undos)


@dataclass(frozen=True, slots=True)
class KernelSpec:
    """What the server knows of a kernel before the kernel has said anything."""

    name: str
    """For people."""
    language: str
    """In lower case."""
    remote: bool = False
    """Whether it is behind a gateway, where other files may be."""


@dataclass(slots=True)
class Scene:
    """Where the turns of one notebook play. Only the server's loop changes its fields."""

    root: Path
    """Where the server's contents begin."""
    notebook: Path
    kernel_id: str
    kernel: SharedKernel
    spec: KernelSpec
    document: PageDocument
    log: EventLog
    requests: Requests
    choice: Choice
    rules: Rules
    loop: AbstractEventLoop
    secrets: Sequence[str]
    """Of the server: its token."""
    kept: Kept = field(default_factory=Kept)

    @property
    def path(self) -> str:
        """Of the notebook, in the server's contents."""
        return self.notebook.relative_to(self.root).as_posix()

    @property
    def language(self) -> str:
        """Of the kernel: as it says itself, once it has answered."""
        return self.kernel.language or self.spec.language

    @property
    def life(self) -> str:
        """Which start of which kernel answers now; "" where none does."""
        return f"{self.kernel_id}/{self.kernel.life}" if self.kernel.life else ""

    def news(self) -> list[str]:
        """What the model has not been told yet; told once."""
        waiting = self.kept.news
        return [waiting.popleft() for _ in range(len(waiting))]

    def say(self, event: Json) -> None:
        """Log what the host tells by itself, an object with its ``type``; redacted."""
        redacted = self.redactor(None).json(event)
        assert isinstance(redacted, Mapping)  # noqa: S101  it was one
        self.log.add(redacted)

    def notice(self, text: str) -> None:
        """For the user."""
        self.say({"type": "Notice", "text": text, "detail": ""})

    def redactor(self, key: str | None) -> Redactor:
        """With the key of a model; what else is secret may have changed since it was asked."""
        found = collect_secrets(os.environ, self.notebook.parent, key)
        return Redactor([*self.choice.secrets, *self.secrets, *found])
