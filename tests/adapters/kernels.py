"""What the tests of kernels share: running up to a point, and kernels that are made up."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from k2_jupyter.events import CellOutput
from k2_jupyter.notebook.base import CellRun, Kernel
from k2_jupyter.outputs import Stream

HANG = 30.0
"""Seconds after which a test has failed, whatever the machine."""
SECRET = "correct-horse-battery"
ECHO = """
from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

class Echo(Kernel):
    implementation = implementation_version = banner = "echo"
    language_info = {"name": "echo", "mimetype": "text/plain", "file_extension": ".txt"}

    async def do_execute(self, code, silent, *args, **kwargs):
        self.send_response(self.iopub_socket, "stream", {"name": "stdout", "text": code})
        return {
            "status": "ok",
            "execution_count": self.execution_count,
            "payload": [],
            "user_expressions": {},
        }

IPKernelApp.launch_instance(kernel_class=Echo)
"""
"""A program: a kernel of another language, which says what it is asked to run."""


def stream_text(result: CellRun) -> str:
    return "".join(output.text for output in result.outputs if isinstance(output, Stream))


def when_printed(
    word: str,
    act: Callable[[], None],
    kernel: Kernel,
    source: str,
    *,
    timeout: float = HANG,
    stop: threading.Event | None = None,
) -> CellRun:
    """Run a source, and act as soon as it has printed a word."""
    events = kernel.run("cell1", source, timeout=timeout, stop=stop or threading.Event())
    while True:
        try:
            event = next(events)
        except StopIteration as end:
            result: CellRun = end.value
            return result
        if isinstance(event, CellOutput) and word in getattr(event.change, "text", ""):
            act()


def drained(events: Any, act: Callable[[], None]) -> CellRun:
    """Act at the first event, then run to the end."""
    next(events)
    act()
    while True:
        try:
            next(events)
        except StopIteration as end:
            result: CellRun = end.value
            return result


def install_kernel(folder: Path, monkeypatch: pytest.MonkeyPatch, *argv: str) -> None:
    spec = folder / "kernels" / "made"
    spec.mkdir(parents=True)
    content = {"argv": [*argv], "display_name": "Made", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(content))
    monkeypatch.setenv("JUPYTER_PATH", str(folder))
