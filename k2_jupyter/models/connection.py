"""One line to an endpoint, over the `openai` client; the only file that imports it.

The client is asked for parsed events and no more: its retries, its redirects, its headers
from the environment are off. Works with openai 2 (httpx) and 3 (httpx2).
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import sys
import threading
import weakref
from collections import deque
from collections.abc import Iterator, Mapping
from queue import SimpleQueue
from typing import Any, TypeAlias

from k2_jupyter import __version__
from k2_jupyter.errors import ModelConnectionError, ModelError, ModelOutputError, ModelStatusError
from k2_jupyter.events import ReasoningDelta, TextDelta
from k2_jupyter.messages import AssistantMessage
from k2_jupyter.models.answer import Answer, IncompleteError, StreamError
from k2_jupyter.models.event_stream import values
from k2_jupyter.models.failures import classify, classify_in_stream, with_known_models
from k2_jupyter.models.profiles import EndpointProfile
from k2_jupyter.models.retry import Transient

Deltas: TypeAlias = "tuple[TextDelta | ReasoningDelta, ...]"
Item: TypeAlias = "Deltas | AssistantMessage | Exception"
"""What one event of the stream added (maybe nothing to show); last, the answer or a failure."""

_HEADERS = {
    "accept", "accept-encoding", "authorization", "connection", "content-length", "content-type",
    "host", "transfer-encoding",
}  # fmt: skip
_MAX_BODY = 16_000_000


class _Wire:
    """What goes over the line: headers on the way out, and the socket to cut it by."""

    def __init__(self, *, has_key: bool) -> None:
        self._has_key = has_key
        self._socket: socket.socket | None = None
        self.is_cut = False

    def prepare(self, request: Any) -> None:
        """Before each request: only the headers it needs, and hold on to its socket."""
        for name in list(request.headers):
            if name.lower() not in _HEADERS:
                del request.headers[name]  # OPENAI_ORG_ID and the like, and the platform's
        request.headers["user-agent"] = f"k2_jupyter/{__version__}"
        if not self._has_key:
            request.headers.pop("authorization", None)
        request.extensions["trace"] = self._trace

    def cut(self) -> None:
        """Shut the socket, the one to come included. Closing would not wake a reader."""
        self.is_cut = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        # httpcore's documented extension; behind a proxy the events have another first part.
        # A later request on the same line makes no new socket.
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")
            if self.is_cut:
                self.cut()


class Connection:
    """Carries one request at a time, in a thread of its own, and can be cut from another."""

    def __init__(self, endpoint: EndpointProfile, key: str | None, *, silence: float) -> None:
        import openai

        self._endpoint = endpoint
        self._key = key
        self._wire = _Wire(has_key=key is not None)
        http = openai.DefaultHttpxClient(
            follow_redirects=False,
            # A proxy named in the environment must not see what is meant for this machine.
            trust_env=not endpoint.is_loopback,
            event_hooks={"request": [self._wire.prepare]},
        )
        self._client = openai.OpenAI(
            base_url=endpoint.base_url,
            api_key=key or "none",
            max_retries=0,
            timeout=openai.Timeout(silence, connect=10.0),
            http_client=http,
        )
        weakref.finalize(self, http.close)

    def send(self, body: bytes, model: str) -> SimpleQueue[Item]:
        """Post the request; what comes of it is put into the queue.

        The last item is the answer, or an exception: a `ModelError`, a `Transient`, or a
        defect of ours.
        """
        items: SimpleQueue[Item] = SimpleQueue()
        threading.Thread(
            target=self._read, args=(body, model, items), name="k2-model", daemon=True
        ).start()
        return items

    def cut(self) -> None:
        """End the request now: the endpoint sees the connection close, `send`'s thread ends."""
        self._wire.cut()

    def _read(self, body: bytes, model: str, items: SimpleQueue[Item]) -> None:
        answer = Answer()
        try:
            response = self._post(body)
            pieces = response.iter_bytes()
            for chunk in self._chunks(pieces, response.headers):
                items.put(tuple(answer.add(chunk)))
            items.put(answer.message())
            deque(pieces, maxlen=0)  # read to its end, the line serves the next request
        except Exception as problem:  # noqa: BLE001  raised again in the waiting thread
            items.put(self._translate(problem, model))
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
            yield from values(pieces)
        else:
            yield _whole(pieces, content_type, self._endpoint.host)

    def _translate(self, problem: Exception, model: str) -> Exception:
        """The exception in our terms, without the key, which some endpoints echo."""
        verdict = self._verdict(problem, model)
        if isinstance(verdict, ModelStatusError) and verdict.status == 404:
            verdict = with_known_models(verdict, self._known_models())
        error = verdict.error if isinstance(verdict, Transient) else verdict
        # A stand-in such as "none" is no secret, and would maim the message.
        if self._key and len(self._key) >= 8 and isinstance(error, ModelError):
            error.args = tuple(str(part).replace(self._key, "[key]") for part in error.args)
        return verdict

    def _verdict(self, problem: Exception, model: str) -> Exception:
        import openai

        endpoint, host = self._endpoint, self._endpoint.host
        verdict = problem
        match problem:
            case openai.APIStatusError(status_code=status, body=body):
                headers = problem.response.headers
                verdict = classify(endpoint, model, status=status, headers=headers, body=body)
            case openai.APIConnectionError() if _has_cause(problem, ssl.SSLCertVerificationError):
                verdict = ModelConnectionError(
                    f"The certificate of {host} is not valid, so nothing was sent. Check the "
                    "base URL, and this machine's clock and certificates."
                )
            case openai.APIConnectionError() | OSError():
                verdict = Transient(_connection_error(host, problem))
            case openai.APIError(body=body) | StreamError(body=body):
                verdict = classify_in_stream(endpoint, model, body)
            case IncompleteError():
                verdict = Transient(ModelOutputError(f"The answer of {host}: {problem}."))
            case ValueError() | RecursionError():  # bad JSON, bad UTF-8, too deep, a huge number
                verdict = Transient(ModelOutputError(f"{host} sent an event that is not JSON."))
            case _ if isinstance(problem, _transport_errors()):
                verdict = Transient(_connection_error(host, problem))
        return verdict

    def _known_models(self) -> list[str]:
        import openai

        try:
            listing = self._client.get("/models", cast_to=object, options={"timeout": 5.0})
        except (openai.OpenAIError, OSError, ValueError):
            return []  # it was a courtesy
        data = listing.get("data") if isinstance(listing, Mapping) else None
        entries = data if isinstance(data, list) else []
        return [
            str(entry["id"]) for entry in entries if isinstance(entry, Mapping) and "id" in entry
        ]


def _whole(pieces: Iterator[bytes], content_type: str, host: str) -> object:
    """The body of a response that is no stream: a completion, or an error object."""
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > _MAX_BODY:
            raise ModelOutputError(f"{host} sent more than {_MAX_BODY} bytes that are no stream.")
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


def _has_cause(problem: BaseException | None, kind: type[BaseException]) -> bool:
    while problem is not None:
        if isinstance(problem, kind):
            return True
        problem = problem.__cause__ or problem.__context__
    return False


def _transport_errors() -> tuple[type[Exception], ...]:
    """Errors of the HTTP library, which openai 2 lets through while it reads a stream."""
    return tuple(
        sys.modules[name].TransportError for name in ("httpx2", "httpx") if name in sys.modules
    )
