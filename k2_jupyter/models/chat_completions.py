"""A model behind an OpenAI-compatible chat completions endpoint."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from queue import Empty, SimpleQueue

from k2_jupyter.errors import ModelConnectionError, StopRequested
from k2_jupyter.events import EventStream, Retrying
from k2_jupyter.messages import AssistantMessage, Message, ToolSpec
from k2_jupyter.models.address import checked
from k2_jupyter.models.codec import Encoder
from k2_jupyter.models.connection import Connection, Item
from k2_jupyter.models.profiles import EndpointProfile, ModelProfile
from k2_jupyter.models.retry import RetryPolicy, Transient

_POLL = 0.1
"""Seconds between two looks at `stop` while nothing comes; what comes is taken at once."""


class ChatCompletions:
    """Asks one model at one endpoint; implements `Model`.

    An answer is returned only when it is complete; one that was cut off or came to nothing
    is asked for again, and nothing of it is used. An answer that its length limit cut comes
    back with ``finish="length"`` and without its calls. Raises `SettingsError` where
    `endpoint` is no place to send a key and data to.
    """

    def __init__(
        self,
        profile: ModelProfile,
        endpoint: EndpointProfile,
        key: str | None,
        *,
        policy: RetryPolicy | None = None,
    ) -> None:
        checked(endpoint.base_url)
        self._profile = profile
        self._endpoint = endpoint
        self._key = key
        self._policy = policy or RetryPolicy()
        self._encoder = Encoder(profile, endpoint)
        self._idle: list[Connection] = []
        self._was_reached = False

    @property
    def name(self) -> str:
        """For example ``my-model at example.org``."""
        return f"{self._profile.name} at {self._endpoint.host}"

    @property
    def profile(self) -> ModelProfile:
        """Facts about the model."""
        return self._profile

    def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec], stop: threading.Event
    ) -> EventStream[AssistantMessage]:
        """Ask until there is a complete answer, within the policy; see `Model.stream`."""
        body = self._encoder.request(messages, tools)
        began = time.monotonic()
        attempt = 1
        while True:
            try:
                return (yield from self._attempt(body, stop))
            except Transient as failed:
                if not isinstance(failed.error, ModelConnectionError):
                    self._was_reached = True
                elapsed = time.monotonic() - began
                seconds = self._policy.wait(
                    attempt, elapsed, failed.seconds, reached=self._was_reached
                )
                if seconds is None:
                    raise failed.error from None
                attempt += 1
                yield Retrying(attempt, seconds, str(failed.error))
                if stop.wait(seconds):
                    raise StopRequested from None

    def _attempt(self, body: bytes, stop: threading.Event) -> EventStream[AssistantMessage]:
        if stop.is_set():
            raise StopRequested
        line = self._idle.pop() if self._idle else self._connection()
        items = line.send(body, self._profile.name)
        deadline = time.monotonic() + self._policy.answer_seconds
        silence = self._policy.first_seconds
        is_over = False
        try:
            while True:
                item = self._next(items, stop, min(deadline, time.monotonic() + silence))
                silence = self._policy.idle_seconds
                is_over = isinstance(item, Exception | AssistantMessage)
                if isinstance(item, Exception):
                    raise item
                self._was_reached = True
                if isinstance(item, AssistantMessage):
                    return item
                yield from item
        finally:
            if is_over:
                self._idle.append(line)
            else:
                line.cut()  # also when the host closes this generator

    def _connection(self) -> Connection:
        return Connection(self._endpoint, self._key, silence=self._policy.first_seconds)

    def _next(self, items: SimpleQueue[Item], stop: threading.Event, deadline: float) -> Item:
        while True:
            if stop.is_set():
                raise StopRequested
            left = deadline - time.monotonic()
            try:
                return items.get(timeout=max(0.0, min(_POLL, left)))
            except Empty:
                if left <= 0:
                    raise Transient(
                        ModelConnectionError(f"{self._endpoint.host} went silent.")
                    ) from None
