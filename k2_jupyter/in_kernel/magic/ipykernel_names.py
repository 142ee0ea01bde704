"""The names of ipykernel that it promises nobody, in one place.

Each has a test that names it (``tests/in_kernel/magic/test_ipykernel_names.py``), so that a new
ipykernel fails there and not in a user's notebook. Standard library only.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

Message = dict[str, Any]
Keep = Callable[[str, dict[str, Any], dict[str, Any]], bool]
"""Takes type, content and metadata of what goes out; False holds the message back."""


def shell_ident(kernel: Any) -> Any:
    """Routing identity of the request that the shell channel works on."""
    if hasattr(kernel, "_shell_parent_ident"):  # ipykernel 7
        return kernel._get_shell_context_var(kernel._shell_parent_ident)
    return kernel._parent_ident["shell"]  # ipykernel 6


def accepts_input(kernel: Any) -> bool:
    """Whether the front end of the present request answers `input()`."""
    return bool(kernel._allow_stdin)


@contextlib.contextmanager
def without_input(kernel: Any) -> Iterator[None]:
    """`input()` raises `StdinNotImplementedError` at once."""
    before = kernel._allow_stdin
    kernel._allow_stdin = False
    try:
        yield
    finally:
        kernel._allow_stdin = before


@contextlib.contextmanager
def request_of_its_own(
    kernel: Any, msg_id: str, cell: str, source: str, count: int
) -> Iterator[None]:
    """What comes out belongs to a request with this id, as if a client had sent it.

    Busy, `execute_input` and idle are published as for a real one.
    """
    ident, before = shell_ident(kernel), kernel.get_parent("shell")
    parent = _request(kernel, msg_id, cell, source)

    def publish(kind: str, content: dict[str, Any]) -> None:
        topic = b"kernel.k2." + kind.encode()
        kernel.session.send(kernel.iopub_socket, kind, content, parent=parent, ident=topic)

    try:
        kernel.set_parent([], parent)
        publish("status", {"execution_state": "busy"})
        publish("execute_input", {"code": source, "execution_count": count})
        yield
    finally:
        flush()
        publish("status", {"execution_state": "idle"})
        kernel.set_parent(ident, before)


def _request(kernel: Any, msg_id: str, cell: str, source: str) -> Message:
    header = {
        "msg_id": msg_id,
        "msg_type": "execute_request",
        "session": kernel.session.session,
        "username": "k2",
        "version": "5.4",
        "date": datetime.now(UTC),
    }
    return {
        "header": header,
        "msg_id": msg_id,
        "msg_type": "execute_request",
        "parent_header": {},
        "metadata": {"cellId": cell},
        "content": {"code": source},
        "buffers": [],
    }


def publish(kernel: Any, kind: str, content: dict[str, Any]) -> None:
    """Send a message on iopub under the present request, past `watched`."""
    parent, session = kernel.get_parent("shell"), kernel.session
    type(session).send(session, kernel.iopub_socket, kind, content, parent=parent)


@contextlib.contextmanager
def watched(kernel: Any, keep: Keep) -> Iterator[None]:
    """Show `keep` every message that goes out under the present request.

    Streams, the display publisher, the display hook and tracebacks all send through the
    kernel's one session. What other requests or threads of the user's put out has another
    parent, and passes unseen.
    """
    session, mine = kernel.session, kernel.get_parent("shell")["header"]["msg_id"]
    send, owner = session.send, os.getpid()

    def sending(stream: Any, message: Any, *args: Any, **more: Any) -> Any:
        if isinstance(message, dict):
            kind, content = message["msg_type"], message["content"]
            parent, metadata = message.get("parent_header"), message.get("metadata")
        else:
            kind = message
            content = args[0] if args else more.get("content")
            parent = args[1] if len(args) > 1 else more.get("parent")
            metadata = more.get("metadata")
        ours = _msg_id(parent) == mine and os.getpid() == owner  # no fork of the user's
        if ours and not keep(kind, content or {}, metadata or {}):
            return None
        return send(stream, message, *args, **more)

    flush()  # what was printed before is not of this run
    session.send = sending
    try:
        yield
    finally:
        flush()
        if "send" in vars(session):
            del session.send


def _msg_id(parent: Any) -> Any:
    header = parent.get("header", parent) if isinstance(parent, dict) else None
    return header.get("msg_id") if isinstance(header, dict) else None


def flush() -> None:
    """Send what was printed, also where `sys.stdout` is now something of the user's."""
    streams = {id(one): one for one in (*_streams, sys.stdout, sys.stderr) if _is_kernels(one)}
    _streams[:] = streams.values()
    for stream in _streams:
        stream.flush()


_streams: list[Any] = []
"""The kernel's own output streams, as far as they have been seen."""


def _is_kernels(stream: Any) -> bool:
    return hasattr(stream, "pub_thread") and hasattr(stream, "flush")


def on_control(kernel: Any, kind: str, answer: Callable[[Message], Message]) -> None:
    """Answer a message type of ours on the control channel, on its own thread."""

    def handle(stream: Any, ident: Any, parent: Message) -> None:
        reply = answer(parent["content"])
        kind_of_reply = kind.replace("_request", "_reply")
        kernel.session.send(stream, kind_of_reply, reply, parent=parent, ident=ident)

    kernel.control_handlers[kind] = handle
