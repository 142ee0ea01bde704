"""What every kernel that is reached over channels does alike: run a source, ask for variables."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from k2_jupyter.adapters.execution import Execution
from k2_jupyter.adapters.kernel_channels import POLL_MS
from k2_jupyter.adapters.kernel_messages import Redactor
from k2_jupyter.adapters.kernel_report import changes_in, hints_in, texts_in
from k2_jupyter.adapters.kernel_setup import (
    AFTER_ERROR,
    Message,
    describe_expression,
    value_of,
)
from k2_jupyter.adapters.process import Process
from k2_jupyter.errors import KernelSilentError, StopRequested
from k2_jupyter.events import CellOutput, EventStream
from k2_jupyter.notebook.base import CellRun

ASK_SECONDS = 5.0
_NOT_PYTHON = (
    "Variables are described in Python kernels only, and this one speaks {}: print what you need."
)


def carried_out(
    execution: Execution, redactor: Redactor | None, stop: threading.Event
) -> EventStream[CellRun]:
    """An execution to its end, and what the kernel says of it then."""
    try:
        for change in execution.changes(stop):
            yield CellOutput(execution.cell_id, change)
    finally:
        execution.leave()
    told = _told(execution, stop)
    return execution.result(changes_in(told, redactor), hints_in(told, redactor))


def described(
    process: Process, names: Sequence[str], redactor: Redactor | None, stop: threading.Event
) -> Mapping[str, str] | None:
    """Name → several lines, of all the user's variables or these.

    None where the process has ended. Raises `StopRequested`, and `KernelSilentError` where
    the kernel is busy, not Python, or says something else.
    """
    if stop.is_set():
        raise StopRequested
    if not process.alive():
        return None
    if process.language != "python":
        raise KernelSilentError(_NOT_PYTHON.format(process.language))
    reply = ask(process, describe_expression(names), stop)
    if reply is None:
        if stop.is_set():
            raise StopRequested
        if not process.alive():
            return None
        raise KernelSilentError(f"The kernel is busy: no answer within {ASK_SECONDS:g} s.")
    content = value_of(reply)
    if content is None:
        raise KernelSilentError("The kernel cannot say what its variables are.")
    return texts_in(content, redactor)


def ask(process: Process, expression: str, stop: threading.Event) -> Message | None:
    """What the kernel says to an expression; None when it did not say it in time.

    That is within 5 s, and before `stop` or the end of the kernel.
    """
    if stop.is_set():
        return None
    asked = process.channels.execute("", expression=expression, silent=True)
    deadline = time.monotonic() + ASK_SECONDS
    while time.monotonic() < deadline and not stop.is_set() and process.alive():
        reply = process.channels.reply(asked, POLL_MS)
        if reply is not None:
            return reply
    return None


def _told(execution: Execution, stop: threading.Event) -> Mapping[str, Any]:
    """What the kernel says of the run: in its reply, or asked for after an error.

    After a stop nothing is asked; the next run tells.
    """
    process = execution.process
    if process.language != "python" or execution.lost or not execution.reply:
        return {}
    content = value_of(execution.reply)
    if content is None:
        content = value_of(ask(process, AFTER_ERROR, stop)) or {}
    return content if execution.status == "error" else {**content, "hints": []}
