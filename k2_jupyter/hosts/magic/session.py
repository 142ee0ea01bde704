"""Serves one kernel: requests and commands, one after another."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Mapping
from contextlib import suppress

from k2_jupyter.errors import K2Error
from k2_jupyter.hosts.discreet import discreet
from k2_jupyter.hosts.magic.asked import Asked, Place
from k2_jupyter.hosts.magic.commands import command
from k2_jupyter.hosts.magic.end import End
from k2_jupyter.hosts.magic.turn import Turns
from k2_jupyter.in_kernel.magic.pipe import Message, Pipe, PipeClosed, ProtocolError

logger = logging.getLogger(__name__)


class Session:
    """The pipe's other end is not trusted with anything but its outputs."""

    def __init__(self, pipe: Pipe, *, keys: Mapping[str, str]) -> None:
        self._pipe = pipe
        self._asked: queue.SimpleQueue[tuple[Message, threading.Event] | None]
        self._asked = queue.SimpleQueue()
        self._stops: dict[str, threading.Event] = {}
        """Of what was asked and has not ended: an interrupt may come before it has begun."""
        self._turns = Turns(pipe, queue.SimpleQueue(), queue.SimpleQueue(), keys)

    def serve(self) -> None:
        """Answer until the kernel is gone."""
        threading.Thread(target=self._listen, name="k2-pipe", daemon=True).start()
        while (asked := self._asked.get()) is not None:
            message, self._turns.stop = asked
            if message["op"] == "undone":  # nobody waits
                self._turns.undone([str(line) for line in message["lines"]])
                continue
            with suppress(PipeClosed):
                end = self._answered(message)
                self._pipe.send("end", status=end.status, text=discreet(end.text))
            self._stops.pop(message["id"], None)

    def _listen(self) -> None:
        """Sort what comes; on a thread of its own, so that an interrupt is heard at once."""
        try:
            while True:
                self._take(self._pipe.receive())
        except (PipeClosed, ProtocolError) as problem:
            logger.warning("the kernel's end: %s", problem)
        for stop in tuple(self._stops.values()):
            stop.set()
        self._turns.runs.put(None)
        self._turns.answers.put(None)
        self._asked.put(None)

    def _take(self, message: Message) -> None:
        match message["op"]:
            case "turn" | "command":
                stop = self._stops[message["id"]] = threading.Event()
                self._asked.put((message, stop))
            case "undone":
                self._asked.put((message, threading.Event()))
            case "interrupt":
                self._stops.get(message["id"], threading.Event()).set()
            case "answer":
                self._turns.answers.put(message)
            case _:
                self._turns.runs.put(message)

    def _answered(self, message: Message) -> End:
        """How it ended. A mistake of ours is said, and logged."""
        try:
            if message["op"] == "turn":
                return self._turns.ask(Asked.of(message))
            place = Place.of(message["options"])
            words = [str(word) for word in message["words"]]
            return command(self._turns, message["id"], message["name"], words, place)
        except K2Error as problem:
            return End("failed", str(problem))
        except PipeClosed:
            raise
        except Exception as problem:
            logger.exception("a turn failed")
            return End("failed", f"This is a bug of k2_jupyter: {problem!r}. Its log has more.")
