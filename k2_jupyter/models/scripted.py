"""A model that is a function of the messages: for the offline analyst, tests and examples."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeAlias

from k2_jupyter.errors import StopRequested
from k2_jupyter.events import EventStream, ReasoningDelta, TextDelta
from k2_jupyter.messages import AssistantMessage, Message, ToolSpec
from k2_jupyter.models.profiles import OFFLINE, ModelProfile

Respond: TypeAlias = Callable[[Sequence[Message], Sequence[ToolSpec]], AssistantMessage]
"""What a model does, without the wire."""


class ScriptedModel:
    """Answers with ``respond(messages, tools)``; implements `Model`.

    What `respond` raises goes through, so that a script can also fail as a model would.
    """

    def __init__(
        self, respond: Respond, *, name: str = "scripted", profile: ModelProfile = OFFLINE
    ) -> None:
        self._respond = respond
        self._name = name
        self._profile = profile

    @property
    def name(self) -> str:
        """What answers, in words for people."""
        return self._name

    @property
    def profile(self) -> ModelProfile:
        """Facts about the model it stands for."""
        return self._profile

    def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec], stop: threading.Event
    ) -> EventStream[AssistantMessage]:
        """The answer, its text line by line; see `Model.stream`."""
        if stop.is_set():
            raise StopRequested
        answer = self._respond(messages, tools)
        if answer.reasoning is not None and answer.reasoning.text:
            yield ReasoningDelta(answer.reasoning.text)
        for line in answer.text.splitlines(keepends=True):
            yield TextDelta(line)
        return answer
