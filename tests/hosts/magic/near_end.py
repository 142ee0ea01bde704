"""The kernel's end of the pipe, played: it runs steps in a namespace of its own."""

from __future__ import annotations

import contextlib
import io
import os
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from k2_jupyter.hosts.magic.session import Session
from k2_jupyter.in_kernel.magic.pipe import TO_AGENT, TO_KERNEL, Pipe

HANG = 60.0


@dataclass
class Ended:
    """What one request or command came to."""

    status: str = ""
    text: str = ""
    cards: list[dict[str, Any]] = field(default_factory=list)
    said: list[dict[str, Any]] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)

    @property
    def card(self) -> str:
        """The card's last state, as text."""
        return str(self.cards[-1]["text"])

    @property
    def html(self) -> str:
        """The same as HTML."""
        return str(self.cards[-1]["html"])


class NearEnd:
    """One kernel; `session` is what it talks to."""

    def __init__(self, pipe: Pipe, folder: str) -> None:
        self.pipe, self.folder = pipe, folder
        self.namespace: dict[str, Any] = {}
        self.requests: list[str] = []

    def ask(
        self,
        request: str,
        *,
        answers: Sequence[str | None] = ("y",),
        stdin: bool = True,
        data: Sequence[Mapping[str, Any]] = (),
        before: Sequence[str] | None = None,
        **options: Any,
    ) -> Ended:
        """What `%%k2` does; earlier requests go with it unless `before` are given."""
        self.pipe.send(
            "turn",
            id=uuid.uuid4().hex,
            request=request,
            options={"cwd": self.folder, "stdin": stdin, "front": "kernel", **options},
            before=list(self.requests if before is None else before),
            names={},
            data=list(data),
        )
        self.requests.append(request)
        return self._followed(list(answers))

    def command(self, name: str, *words: str, answers: Sequence[str | None] = ("y",)) -> Ended:
        """What `%k2` does."""
        options = {"cwd": self.folder, "stdin": True, "front": "kernel"}
        self.pipe.send("command", id=name, name=name, words=list(words), options=options)
        return self._followed(list(answers))

    def _followed(self, answers: list[str | None]) -> Ended:
        ended, until = Ended(), time.monotonic() + HANG
        while time.monotonic() < until:
            message = self.pipe.receive()
            match message["op"]:
                case "end":
                    ended.status, ended.text = message["status"], message["text"]
                    return ended
                case "card":
                    ended.cards.append(message)
                case "said":
                    ended.said.append(message)
                case "next_input":
                    ended.offered.append(message["source"])
                case "ask":
                    ended.prompts.append(message["prompt"])
                    self.pipe.send("answer", id=message["id"], text=answers.pop(0))
                case "step":
                    ended.ran.append(message["source"])
                    self._step(message)
        raise AssertionError("no end")

    def _step(self, message: Mapping[str, Any]) -> None:
        printed, status = io.StringIO(), "ok"
        try:
            with contextlib.redirect_stdout(printed):
                exec(message["source"], self.namespace)  # noqa: S102 - what a kernel is for
        except Exception as problem:  # noqa: BLE001 - of any cell
            status = "error"
            lines = traceback.format_exc().splitlines()
            content = {
                "ename": type(problem).__name__,
                "evalue": str(problem),
                "traceback": lines,
            }
            self._output(message, "error", content)
        if printed.getvalue():
            self._output(message, "stream", {"name": "stdout", "text": printed.getvalue()})
        self.pipe.send("ran", run=message["run"], status=status, count=1, seconds=0.1, report={})

    def _output(self, message: Mapping[str, Any], kind: str, content: Mapping[str, Any]) -> None:
        self.pipe.send("output", run=message["run"], type=kind, content=content, metadata={})


@contextlib.contextmanager
def near_end(folder: str, keys: Mapping[str, str] | None = None) -> Iterator[NearEnd]:
    """A kernel with a session of its own, as the first `%%k2` starts one."""
    with joined() as (near, far):
        session = Session(far(TO_AGENT), keys=keys or {})
        thread = threading.Thread(target=session.serve, daemon=True)
        thread.start()
        yield NearEnd(near(TO_KERNEL), folder)
    thread.join(HANG)
    assert not thread.is_alive()


@contextlib.contextmanager
def joined() -> Iterator[tuple[Callable[..., Pipe], Callable[..., Pipe]]]:
    """Two makers of ends that are joined; closed afterwards."""
    there, here = os.pipe(), os.pipe()
    ends: list[Pipe] = []

    def end(reading: int, writing: int) -> Callable[..., Pipe]:
        def make(accepted: Any) -> Pipe:
            ends.append(Pipe(reading, writing, accepted))
            return ends[-1]

        return make

    try:
        yield end(here[0], there[1]), end(there[0], here[1])
    finally:
        for one in ends:
            one.close()
