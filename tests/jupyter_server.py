"""A Jupyter server in a process of its own."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.request import urlopen

_HANG = 60.0
"""Seconds that a start or an end may take."""


@contextlib.contextmanager
def running(
    command: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    *,
    folder: Path | None = None,
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The process and the port at which it answers.

    `environment` names a ``JUPYTER_RUNTIME_DIR`` that no other server has.
    """
    with log.open("wb") as said:
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said, cwd=folder)
        try:
            yield process, _port(process, Path(environment["JUPYTER_RUNTIME_DIR"]), log)
        finally:
            process.terminate()
            try:
                process.wait(_HANG)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _port(process: subprocess.Popen[bytes], runtime: Path, log: Path) -> int:
    until = time.monotonic() + _HANG
    while True:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        for file in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(ValueError):
                port: int = json.loads(file.read_text())["port"]
                with contextlib.suppress(OSError), urlopen(f"http://127.0.0.1:{port}/api"):
                    return port
        time.sleep(0.05)
