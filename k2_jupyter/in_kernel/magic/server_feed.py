"""Runs that a Jupyter server hands over on the kernel's control channel.

A server sends ``k2_request`` with the announced `turn` and an `op`; each is answered at once
by ``k2_reply {ok, why?}``. What comes of it later is said on iopub:

- ``claim``: within `runner.CLAIM_SECONDS`; ``{"ok": false}`` means the kernel has moved on.
  ``k2_claimed {options, names, data, undone, card}`` then says, under the magic's request, what
  the agent should know; `card` is the id of the display that the turn may draw.
- ``step {msg_id, cell, source}``: runs as if a client had sent an execute_request with this
  id. Before its idle, ``k2_ran {status, count, seconds, report}`` says what came of it.
- ``stop_run {run}``: interrupts the run with this id alone; the turn goes on.
- ``describe {id, names}``: answered by ``k2_described {id, texts}`` under the magic's request.
- ``card {data}``: replaces the display.
- ``ping``: keeps the lease while the model thinks. The reply names the `last` run that ended,
  and how: messages on iopub may be lost in a flood.
- ``end {status, text}``: the magic is over; statuses as in `pipe.TO_KERNEL`.
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from typing import Any

from . import ipykernel_names as names
from . import reports
from .pipe import Message
from .runner import Runner
from .runs import Outcome, Runs, next_count

ANNOUNCED = "application/vnd.k2.turn+json"
"""The media type by which a page learns of a turn that it may claim."""


class ServerFeed:
    """One of the two that may drive a turn."""

    def __init__(self, shell: Any, place: Any, runner: Runner, runs: Runs) -> None:
        self._shell, self._kernel, self._place = shell, shell.kernel, place
        self._runner, self._runs = runner, runs
        self._card = ""
        self._last: Message = {}
        names.on_control(self._kernel, "k2_request", self._offered)

    def _offered(self, request: Message) -> Message:
        """On the control thread: take a request, or carry out what can't wait."""
        if request.get("op") != "stop_run":
            taken = self._runner.offer(request)
            return {**taken, "last": self._last} if request.get("op") == "ping" else taken
        taken = self._runner.offer({**request, "op": "ping"})
        if taken["ok"] and isinstance(request.get("run"), str):
            self._runs.stop(request["run"])
        return taken

    # On the main thread

    def begin(self, card: str, known: Message) -> None:
        """A turn was claimed; `card` is the id of its display."""
        self._card, self._last = card, {}
        names.publish(self._kernel, "k2_claimed", {**known, "card": card})

    def step(self, message: Message) -> Outcome:
        """Run a source under a request of its own; returns what came of it."""
        msg_id, cell, source = (message.get(name) for name in ("msg_id", "cell", "source"))
        if not (isinstance(msg_id, str) and isinstance(cell, str) and isinstance(source, str)):
            return {}
        kernel, count = self._kernel, next_count(self._shell)
        with (
            names.without_input(kernel),
            names.request_of_its_own(kernel, msg_id, cell, source, count),
        ):
            outcome = self._runs.carry_out(
                msg_id, source, nullcontext(), partial(self._ran, msg_id)
            )
        # For a front end this run's idle was the kernel's own.
        names.publish(kernel, "status", {"execution_state": "busy"})
        return outcome

    def _ran(self, msg_id: str, outcome: Outcome) -> None:
        told = {name: outcome[name] for name in ("status", "count", "seconds")}
        names.publish(self._kernel, "k2_ran", outcome)
        self._last = {"run": msg_id, **told}

    def other(self, message: Message) -> None:
        """A server shows nearly all else on its own page."""
        if message.get("op") == "card" and isinstance(message.get("data"), dict):
            self._place.update(self._card, message["data"])
        asked, wanted = message.get("id"), message.get("names")
        if message.get("op") == "describe" and isinstance(asked, str) and isinstance(wanted, list):
            texts = reports.describe([name for name in wanted if isinstance(name, str)])
            names.publish(self._kernel, "k2_described", {"id": asked, "texts": texts})
