"""The port to models: one method."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

from k2_jupyter.events import EventStream
from k2_jupyter.messages import AssistantMessage, Message, ToolSpec
from k2_jupyter.models.profiles import ModelProfile


class Model(Protocol):
    """Something that answers a conversation."""

    @property
    def name(self) -> str:
        """What answers, in words for people."""
        ...

    @property
    def profile(self) -> ModelProfile:
        """Facts about the model."""
        ...

    def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec], stop: threading.Event
    ) -> EventStream[AssistantMessage]:
        """Ask once; yields `TextDelta`, `ReasoningDelta` and `Retrying`.

        Returns the complete answer. Raises `ModelError` when there is none after the
        retries, and `StopRequested` within 1 s of `stop`.
        """
        ...
