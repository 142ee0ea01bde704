"""Runs that a Jupyter server hands over on the kernel's control channel.

A server sends ``k2_request`` with the announced `turn` and an `op`; each is answered at once
by ``k2_reply {ok, why?}``:

- ``claim``: within `runner.CLAIM_SECONDS`; ``{"ok": false}`` means the kernel has moved on.
- ``step {msg_id, cell, source}``: runs as if a client had sent an execute_request with this
  id. Before its idle, ``k2_ran {status, count, seconds, report}`` says on iopub what came of it.
- ``ping``: keeps the lease while the model thinks.
- ``end {status, text}``: the magic is over; statuses as in `pipe.TO_KERNEL`.
"""

from __future__ import annotations

from typing import Any

from ..values import variables
from . import ipykernel_names as names
from . import reports
from .pipe import Message
from .runner import Runner, next_count, run_source

ANNOUNCED = "application/vnd.k2.turn+json"
"""The media type by which a page learns of a turn that it may claim."""


class ServerFeed:
    """One of the two that may drive a turn."""

    def __init__(self, shell: Any, runner: Runner) -> None:
        self._shell = shell
        names.on_control(shell.kernel, "k2_request", runner.offer)

    def step(self, message: Message) -> dict[str, Any]:
        """Run a source under a request of its own; returns what became of the variables."""
        msg_id, cell, source = (message.get(name) for name in ("msg_id", "cell", "source"))
        if not (isinstance(msg_id, str) and isinstance(cell, str) and isinstance(source, str)):
            return {}
        kernel, count = self._shell.kernel, next_count(self._shell)
        with (
            names.without_input(kernel),
            names.request_of_its_own(kernel, msg_id, cell, source, count),
        ):
            variables.begin()
            outcome = run_source(self._shell, source)
            report = reports.after(outcome["status"])
            names.publish(kernel, "k2_ran", {**outcome, "report": report})
        return report
