"""One line to an endpoint, over the `openai` client; the only file that imports it.

The client is asked for parsed events and no more: its retries, its redirects, its headers
from the environment are off. Works with openai 2 (httpx) and 3 (httpx2).
"""

from __future__ import annotations

import json
import ssl
import sys
import threading
import weakref
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from k2_jupyter.errors import (
    ModelConnectionError,
    ModelEmptyError,
    ModelError,
    ModelOutputError,
    ModelStatusError,
)
from k2_jupyter.messages import ToolSpec
from k2_jupyter.models.answer import Answer, IncompleteError, NothingError, StreamError
from k2_jupyter.models.bodies import bounded
from k2_jupyter.models.event_stream import values
from k2_jupyter.models.failures import classify, classify_in_stream, with_known_models
from k2_jupyter.models.incoming import Incoming
from k2_jupyter.models.profiles import EndpointProfile
from k2_jupyter.models.retry import Transient
from k2_jupyter.models.wire import Heard, RefusedError, Wire

E = TypeVar("E", bound=BaseException)

_MAX_BODY = 16_000_000


class Connection:
    """Carries one request at a time, in a thread of its own, and can be cut from another.

    With `heard`, the responses to it are kept there as they come.
    """

    def __init__(
        self,
        endpoint: EndpointProfile,
        key: str | None,
        *,
        silence: float,
        heard: list[Heard] | None = None,
    ) -> None:
        import openai

        self._endpoint = endpoint
        self._key = key
        self._wire = Wire(has_key=key is not None, heard=heard)
        http = openai.DefaultHttpxClient(
            follow_redirects=False,
            # A proxy named in the environment must not see what is meant for this machine.
            trust_env=not endpoint.is_loopback,
            event_hooks={"request": [self._wire.prepare], "response": [self._wire.receive]},
        )
        self._client = openai.OpenAI(
            base_url=endpoint.base_url,
            api_key=key or "none",
            max_retries=0,
            timeout=openai.Timeout(silence, connect=10.0),
            http_client=http,
        )
        weakref.finalize(self, http.close)

    def send(self, body: bytes, model: str, tools: Sequence[ToolSpec] = ()) -> Incoming:
        """Post the request, which offers the `tools`; returns what comes of it.

        Its end is the answer, or an exception: a `ModelError`, a `Transient`, or a defect of
        ours.
        """
        incoming = Incoming()
        threading.Thread(
            target=self._read, args=(body, model, tools, incoming), name="k2-model", daemon=True
        ).start()
        return incoming

    def models(self) -> list[Mapping[str, Any]]:
        """What the endpoint lists, an ``id`` in each; empty where it lists nothing."""
        import openai

        try:
            listing = self._client.get("/models", cast_to=object, options={"timeout": 5.0})
        except (openai.OpenAIError, RefusedError, OSError, ValueError):
            return []  # it was a courtesy
        data = listing.get("data") if isinstance(listing, Mapping) else None
        entries = data if isinstance(data, list) else []
        return [entry for entry in entries if isinstance(entry, Mapping) and "id" in entry]

    @property
    def was_answered(self) -> bool:
        """Whether a response ever began, whatever became of it."""
        return self._wire.was_answered

    def cut(self) -> None:
        """End the request now: the endpoint sees the connection close, `send`'s thread ends."""
        self._wire.cut()

    def _read(self, body: bytes, model: str, tools: Sequence[ToolSpec], incoming: Incoming) -> None:
        answer = Answer(tools)
        try:
            response = self._post(body)
            pieces = self._wire.pieces(response)
            before = 0
            for chunk in self._chunks(pieces, response.headers):
                shown, size = answer.add(chunk), answer.size
                if size > before:  # else it is no sign of life
                    incoming.add(shown)
                    before = size
            incoming.add(answer.rest())
            incoming.finish(answer.message())
            deque(pieces, maxlen=0)  # read to its end, the line serves the next request
        except Exception as problem:  # noqa: BLE001  raised again in the waiting thread
            incoming.finish(self._translate(problem, model))
        finally:
            if self._wire.is_cut:
                self._client.close()

    def _post(self, body: bytes) -> Any:
        """The response, its body still unread; an error status raises."""
        import openai

        return self._client.post(
            "/chat/completions",
            content=body,
            cast_to=object,
            stream=True,
            stream_cls=openai.Stream[object],
        ).response

    def _chunks(self, pieces: Iterator[bytes], headers: Mapping[str, str]) -> Iterator[object]:
        content_type = headers.get("content-type", "text/event-stream")
        if "text/event-stream" in content_type:
            # The client would take any other body for a stream without events.
            return values(pieces)
        return iter([_whole(pieces, content_type, self._endpoint.host)])

    def _translate(self, problem: Exception, model: str) -> Exception:
        """The exception in our terms, without the key, which some endpoints echo."""
        verdict = self._verdict(problem, model)
        if isinstance(verdict, ModelStatusError) and verdict.status == 404:
            verdict = with_known_models(verdict, [str(one["id"]) for one in self.models()])
        error = verdict.error if isinstance(verdict, Transient) else verdict
        # A stand-in such as "none" is no secret, and would maim the message.
        if self._key and len(self._key) >= 8 and isinstance(error, ModelError):
            error.args = tuple(str(part).replace(self._key, "[key]") for part in error.args)
        return verdict

    def _verdict(self, problem: Exception, model: str) -> Exception:
        import openai

        endpoint, host = self._endpoint, self._endpoint.host
        verdict = problem
        refusal = _cause(problem, RefusedError)  # openai 2 wraps what a hook raises
        if refusal is not None:
            return classify(
                endpoint, model, status=refusal.status, headers=refusal.headers, body=refusal.body
            )
        match problem:
            case openai.APIConnectionError() if _cause(problem, ssl.SSLCertVerificationError):
                verdict = ModelConnectionError(
                    f"The certificate of {host} is not valid, so nothing was sent. Check the "
                    "base URL, and this machine's clock and certificates."
                )
            case openai.APIConnectionError() | OSError():
                verdict = Transient(_connection_error(host, problem))
            case StreamError(body=body):
                verdict = classify_in_stream(endpoint, model, body)
            case NothingError():
                empty = ModelEmptyError(
                    f"The answer of {host}: {problem}.", reasoned=problem.reasoned
                )
                verdict = Transient(empty, lost_calls=problem.lost_calls)
            case IncompleteError():
                verdict = Transient(ModelOutputError(f"The answer of {host}: {problem}."))
            case ValueError() | RecursionError():  # bad JSON, bad UTF-8, too deep, a huge number
                verdict = Transient(ModelOutputError(f"{host} sent an event that is not JSON."))
            case _ if isinstance(problem, _transport_errors()):
                verdict = Transient(_connection_error(host, problem))
        return verdict


def _whole(pieces: Iterator[bytes], content_type: str, host: str) -> object:
    """The body of a response that is no stream: a completion, or an error object."""
    body = bounded(pieces, _MAX_BODY + 1)
    if len(body) > _MAX_BODY:
        raise ModelOutputError(f"{host} sent more than {_MAX_BODY:,} bytes that are no stream.")
    text = body.decode("utf-8", "replace")
    if "json" in content_type:
        return json.loads(text)
    shown = " ".join(text.split())[:200]
    raise ModelOutputError(
        f"{host} answered with {content_type}, not with a stream of events. Is the base URL "
        f"right (most end in /v1)? It begins: {shown}"
    )


def _connection_error(host: str, problem: Exception) -> ModelConnectionError:
    if "Timeout" in type(problem).__name__:
        return ModelConnectionError(f"{host} did not answer in time.")
    cause = problem.__cause__ or problem
    while isinstance(cause.__cause__ or cause.__context__, OSError):
        cause = cause.__cause__ or cause.__context__ or cause
    reason = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
    return ModelConnectionError(
        f"No usable connection to {host} ({reason}). Check the network, and that the base URL "
        "is right and its server runs."
    )


def _cause(problem: BaseException | None, kind: type[E]) -> E | None:
    """The error of that kind among the problem and what led to it."""
    while problem is not None:
        if isinstance(problem, kind):
            return problem
        problem = problem.__cause__ or problem.__context__
    return None


def _transport_errors() -> tuple[type[Exception], ...]:
    """Errors of the HTTP library, which openai 2 lets through while it reads a stream."""
    return tuple(
        sys.modules[name].TransportError for name in ("httpx2", "httpx") if name in sys.modules
    )
