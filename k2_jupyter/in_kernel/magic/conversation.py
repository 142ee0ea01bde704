"""The kernel's end of a conversation with the agent's process. Standard library and IPython.

The main thread waits in `ask` and carries out what the agent asks for; a thread of its own
reads the pipe. What comes over the pipe is shown as display data, and a source runs only
while a `%%k2` of the user's waits.
"""

from __future__ import annotations

import contextlib
import json
import threading
from typing import Any

from ..errors import hints
from ..figures import record
from ..values import variables
from . import data, surroundings
from .child import Child
from .pipe import Message, PipeClosed, ProtocolError
from .runner import DriverLost, Runner, run_source

_STOP_SECONDS = 1.0
_LOST = "The agent's process ended unexpectedly; its log is {log}. Ask again to start a new one."


class TurnFailed(Exception):  # noqa: N818 - read by users as it stands
    """A turn that did not come to a conclusion: the cells behind it should not run."""

    def _render_traceback_(self) -> list[str]:
        return [f"K2: {self}"]


class TurnInterrupted(KeyboardInterrupt):
    """The user interrupted the turn."""

    def _render_traceback_(self) -> list[str]:
        return ["K2: interrupted. The variables are kept; the next %%k2 goes on from here."]


class Conversation:
    """The turns of one kernel; the process is started by the first."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._place = surroundings.of(shell)
        self._runner = Runner(self._step)
        self._child: Child | None = None
        self._requests: dict[str, str] = {}
        self._card: Any = None
        self._running = ""
        self._stopped = ""
        """The run that the agent itself had interrupted."""
        variables.install()
        record.install()

    @property
    def busy(self) -> bool:
        """Whether a turn is under way: code of its own must not begin another."""
        return self._runner.turn is not None

    def ask(self, request: str, options: dict[str, Any]) -> None:
        """One turn, to its end. Raises `TurnFailed` and `TurnInterrupted`."""
        before = self._before(self._place.cell() or request, request)
        child = self._connected()
        turn, self._card = self._runner.open(), None
        try:
            child.pipe.send(
                "turn",
                turn=turn,
                request=request,
                options={**options, **self._place.facts()},
                before=before,
                names=json.loads(repr(variables.lines())),
                data=data.tables(self._shell.user_ns),
            )
        except PipeClosed:
            self._runner.close()
            raise TurnFailed(_LOST.format(log=child.log)) from None
        try:
            end = self._runner.drive(self._other)
        except KeyboardInterrupt:
            self._interrupt(child, turn)
            raise TurnInterrupted from None
        self._ended(end)

    def command(self, name: str, words: list[str]) -> None:
        """What ``%k2 NAME …`` says."""
        child = self._connected()
        self._runner.open()
        try:
            child.pipe.send("command", id=name, name=name, words=words, options=self._place.facts())
            self._ended(self._runner.drive(self._other))
        except PipeClosed:
            self._runner.close()
            raise TurnFailed(_LOST.format(log=child.log)) from None

    def close(self) -> None:
        """End the process."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def _before(self, key: str, request: str) -> list[str]:
        """The requests before this one, in the notebook's order as far as it is known.

        A cell that runs again keeps its place; front ends that name no cells are known by
        the request's own words.
        """
        keys = list(self._requests)
        place = keys.index(key) if key in self._requests else len(keys)
        self._requests[key] = request
        return [self._requests[one] for one in keys[:place]]

    def _connected(self) -> Child:
        if self._child is None or not self._child.alive:
            self._child = Child()
            threading.Thread(
                target=self._listen, args=(self._child,), name="k2-pipe", daemon=True
            ).start()
        return self._child

    def _listen(self, child: Child) -> None:
        """Hand over what comes; on a thread of its own."""
        while True:
            try:
                message = child.pipe.receive()
            except (PipeClosed, ProtocolError):
                self._offer({"op": "end", "status": "failed", "text": _LOST.format(log=child.log)})
                return
            if message["op"] == "stop_run":
                self._stop_run(message["run"])
            else:
                self._offer(message)

    def _offer(self, message: Message) -> None:
        self._runner.offer({**message, "turn": self._runner.turn})

    def _stop_run(self, run: str) -> None:
        if run == self._running:
            self._stopped = run
            surroundings.interrupt()

    def _interrupt(self, child: Child, turn: str) -> None:
        """Tell the agent, and give it a moment to end its turn."""
        try:
            child.pipe.send("interrupt")
        except PipeClosed:
            return
        with contextlib.suppress(DriverLost):
            self._runner.turn = turn
            self._runner.drive(self._other, lease=_STOP_SECONDS)

    def _ended(self, end: Message) -> None:
        if end["status"] == "interrupted":
            raise TurnInterrupted
        if end["status"] not in ("done", "cannot"):
            raise TurnFailed(end["text"])

    # What the agent asks for

    def _step(self, message: Message) -> dict[str, Any]:
        """Run a source of the agent's, and send what comes out."""
        pipe, run = self._pipe(), message["run"]
        outcome: dict[str, Any] = {"status": "interrupted", "count": None, "seconds": 0.0}
        report: dict[str, Any] = {}
        try:
            self._place.heading(message["title"], message["source"])
            variables.begin()
            self._running = run
            with self._place.run(lambda *said: pipe.send("output", run=run, **_output(*said))):
                outcome = run_source(self._shell, message["source"])
            self._running = ""
            failed = outcome["status"] == "error"
            report = json.loads(repr(hints.after_error() if failed else variables.changes()))
        finally:
            # Also when a second interrupt came after the run: somebody waits for this.
            self._running = ""
            pipe.send("ran", run=run, report=report, **outcome)
        if outcome["status"] == "interrupted" and self._stopped != run:
            pipe.send("interrupt")
        return outcome

    def _other(self, message: Message) -> None:
        op = message["op"]
        if op == "card":
            self._show(message)
        elif op == "describe":
            texts = json.loads(repr(variables.describe(message["names"])))
            self._pipe().send("described", id=message["id"], texts=texts)
        elif op == "ask":
            self._pipe().send(
                "answer", id=message["id"], text=self._place.prompt(message["prompt"])
            )
        elif op == "said":
            self._place.show({"text/html": message["html"], "text/plain": message["text"]})
        elif op == "next_input":
            self._shell.set_next_input(message["source"])

    def _show(self, message: Message) -> None:
        shown = {"text/html": message["html"], "text/plain": message["text"]}
        if self._card is None:
            self._card = self._place.show(shown, update=True)
        else:
            self._place.update(self._card, shown)

    def _pipe(self) -> Any:
        if self._child is None:
            raise TurnFailed("There is no agent.")
        return self._child.pipe


def _output(kind: str, content: dict[str, Any], metadata: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "content": content, "metadata": metadata}
