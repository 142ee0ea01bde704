"""Asks an endpoint, and keeps what came back as it came."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from k2_jupyter.events import Retrying
from k2_jupyter.messages import AssistantMessage, Message, ToolSpec
from k2_jupyter.models.answer import Answer
from k2_jupyter.models.chat_completions import ChatCompletions
from k2_jupyter.models.event_stream import values
from k2_jupyter.models.profiles import EndpointProfile, ModelProfile
from k2_jupyter.models.retry import RetryPolicy
from k2_jupyter.models.wire import Heard


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer, and how it came."""

    answer: AssistantMessage
    pieces: int
    """In which its text came."""
    reasons: tuple[str, ...]
    """Why it was asked more than once, as for people."""


_BUDGET = 2_048
"""Tokens of an answer, reasoning included: small models without a limit have been seen to
repeat one call for ever."""


class Asker:
    """Asks one endpoint; `topics` says what each response in `heard` was about."""

    def __init__(
        self, model: ModelProfile, endpoint: EndpointProfile, key: str | None, policy: RetryPolicy
    ) -> None:
        self.profile = model
        self.endpoint = endpoint
        self.heard: list[Heard] = []
        self.topics: list[str] = []
        self._key = key
        self._policy = policy
        self.model = self._with_budget(_BUDGET)

    def ask(
        self,
        topic: str,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec] = (),
        *,
        budget: int | None = None,
    ) -> Asked:
        """One answer, with `budget` of at most so many tokens. Raises `ModelError`."""
        model = self.model if budget is None else self._with_budget(budget)
        reasons = []
        stream = model.stream(messages, tools, threading.Event())
        try:
            while True:
                event = next(stream)
                if isinstance(event, Retrying):
                    reasons.append(event.reason)
        except StopIteration as end:
            return Asked(end.value, _pieces(self.heard[-1]), tuple(reasons))
        finally:
            self.topics += [topic] * (len(self.heard) - len(self.topics))

    def _with_budget(self, tokens: int) -> ChatCompletions:
        return ChatCompletions(
            replace(self.profile, output_tokens=tokens),
            self.endpoint,
            self._key,
            policy=self._policy,
            heard=self.heard,
        )


def _pieces(heard: Heard) -> int:
    if "json" in heard.content_type:
        return 1
    answer = Answer()
    return sum(bool(answer.add(chunk)) for chunk in values([bytes(heard.body)]))
