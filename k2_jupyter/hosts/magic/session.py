"""Serves one kernel: requests and commands, one after another."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Mapping
from contextlib import suppress

from k2_jupyter.errors import K2Error
from k2_jupyter.hosts.magic.asked import Asked, Place
from k2_jupyter.hosts.magic.commands import command
from k2_jupyter.hosts.magic.turn import End, Turns, discreet
from k2_jupyter.in_kernel.magic.pipe import Message, Pipe, PipeClosed, ProtocolError

logger = logging.getLogger(__name__)


class Session:
    """The pipe's other end is not trusted with anything but its outputs."""

    def __init__(self, pipe: Pipe, *, keys: Mapping[str, str]) -> None:
        self._pipe = pipe
        self._asked: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._turns = Turns(pipe, queue.SimpleQueue(), queue.SimpleQueue(), keys)

    def serve(self) -> None:
        """Answer until the kernel is gone."""
        threading.Thread(target=self._listen, name="k2-pipe", daemon=True).start()
        while (message := self._asked.get()) is not None:
            self._turns.stop.clear()
            with suppress(PipeClosed):
                end = self._answered(message)
                self._pipe.send("end", status=end.status, text=discreet(end.text))

    def _listen(self) -> None:
        """Sort what comes; on a thread of its own, so that an interrupt is heard at once."""
        turns = self._turns
        places = {"turn": self._asked, "command": self._asked, "answer": turns.answers}
        try:
            while True:
                message = self._pipe.receive()
                if message["op"] == "interrupt":
                    turns.stop.set()
                else:
                    places.get(message["op"], turns.runs).put(message)
        except (PipeClosed, ProtocolError) as problem:
            logger.warning("the kernel's end: %s", problem)
        turns.stop.set()
        for place in (turns.runs, turns.answers, self._asked):
            place.put(None)

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
