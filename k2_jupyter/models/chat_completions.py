"""A model behind an OpenAI-compatible chat completions endpoint."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from k2_jupyter.errors import (
    ModelConnectionError,
    ModelEmptyError,
    ModelOverflowError,
    ModelStatusError,
    StopRequested,
)
from k2_jupyter.events import EventStream, Retrying, Waiting
from k2_jupyter.messages import AssistantMessage, Message, ToolSpec
from k2_jupyter.models.address import checked
from k2_jupyter.models.codec import Encoder
from k2_jupyter.models.connection import Connection
from k2_jupyter.models.incoming import End, Incoming
from k2_jupyter.models.lessons import kept_limit, lesson
from k2_jupyter.models.memory import Memory
from k2_jupyter.models.profiles import EndpointProfile, ModelProfile
from k2_jupyter.models.retry import RetryPolicy, Transient
from k2_jupyter.models.wire import Heard

logger = logging.getLogger(__name__)

_LOOK = 0.05
"""Seconds between two looks at `stop` and at what can be shown; the end is taken at once."""
_GRACE = 10.0
"""Seconds that the reading thread waits longer than the one which waits for it and cuts it."""


@dataclass(slots=True)
class _Tries:
    """The attempts at one answer."""

    policy: RetryPolicy
    began: float = field(default_factory=time.monotonic)
    attempt: int = 1
    empties: int = 0

    def wait_after(self, failed: Transient, *, reached: bool) -> float:
        """Seconds until the next one; raises the failure where there is none."""
        self.empties += isinstance(failed.error, ModelEmptyError)
        seconds = self.policy.wait(
            self.attempt,
            time.monotonic() - self.began,
            failed.seconds,
            reached=reached,
            empties=self.empties,
        )
        if seconds is None:
            raise failed.error from None
        return seconds


class ChatCompletions:
    """Asks one model at one endpoint; implements `Model`.

    An answer is returned only when it is complete; one that was cut off or came to nothing
    is asked for again, and nothing of it is used. An answer that its length limit cut comes
    back with ``finish="length"`` and without its calls. What the endpoint refuses is left
    out from then on, and kept in `memory` for the next time. Every response is put into
    `heard` as it came. Raises `SettingsError` where `endpoint` is no place to send a key and
    data to.
    """

    def __init__(
        self,
        profile: ModelProfile,
        endpoint: EndpointProfile,
        key: str | None,
        *,
        policy: RetryPolicy | None = None,
        memory: Memory | None = None,
        heard: list[Heard] | None = None,
    ) -> None:
        checked(endpoint.base_url)
        self._profile = profile
        self._chosen = endpoint
        self._endpoint = memory.recall(endpoint, profile.name) if memory else endpoint
        self._key = key
        self._policy = (policy or RetryPolicy()).reading(endpoint.reading_seconds)
        self._memory = memory
        self._heard = heard
        self._encoder = Encoder(profile, self._endpoint)
        self._idle: list[Connection] = []
        self._was_reached = False

    @property
    def name(self) -> str:
        """For example ``my-model at example.org``."""
        return f"{self._profile.name} at {self._endpoint.host}"

    @property
    def profile(self) -> ModelProfile:
        """Facts about the model, as far as the endpoint lets them be."""
        model, endpoint = self._profile, self._endpoint
        return replace(
            model,
            context_tokens=min(model.context_tokens, endpoint.context_tokens or 10**9),
            vision=model.vision and endpoint.takes_images,
        )

    def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec], stop: threading.Event
    ) -> EventStream[AssistantMessage]:
        """Ask until there is a complete answer, within the policy; see `Model.stream`.

        Raises `ModelOverflowError` where the conversation has to be shortened first.
        """
        tries, whole = _Tries(self._policy), False
        body = self._encoder.request(messages, tools)
        while True:
            try:
                return (yield from self._attempt(body, tools, stop))
            except ModelStatusError as refusal:
                seconds, reason = 0.0, self._learn(refusal)
                sent, body = body, self._encoder.request(messages, tools, stream=not whole)
                if body == sent:
                    raise
            except Transient as failed:
                seconds = tries.wait_after(failed, reached=self._was_reached)
                reason = str(failed.error)
                # Streams have lost calls that the same server sends in one piece.
                whole = failed.lost_calls and not whole
                body = self._encoder.request(messages, tools, stream=not whole)
            tries.attempt += 1
            yield Retrying(tries.attempt, seconds, reason)
            yield from _waited(seconds, stop)

    def listed(self) -> Mapping[str, Any]:
        """What the endpoint's list of models says of this one; may be nothing."""
        entries = self._connection().models()
        return next((one for one in entries if one["id"] == self._profile.name), {})

    def _learn(self, refusal: ModelStatusError) -> str:
        """Change how this endpoint is asked; raises the refusal where nothing can be learnt."""
        if isinstance(refusal, ModelOverflowError):
            self._know(kept_limit(self._endpoint, refusal))
            raise refusal
        learnt = lesson(self._endpoint, refusal, self._encoder.optional)
        if learnt is None:
            raise refusal
        self._know(learnt[0])
        logger.info("%s %s", self._endpoint.host, learnt[1])
        return f"{self._endpoint.host} {learnt[1]}"

    def _know(self, endpoint: EndpointProfile) -> None:
        if endpoint != self._endpoint:
            self._endpoint = endpoint
            self._encoder = Encoder(self._profile, endpoint)
            if self._memory is not None:
                self._memory.keep(self._chosen, endpoint, self._profile.name)

    def _attempt(
        self, body: bytes, tools: Sequence[ToolSpec], stop: threading.Event
    ) -> EventStream[AssistantMessage]:
        if stop.is_set():
            raise StopRequested
        line = self._idle.pop() if self._idle else self._connection()
        incoming = line.send(body, self._profile.name, tools)
        end: End | None = None
        try:
            end = yield from self._awaited(incoming, stop)
        finally:
            self._was_reached = self._was_reached or line.was_answered
            if end is not None:
                self._idle.append(line)
            else:
                line.cut()  # also when the host closes this generator
        if isinstance(end, Exception):
            raise end
        return end

    def _connection(self) -> Connection:
        silence = self._policy.first_seconds + _GRACE
        return Connection(self._endpoint, self._key, silence=silence, heard=self._heard)

    def _awaited(self, incoming: Incoming, stop: threading.Event) -> EventStream[End]:
        """The end of an answer, its text shown while it comes."""
        last = time.monotonic() + self._policy.answer_seconds
        quiet = time.monotonic() + self._policy.first_seconds
        while True:
            end = incoming.wait(min(_LOOK, last - time.monotonic(), quiet - time.monotonic()))
            if stop.is_set():
                raise StopRequested
            shown = incoming.taken()
            if shown is not None:
                yield from shown
                quiet = time.monotonic() + self._policy.idle_seconds
            if end is not None:
                return end
            if time.monotonic() >= min(last, quiet):
                fault = "went silent" if quiet < last else "did not come to an end"
                raise Transient(ModelConnectionError(f"{self._endpoint.host} {fault}."))


def _waited(seconds: float, stop: threading.Event) -> EventStream[None]:
    """Wait, and tell each second how many are left."""
    while seconds > 1.0:
        if stop.wait(1.0):
            raise StopRequested
        seconds -= 1.0
        yield Waiting(seconds)
    if stop.wait(seconds):
        raise StopRequested
