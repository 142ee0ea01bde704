"""Runs that the agent's own process asks for over a pipe. Standard library and IPython.

The main thread waits in `ask` and carries out what comes; a thread of its own reads the pipe.
What comes over the pipe is shown as display data, and a source runs only while a magic of the
user's waits.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from . import reports
from .card import Card
from .child import Child, shown_log
from .ends import TurnFailed, TurnInterrupted
from .pipe import Message, PipeClosed, ProtocolError
from .runner import DriverLost, Runner
from .runs import NOT_RUN, Outcome, Runs
from .widgets import Probe

SILENCE_SECONDS = 30.0
"""How long the process may give no sign of life; it answers pings whatever it works on."""
_STOP_SECONDS = 1.0
_PIECE = 524_288
"""Characters of one message of printed text."""
_LOST = "The agent's process ended unexpectedly; its log is {log}. Ask again to start a new one."
_SILENT = (
    "The agent's process gave no sign of life for {seconds:.0f} s and was ended; "
    "its log is {log}. Ask again to start a new one."
)
_NO_START = "The agent's process can't be started: {why}."
_LEFT_OUT = "(an output that can't be passed on: {why})\n"


class AgentFeed:
    """The process, started by the first that is asked, and what it asks for in turn."""

    def __init__(
        self, shell: Any, place: Any, runner: Runner, runs: Runs, probe: Probe | None = None
    ) -> None:
        self._shell, self._place, self._runner, self._runs = shell, place, runner, runs
        self._child: Child | None = None
        self._probe = probe
        self._card = Card(place, "", probe)
        self._ending = False
        """Whether the user has interrupted the turn: no source runs any more."""

    def ask(self, op: str, card: str, **fields: Any) -> Message:
        """Ask, and carry out what is asked for until the ``end``, which is returned.

        `card` names what the card is to replace, or is empty. Raises `TurnFailed` and
        `TurnInterrupted`.
        """
        self._card, self._ending = Card(self._place, card, self._probe), False
        with self._runner.open(claimed=True) as turn, contextlib.closing(self._card):
            child = self._connected()
            try:
                child.ask(op, id=turn, **fields)
                return self._runner.drive(
                    self._other, lease=SILENCE_SECONDS, nudge=partial(child.pipe.send, "ping")
                )
            except PipeClosed:
                raise TurnFailed(_LOST.format(log=shown_log())) from None
            except DriverLost:
                child.kill()
                said = _SILENT.format(seconds=SILENCE_SECONDS, log=shown_log())
                raise TurnFailed(said) from None
            except KeyboardInterrupt:
                with contextlib.suppress(KeyboardInterrupt, DriverLost, PipeClosed):
                    self._interrupt(child)
                raise TurnInterrupted from None

    def undone(self, lines: Sequence[str]) -> None:
        """The user took the last turn's variables back: the next turn should know."""
        if self._child is not None and self._child.alive:
            with contextlib.suppress(PipeClosed):
                self._child.pipe.send("undone", lines=list(lines))

    def close(self) -> None:
        """End the process."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def _interrupt(self, child: Child) -> None:
        """Tell the agent, and give it a moment to end its turn and to draw its card."""
        self._ending = True
        child.interrupt()
        self._runner.drive(self._other, lease=_STOP_SECONDS)

    def _connected(self) -> Child:
        if self._child is None or not self._child.alive:
            try:
                self._child = Child()
            except OSError as problem:
                raise TurnFailed(_NO_START.format(why=problem.strerror)) from None
            threading.Thread(
                target=self._listen, args=(self._child,), name="k2-pipe", daemon=True
            ).start()
        return self._child

    # On the thread that reads the pipe

    def _listen(self, child: Child) -> None:
        try:
            while True:
                self._take(child, child.pipe.receive())
        except (PipeClosed, ProtocolError):
            if child is self._child:
                self._offer(
                    {"op": "end", "status": "failed", "text": _LOST.format(log=shown_log())}
                )

    def _take(self, child: Child, message: Message) -> None:
        """Hand a message over. What belongs to a turn that was given up is answered here."""
        op, late = message["op"], child.late
        if op == "end":
            child.ended()
        if op == "pong":
            self._offer({"op": "ping"})
        elif op == "stop_run":
            self._runs.stop(message["run"])
        elif late or not self._offer(message):
            _give_up(child, message)

    def _offer(self, message: Message) -> bool:
        return bool(self._runner.offer({**message, "turn": self._runner.turn})["ok"])

    # On the main thread

    def step(self, message: Message) -> Outcome:
        """Run a source and send what comes out; returns what came of it."""
        run = message["run"]
        if self._ending:
            self._runs.stop(run)
        return self._runs.carry_out(
            run, message["source"], self._surrounded(message), partial(self._ran, run)
        )

    @contextlib.contextmanager
    def _surrounded(self, message: Message) -> Iterator[None]:
        self._place.heading(message["title"], message["source"])
        with self._place.run(partial(self._said, message["run"])):
            yield

    def _ran(self, run: str, outcome: Outcome) -> None:
        child = self._present()
        if outcome["status"] == "interrupted" and not self._runs.stopped(run):
            child.interrupt()  # before the agent can go on
        child.pipe.send("ran", run=run, **outcome)

    def _said(self, run: str, kind: str, content: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Pass an output on, on any thread; the user's output goes on without the agent."""
        with contextlib.suppress(PipeClosed):
            try:
                for piece in _pieces(kind, content):
                    self._present().pipe.send(
                        "output", run=run, type=kind, content=piece, metadata=metadata
                    )
            except (TypeError, ValueError) as problem:
                said = {"name": "stderr", "text": _LEFT_OUT.format(why=problem)}
                self._present().pipe.send(
                    "output", run=run, type="stream", content=said, metadata={}
                )

    def _other(self, message: Message) -> None:
        op = message["op"]
        if op == "card":
            self._card.draw(message)
        elif op == "describe":
            texts = reports.describe(message["names"])
            self._present().pipe.send("described", id=message["id"], texts=texts)
        elif op == "ask":
            text = self._card.ask(message["prompt"])
            self._present().pipe.send("answer", id=message["id"], text=text)
        elif op == "said":
            self._place.show({"text/html": message["html"], "text/plain": message["text"]})
        elif op == "next_input":
            self._shell.set_next_input(message["source"])

    def _present(self) -> Child:
        if self._child is None:
            raise TurnFailed("There is no agent.")
        return self._child


def _give_up(child: Child, message: Message) -> None:
    """Answer what a turn waits for that was given up here, and end it there."""
    if message["op"] in ("step", "ask", "describe"):
        child.give_up()
    if message["op"] == "step":
        child.pipe.send("ran", run=message["run"], **NOT_RUN)


def _pieces(kind: str, content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Printed text in messages of bearable size; all else as it is."""
    text = content.get("text")
    if kind != "stream" or not isinstance(text, str) or len(text) <= _PIECE:
        yield content
        return
    for start in range(0, len(text), _PIECE):
        yield {**content, "text": text[start : start + _PIECE]}
